"""How long the long versions of fault tests go on, and what they did, for a person to read."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

KINDS = 19  # long versions that run by the clock, each on its own
WORKERS = 2  # of `make soak`, so that together they take SOAK_SECONDS
SECONDS = float(os.environ.get("SOAK_SECONDS", "3600")) * WORKERS / KINDS
TALLY = "SOAK_TALLY"
"""Names the file to which every fault test adds a line of what it did."""


def rounds(few: int, *, soak: bool) -> Iterator[int]:
    """``few`` rounds, or as many as fit into the test's part of the hour."""
    until = time.monotonic() + SECONDS
    number = 0
    while number < few or (soak and time.monotonic() < until):
        yield number
        number += 1


def tell(**done: int) -> None:
    """Adds to the summary: ``kills=3, cases=40``. Nothing where nobody asks for one."""
    place = os.environ.get(TALLY)
    if place:
        with Path(place).open("a", encoding="utf-8") as file:
            file.write(json.dumps(done) + "\n")


def tally(place: Path) -> Mapping[str, int]:
    """What all tests did, added up."""
    found: Counter[str] = Counter()
    if place.exists():
        for line in place.read_text(encoding="utf-8").splitlines():
            found.update(json.loads(line))
    return found
