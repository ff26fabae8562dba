"""Messages with a time to live, in order, once; and messages that begin cases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from runner.engine import kept_messages
from runner.engine.access import CUSTOMER, SYSTEM
from runner.engine.instances import cancel_case
from runner.engine.kept_messages import deliver_kept_messages, tend_kept_messages
from runner.engine.messages import Correlated, correlate_message
from runner.engine.timers import fire_timer
from runner.engine.user_tasks import complete_user_task
from runner.errors import InvalidInput, NotFound
from runner.store.timers import armed_timers
from tests.definitions.diagrams import diagram, extended, flow, line, node, user_task
from tests.engine.conftest import House
from tests.engine.test_messages import MESSAGE, REF, receiving
from tests.engine.test_timers import timer
from tests.invariants import check_all

HOUR = timedelta(hours=1)


def publish(
    house: House,
    unique: str = "1",
    key: str = "K1",
    life: timedelta = HOUR,
    name: str = "reply",
    **payload: object,
) -> Correlated:
    return correlate_message(
        house.site,
        actor=CUSTOMER,
        name=name,
        correlation_key=key,
        payload=payload,
        idempotency_key=unique,
        time_to_live=life,
    )


def kept(house: House) -> int:
    with house.site.database.read() as connection:
        return int(connection.execute(text("SELECT count(*) FROM kept_messages")).scalar_one())


def sound(house: House) -> None:
    with house.site.database.read() as connection:
        check_all(connection, house.site)


@pytest.mark.parametrize("restart", [False, True])
def test_a_message_nobody_awaits_is_kept_for_the_first_that_does(
    house: House, restart: bool
) -> None:
    house.release(receiving())
    assert publish(house, answer="yes") == Correlated("", "", kept=True)
    assert publish(house, answer="yes") == Correlated("", "", kept=True)  # the same once more
    assert kept(house) == 1
    if restart:
        house.site.live.clear()
    first = house.start({"reference": "K1"}).case_id
    second = house.start({"reference": "K1"}).case_id
    assert house.variables(first)["answer"] == "yes"
    assert house.types(first)[-1] == "case_completed"
    assert "message_received" not in house.types(second)
    assert kept(house) == 0
    assert publish(house, answer="yes") == Correlated("", "", kept=True)  # and still the same
    assert "message_received" not in house.types(second)
    (received,) = house.events(first, "message_received")
    (noted,) = house.events("messages", "message_kept")
    assert received.header["facts"]["kept"] == noted.header["facts"]["kept"]
    assert b"yes" not in noted.header_bytes
    sound(house)


def test_another_key_or_name_is_not_for_it(house: House) -> None:
    house.release(receiving())
    publish(house, "1", key="K2")
    publish(house, "2", name="other")
    case = house.start({"reference": "K1"}).case_id
    assert "message_received" not in house.types(case)
    assert kept(house) == 2


def test_kept_messages_are_taken_in_the_order_they_came(house: House) -> None:
    house.release(receiving())
    for number in range(3):
        publish(house, str(number), answer=str(number))
    cases = [house.start({"reference": "K1"}).case_id for _ in range(3)]
    assert [house.variables(case)["answer"] for case in cases] == ["0", "1", "2"]


def test_after_its_time_a_message_is_removed_and_told(house: House) -> None:
    house.release(receiving())
    publish(house, answer="late")
    house.clock.advance(HOUR)
    case = house.start({"reference": "K1"}).case_id
    assert "message_received" not in house.types(case)
    assert tend_kept_messages(house.site) == 1
    assert tend_kept_messages(house.site) == 0
    assert kept(house) == 0
    assert house.types("messages") == ["message_kept", "message_expired"]
    with house.site.database.read() as connection:
        erased = connection.execute(
            text("SELECT count(*) FROM subject_keys WHERE wrapped IS NULL")
        ).scalar_one()
    assert erased == 1
    sound(house)


def watched(cancel: str, second: str = "") -> bytes:
    boundary = node(
        "boundaryEvent", "note", extended() + REF, attachedToRef="t", cancelActivity=cancel
    )
    return diagram(
        node("startEvent", "s")
        + user_task("before", form="")
        + user_task("t", form="")
        + boundary
        + node("endEvent", "e")
        + node("endEvent", "noted")
        + line("s", "before", "t", "e")
        + flow("note", "noted"),
        outside=MESSAGE,
    )


@pytest.mark.parametrize("cancel", ["true", "false"])
def test_a_boundary_event_takes_what_was_kept_as_its_activity_begins(
    house: House, cancel: str
) -> None:
    house.release(watched(cancel))
    case = house.start({"reference": "K1"}).case_id
    for number in range(3):
        assert publish(house, str(number), answer=str(number)).kept
    complete_user_task(
        house.site, actor=house.ann, task_id=house.tasks(case)["before"], submission={}
    )
    received = [e.values["payload.answer"] for e in house.events(case, "message_received")]
    if cancel == "true":
        assert received == ["0"]
        assert house.types(case)[-1] == "case_completed"
        assert kept(house) == 2
    else:  # it is armed again each time
        assert received == ["0", "1", "2"]
        assert set(house.tasks(case)) == {"t"}
    sound(house)


def test_behind_an_event_gateway_a_kept_message_decides(house: House) -> None:
    house.release(
        diagram(
            node("startEvent", "s")
            + node("eventBasedGateway", "g")
            + node("intermediateCatchEvent", "late", timer("timeDuration", "PT1H"))
            + node("intermediateCatchEvent", "answer", REF)
            + node("endEvent", "e1")
            + node("endEvent", "e2")
            + line("s", "g", "answer", "e1")
            + flow("g", "late")
            + flow("late", "e2"),
            outside=MESSAGE,
        )
    )
    publish(house, answer="yes")
    case = house.start({"reference": "K1"}).case_id
    assert house.types(case)[-1] == "case_completed"
    with house.site.database.read() as connection:
        assert armed_timers(connection, case) == []


def test_a_receive_task_takes_it_after_the_timer_before_it(house: House) -> None:
    house.release(
        diagram(
            node("startEvent", "s")
            + node("intermediateCatchEvent", "wait", timer("timeDuration", "PT1M"))
            + node("receiveTask", "answer", messageRef="m")
            + node("endEvent", "e")
            + line("s", "wait", "answer", "e"),
            outside=MESSAGE,
        )
    )
    case = house.start({"reference": "K1"}).case_id
    publish(house, answer="yes")
    house.clock.advance(timedelta(minutes=1))
    with house.site.database.read() as connection:
        (armed,) = armed_timers(connection, case)
    assert fire_timer(house.site, timer_id=armed.id)
    assert house.types(case)[-1] == "case_completed"


def test_a_later_message_does_not_overtake_a_kept_one(house: House) -> None:
    """Two commands of two processes missed each other: the kept one lies beside who awaits it."""
    house.release(receiving())
    publish(house, "1", answer="first")
    with house.site.database.write() as connection:  # as if it was not to be seen yet
        connection.execute(text("UPDATE kept_messages SET correlation_key = 'hidden'"))
    case = house.start({"reference": "K1"}).case_id
    with house.site.database.write() as connection:
        connection.execute(text("UPDATE kept_messages SET correlation_key = 'K1'"))
    assert publish(house, "2", answer="second").kept
    assert house.variables(case)["answer"] == "first"
    other = house.start({"reference": "K1"}).case_id
    assert house.variables(other)["answer"] == "second"
    sound(house)


def test_the_worker_brings_together_what_missed_each_other(house: House) -> None:
    house.release(receiving())
    publish(house, answer="yes")
    with house.site.database.write() as connection:
        connection.execute(text("UPDATE kept_messages SET correlation_key = 'hidden'"))
    case = house.start({"reference": "K1"}).case_id
    assert tend_kept_messages(house.site) == 0
    with house.site.database.write() as connection:
        connection.execute(text("UPDATE kept_messages SET correlation_key = 'K1'"))
    assert tend_kept_messages(house.site) == 1
    assert house.variables(case)["answer"] == "yes"
    assert tend_kept_messages(house.site) == 0


@pytest.mark.parametrize("life", [timedelta(seconds=-1), timedelta(days=4_000)])
def test_a_time_to_live_out_of_range_is_refused(house: House, life: timedelta) -> None:
    with pytest.raises(InvalidInput, match="time to live"):
        publish(house, life=life)


def test_names_and_keys_too_long_for_the_store_are_refused(house: House) -> None:
    for name, key in (("", "k"), ("n" * 201, "k"), ("n", "k" * 201)):
        with pytest.raises(InvalidInput):
            publish(house, name=name, key=key)


def begins() -> bytes:
    return diagram(
        node("startEvent", "plain")
        + node("startEvent", "reported", REF)
        + node("exclusiveGateway", "g")
        + user_task("t", form="")
        + node("endEvent", "e")
        + line("plain", "g", "t", "e")
        + flow("reported", "g"),
        outside=MESSAGE,
    )


@pytest.fixture
def reported(house: House) -> House:
    house.site.default_policy = "plain"
    house.release(begins())
    return house


def test_a_message_begins_a_case_with_what_it_brings(reported: House) -> None:
    result = publish(reported, "1", life=timedelta(), subject="leak")
    assert result == Correlated(result.case_id, "reported", started=True)
    assert publish(reported, "1", life=timedelta(), subject="leak") == result
    assert reported.variables(result.case_id)["subject"] == "leak"
    assert set(reported.tasks(result.case_id)) == {"t"}
    assert reported.types(result.case_id).count("message_received") == 1
    sound(reported)


def test_one_case_for_each_key_while_it_runs(reported: House) -> None:
    first = publish(reported, "1", life=timedelta())
    with pytest.raises(NotFound):
        publish(reported, "2", life=timedelta())
    other = publish(reported, "3", key="K2", life=timedelta())
    assert other.case_id != first.case_id
    assert publish(reported, "4", life=5 * HOUR).kept
    assert publish(reported, "5", life=5 * HOUR).kept
    assert deliver_kept_messages(reported.site) == 0
    task = reported.tasks(first.case_id)["t"]
    complete_user_task(reported.site, actor=reported.ann, task_id=task, submission={})
    assert deliver_kept_messages(reported.site) == 1  # the next, not both
    assert deliver_kept_messages(reported.site) == 0
    assert kept(reported) == 1
    with reported.site.database.read() as connection:
        second = connection.execute(
            text("SELECT root_id FROM message_starts WHERE correlation_key = 'K1'")
        ).scalar_one()
    cancel_case(reported.site, actor=SYSTEM, case_id=second, reason="double")
    assert deliver_kept_messages(reported.site) == 1
    assert kept(reported) == 0
    sound(reported)


def test_without_a_key_every_message_begins_a_case(reported: House) -> None:
    first, second = (publish(reported, str(n), key="", life=timedelta()) for n in (1, 2))
    assert first.started
    assert second.started
    assert first.case_id != second.case_id


def test_a_case_that_waits_is_served_before_another_begins(house: House) -> None:
    house.site.default_policy = "plain"
    waits = diagram(
        node("startEvent", "s")
        + node("startEvent", "reported", REF)
        + node("exclusiveGateway", "g")
        + node("intermediateCatchEvent", "wait", REF)
        + node("endEvent", "e")
        + line("s", "g", "wait", "e")
        + flow("reported", "g"),
        outside=MESSAGE,
    )
    house.release(waits)
    case = house.start({"reference": "K1"}).case_id
    assert publish(house, "1", life=timedelta()).case_id == case
    assert publish(house, "2", life=timedelta(), reference="K1").started


def test_two_workers_begin_one_case(reported: House, monkeypatch: pytest.MonkeyPatch) -> None:
    first = publish(reported, "1", life=timedelta())
    publish(reported, "2", life=HOUR)
    task = reported.tasks(first.case_id)["t"]
    complete_user_task(reported.site, actor=reported.ann, task_id=task, submission={})
    look = kept_messages.oldest_of_each

    def late(*arguments: object) -> object:
        found = look(*arguments)  # type: ignore[arg-type]
        monkeypatch.undo()
        assert deliver_kept_messages(reported.site) == 1  # the other worker
        return found

    monkeypatch.setattr(kept_messages, "oldest_of_each", late)
    assert deliver_kept_messages(reported.site) == 0
    assert kept(reported) == 0
    sound(reported)


@pytest.mark.parametrize("interrupting", ["true", "false"])
def test_an_event_sub_process_takes_what_was_kept_as_its_scope_begins(
    house: House, interrupting: str
) -> None:
    inside = (
        node("startEvent", "told", REF, isInterrupting=interrupting)
        + user_task("look", form="", groups="leader")
        + node("endEvent", "looked")
        + line("told", "look", "looked")
    )
    house.release(
        diagram(
            node("startEvent", "s")
            + user_task("t", form="")
            + node("endEvent", "e")
            + line("s", "t", "e")
            + node("subProcess", "aside", inside, triggeredByEvent="true"),
            outside=MESSAGE,
        )
    )
    publish(house, "1", answer="first")
    publish(house, "2", answer="second")
    case = house.start({"reference": "K1"}).case_id
    received = [e.values["payload.answer"] for e in house.events(case, "message_received")]
    if interrupting == "true":
        assert received == ["first"]
        assert set(house.tasks(case)) == {"look"}
    else:
        assert received == ["first", "second"]
        assert set(house.tasks(case)) == {"t", "look"}
    assert house.variables(case)["answer"] == received[-1]
