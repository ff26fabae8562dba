"""Measures the budgets of FEEL and of the design, prints them and writes ``build/bench.json``.

Times are of the quietest of three rounds. Beside them stand what stock SpiffWorkflow takes for
the step in memory and what the disk takes for a commit: a busy disk breaks budgets by itself.
``--keep`` writes the table into benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path

from benchmarks import (
    complete_over_http,
    complete_task,
    evidence,
    feel,
    growth,
    idle_worker,
    indicators,
    long_life,
    long_pages,
    memory,
    starting,
    task_list,
    throughput,
)
from benchmarks.cases import Ground, OurCase, ground
from benchmarks.measuring import Figure, Spans, quietest
from benchmarks.seeding import OPEN_CASES
from benchmarks.stock import FEWEST, MOST, stock_steps, user_tasks_at
from benchmarks.table import keep
from runner.serving import rarely_collect
from tests.postgresql import find_programs, start_server

RESULT = Path("build/bench.json")
BOTH = ("sqlite", "postgresql")
Section = Callable[[Ground], Iterator[Figure]]


def main() -> int:
    """Exit status 0 when every budget holds, 1 otherwise."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="The budgets of the design."
    )
    parser.add_argument("--cases", type=int, default=25, help="cases a figure is measured on")
    parser.add_argument("--open-cases", type=int, default=OPEN_CASES, help="rows to seed")
    parser.add_argument("--steps", type=int, default=long_life.STEPS, help="of the longest case")
    parser.add_argument("--only", choices=BOTH, help="one database only")
    parser.add_argument("--keep", action="store_true", help="write the table into the README")
    options = parser.parse_args()
    figures = []
    where = f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, Python {sys.version[:6]}"
    print(where)
    for figure in measure(options.cases, options.open_cases, options.steps, options.only):
        figures.append(figure)
        print(line(figure), flush=True)
    RESULT.parent.mkdir(exist_ok=True)
    rows = [asdict(figure) for figure in figures]
    RESULT.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    print(f"written to {RESULT}")
    if options.keep:
        keep(figures, f"{where}; load at the end {os.getloadavg()[0]:.1f}")
    return 0 if all(figure.holds for figure in figures) else 1


def measure(cases: int, open_cases: int, steps: int, only: str | None) -> Iterator[Figure]:
    rarely_collect()  # as the server does
    yield from feel.measure()
    yield starting.check()
    stock_steps(2)
    stock = quietest(lambda: stock_steps(cases))
    yield _plain("stock SpiffWorkflow in memory, the same step", stock)
    if only != "postgresql":
        yield _plain("a durable commit of 8 KB alone", quietest(commits))
        yield from _named("SQLite", stock, _on(stock, cases, open_cases, steps, ""))
    if only == "sqlite":
        return
    if find_programs() is None:
        print("PostgreSQL: no programs found, not measured")
        return
    with tempfile.TemporaryDirectory(prefix="ombud-bench-pg-") as folder:
        server = start_server(Path(folder) / "server", durable=True)
        try:
            address = server.new_database()
            yield from _named("PostgreSQL", stock, _on(stock, cases, open_cases, steps, address))
        finally:
            server.stop()


def _on(stock: Spans, cases: int, open_cases: int, steps: int, address: str) -> Iterator[Figure]:
    first, last = user_tasks_at(FEWEST), user_tasks_at(MOST)
    counts = [count for count in growth.OPEN_CASES if count <= open_cases]
    with ground(database_url=address, more=long_life.files()) as here:
        yield from complete_task.measure(here, stock, first, last, cases)
        yield from complete_over_http.measure(here, first, last, cases)
        yield from throughput.measure(here)
        yield from evidence.measure(here)
        long = OurCase(here).until(steps)
        yield from long_life.measure(here, long)
        yield from long_pages.measure(here, long)
        yield from growth.with_completed_tasks(here, cases)
        yield from growth.with_releases(here, first, last, cases)
        gc.collect()
        yield from growth.with_open_cases(here, first, last, cases, counts)
        yield from task_list.measure(here)
        yield from indicators.measure(here)
        yield idle_worker.measure(here)
        yield starting.serve(here, counts[-1])
        yield from memory.measure(here, counts[-1])


def _named(database: str, stock: Spans, figures: Iterator[Figure]) -> Iterator[Figure]:
    for figure in figures:
        ratio = figure.median / stock.median_ms if figure.unit == "ms" else None
        yield replace(figure, name=f"{database}: {figure.name}", to_stock=ratio)


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
    processor = "" if figure.processor is None else f"{figure.processor:.2f}"
    growth = "" if figure.growth is None else f"x{figure.growth:.2f}"
    stock = "" if figure.to_stock is None else f"x{figure.to_stock:.1f}"
    verdict = "" if not figure.budget else ("holds" if figure.holds else "BROKEN")
    return (
        f"{figure.name:<70} {figure.median:>8.2f} {figure.p95:>8.2f} {figure.unit:<17} "
        f"{processor:>7} {growth:>6} {stock:>7}  {verdict:<6}  {figure.budget}"
    )


if __name__ == "__main__":
    sys.exit(main())
