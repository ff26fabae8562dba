"""Compensation: what was completed is undone, last first, once each."""

from __future__ import annotations

import pytest

from runner.engine.spiff.execution import Execution
from tests.engine.spiff.running import Running

both = pytest.mark.parametrize("restart", [False, True], ids=["straight", "restarts"])

UNDOABLE = "xa: compensation on a by ua\nua: user undoes\nxb: compensation on b by ub\n" \
    "ub: user undoes\n"  # fmt: skip


@both
@pytest.mark.parametrize("how", ["t: throw compensation\nt > z > end", "t: end compensation"])
def test_all_is_undone_last_first_and_then_it_goes_on(how: str, restart: bool) -> None:
    declared, *flows = how.split("\n")
    run = Running(UNDOABLE + declared + "\nstart > a > b > t\n" + "\n".join(flows), restart=restart)
    run.host.forget()
    assert run.do("a", "b") == ["ub"]
    assert run.do("ub") == ["ua"]
    assert run.do("ua") == (["z"] if flows else [])
    assert run.done == (not flows)
    assert run.host.said("took") == ["a", "b", "xb", "ub", "xa", "ua", "t", *(["end"] * 0)]


@both
def test_only_what_is_named_and_only_once(restart: bool) -> None:
    run = Running(
        UNDOABLE + "t: throw compensation a\nu: throw compensation\nstart > a > b > t > u > end",
        restart=restart,
    )
    assert run.do("a", "b") == ["ua"]
    assert run.do("ua") == ["ub"]  # the second event undoes the rest
    run.do("ub")
    assert run.done


@both
def test_what_is_not_completed_is_not_undone(restart: bool) -> None:
    run = Running(
        UNDOABLE + "f: and\nt: throw compensation\nstart > f > a > t > z > end\nf > b > end2",
        restart=restart,
    )
    assert run.do("a") == ["b", "ua"]
    run.do("b")  # while it is undone: later than the event, so it stays
    assert run.do("ua") == ["z"]


@both
def test_a_second_pass_is_undone_too(restart: bool) -> None:
    run = Running(
        UNDOABLE + "m: xor\ng: xor\nt: end compensation\nstart > m > a > g\ng ?x > m\ng > b > t",
        restart=restart,
    )
    run.host.true = {"x"}
    run.do("a")
    run.host.true = set()
    assert run.do("a", "b") == ["ub"]
    assert run.do("ub", "ua") == ["ua"]
    run.do("ua")
    assert run.done


INSIDE = (
    "part: sub%s {\nxa: compensation on a by ua\nua: user undoes\nxb: compensation on b by ub\n"
    "ub: user undoes\nstart1 > a > b > end1\n%s}\nt: end compensation\nstart > part > c > t"
)


@both
def test_a_completed_sub_process_is_undone_inside(restart: bool) -> None:
    run = Running(INSIDE % ("", ""), restart=restart)
    assert run.do("a", "b", "c") == ["ub"]
    (part,) = run.host.tokens["part"]
    assert part.kept
    assert run.at("ub").scope_id == part.id
    assert run.host.said("forgotten") == []
    assert run.do("ub") == ["ua"]
    run.do("ua")
    assert run.done
    assert run.host.said("forgotten") == ["part"]


@both
def test_each_of_many_is_undone_inside(restart: bool) -> None:
    run = Running(INSIDE % (" each sequential", ""), restart=restart)
    run.do("a", "b", "a", "b", "a", "b", "c")
    for _ in range(3):
        assert run.here == ["ub"]
        assert run.do("ub") == ["ua"]
        run.do("ua")
    assert run.done
    assert run.host.said("forgotten") == ["part[2]", "part[1]", "part[0]", "part"]


@both
def test_many_with_a_handler_are_undone_once(restart: bool) -> None:
    run = Running(
        "a: user each\nx: compensation on a by u\nu: user undoes\nt: end compensation\n"
        "start > a > t",
        restart=restart,
    )
    assert run.do("a[0]", "a[1]", "a[2]") == ["u"]
    run.do("u")
    assert run.done


