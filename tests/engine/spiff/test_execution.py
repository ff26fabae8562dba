"""Starting, completing, resting, staying, cancelling; every case also with a restart per step."""

from __future__ import annotations

import pytest

from runner.engine.spiff import execution
from runner.engine.spiff.execution import (
    EndlessLoop,
    Execution,
    NoSuchToken,
    NotResting,
    UnsupportedDiagram,
)
from tests.engine.spiff.fake_host import FakeHost
from tests.engine.spiff.running import Running

both = pytest.mark.parametrize("restart", [False, True], ids=["live", "restarted"])


@both
def test_a_token_goes_from_start_to_end(restart: bool) -> None:
    run = Running("start > a > b > end", restart=restart)
    assert run.here == ["a"]
    assert run.do("a") == ["b"]
    assert not run.done
    assert run.do("b") == []
    assert run.done
    assert run.host.calls == [
        ("enter", "start"),
        ("leave", "start"),
        ("took", "start", "start_to_a"),
        ("enter", "a"),
        ("leave", "a"),
        ("took", "a", "a_to_b"),
        ("enter", "b"),
        ("leave", "b"),
        ("took", "b", "b_to_end"),
        ("enter", "end"),
        ("leave", "end"),
        ("took", "end"),
    ]


def test_elements_may_be_called_like_the_libraries_own_tasks() -> None:
    run = Running("Start: start\nEnd: task\nRoot: user\nStart > Root > End > main > end")
    assert run.do("Root") == ["main"]
    assert run.do("main") == []
    assert run.done


@both
def test_an_exclusive_gateway_takes_the_flow_the_host_chooses(restart: bool) -> None:
    text = "g: xor\nstart > g\ng ?yes > a > end\ng > b > end2"
    run = Running(text, restart=restart)
    assert run.here == ["b"]
    host = FakeHost()
    host.true = {"yes"}
    run = Running(text, host=host, restart=restart)
    assert run.here == ["a"]
    assert ("took", "g", "g_to_a") in host.calls


@both
def test_two_flows_out_of_a_task_are_two_tokens(restart: bool) -> None:
    run = Running("start > a\na > b > end\na > c > end2", restart=restart)
    assert run.do("a") == ["b", "c"]
    assert run.do("c") == ["b"]
    assert run.do("b") == []
    assert run.done


@both
def test_a_process_starts_where_the_message_came_in(restart: bool) -> None:
    text = "start_mail: start message\nstart > a > end\nstart_mail > b > end2"
    assert Running(text, restart=restart).here == ["a"]
    assert Running(text, restart=restart, start="start_mail").here == ["b"]


def test_an_unknown_start_is_refused() -> None:
    with pytest.raises(KeyError):
        Running("start > a > end", start="a")
    with pytest.raises(KeyError):
        Running("start > a > end", start="nowhere")
    with pytest.raises(UnsupportedDiagram):
        Running("start_mail: start message\nstart_mail > a > end")


@both
def test_sub_processes_and_call_activities_run_inside_one_execution(restart: bool) -> None:
    run = Running(
        "part: sub {\nstart1 > a > end1\n}\nwork: call other\nstart > part > work > end",
        other="deep: call deepest\nstart > deep > end",
        deepest="start > b > end",
        restart=restart,
    )
    token = run.at("a")
    part = run.execution.token(token.scope_id)
    assert (token.instance_id, part.element.id, part.scope_id) == ("case", "part", "case")
    assert run.do("a") == ["b"]
    token = run.at("b")
    deep = run.execution.token(token.instance_id)
    work = run.execution.token(deep.instance_id)
    assert token.scope_id == token.instance_id
    assert (deep.element.id, work.element.id, work.instance_id) == ("deep", "work", "case")
    run.do("b")
    assert run.done
    assert run.host.said("took")[-6:] == ["b", "end", "deep", "end", "work", "end"]


@both
def test_the_same_process_may_be_called_twice_at_once(restart: bool) -> None:
    run = Running(
        "one: call other\ntwo: call other\nf: and\nj: and\n"
        "start > f\nf > one > j\nf > two > j\nj > end",
        other="start > a > b > end",
        restart=restart,
    )
    assert run.here == ["a", "a"]
    assert run.do("a") == ["a", "b"]
    assert run.do("b", "a", "b") == []
    assert run.done


@both
def test_token_ids_stay(restart: bool) -> None:
    run = Running("f: and\nstart > f\nf > a > end\nf > b > end2", restart=restart)
    b = run.at("b")
    run.do("a")
    assert run.at("b") == b
    assert len(b.id) == 32


@both
@pytest.mark.parametrize("callback", ["enter", "leave"])
def test_a_task_that_stays_goes_on_when_retried(callback: str, restart: bool) -> None:
    host = FakeHost()
    host.stay = {(callback, "job")}
    run = Running("job: service\nstart > job > end", host=host, restart=restart)
    assert run.here == ["job"]
    assert run.retry("job") == ["job"]
    host.stay.clear()
    assert run.retry("job") == []
    assert run.done
    assert host.said("took") == ["start", "job", "end"]
    assert host.said("enter").count("job") == (3 if callback == "enter" else 1)


@both
def test_a_completed_task_whose_outputs_fail_is_retried_not_completed(restart: bool) -> None:
    host = FakeHost()
    host.stay = {("leave", "a")}
    run = Running("start > a > end", host=host, restart=restart)
    assert run.do("a") == ["a"]
    with pytest.raises(NotResting, match="'a'"):
        run.execution.complete(run.at("a").id)
    host.stay.clear()
    assert run.retry("a") == []
    assert run.done


