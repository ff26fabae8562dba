"""The evidence pack of one whole complaint, and its verification by the program in the pack."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.cases import Ground
from benchmarks.measuring import Figure
from benchmarks.throughput import one_complaint
from runner.engine import people
from runner.engine.access import SYSTEM
from runner.evidence import verify
from runner.evidence.export import EvidencePack, export_evidence

PACK_S, VERIFY_S = 1.5, 2.0
TIMES = 3  # the quickest counts


def measure(ground: Ground) -> list[Figure]:
    case_id = one_complaint(ground)
    reader = people.add_person(
        ground.site, actor=SYSTEM, username="measured.reader", display_name="Reader",
        groups=["compliance"],
    )  # fmt: skip
    made: list[EvidencePack] = []
    packing = _seconds(
        lambda: made.append(export_evidence(ground.site, actor=reader, case=case_id, language="zh"))
    )
    with tempfile.TemporaryDirectory(prefix="ombud-bench-pack-") as folder:
        file = Path(folder) / "pack.zip"
        file.write_bytes(made[-1].data)
        command = [sys.executable, str(Path(verify.__file__)), str(file)]
        verifying = _seconds(lambda: subprocess.run(command, check=True, capture_output=True))
    size = f"{len(made[-1].data) / 1024:,.0f} KB"
    return [
        _figure(f"the evidence pack of a whole complaint, {size}", packing, PACK_S),
        _figure("its verification", verifying, VERIFY_S),
    ]


def _seconds(work: Callable[[], object]) -> list[float]:
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return taken


def _figure(name: str, taken: list[float], most: float) -> Figure:
    quickest = min(taken)
    return Figure(name, "s", quickest, max(taken), f"quickest <= {most}", quickest <= most)