@both
def test_a_handler_of_the_whole_takes_the_place_of_those_inside(restart: bool) -> None:
    run = Running(
        (INSIDE % ("", "")) + "\nx: compensation on part by u\nu: user undoes", restart=restart
    )
    assert run.do("a", "b", "c") == ["u"]
    run.do("u")
    assert run.done


@both
def test_a_compensation_event_sub_process_undoes_its_sub_process(restart: bool) -> None:
    undo = (
        "undo: eventsub {\nbegin: start compensation\nmore: throw compensation a\n"
        "begin > w > more > v > end_o\n}\n"
    )
    run = Running(INSIDE % ("", undo), restart=restart)
    assert run.do("a", "b") == ["c"]
    assert run.do("c") == ["w"]
    assert run.do("w") == ["ua"]  # only what it asks for
    assert run.do("ua") == ["v"]
    run.do("v")
    assert run.done
    assert run.host.said("forgotten") == ["part"]


@both
def test_what_was_interrupted_or_ended_is_forgotten(restart: bool) -> None:
    run = Running(
        (INSIDE % ("", "")) + "\nlate: timer on part\nlate > z > t2\nt2: end compensation",
        restart=restart,
    )
    run.do("a")
    assert run.fire("late") == ["z"]
    run.do("z")
    assert run.done
    assert "ua" not in run.host.said("enter")


@both
def test_nothing_is_left_when_nobody_undid_it(restart: bool) -> None:
    run = Running((INSIDE % ("", "")).replace("c > t", "c > end"), restart=restart)
    run.do("a", "b", "c")
    assert run.done
    assert run.host.said("forgotten") == ["part"]


@both
def test_an_error_event_sub_process_undoes_what_was_completed(restart: bool) -> None:
    run = Running(
        UNDOABLE + "help: eventsub {\ne: start error\nt: throw compensation\ne > t > w > end_o\n}\n"
        "start > a > b > c > end",
        restart=restart,
    )
    run.do("a", "b")
    assert run.error("c", "E")
    assert run.here == ["ub"]
    assert run.do("ub") == ["ua"]
    assert run.do("ua") == ["w"]
    run.do("w")
    assert run.done


@both
def test_cancelling_while_undoing_withdraws_what_undoes(restart: bool) -> None:
    run = Running(
        "part: sub {\n" + UNDOABLE + "t: end compensation\nstart1 > a > b > t\n}\n"
        "late: timer on part\nstart > part > end\nlate > z > end2",
        restart=restart,
    )
    run.do("a", "b")
    run.host.forget()
    assert run.fire("late") == ["z"]
    assert sorted(run.host.said("cancelled")) == ["part", "t", "ub"]


@both
def test_a_called_process_is_undone_as_a_whole_or_not_at_all(restart: bool) -> None:
    run = Running(
        "c: call other\nt: end compensation\nstart > c > t",
        other=UNDOABLE + "start > a > b > end",
        restart=restart,
    )
    run.do("a", "b")
    assert run.done


@both
def test_sub_processes_and_calls_may_undo(restart: bool) -> None:
    run = Running(
        "x: compensation on a by u\nu: sub undoes {\nstart1 > p > q > end1\n}\n"
        "t: end compensation\nstart > a > t",
        restart=restart,
    )
    assert run.do("a") == ["p"]
    assert run.do("p") == ["q"]
    run.do("q")
    assert run.done


def test_a_long_loop_without_compensation_remembers_nothing() -> None:
    run = Running("m: xor\ng: xor\nstart > m > a > g\ng ?x > m\ng > end")
    run.host.true = {"x"}
    before = len(run.execution.dump())
    for _ in range(50):
        run.do("a")
    assert len(run.execution.dump()) == before
    assert isinstance(run.execution, Execution)
