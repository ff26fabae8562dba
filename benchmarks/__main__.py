"""Measures the budgets of FEEL and of the design, prints them and writes ``build/bench.json``.

Times are of the quietest of three rounds. Beside them stand what stock SpiffWorkflow takes for
the step in memory and what the disk takes for a commit: a busy disk breaks budgets by itself.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from benchmarks import complete_over_http, complete_task, feel, growth, idle_worker, task_list
from benchmarks.cases import ground
from benchmarks.measuring import Figure, Spans, quietest
from benchmarks.seeding import OPEN_CASES, seed
from benchmarks.stock import FEWEST, MOST, stock_steps, user_tasks_at

RESULT = Path("build/bench.json")


def main() -> int:
    """Exit status 0 when every budget holds, 1 otherwise."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="The budgets of the design."
    )
    parser.add_argument("--cases", type=int, default=25, help="cases a figure is measured on")
    parser.add_argument("--open-cases", type=int, default=OPEN_CASES, help="rows to seed")
    options = parser.parse_args()
    figures = []
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, Python {sys.version[:6]}")
    for figure in measure(options.cases, options.open_cases):
        figures.append(figure)
        print(line(figure), flush=True)
    RESULT.parent.mkdir(exist_ok=True)
    rows = [asdict(figure) for figure in figures]
    RESULT.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    print(f"written to {RESULT}")
    return 0 if all(figure.holds for figure in figures) else 1


def measure(cases: int, open_cases: int) -> Iterator[Figure]:
    first, last = user_tasks_at(FEWEST), user_tasks_at(MOST)
    yield from feel.measure()
    stock_steps(2)
    with ground() as here:
        stock = quietest(lambda: stock_steps(cases))
        yield _plain("stock SpiffWorkflow in memory, the same step", stock)
        yield _plain("a durable commit of 8 KB alone", quietest(commits))
        yield from complete_task.measure(here, stock, first, last, cases)
        yield from complete_over_http.measure(here, stock, first, last, cases)
        yield growth.with_completed_tasks(here, first, last, max(2, cases // 4))
        before = complete_task.measure_steps(here, cases, first, last)
        seed(here, open_cases)
        gc.collect()
        yield growth.with_open_cases(before, here, first, last, cases)
        yield from task_list.measure(here)
        yield idle_worker.measure(here)


def commits() -> Spans:
    """What this disk takes for a commit: nothing durable can be faster."""
    spans = Spans()
    with (
        tempfile.TemporaryDirectory(prefix="ombud-bench-") as folder,
        closing(sqlite3.connect(Path(folder) / "t.db", isolation_level=None)) as database,
    ):
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.execute("CREATE TABLE t (x)")
        for _ in range(200):
            spans.time(lambda: database.execute("INSERT INTO t VALUES (zeroblob(8000))"))
    return spans


def _plain(name: str, spans: Spans) -> Figure:
    """A figure without a budget, to read the others by."""
    return Figure(name, "ms", spans.median_ms, spans.p95_ms, "", True)


def line(figure: Figure) -> str:
    ratio = "" if figure.ratio is None else f"x{figure.ratio:.2f}"
    verdict = "" if not figure.budget else ("holds" if figure.holds else "BROKEN")
    return (
        f"{figure.name:<52} {figure.median:>8.2f} {figure.p95:>8.2f} {figure.unit:<17} "
        f"{ratio:>7}  {verdict:<6}  {figure.budget}"
    )


if __name__ == "__main__":
    sys.exit(main())
