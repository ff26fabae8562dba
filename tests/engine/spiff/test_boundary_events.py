"""Boundary events: fired, re-armed, withdrawn; errors and escalations reach the right one only."""

from __future__ import annotations

import pytest

from runner.engine.spiff.execution import NoSuchToken
from tests.engine.spiff.fake_host import FakeHost
from tests.engine.spiff.running import Running

both = pytest.mark.parametrize("restart", [False, True], ids=["live", "restarted"])


@both
def test_an_interrupting_event_cancels_its_activity_and_the_other_events(restart: bool) -> None:
    run = Running(
        "late: timer on a\nnag: timer cycle beside a\nstart > a > end\n"
        "late > b > end2\nnag > c > end3",
        restart=restart,
    )
    assert run.host.calls[3:] == [("enter", "a"), ("enter", "late"), ("enter", "nag")]
    assert run.at("late").attached_to == run.at("a").id
    run.host.forget()
    assert run.fire("late") == ["b"]
    assert run.host.calls == [
        ("cancelled", "nag"),
        ("cancelled", "a"),
        ("leave", "late"),
        ("took", "late", "late_to_b"),
        ("enter", "b"),
    ]


@both
def test_completing_the_activity_withdraws_its_events(restart: bool) -> None:
    run = Running("late: timer on a\nstart > a > b > end\nlate > end2", restart=restart)
    run.host.forget()
    assert run.do("a") == ["b"]
    assert run.host.calls[:3] == [("leave", "a"), ("cancelled", "late"), ("took", "a", "a_to_b")]


@both
@pytest.mark.parametrize(
    ("kind", "again"),
    [("timer", False), ("timer cycle", True), ("message", True), ("signal", True)],
)
def test_a_non_interrupting_event_is_re_armed_where_it_can_happen_again(
    kind: str, again: bool, restart: bool
) -> None:
    run = Running(f"nag: {kind} beside a\nstart > a > end\nnag > b > end2", restart=restart)
    first = run.at("nag")
    assert run.fire("nag") == (["a", "nag", "b"] if again else ["a", "b"])
    if again:
        second = run.at("nag")
        assert second.id != first.id
        assert second.attached_to == first.attached_to
        assert run.fire("nag") == ["a", "b", "nag", "b"]
    assert run.host.said("enter").count("nag") == (3 if again else 1)
    run.do("a")
    assert set(run.here) == {"b"}  # what it started outlives the activity
    run.do(*run.here)
    assert run.done


@both
def test_an_event_on_a_call_activity_cancels_all_that_it_called(restart: bool) -> None:
    run = Running(
        "work: call other\nstopped: message on work\nstart > work > end\nstopped > x > end2",
        other="f: and\nj: and\npart: sub {\nstart1 > a > end1\n}\ndeep: call deepest\n"
        "start > f\nf > part > j\nf > deep > j\nj > end",
        deepest="late: timer on b\nstart > b > end\nlate > end2",
        restart=restart,
    )
    assert sorted(run.here) == ["a", "b", "late", "stopped"]
    run.host.forget()
    assert run.fire("stopped") == ["x"]
    assert run.host.said("cancelled") == ["a", "part", "late", "b", "deep", "work"]
    run.do("x")
    assert run.done


@both
def test_an_event_on_a_multi_instance_activity_watches_the_body(restart: bool) -> None:
    run = Running(
        "all: user each\nlate: timer on all\nnag: timer cycle beside all\n"
        "start > all > end\nlate > x > end2\nnag > y > end3",
        restart=restart,
    )
    assert run.here == ["late", "nag", "all[0]", "all[1]", "all[2]"]
    assert run.at("late").attached_to == run.at("all[0]").scope_id
    run.do("all[1]")
    run.fire("nag")
    run.host.forget()
    assert run.fire("late") == ["y", "x"]
    assert run.host.said("cancelled") == ["all[0]", "all[2]", "nag", "all"]


@both
def test_an_event_inside_a_multi_instance_sub_process(restart: bool) -> None:
    run = Running(
        "each: sub each {\nlate: timer beside a\nstart1 > a > end1\nlate > b > end2\n}\n"
        "start > each > end",
        restart=restart,
    )
    run.host.forget()
    assert sorted(run.here) == ["a"] * 3 + ["late"] * 3
    run.fire("late")
    assert run.do("a", "a", "a") == ["b"]
    assert run.do("b") == []
    assert run.done


@both
def test_outputs_of_an_event_that_fail_stay_and_are_retried(restart: bool) -> None:
    host = FakeHost()
    host.stay = {("leave", "nag")}
    run = Running(
        "nag: message beside a\nlate: timer on a\nstart > a > end\nnag > b > end2\nlate > end3",
        host=host,
        restart=restart,
    )
    # re-armed all the same: the waiting goes on while somebody repairs the outputs
    run.execution.fire(run.at("nag").id)
    run.again()
    assert run.here == ["a", "nag", "late", "nag"]
    stuck = run.at("nag")
    run.do("a")  # the activity may end meanwhile
    assert run.here == ["nag"]
    host.stay.clear()
    run.execution.retry(stuck.id)
    assert run.here == ["b"]


