"""Event sub-processes: events that begin them in the scope around them, interrupting or not."""

from __future__ import annotations

import pytest

from tests.engine.spiff.running import Running

both = pytest.mark.parametrize("restart", [False, True], ids=["straight", "restarts"])


def helped(start: str, inside: str = "a") -> str:
    return f"help: eventsub {{\nbegin: start {start}\nbegin > b > end_d\n}}\nstart > {inside} > end"


@both
def test_a_pending_one_never_holds_the_end_up(restart: bool) -> None:
    run = Running(helped("message"), restart=restart)
    assert run.here == ["begin", "a"]
    run.host.forget()
    assert run.do("a") == []
    assert run.done
    assert run.host.said("cancelled") == ["begin"]


@both
@pytest.mark.parametrize("kind", ["timer", "message", "signal"])
def test_an_interrupting_one_ends_all_else_in_its_scope(kind: str, restart: bool) -> None:
    run = Running("f: and\n" + helped(kind, "f > a") + "\nf > c > end2", restart=restart)
    run.host.forget()
    assert run.fire("begin") == ["b"]
    assert run.host.calls == [
        ("cancelled", "a"),
        ("cancelled", "c"),
        ("enter", "help"),
        ("leave", "begin"),
        ("took", "begin", "begin_to_b"),
        ("enter", "b"),
    ]
    assert run.do("b") == []
    assert run.done
    assert run.host.said("took")[-2:] == ["end_d", "help"]


@both
@pytest.mark.parametrize("start", ["message beside", "timer cycle beside", "signal beside"])
def test_one_that_interrupts_nothing_is_armed_again(start: str, restart: bool) -> None:
    run = Running(helped(start), restart=restart)
    run.fire("begin")
    assert sorted(run.fire("begin")) == ["a", "b", "b", "begin"]
    run.do("a")
    assert sorted(run.do("b")) == ["b", "begin"]
    run.do("b")
    assert run.done


@both
def test_one_whose_timer_runs_once_is_not_armed_again(restart: bool) -> None:
    run = Running(helped("timer beside"), restart=restart)
    assert run.fire("begin") == ["a", "b"]


@both
def test_its_start_is_in_the_inside_once_it_happened(restart: bool) -> None:
    run = Running(helped("message beside"), restart=restart)
    armed = run.at("begin")
    assert (armed.watches, armed.attached_to, armed.scope_id) == (True, "case", "case")
    run.fire("begin")
    (inside,) = run.host.tokens["help"]
    left = run.host.tokens["begin"][1:]
    assert [(token.id, token.scope_id) for token in left if token.scope_id != "case"] == [
        (armed.id, inside.id)
    ]


@both
def test_it_rests_until_its_inputs_can_be_mapped(restart: bool) -> None:
    run = Running(helped("message"), restart=restart)
    run.host.stay.add(("enter", "help"))
    assert run.fire("begin") == ["help"]
    assert run.retry("help") == ["help"]
    run.host.stay.clear()
    assert run.retry("help") == ["b"]
    run.do("b")
    assert run.done


def test_one_that_cannot_begin_is_withdrawn_with_its_event() -> None:
    run = Running("part: sub {\n" + helped("message") + "\n}\nstart1 > part > end1")
    run.host.stay.add(("enter", "help"))
    run.fire("begin")
    run.host.forget()
    run.execution.cancel()
    assert run.host.said("cancelled") == ["begin", "help", "part"]
    assert run.done


@both
def test_in_a_sub_process_it_leaves_the_outside_alone(restart: bool) -> None:
    run = Running(
        "f: and\npart: sub {\n" + helped("message") + "\n}\nstart1 > f > part > end1\nf > c > end2",
        restart=restart,
    )
    assert set(run.fire("begin")) == {"c", "b"}
    assert run.do("b") == ["c"]
    run.do("c")
    assert run.done


