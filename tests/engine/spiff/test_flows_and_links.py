"""Flows out of activities, mixed gateways, link events and conditional events."""

from __future__ import annotations

import pytest

from tests.engine.spiff.fake_host import FakeHost
from tests.engine.spiff.running import Running

both = pytest.mark.parametrize("restart", [False, True], ids=["straight", "restarts"])


@both
def test_two_flows_out_of_a_task_are_both_taken(restart: bool) -> None:
    run = Running("j: and\nstart > a > b > j\na > c > j\nj > d > end", restart=restart)
    assert run.do("a") == ["b", "c"]
    assert run.do("c", "b") == ["d"]
    assert run.host.calls[:4] == [
        ("enter", "start"), ("leave", "start"), ("took", "start", "start_to_a"), ("enter", "a"),
    ]  # fmt: skip


@both
@pytest.mark.parametrize("middle", ["t: throw", "t: timer", "t: sub {\nstart2 > x > end2\n}"])
def test_so_are_those_of_events_and_sub_processes(middle: str, restart: bool) -> None:
    run = Running(f"{middle}\nstart > a > t > b > end\nt > c > end3", restart=restart)
    run.do("a")
    if run.here in (["t"], ["x"]):
        run.do(run.here[0])
    assert run.here == ["b", "c"]


@both
def test_a_boundary_event_and_a_start_event_fork_too(restart: bool) -> None:
    run = Running("l: timer on a\nstart > a > end\nstart > b > end2\nl > c > end_3\nl > d > end_4")
    run.restart = restart
    assert run.here == ["a", "b", "l"] or run.here == ["a", "l", "b"]
    assert set(run.fire("l")) == {"b", "c", "d"}


@both
def test_conditions_on_flows_out_of_a_task(restart: bool) -> None:
    text = "start > a ?x > b > end\na ?y > c > end2\na > d > end3"
    for true, taken in (({"x"}, ["b", "d"]), ({"x", "y"}, ["b", "c", "d"]), (set(), ["d"])):
        host = FakeHost()
        host.true = set(true)
        run = Running(text, host=host, restart=restart)
        assert run.do("a") == taken


@both
def test_a_condition_that_cannot_be_decided_holds_the_token_after_its_leave(restart: bool) -> None:
    run = Running("start > a ?x > b > end\na > c > end2", restart=restart)
    run.host.stay.add(("choose", "a"))
    assert run.do("a") == ["a"]
    run.host.stay.clear()
    run.host.forget()
    assert run.retry("a") == ["c"]
    assert run.host.said("leave") == []


@both
def test_a_multi_instance_activity_chooses_once(restart: bool) -> None:
    run = Running("a: user each\nstart > a ?x > b > end\na > c > end2", restart=restart)
    run.do("a[0]", "a[1]", "a[2]")
    assert run.here == ["c"]
    assert run.host.said("choose") == ["a"]


@both
@pytest.mark.parametrize("kind", ["and", "or"])
def test_a_gateway_that_joins_and_splits_at_once(kind: str, restart: bool) -> None:
    run = Running(
        f"f: and\nm: {kind}\nstart > f\nf > a > m\nf > b > m\n"
        + ("m > c > end\nm > d > end2" if kind == "and" else "m ?x > c > end\nm > d > end2"),
        restart=restart,
    )
    run.host.true = {"x"}
    assert run.do("a") == ["b"]
    assert run.do("b") == (["c", "d"] if kind == "and" else ["c"])


@both
def test_a_link_goes_on_at_its_name(restart: bool) -> None:
    run = Running(
        "g: xor\nt: throw link L\nu: throw link L\nl: link L\n"
        "start > a > g\ng ?x > t\ng > u\nl > b > end",
        restart=restart,
    )
    run.host.passes.add("l")
    run.host.forget()
    assert run.do("a") == ["b"]
    assert run.host.calls[3:8] == [
        ("took", "g", "g_to_u"), ("enter", "u"), ("leave", "u"), ("took", "u"), ("enter", "l"),
    ]  # fmt: skip
    run.do("b")
    assert run.done


@both
def test_an_inclusive_join_waits_for_a_token_that_comes_by_a_link(restart: bool) -> None:
    run = Running(
        "f: and\nj: or\nt: throw link L\nl: link L\nstart > f\nf > a > j\nf > b > t\n"
        "l > c > j\nj > d > end",
        restart=restart,
    )
    run.host.passes.add("l")
    assert run.do("a") == ["b"]
    assert run.do("b") == ["c"]
    assert run.do("c") == ["d"]


@both
def test_a_condition_is_asked_when_it_begins_to_wait(restart: bool) -> None:
    host = FakeHost()
    host.true = {"x"}
    assert Running("c: conditional x\nstart > c > b > end", host=host).here == ["b"]
    run = Running("c: conditional x\nstart > c > b > end", restart=restart)
    assert run.here == ["c"]
    run.host.true = {"x"}
    run.execution.reconsider()
    assert run.here == ["c"]  # nothing it reads has changed
    run.host.changed = {"x"}
    run.execution.reconsider()
    assert run.here == ["b"]


@both
def test_a_boundary_condition(restart: bool) -> None:
    run = Running("hot: conditional x on a\nstart > a > end\nhot > b > end2", restart=restart)
    run.host.changed = {"x"}
    run.execution.reconsider()
    assert run.here == ["b"]
    host = FakeHost()
    host.true = {"x"}
    run = Running("hot: conditional x on a\nstart > a > end\nhot > b > end2", host=host)
    assert run.here == ["b"]


@both
def test_a_condition_beside_happens_again_only_after_a_change(restart: bool) -> None:
    host = FakeHost()
    host.true = {"x"}
    run = Running(
        "hot: conditional x beside a\nstart > a > end\nhot > b > end2", host=host, restart=restart
    )
    assert sorted(run.here) == ["a", "b", "hot"]
    run.do("b")
    run.host.changed = {"x"}
    run.execution.reconsider()
    assert sorted(run.here) == ["a", "b", "hot"]


@both
def test_an_event_sub_process_begins_by_a_condition(restart: bool) -> None:
    run = Running(
        "help: eventsub {\nc: start conditional x\nc > b > end_d\n}\nstart > a > d > end",
        restart=restart,
    )
    run.host.changed = {"x"}
    assert run.do("a") == ["b"]  # before d, which would have been next
    run.do("b")
    assert run.done


@both
def test_a_condition_behind_an_event_gateway(restart: bool) -> None:
    run = Running(
        "g: event\nc: conditional x\nt: timer\nstart > g > c > b > end\ng > t > d > end2",
        restart=restart,
    )
    run.host.changed = {"x"}
    run.execution.reconsider()
    assert run.here == ["b"]


def test_the_outer_condition_is_asked_first() -> None:
    run = Running(
        "part: sub {\nin: conditional x on a\nstart1 > a > end1\nin > b > end2\n}\n"
        "out: conditional x on part\nstart > part > end\nout > c > end3"
    )
    run.host.changed = {"x"}
    run.execution.reconsider()
    assert run.here == ["c"]
