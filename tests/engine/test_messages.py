"""Messages: one waiting element takes one message, once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection

from runner.engine import messages
from runner.engine.access import CUSTOMER
from runner.engine.messages import correlate_message
from runner.engine.user_tasks import complete_user_task
from runner.errors import AlreadyExists, InvalidInput, NotFound
from tests.definitions.diagrams import diagram, extended, line, node, user_task
from tests.engine.conftest import House

MESSAGE = (
    '<bpmn:message id="m" name="reply"><bpmn:extensionElements>'
    '<zeebe:subscription correlationKey="=reference" /></bpmn:extensionElements></bpmn:message>'
)
REF = '<bpmn:messageEventDefinition messageRef="m" />'


def receiving(*mappings: str) -> bytes:
    return diagram(
        node("startEvent", "s")
        + node("intermediateCatchEvent", "wait", extended(*mappings) + REF)
        + node("endEvent", "e")
        + line("s", "wait", "e"),
        outside=MESSAGE,
    )


def send(house: House, key: str = "K1", unique: str = "1", **payload: object):
    return correlate_message(
        house.site,
        actor=CUSTOMER,
        name="reply",
        correlation_key=key,
        payload=payload,
        idempotency_key=unique,
    )


def test_a_message_reaches_the_case_that_waits_and_brings_its_values(house: House) -> None:
    house.release(receiving())
    case = house.start({"reference": "K1"}).case_id
    other = house.start({"reference": "K2"}).case_id
    assert send(house, answer="yes").case_id == case
    assert house.variables(case)["answer"] == "yes"
    assert house.types(case)[-1] == "case_completed"
    assert house.types(other)[-1] == "message_awaited" or "message_awaited" in house.types(other)
    received = house.events(case, "message_received")[0]
    assert received.header["facts"] == {"message": "reply", "correlated": True}


def test_the_same_key_gives_the_first_result_and_another_input_is_refused(house: House) -> None:
    house.release(receiving())
    house.start({"reference": "K1"})
    first = send(house, answer="yes")
    assert send(house, answer="yes") == first
    with pytest.raises(AlreadyExists):
        send(house, answer="no")


def test_nobody_waits(house: House) -> None:
    house.release(receiving())
    house.start({"reference": "K1"})
    with pytest.raises(NotFound):
        send(house, key="other")


def test_output_mappings_choose_what_is_kept(house: House) -> None:
    mapping = '<zeebe:ioMapping><zeebe:output source="=answer" target="kept" /></zeebe:ioMapping>'
    house.release(receiving(mapping))
    case = house.start({"reference": "K1"}).case_id
    send(house, answer="yes", noise="x")
    assert house.variables(case)["kept"] == "yes"
    assert "noise" not in house.variables(case)


def test_no_value_for_the_correlation_key_is_an_incident(house: House) -> None:
    house.release(receiving())
    case = house.start().case_id
    facts = house.events(case, "incident_raised")[0].header["facts"]
    assert facts["kind"] == "expression_failed"


@pytest.mark.parametrize("restart", [False, True])
def test_non_interrupting_boundary_hears_again_and_again(house: House, restart: bool) -> None:
    house.release(
        diagram(
            node("startEvent", "s")
            + user_task("t", form="")
            + node("boundaryEvent", "help", REF, attachedToRef="t", cancelActivity="false")
            + user_task("support", form="", groups="leader")
            + node("endEvent", "e")
            + node("endEvent", "supported")
            + line("s", "t", "e")
            + line("help", "support", "supported"),
            outside=MESSAGE,
        )
    )
    case = house.start({"reference": "K1"}).case_id
    for number in range(3):
        if restart:
            house.site.live.clear()
        send(house, unique=str(number))
    created = [e.header["element"] for e in house.events(case, "user_task_created")]
    assert created == ["t", "support", "support", "support"]
    complete_user_task(house.site, actor=house.ann, task_id=house.tasks(case)["t"], submission={})
    with pytest.raises(NotFound):
        send(house, unique="late")


def test_a_message_before_anybody_waits_is_noted_in_the_case(house: House) -> None:
    house.release(
        diagram(
            node("startEvent", "s")
            + user_task("first")
            + node("intermediateCatchEvent", "wait", REF)
            + node("endEvent", "e")
            + line("s", "first", "wait", "e"),
            outside=MESSAGE,
        )
    )
    case = house.start({"complaint_number": "TS-1", "reference": "K1"}).case_id
    noted = send(house, key="TS-1", answer="early")
    assert (noted.case_id, noted.element_id) == (case, "")
    assert send(house, key="TS-1", answer="early") == noted
    assert house.variables(case)["answer"] == "early"
    (received,) = house.events(case, "message_received")
    assert received.header["facts"] == {"message": "reply", "correlated": False}


def test_a_message_no_diagram_knows_is_nobodys(house: House) -> None:
    house.release(receiving())
    house.start({"complaint_number": "TS-1", "reference": "K1"})
    with pytest.raises(NotFound):
        correlate_message(
            house.site,
            actor=CUSTOMER,
            name="unknown",
            correlation_key="TS-1",
            payload={},
            idempotency_key="2",
        )


@pytest.mark.parametrize("name", ["clock", "policy", "open_tasks"])
def test_a_message_cannot_write_what_is_read_only(house: House, name: str) -> None:
    house.release(receiving())
    case = house.start({"reference": "K1"}).case_id
    with pytest.raises(InvalidInput) as refused:
        send(house, **{name: "x"})
    assert set(refused.value.errors) == {name}
    assert "message_received" not in house.types(case)


def between_look_and_lock(monkeypatch: pytest.MonkeyPatch, happen: Callable[[], object]) -> None:
    """Something else happens once, after the first look for the case and before its lock."""
    lock = messages.change_case

    def later(*arguments: object, **options: object) -> object:
        monkeypatch.setattr(messages, "change_case", lock)
        happen()
        return lock(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(messages, "change_case", later)


def test_a_case_that_stops_waiting_gives_way_to_the_one_that_waits(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.release(receiving())
    cases = {house.start({"reference": "K1"}).case_id for _ in range(2)}
    others = []
    between_look_and_lock(monkeypatch, lambda: others.append(send(house, unique="other")))
    mine = send(house, unique="mine")
    assert {mine.case_id, others[0].case_id} == cases
    between_look_and_lock(monkeypatch, lambda: None)
    with pytest.raises(NotFound):
        send(house, unique="third")


def test_the_same_key_at_the_same_moment_gives_the_first_result(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.release(receiving())
    for _ in range(2):
        house.start({"reference": "K1"})
    first = send(house, answer="yes")
    find, looks = messages.find_command, []

    def blind(connection: Connection, key: str) -> object:
        looks.append(key)  # the first two looks came too early to see it
        return None if len(looks) <= 2 else find(connection, key)

    monkeypatch.setattr(messages, "find_command", blind)
    assert send(house, answer="yes") == first
