"""Timing, counting statements, and the rows that are printed and written."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Engine, event

PER_CENT_95 = 0.95


@dataclass(frozen=True)
class Figure:
    """One line of the result. ``growth`` is to the first line of its kind, ``to_stock`` to a step
    of stock SpiffWorkflow in memory in the same run. ``processor`` is the median of the processor's
    time in it, which a busy disk does not change; None where another process does the work."""

    name: str
    unit: str
    median: float
    p95: float
    budget: str
    holds: bool
    growth: float | None = None
    processor: float | None = None
    to_stock: float | None = None


@dataclass
class Spans:
    """Seconds of many repetitions of one thing: by the clock, and of this process's processor."""

    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def time(self, work: Callable[[], object]) -> None:
        began, used = time.perf_counter(), time.process_time()
        work()
        self.seconds.append(time.perf_counter() - began)
        self.processor.append(time.process_time() - used)

    @property
    def median_ms(self) -> float:
        return statistics.median(self.seconds) * 1_000

    @property
    def processor_ms(self) -> float:
        return statistics.median(self.processor) * 1_000

    @property
    def p95_ms(self) -> float:
        return p95(self.seconds) * 1_000


def quietest(measure: Callable[[], Spans], rounds: int = 3) -> Spans:
    """The round with the lowest median: the one in which the machine did least besides."""
    return min((measure() for _ in range(rounds)), key=lambda spans: spans.median_ms)


def p95(values: Sequence[float]) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * PER_CENT_95))]


@dataclass
class Statements:
    """SQL statements and commits on one engine while it counts."""

    statements: int = 0
    commits: int = 0
    texts: list[str] = field(default_factory=list)


@contextmanager
def counting(engine: Engine) -> Iterator[Statements]:
    """``BEGIN`` and ``COMMIT`` are commits, not statements."""
    counted = Statements()

    def executed(
        connection: object, cursor: object, statement: str, values: object, *rest: object
    ) -> None:
        if not statement.startswith("BEGIN"):
            counted.statements += 1
            counted.texts.append(statement)

    def committed(connection: object) -> None:
        counted.commits += 1

    event.listen(engine, "before_cursor_execute", executed)
    event.listen(engine, "commit", committed)
    try:
        yield counted
    finally:
        event.remove(engine, "before_cursor_execute", executed)
        event.remove(engine, "commit", committed)
