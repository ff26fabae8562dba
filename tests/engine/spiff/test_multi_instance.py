"""Multi-instance activities: parallel and sequential, empty, nested, ended early, restarted."""

from __future__ import annotations

import pytest

from tests.engine.spiff.fake_host import FakeHost
from tests.engine.spiff.running import Running

both = pytest.mark.parametrize("restart", [False, True], ids=["live", "restarted"])
OTHER = "start > a > end"
WORK = {
    "user": ("all: user each{}\nstart > all > after > end", "all[{}]"),
    "sub": ("all: sub each{} {{\nstart1 > a > end1\n}}\nstart > all > after > end", "a"),
    "call": ("all: call other each{}\nstart > all > after > end", "a"),
}


@both
@pytest.mark.parametrize("kind", WORK)
def test_parallel_instances_end_in_any_order(kind: str, restart: bool) -> None:
    text, name = WORK[kind]
    run = Running(text.format(""), other=OTHER, restart=restart)
    assert run.here == [name.format(i) for i in range(3)]
    run.do(name.format(1))
    run.do(name.format(2 if kind == "user" else 0))
    assert run.do(name.format(0)) == ["after"]
    assert run.host.said("items") == ["all"]
    leaves = [name for name in run.host.said("leave") if name.startswith("all")]
    assert sorted(leaves[:-1]) == ["all[0]", "all[1]", "all[2]"]
    assert leaves[-1] == "all"
    assert run.host.said("took").count("all") == 1
    run.do("after")
    assert run.done


@both
@pytest.mark.parametrize("kind", WORK)
def test_sequential_instances_come_one_after_the_other(kind: str, restart: bool) -> None:
    text, name = WORK[kind]
    run = Running(text.format(" sequential"), other=OTHER, restart=restart)
    for number in range(3):
        assert run.here == [name.format(number)]
        run.do(name.format(number))
    assert run.here == ["after"]
    entered = [name for name in run.host.said("enter") if name.startswith("all")]
    assert entered == ["all[0]", "all[1]", "all[2]"]


@both
@pytest.mark.parametrize("mode", ["", " sequential"])
def test_rules_that_answer_at_once_need_no_rest(mode: str, restart: bool) -> None:
    run = Running(f"all: rule each{mode}\nstart > all > after > end", restart=restart)
    assert run.here == ["after"]
    assert run.host.said("leave") == ["start", "all[0]", "all[1]", "all[2]", "all"]


@both
@pytest.mark.parametrize("kind", WORK)
def test_an_empty_collection_passes(kind: str, restart: bool) -> None:
    host = FakeHost()
    host.counts = {"all": 0}
    text, _ = WORK[kind]
    run = Running("late: timer on all\n" + text.format(""), other=OTHER, host=host, restart=restart)
    assert run.here == ["after"]
    assert host.said("leave") == ["start", "all"]
    assert "late" not in host.said("enter")


@both
def test_a_collection_that_cannot_be_read_stays(restart: bool) -> None:
    host = FakeHost()
    host.stay = {("items", "all")}
    run = Running("all: user each\nstart > all > end", host=host, restart=restart)
    assert run.here == ["all"]
    host.stay.clear()
    assert run.retry("all") == ["all[0]", "all[1]", "all[2]"]


@both
@pytest.mark.parametrize("mode", ["", " sequential"])
def test_the_completion_condition_withdraws_the_rest(mode: str, restart: bool) -> None:
    host = FakeHost()
    host.stop = lambda body: host.said("leave")[-1] == "all[1]"
    run = Running(
        f"all: user each until{mode}\nstart > all > after > end", host=host, restart=restart
    )
    run.do("all[0]")
    assert run.do("all[1]") == ["after"]
    assert host.said("enough") == ["all", "all"]
    assert host.said("cancelled") == ([] if mode else ["all[2]"])
    if not mode:
        assert host.calls.index(("cancelled", "all[2]")) < host.calls.index(("leave", "all"))


@both
@pytest.mark.parametrize("mode", ["", " sequential"])
def test_a_completion_condition_that_fails_stays_at_the_body(mode: str, restart: bool) -> None:
    host = FakeHost()
    host.stay = {("enough", "all")}
    text = f"all: user each until{mode}\nstart > all > after > end"
    run = Running(text, host=host, restart=restart)
    assert run.do("all[0]") == (["all"] if mode else ["all", "all[1]", "all[2]"])
    assert run.retry("all") == (["all"] if mode else ["all", "all[1]", "all[2]"])
    if mode:
        host.stay.clear()
        assert run.retry("all") == ["all[1]"]
        host.stop = lambda body: True
        assert run.do("all[1]") == ["after"]
    else:
        assert run.do("all[2]") == ["all", "all[1]"]
        assert host.said("enough") == ["all"] * 2
        assert run.do("all[1]") == ["all"]
        assert run.retry("all") == ["after"]  # all have ended, whatever the condition says
        assert host.said("enough") == ["all"] * 2
    run.do("after")
    assert run.done


def test_the_condition_is_not_asked_where_there_is_none() -> None:
    run = Running("all: user each\nstart > all > end")
    run.do("all[0]", "all[1]", "all[2]")
    assert run.host.said("enough") == []


@both
def test_bodies_nest(restart: bool) -> None:
    host = FakeHost()
    host.counts = {"outer": 2, "inner": 2}
    run = Running(
        "outer: sub each {\ninner: user each\nstart1 > inner > b > end1\n}\nstart > outer > end",
        host=host,
        restart=restart,
    )
    assert run.here == ["inner[0]", "inner[1]"] * 2
    token = run.at("inner[0]")
    body = run.execution.token(token.scope_id)
    each = run.execution.token(body.scope_id)
    outer = run.execution.token(each.scope_id)
    assert (body.loop, each.loop, outer.loop) == (None, 0, None)
    assert (body.element.id, each.element.id, outer.element.id) == ("inner", "outer", "outer")
    assert outer.scope_id == "case"
    run.do("inner[0]", "inner[1]", "inner[0]", "inner[1]", "b", "b")
    assert run.done


@both
def test_an_instance_whose_outputs_fail_holds_up_only_itself(restart: bool) -> None:
    host = FakeHost()
    run = Running("all: user each\nstart > all > end", host=host, restart=restart)
    host.stay = {("leave", "all")}
    run.do("all[1]")
    host.stay.clear()
    assert run.do("all[0]", "all[2]") == ["all[1]"]
    assert run.retry("all[1]") == []
    assert run.done


@both
def test_a_body_in_a_loop_starts_anew(restart: bool) -> None:
    host = FakeHost()
    host.true = {"again"}
    run = Running(
        "m: xor\ng: xor\nall: user each\nstart > m > all > g\ng ?again > m\ng > end",
        host=host,
        restart=restart,
    )
    first = run.at("all[0]").scope_id
    run.do("all[0]", "all[1]", "all[2]")
    assert run.here == ["all[0]", "all[1]", "all[2]"]
    assert run.at("all[0]").scope_id != first
    host.true = set()
    run.do("all[2]", "all[1]", "all[0]")
    assert run.done
