"""How a completion grows: with completed tasks in the case, and with open cases in the database."""

from __future__ import annotations

from benchmarks.cases import Ground
from benchmarks.complete_task import measure_steps
from benchmarks.measuring import Figure, Spans

MOST = 1.5
LONG = 200


def with_completed_tasks(ground: Ground, first: int, last: int, cases: int) -> Figure:
    """Short and long cases by turns, so that a busy machine slows both."""
    short, long = Spans(), Spans()
    for _ in range(cases):
        short.seconds += measure_steps(ground, 1, first, last).seconds
        long.seconds += measure_steps(ground, 1, LONG, LONG + last - first).seconds
    return _figure(f"growth with {LONG} completed tasks in the case", short, long)


def with_open_cases(before: Spans, ground: Ground, first: int, last: int, cases: int) -> Figure:
    """``ground`` holds the many cases by now; ``before`` was measured without them."""
    measure_steps(ground, 1, first, last)
    after = measure_steps(ground, cases, first, last)
    return _figure("growth with 100,000 open cases", before, after)


def _figure(name: str, small: Spans, large: Spans) -> Figure:
    growth = large.median_ms / small.median_ms
    return Figure(
        name, "ms", large.median_ms, large.p95_ms, f"growth <= {MOST}", growth <= MOST, growth
    )
