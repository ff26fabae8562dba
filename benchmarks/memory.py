"""Memory of the server: just started, after every page was asked for once, and with as many cases
in its cache as it keeps."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.cases import Ground, OurCase
from benchmarks.measuring import Figure
from tests.serving import Browser, Server

PAGES = ("/", "/tasks?view=groups", "/cases", "/tasks?view=late")
CACHED = 2_000
KEPT_KB = 60.0  # of a case in the cache, which holds its tokens, variables and open work


def measure(ground: Ground, open_cases: int) -> list[Figure]:
    """Resident memory as the kernel tells it; nothing where it does not."""
    if not Path("/proc/self/statm").exists():
        return []
    with tempfile.TemporaryDirectory(prefix="ombud-bench-memory-") as folder:
        server = Server(ground.settings, Path(folder) / "log")
        try:
            server.start()
            browser = Browser(server.port, {"ombud_session": ground.session})
            for page in PAGES:
                status = browser.get(page).status
                if status != 200:
                    raise RuntimeError(f"{page} answered {status}")
            browser.close()
            used = resident_mb(server.pid)
        finally:
            server.stop()
    name = f"memory of the server with {open_cases:,} open cases"
    return [Figure(name, "MB", used, used, "", True), _cached(ground)]


def resident_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"no memory is told of process {pid}")


def _cached(ground: Ground, cases: int = 200) -> Figure:
    """What one more case in the cache takes, of the measured diagram."""
    import os

    OurCase(ground)
    before = resident_mb(os.getpid())
    for _ in range(cases):
        OurCase(ground)
    each = max(0.0, resident_mb(os.getpid()) - before) * 1024 / cases
    name = f"memory of a case in the cache, which keeps {CACHED:,}"
    return Figure(name, "kB", each, each, f"<= {KEPT_KB}", each <= KEPT_KB)
