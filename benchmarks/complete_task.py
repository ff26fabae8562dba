"""Completing one user task through the service layer, in a case of about 40 tasks."""

from __future__ import annotations

from benchmarks.cases import Ground, OurCase
from benchmarks.measuring import Figure, Spans, Statements, counting, quietest

MEDIAN_MS, P95_MS, RATIO, STATEMENTS = 2.0, 4.0, 6.0, 12


def measure_steps(ground: Ground, cases: int, first: int, last: int) -> Spans:
    """Completions number ``first`` to ``last`` of new cases."""
    spans = Spans()
    for _ in range(cases):
        case = OurCase(ground).until(first)
        while case.completed < last:
            spans.time(case.step)
            case.look()
    return spans


def measure(ground: Ground, stock: Spans, first: int, last: int, cases: int) -> list[Figure]:
    measure_steps(ground, 2, first, last)  # compiles, fills caches
    spans = quietest(lambda: measure_steps(ground, cases, first, last))
    ratio = spans.median_ms / stock.median_ms
    counted = _count(ground, first, last)
    return [
        Figure(
            "complete one user task, service layer",
            "ms",
            spans.median_ms,
            spans.p95_ms,
            f"median <= {MEDIAN_MS}, p95 <= {P95_MS}, ratio <= {RATIO}",
            spans.median_ms <= MEDIAN_MS and spans.p95_ms <= P95_MS and ratio <= RATIO,
            processor=spans.processor_ms,
        ),
        Figure(
            "SQL statements of it",
            "statements",
            max(each.statements for each in counted),
            max(each.statements for each in counted),
            f"<= {STATEMENTS}",
            all(each.statements <= STATEMENTS for each in counted),
        ),
        Figure(
            "commits of it",
            "commits",
            max(each.commits for each in counted),
            max(each.commits for each in counted),
            "= 1",
            all(each.commits == 1 for each in counted),
        ),
    ]


def _count(ground: Ground, first: int, last: int) -> list[Statements]:
    counted: list[Statements] = []
    case = OurCase(ground).until(first)
    while case.completed < last:
        with counting(ground.site.database.engine) as found:
            case.step()
        counted.append(found)
        case.look()
    return counted