@both
def test_each_of_many_has_its_own(restart: bool) -> None:
    run = Running(
        "part: sub each {\n" + helped("message") + "\n}\nstart1 > part > end1", restart=restart
    )
    assert run.here.count("begin") == 3
    run.fire("begin")
    assert sorted(run.here) == ["a", "a", "b", "begin", "begin"]
    run.do("a", "a", "b")
    assert run.done


@both
def test_several_in_one_scope(restart: bool) -> None:
    run = Running(
        helped("message beside") + "\nstop: eventsub {\nhalt: start message\nhalt > z > end_o\n}",
        restart=restart,
    )
    run.fire("begin")
    assert run.fire("halt") == ["z"]  # the other's inside is interrupted too
    run.do("z")
    assert run.done


ERRORS = (
    "part: sub {\nhelp: eventsub {\nbegin: start error E\nbegin > b > end_d\n}\n"
    "e: end error E\nf: and\nstart1 > f > a > e\nf > c > end1\n}\n"
    "out: error on part\nstart > part > end\nout > z > end2"
)


@both
def test_an_error_end_event_begins_the_one_of_its_scope(restart: bool) -> None:
    run = Running(ERRORS, restart=restart)
    assert run.do("a") == ["out", "b"]
    assert run.do("b") == []
    assert run.done


@both
def test_an_error_of_a_task_begins_it_and_another_error_goes_on_outwards(restart: bool) -> None:
    run = Running(ERRORS, restart=restart)
    caught = run.execution.catching(run.at("a").id, "error", "E")
    assert caught is not None
    assert caught.element.id == "begin"
    assert run.error("a", "E")
    assert run.here == ["out", "b"]
    assert run.error("b", "E")  # not by the handler it comes from
    assert run.here == ["z"]
    run = Running(ERRORS, restart=restart)
    assert run.error("c", "other")
    assert run.here == ["z"]


@both
def test_an_error_nobody_else_catches_is_not_caught_where_it_was_handled(restart: bool) -> None:
    run = Running(helped("error").replace("begin > b", "e: end error E\nbegin > b > e\nbegin > g"))
    assert run.error("a", "E")
    run.again()
    assert run.host.said("uncaught") == []
    run.do("b")
    assert run.host.said("uncaught") == ["e"]


@both
@pytest.mark.parametrize("beside", ["", " beside"])
def test_an_escalation_begins_it(beside: str, restart: bool) -> None:
    text = helped(f"escalation U{beside}", "a > t > c") + "\nt: throw escalation U"
    run = Running("t: throw escalation U\n" + text, restart=restart)
    expected = {"begin", "c", "b"} if beside else {"b"}
    assert set(run.do("a")) == expected
    run.do(*(name for name in run.here if name != "begin"))
    assert run.done


@both
def test_a_code_that_is_an_expression_is_asked_for(restart: bool) -> None:
    run = Running("e: end error =E\n" + helped("error E", "a").replace("> end", "> e"))
    run.restart = restart
    run.host.stay.add(("code", "e"))
    assert run.do("a") == ["begin", "e"]
    run.host.stay.clear()
    assert run.retry("e") == ["b"]


@both
def test_a_terminate_end_inside_ends_only_itself(restart: bool) -> None:
    run = Running(
        "stop: end terminate\n" + helped("message beside").replace("b > end_d", "b > end_o")
        .replace("begin > b", "end_o: end terminate\nf: and\nbegin > f > b").replace(
            "> end_o", "> end_o\nf > c > end_d"),
        restart=restart,
    )  # fmt: skip
    run.fire("begin")
    assert sorted(run.here) == ["a", "b", "begin", "c"]
    assert sorted(run.do("b")) == ["a", "begin"]


@both
def test_one_inside_another(restart: bool) -> None:
    run = Running(
        "help: eventsub {\nbegin: start message\n"
        "more: eventsub {\nagain: start message beside\nagain > d > end_2\n}\n"
        "begin > b > end_d\n}\nstart > a > end",
        restart=restart,
    )
    assert run.fire("begin") == ["again", "b"]
    assert set(run.fire("again")) == {"again", "b", "d"}
    run.do("b", "d")
    assert run.done
