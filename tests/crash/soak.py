"""``make soak``: all long versions, and a summary of what was done, for a person to read.

Arguments go to pytest: ``python -m tests.crash.soak tests/crash`` leaves the walks out.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.crash.soaking import TALLY, WORKERS, tally

LABELS = {
    "kills": "processes killed with -9",
    "database_restarts": "restarts of the database",
    "full_disks": "times the disk was full",
    "clock_jumps": "jumps of a clock",
    "wrong_clocks": "workers with a wrong clock",
    "locks": "locks held by somebody else",
    "bad_handlers": "handlers that hung, ate memory, died or gave nonsense",
    "signals": "signals broadcast while workers were killed",
    "complaints": "complaints of customers acknowledged",
    "calls": "calls recorded by staff",
    "tasks": "tasks completed by staff",
    "cases": "cases checked: nothing lost, doubled or stuck",
    "hashes": "events whose hashes were recomputed",
    "walks": "random walks against the token game",
    "whole_cases": "random walks through the shipped procedure",
}
Words = list[str]


def main(arguments: Words) -> int:
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "tally"
        done = subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "-q", "-m", "soak"),
                *("-n", str(WORKERS), "--dist", "loadscope", "-p", "no:cacheprovider"),
                *arguments,
            ],
            env={**os.environ, TALLY: str(place)},
            check=False,
        )
        found = tally(place)
    minutes = (time.monotonic() - began) / 60
    sys.stdout.write(f"\n{minutes:.0f} minutes\n")
    for name, label in LABELS.items():
        if name in found:
            sys.stdout.write(f"{found[name]:>12,}  {label}\n")
    good = "Nothing was lost, doubled or stuck; every hash verifies."
    sys.stdout.write(f"{good if done.returncode == 0 else 'FAILED: see above.'}\n")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
