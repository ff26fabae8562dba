"""What people wait for at a command line: the server's first page, the check of the procedure."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.cases import Ground
from benchmarks.measuring import Figure
from tests.serving import OMBUD, Server
from tests.sites import ROOT

SERVE_S, CHECK_S = 2.0, 3.0
TIMES = 3  # the quickest counts: the machine did least besides


def serve(ground: Ground, open_cases: int) -> Figure:
    """From the start of the process until the first page is there."""
    taken = []
    with tempfile.TemporaryDirectory(prefix="ombud-bench-start-") as folder:
        for _ in range(TIMES):
            server = Server(ground.settings, Path(folder) / "log")
            try:
                taken.append(server.start())
            finally:
                server.stop()
    return _figure(f"ombud serve to its first page, {open_cases:,} open cases", taken, SERVE_S)


def check() -> Figure:
    """``ombud check`` of the shipped procedure, with the start of Python."""
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        subprocess.run(
            [sys.executable, "-c", OMBUD, "check"], cwd=ROOT, check=True, capture_output=True
        )
        taken.append(time.perf_counter() - began)
    return _figure("ombud check of the whole procedure", taken, CHECK_S)


def _figure(name: str, taken: list[float], most: float) -> Figure:
    quickest = min(taken)
    return Figure(name, "s", quickest, max(taken), f"quickest <= {most}", quickest <= most)
