"""Events: ours beside the library as shipped."""

from __future__ import annotations

import time

import pytest
from SpiffWorkflow.bpmn import BpmnEvent
from SpiffWorkflow.bpmn.specs.event_definitions import (
    ErrorEventDefinition,
    MessageEventDefinition,
    SignalEventDefinition,
)
from SpiffWorkflow.exceptions import WorkflowException

from tests.engine.spiff.fake_host import FakeHost
from tests.engine.spiff.running import Running
from tests.engine.spiff.stock.library import Stock

BEGUN = "es: eventsub {{\nbegin: start {0}\nbegin > h > end2\n}}\nstart > a > end"


def signal(run: Stock) -> None:
    run.workflow.send_event(BpmnEvent(SignalEventDefinition("S"), payload={}))
    run.workflow.do_engine_steps()


def test_an_event_sub_process_that_interrupts() -> None:
    text = BEGUN.format("signal S")
    assert Running(text).fire("begin") == ["h"]
    shipped = Stock(text)
    signal(shipped)
    assert shipped.here == ["a", "h"]


def test_an_event_sub_process_whose_clock_never_rings() -> None:
    text = BEGUN.format("timer")
    ours = Running(text)
    ours.do("a")
    assert ours.done
    shipped = Stock(text)
    assert shipped.do("a") == []
    assert not shipped.done
    assert shipped.waiting == ["begin"]


def test_an_event_sub_process_that_began_in_another_case() -> None:
    text = BEGUN.format("signal S")
    ours = Running(text)
    before = ours.procedure
    ours.fire("begin")
    after = Running(text)
    after.procedure = before
    after.do("a")
    assert after.done

    first = Stock(text)
    assert "es" not in {task.task_spec.name for task in first.workflow.get_tasks()}
    signal(first)
    second = Stock("", specs=first.specs)
    assert "es" in {task.task_spec.name for task in second.workflow.get_tasks()}  # nobody asked


ERRORS = (
    "f: and\nb1: error 42 on s1\nb2: error 42 on s2\nstart > f\nf > s1 > end3\nf > s2 > end4\n"
    "b1 > fix1 > end1\nb2 > fix2 > end2"
)


def test_an_error_of_one_of_two_activities() -> None:
    ours = Running(ERRORS)
    ours.error("s1", "42")
    assert ours.here == ["s2", "b2", "fix1"]
    shipped = Stock(ERRORS)
    source = shipped.at("s1").workflow
    shipped.workflow.catch(
        BpmnEvent(ErrorEventDefinition("42", "42"), payload={}, target=source)
    )  # fmt: skip
    shipped.workflow.do_engine_steps()
    assert shipped.here == ["fix1", "fix2"]  # the neighbour, too


def test_two_clocks_behind_one_event_gateway() -> None:
    text = "g: event\nt1: timer\nt2: timer\nstart > g\ng > t1 > a > end\ng > t2 > b > end2"
    ours = Running(text)
    assert sorted(ours.here) == ["t1", "t2"]
    assert ours.do("t2") == ["b"]
    shipped = Stock(text, timers={"t1": '"PT60S"', "t2": '"PT0.01S"'})
    time.sleep(0.02)
    for _ in range(3):
        shipped.workflow.do_engine_steps()
    assert shipped.here == []
    assert shipped.waiting == ["g"]  # the second clock waits as long as the first


def test_a_message_that_comes_twice_beside_an_activity() -> None:
    text = "nag: message beside a\nstart > a > end\nnag > b > end2"
    ours = Running(text)
    ours.fire("nag")
    assert ours.fire("nag") == ["a", "b", "nag", "b"]
    shipped = Stock(text)
    message = BpmnEvent(MessageEventDefinition("m"), payload={})
    shipped.workflow.send_event(message)
    shipped.workflow.do_engine_steps()
    assert shipped.here == ["a", "b"]
    with pytest.raises(WorkflowException, match="not waiting"):
        shipped.workflow.send_event(message)


def test_a_signal_at_the_end() -> None:
    text = "e: end signal S\nc: signal S\nf: and\nstart > f\nf > c > a > end\nf > b > e"
    ours = Running(text)
    ours.do("b")
    assert ours.host.said("enter").count("e") == 1  # the host throws it: conformance, signal_event
    assert Stock(text).do("b") == []  # ``c`` waits for ever


def test_links() -> None:
    text = "t: throw link L\nl: link L\nstart > a > t\nl > b > end"
    host = FakeHost()
    host.passes = {"l"}
    assert Running(text, host=host).do("a") == ["b"]
    shipped = Stock(text)
    assert shipped.do("a") == []
    assert not shipped.done
    assert shipped.waiting == []  # nothing to do, nothing waits, and not at its end


def test_a_condition_on_the_way_out_of_a_task() -> None:
    text = "start > a > end2\na ?x > b > end"
    ours = Running(text)
    ours.do("a")
    assert ours.done
    shipped = Stock("start > a\na ?x > b > end", data={"x": False})
    assert shipped.do("a") == ["b"]  # the condition was not looked at


UNDO = "part: sub {{\n{0}t: throw compensation\nstart1 > a > t > b > end1\n}}\nstart > part > end"


def test_compensation() -> None:
    undone = "x: compensation on a by u\nu: user undoes\n"
    ours = Running(UNDO.format(undone))
    assert ours.do("a") == ["u"]
    assert ours.do("u") == ["b"]
    shipped = Stock(UNDO.format(""))
    assert shipped.do("a") == ["b"]  # thrown into nothing: conformance, compensation
