"""Compiled specs are shared by threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from runner.engine.spiff.execution import Execution
from runner.engine.spiff.procedure import Procedure
from tests.engine.spiff.diagrams import processes
from tests.engine.spiff.fake_host import FakeHost

TEXT = (
    "f: and\nj: and\nall: call other each\nlate: timer on all\n"
    "start > f\nf > all > j\nf > a > j\nj > end\nlate > end2"
)


def test_four_threads_run_instances_of_one_procedure() -> None:
    procedure = Procedure.compile(
        processes(main=TEXT, other="part: sub {\nstart1 > b > end1\n}\nstart > part > end")
    )

    def whole() -> list[tuple[object, ...]]:
        host = FakeHost()
        execution = Execution.start(procedure, "main", host)
        while not execution.completed:
            token = next(t for t in execution.resting() if t.element.id != "late")
            execution.complete(token.id)
            execution = Execution.load(procedure, execution.dump(), host)
        return host.calls

    expected = whole()
    with ThreadPoolExecutor(4) as pool:
        for calls in pool.map(lambda _: whole(), range(40)):
            assert calls == expected
