"""The stored state: small, stable, and refused where it does not fit the release."""

from __future__ import annotations

import orjson
import pytest

from runner.engine.spiff.codec import UnreadableState
from runner.engine.spiff.execution import Execution
from runner.engine.spiff.procedure import Procedure
from tests.engine.spiff.diagrams import processes
from tests.engine.spiff.fake_host import FakeHost
from tests.engine.spiff.running import Running

TEXT = (
    "work: call other\nnag: timer cycle beside work\nf: and\nj: and\n"
    "start > f\nf > work > j\nf > a > j\nj > end\nnag > b > end2"
)
OTHER = "part: sub {\nall: user each sequential\nstart1 > all > end1\n}\nstart > part > end"


def test_a_state_says_the_same_after_any_number_of_loads() -> None:
    run = Running(TEXT, other=OTHER)
    run.do("a")
    run.fire("nag")
    run.do("all[0]")
    state, tokens = run.execution.dump(), run.execution.resting()
    for _ in range(3):
        run.reload()
        assert run.execution.dump() == state
        assert run.execution.resting() == tokens
    assert run.execution.instance_id == "case"
    assert run.execution.process_id == "main"


def test_a_completed_state_stays_completed() -> None:
    run = Running("start > a > end")
    run.do("a")
    run.reload()
    assert run.execution.completed


def test_a_state_holds_live_tokens_only() -> None:
    chain = " > ".join(f"t{n}" for n in range(200))
    run = Running(f"start > {chain} > end")
    size = len(run.execution.dump())
    run.do(*(f"t{n}" for n in range(199)))
    assert run.here == ["t199"]
    assert len(run.execution.dump()) <= size + 2
    assert size < 100


def test_rows_stand_parents_first() -> None:
    run = Running(TEXT, other=OTHER)
    run.fire("nag")
    rows = orjson.loads(run.execution.dump())[4]
    for number, (_, _, container, parent, *_) in enumerate(rows):
        assert container < number
        assert parent < number


@pytest.mark.parametrize(
    "state",
    [
        b"",
        b"{}",
        b"[]",
        b'[99,"case","main",false,[]]',
        b'[1,"case","nowhere",false,[]]',
        b'[1,"case","main",false,[["x","nowhere",-1,-1,"enter"]]]',
        b'[1,"case","main",false,[["x","a",7,-1,"enter"]]]',
        b'[1,"case","main",false,[["x","a",-1,-1,"enter"],["y","a",0,-1,"enter"]]]',
        b'[1,"case","main",false,[["x"]]]',
    ],
)
def test_a_state_that_does_not_fit_is_refused(state: bytes) -> None:
    procedure = Procedure.compile(processes(main="start > a > end"))
    with pytest.raises(UnreadableState):
        Execution.load(procedure, state, FakeHost())


def test_a_state_of_a_release_that_has_more_elements_is_loaded() -> None:
    run = Running("start > a > end")
    newer = Procedure.compile(processes(main="start > a > b > end"))
    execution = Execution.load(newer, run.execution.dump(), run.host)
    execution.complete(execution.resting()[0].id)
    assert [token.element.id for token in execution.resting()] == ["b"]
