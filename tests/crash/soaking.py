"""How long the long versions of fault tests go on: together an hour, unless told otherwise."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

KINDS = 6  # fault tests with a long version that runs by the clock
SECONDS = float(os.environ.get("SOAK_SECONDS", "3600")) / KINDS


def rounds(few: int, *, soak: bool) -> Iterator[int]:
    """``few`` rounds, or as many as fit into the test's part of the hour."""
    until = time.monotonic() + SECONDS
    number = 0
    while number < few or (soak and time.monotonic() < until):
        yield number
        number += 1
