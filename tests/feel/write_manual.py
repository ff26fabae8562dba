"""Prints `docs/feel.md`: `python -m tests.feel.write_manual > docs/feel.md`."""

from __future__ import annotations

import sys

from runner.feel.manual.page import page
from tests.feel.tck_exceptions import EXCEPTIONS

if __name__ == "__main__":
    sys.stdout.write(page(EXCEPTIONS))