@both
def test_an_armed_event_whose_date_failed_is_entered_again_by_retry(restart: bool) -> None:
    run = Running("late: timer on a\nstart > a > end\nlate > b > end2", restart=restart)
    run.host.forget()
    assert run.retry("late") == ["a", "late"]
    assert run.host.calls == [("enter", "late")]
    assert run.fire("late") == ["b"]


ERRORS = (
    "f: and\nj: and\nb1: error 42 on s1\nb2: error 42 on s2\nstart > f\n"
    "f > s1 > j\nf > s2 > j\nj > end\nb1 > fix1 > end1\nb2 > fix2 > end2"
)


@both
def test_an_error_reaches_its_own_activity_never_a_neighbour(restart: bool) -> None:
    run = Running(ERRORS, restart=restart)
    assert run.error("s1", "42")
    assert run.here == ["s2", "b2", "fix1"]
    assert run.host.said("cancelled") == ["s1"]


@both
def test_an_error_nobody_catches_changes_nothing(restart: bool) -> None:
    run = Running(ERRORS, restart=restart)
    before = run.execution.dump()
    assert not run.error("s1", "43")
    assert run.execution.dump() == before


@both
def test_the_very_code_wins_over_any_code_and_inner_over_outer(restart: bool) -> None:
    text = (
        "part: sub {\nany: error on a\nvery: error 42 on a\n"
        "start1 > a > end1\nany > x > end2\nvery > y > end3\n}\n"
        "outer: error on part\nstart > part > end\nouter > z > end4"
    )
    run = Running(text, restart=restart)
    assert run.error("a", "42")
    assert "y" in run.here
    run = Running(text, restart=restart)
    assert run.error("a", "7")
    assert "x" in run.here
    assert run.error("x", "7")  # x itself has no event: the sub-process around it catches
    assert run.here == ["z"]


@both
def test_an_error_in_one_of_many_ends_the_body_around_it(restart: bool) -> None:
    run = Running(
        "all: call other each\nfailed: error E on all\nstart > all > end\nfailed > x > end2",
        other="start > a > e\ne: end error E",
        restart=restart,
    )
    run.host.forget()
    assert run.do("a") == ["x"]
    assert run.host.said("cancelled") == ["all[0]", "a", "all[1]", "a", "all[2]", "all"]


@both
def test_an_error_end_event_is_caught_by_the_call_activity(restart: bool) -> None:
    run = Running(
        "work: call other\nfailed: error E on work\nstart > work > end\nfailed > x > end2",
        other="f: and\ne: end error E\nstart > f\nf > a > e\nf > b > end",
        restart=restart,
    )
    run.host.forget()
    assert run.do("a") == ["x"]
    assert run.host.calls[:7] == [
        ("leave", "a"),
        ("took", "a", "a_to_e"),
        ("enter", "e"),
        ("leave", "e"),
        ("took", "e"),
        ("cancelled", "b"),
        ("cancelled", "work"),
    ]


@both
def test_an_error_end_event_nobody_catches_rests_until_a_person_decides(restart: bool) -> None:
    run = Running(
        "work: call other\nstart > work > after > end",
        other="e: end error E\nstart > a > e",
        restart=restart,
    )
    assert run.do("a") == ["e"]
    assert run.host.said("uncaught") == ["e"]
    assert run.retry("e") == ["e"]
    assert run.do("e") == ["after"]
    assert run.host.said("leave").count("e") == 1


@both
@pytest.mark.parametrize("how", ["on", "beside"])
def test_an_escalation_reaches_the_activity_around(how: str, restart: bool) -> None:
    run = Running(
        f"work: call other\nup: escalation E {how} work\nstart > work > end\nup > boss > end2",
        other="t: throw escalation E\nstart > a > t > b > end",
        restart=restart,
    )
    assert set(run.do("a")) == ({"boss"} if how == "on" else {"up", "boss", "b"})
    run.host.forget()
    run.do(*(name for name in run.here if name != "up"))
    assert run.done


@both
def test_an_escalation_nobody_catches_is_no_obstacle(restart: bool) -> None:
    run = Running("t: throw escalation E\nstart > a > t > b > end", restart=restart)
    assert run.do("a") == ["b"]


def test_a_fired_event_cannot_be_fired_again() -> None:
    run = Running("late: timer beside a\nstart > a > end\nlate > b > end2")
    late = run.at("late").id
    run.fire("late")
    with pytest.raises(NoSuchToken):
        run.execution.fire(late)
