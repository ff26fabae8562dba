"""Compensation through the whole engine."""

from __future__ import annotations

from tests.definitions.diagrams import diagram, extended, line, node
from tests.engine.conftest import House
from tests.engine.test_events import E, S, do, ended, plain, sound

UNDO = "<bpmn:compensateEventDefinition {1}/>"


def undoable(name: str, *, activity: str | None = None) -> str:
    """A task, its compensation event and the task that undoes it."""
    handler = plain(f"undo_{name}").replace(
        "<bpmn:userTask ", '<bpmn:userTask isForCompensation="true" '
    )
    return (
        (plain(name) if activity is None else activity)
        + node("boundaryEvent", f"x_{name}", UNDO.format(f"x{name}", ""), attachedToRef=name)
        + handler
        + f'<bpmn:association id="as_{name}" sourceRef="x_{name}" targetRef="undo_{name}" />'
    )


def throw(kind: str = "intermediateThrowEvent", of: str = "") -> str:
    reference = f'activityRef="{of}" ' if of else ""
    return node(kind, "undo", UNDO.format("undo", reference))


def test_tasks_are_undone_last_first(house: House) -> None:
    house.release(
        diagram(
            S + undoable("a") + undoable("b") + throw() + plain("z") + E
            + line("s", "a", "b", "undo", "z", "e")
        )
    )  # fmt: skip
    case = house.start().case_id
    assert do(house, case, "a") == {"b"}
    assert do(house, case, "b") == {"undo_b"}
    assert do(house, case, "undo_b") == {"undo_a"}
    assert do(house, case, "undo_a") == {"z"}
    assert do(house, case, "z") == set()
    assert ended(house, case)
    sound(house, case)


def test_a_completed_sub_process_is_undone_with_the_variables_it_had(house: House) -> None:
    inputs = (
        '<zeebe:ioMapping><zeebe:input source="=&quot;inner&quot;" target="mine" />'
        "</zeebe:ioMapping>"
    )
    handler = node(
        "scriptTask", "undo_a",
        extended('<zeebe:script expression="=mine" resultVariable="seen" />'),
        isForCompensation="true",
    )  # fmt: skip
    inside = (
        node("startEvent", "ps") + plain("a")
        + node("boundaryEvent", "x_a", UNDO.format("xa", ""), attachedToRef="a") + handler
        + '<bpmn:association id="as" sourceRef="x_a" targetRef="undo_a" />'
        + node("endEvent", "pe") + line("ps", "a", "pe")
    )  # fmt: skip
    house.release(
        diagram(
            S + node("subProcess", "part", extended(inputs) + inside) + plain("t")
            + throw("endEvent") + line("s", "part", "t", "undo")
        )
    )  # fmt: skip
    case = house.start({"mine": "outer"}).case_id
    assert do(house, case, "a") == {"t"}
    assert do(house, case, "t") == set()
    assert ended(house, case)
    assert house.variables(case)["seen"] == "inner"
    sound(house, case)


def test_only_the_named_activity(house: House) -> None:
    house.release(
        diagram(
            S + undoable("a") + undoable("b") + throw(of="a") + plain("z") + E
            + line("s", "a", "b", "undo", "z", "e")
        )
    )  # fmt: skip
    case = house.start().case_id
    do(house, case, "a")
    assert do(house, case, "b") == {"undo_a"}
    assert do(house, case, "undo_a") == {"z"}
    do(house, case, "z")
    assert ended(house, case)
    sound(house, case)


def test_nothing_of_it_is_left_in_a_case_that_ends_without(house: House) -> None:
    house.release(diagram(S + undoable("a") + E + line("s", "a", "e")))
    case = house.start().case_id
    do(house, case, "a")
    assert ended(house, case)
    sound(house, case)


def test_an_error_event_sub_process_undoes_what_was_done(house: House) -> None:
    error = '<bpmn:errorEventDefinition errorRef="er" />'
    body = (
        node("startEvent", "b", error) + throw() + plain("tell") + node("endEvent", "he")
        + line("b", "undo", "tell", "he")
    )  # fmt: skip
    house.release(
        diagram(
            S + undoable("a") + plain("t") + node("endEvent", "fail", error)
            + line("s", "a", "t", "fail") + node("subProcess", "h", body, triggeredByEvent="true"),
            outside='<bpmn:error id="er" errorCode="broken" />',
        )
    )  # fmt: skip
    case = house.start().case_id
    do(house, case, "a")
    assert do(house, case, "t") == {"undo_a"}
    assert do(house, case, "undo_a") == {"tell"}
    do(house, case, "tell")
    assert ended(house, case)
    sound(house, case)
