"""What a completed task costs as things grow: completed tasks in its case, open cases in the
database, releases of the procedure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks.cases import Ground, OurCase
from benchmarks.complete_task import measure_steps
from benchmarks.measuring import Figure, Spans, quietest
from benchmarks.procedure import our_files
from benchmarks.seeding import seed
from runner.definitions.files import read_folder
from runner.engine import releases
from runner.engine.access import SYSTEM
from tests.sites import ROOT

MOST = 1.5
PAST_TASKS = (1, 200, 2_000)
OPEN_CASES = (100, 10_000, 100_000)
RELEASES = 100


def with_completed_tasks(
    ground: Ground, cases: int, sizes: Sequence[int] = PAST_TASKS
) -> Iterator[Figure]:
    """The sizes by turns, so that a busy machine slows all of them."""
    long_lived = {size: OurCase(ground).until(size) for size in sizes}
    spans = {size: Spans() for size in sizes}
    measure_steps(ground, 1, 1, 5)
    for _ in range(cases * 4):
        for size, case in long_lived.items():
            spans[size].time(case.step)
            case.look()
    for size in sizes:
        yield _figure(f"a completed task after {size:,} in the case", spans[sizes[0]], spans[size])


def with_open_cases(
    ground: Ground, first: int, last: int, cases: int, counts: Sequence[int] = OPEN_CASES
) -> Iterator[Figure]:
    """Leaves the last count of cases in the database."""
    smallest, there = Spans(), 0
    for count in counts:
        seed(ground, count - there, there)
        there = count
        measure_steps(ground, 1, first, last)
        found = quietest(lambda: measure_steps(ground, cases, first, last))
        smallest = smallest if smallest.seconds else found
        yield _figure(f"a completed task beside {count:,} open cases", smallest, found)


def with_releases(
    ground: Ground, first: int, last: int, cases: int, count: int = RELEASES
) -> Iterator[Figure]:
    """Each release differs in one file; what is measured after are cases of the last."""
    before = quietest(lambda: measure_steps(ground, cases, first, last))
    yield _figure("a completed task with 1 release", before, before)
    files = {**read_folder(ROOT), **our_files()}
    site = ground.site
    for number in range(2, count + 1):
        files["processes/README.md"] = f"release {number}".encode()
        made = releases.make_release(site, actor=SYSTEM, files=files, reason="measured")
        releases.approve_release(site, actor=SYSTEM, digest=made.digest)
        releases.make_effective(site, actor=SYSTEM, digest=made.digest)
    measure_steps(ground, 1, first, last)
    after = quietest(lambda: measure_steps(ground, cases, first, last))
    yield _figure(f"a completed task with {count} releases", before, after)


def _figure(name: str, small: Spans, large: Spans) -> Figure:
    growth = large.median_ms / small.median_ms
    return Figure(
        name, "ms", large.median_ms, large.p95_ms, f"growth <= {MOST}", growth <= MOST, growth,
        large.processor_ms,
    )  # fmt: skip