@both
def test_a_gateway_without_an_answer_stays_and_is_told_when_cancelled(restart: bool) -> None:
    host = FakeHost()
    host.stay = {("choose", "g")}
    run = Running("g: xor\nstart > g\ng ?x > a > end\ng > b > end2", host=host, restart=restart)
    assert run.here == ["g"]
    assert run.retry("g") == ["g"]
    state = run.execution.dump()
    host.stay.clear()
    assert run.retry("g") == ["b"]
    host.forget()
    cancelled = Execution.load(run.procedure, state, host)
    cancelled.cancel()
    assert host.calls == [("cancelled", "g")]


@both
def test_a_container_that_stays_starts_its_inside_when_retried(restart: bool) -> None:
    host = FakeHost()
    host.stay = {("enter", "part")}
    run = Running(
        "part: sub {\nstart1 > a > end1\n}\nlate: timer beside part\n"
        "start > part > end\nlate > b > end2",
        host=host,
        restart=restart,
    )
    assert run.here == ["part", "late"]
    with pytest.raises(NotResting):
        run.execution.complete(run.at("part").id)
    host.stay.clear()
    assert run.retry("part") == ["late", "a"]
    assert host.said("enter").count("late") == 1
    host.stay = {("leave", "part")}
    assert run.do("a") == ["part", "late"]
    host.stay.clear()
    assert run.retry("part") == []
    assert run.done


@both
def test_cancel_withdraws_everything_innermost_first(restart: bool) -> None:
    run = Running(
        "work: call other\nlate: timer on work\nf: and\nj: and\n"
        "start > f\nf > work > j\nf > c > j\nj > end\nlate > end2\n",
        other="part: sub {\nall: user each\nstart1 > all > end1\n}\nstart > part > end",
        restart=restart,
    )
    run.do("c")
    run.host.forget()
    run.execution.cancel()
    assert run.host.said("cancelled") == [
        "late",
        "all[0]",
        "all[1]",
        "all[2]",
        "all",
        "part",
        "work",
    ]
    assert run.done
    assert run.here == []


@both
def test_a_terminate_end_event_ends_its_own_process_only(restart: bool) -> None:
    run = Running(
        "work: call other\nstart > work > after > end",
        other="f: and\nstop: end terminate\nstart > f\nf > a > stop\nf > b > c > end2",
        restart=restart,
    )
    assert run.here == ["a", "b"]
    assert run.do("a") == ["after"]
    assert run.host.said("cancelled") == ["b"]
    assert run.do("after") == []
    assert run.done


@both
def test_the_first_event_behind_an_event_gateway_wins(restart: bool) -> None:
    text = (
        "g: event\nt1: timer\nt2: timer\nm: message\nstart > g\n"
        "g > t1 > a > end\ng > t2 > b > end2\ng > m > c > end3"
    )
    run = Running(text, restart=restart)
    assert run.here == ["t1", "t2", "m"]
    run.host.forget()
    assert run.do("t2") == ["b"]
    assert run.host.calls[:4] == [
        ("cancelled", "t1"),
        ("cancelled", "m"),
        ("took", "g", "g_to_t2"),
        ("leave", "t2"),
    ]
    host = FakeHost()
    host.passes = {"t2"}  # its message was there before
    run = Running(text, host=host, restart=restart)
    assert run.here == ["b"]
    assert host.said("cancelled") == ["t1"]
    assert "m" not in host.said("enter")
    run = Running(text, restart=restart)
    run.host.passes = {"m"}
    assert run.retry("m") == ["c"]


def test_what_does_not_fit_is_refused_and_changes_nothing() -> None:
    run = Running("late: timer on a\nf: and\nj: and\nstart > f\nf > a > j\nf > b > j\nj > end")
    before = run.execution.dump()
    with pytest.raises(NoSuchToken):
        run.execution.complete("0" * 32)
    with pytest.raises(NotResting, match="'late'"):
        run.execution.complete(run.at("late").id)
    with pytest.raises(NotResting, match="'a'"):
        run.execution.fire(run.at("a").id)
    assert run.execution.dump() == before
    a = run.at("a").id
    run.do("a")
    with pytest.raises(NoSuchToken):
        run.execution.complete(a)
    assert run.do("b") == []


def test_a_host_that_raises_leaves_the_execution_unusable() -> None:
    class Failing(FakeHost):
        def leave(self, token: object) -> bool:
            raise OSError("the database is gone")

    run = Running("start > a > b > end")
    state = run.execution.dump()
    run.execution.host = Failing()
    with pytest.raises(OSError, match="database"):
        run.do("a")
    with pytest.raises(RuntimeError, match="load it again"):
        run.execution.dump()
    with pytest.raises(RuntimeError, match="load it again"):
        run.execution.cancel()
    again = Execution.load(run.procedure, state, run.host)
    again.complete(again.resting()[0].id)
    assert [token.element.id for token in again.resting()] == ["b"]


def test_a_loop_without_a_rest_is_an_error_not_a_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runner.engine.spiff.execution.MAX_STEPS", 500)
    with pytest.raises(EndlessLoop):
        Running("m: xor\njob: service\nstart > m > job > m")


def test_a_loop_is_given_up_within_minutes_not_hours() -> None:
    assert execution.MAX_STEPS <= 20_000  # a case is locked meanwhile


def test_a_blocked_join_is_seen() -> None:
    run = Running("g: xor\nj: and\nstart > g\ng ?x > a > j\ng > b > j\nj > end")
    assert not run.execution.stuck
    run.do("b")
    assert run.execution.stuck
    assert not run.done
