"""Signals reach all that wait, in every case, exactly once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from runner.engine.access import SYSTEM
from runner.engine.erasure import erase_person
from runner.engine.instances import cancel_case
from runner.engine.signals import broadcast_signal, deliver_signals
from runner.errors import AlreadyExists, InvalidInput, NotAllowed
from runner.store.tables import cases
from tests.definitions.diagrams import diagram, extended, line, node
from tests.engine.conftest import House
from tests.engine.test_events import E, S, do, ended, event_sub, plain, sound

NAMED = '<bpmn:signal id="sig" name="recall" />'
SIGNAL = '<bpmn:signalEventDefinition signalRef="sig" />'
RESULT = '<zeebe:ioMapping><zeebe:{0} source="{1}" target="{2}" /></zeebe:ioMapping>'


def waiting(house: House) -> None:
    catch = node(
        "intermediateCatchEvent", "w",
        extended(RESULT.format("output", "=lot", "recalled")) + SIGNAL,
    )  # fmt: skip
    house.release(diagram(S + catch + plain("t") + E + line("s", "w", "t", "e"), outside=NAMED))


def deliver(house: House) -> int:
    house.site.live.clear()
    done = deliver_signals(house.site)
    house.site.live.clear()
    return done


def test_every_case_that_waits_goes_on_once(house: House) -> None:
    waiting(house)
    cases = [house.start().case_id for _ in range(3)]
    sent = broadcast_signal(
        house.site, actor=house.owner, name="recall", variables={"lot": 7}, idempotency_key="one"
    )
    assert sent == 3
    assert broadcast_signal(
        house.site, actor=house.owner, name="recall", variables={"lot": 7}, idempotency_key="one"
    ) == 3  # fmt: skip
    assert not any(house.tasks(case) for case in cases)
    assert deliver(house) == 3
    assert deliver(house) == 0
    for case in cases:
        assert set(house.tasks(case)) == {"t"}
        assert house.variables(case)["recalled"] == 7
        assert house.events(case, "signal_received")[0].values == {"payload.lot": 7}
        do(house, case, "t")
        sound(house, case)


def test_what_may_not_be_sent(house: House) -> None:
    with pytest.raises(NotAllowed):
        broadcast_signal(house.site, actor=house.ann, name="recall")
    with pytest.raises(InvalidInput):
        broadcast_signal(house.site, actor=house.owner, name=" ")
    with pytest.raises(InvalidInput):
        broadcast_signal(house.site, actor=house.owner, name="recall", variables={"policy": 1})
    broadcast_signal(house.site, actor=house.owner, name="recall", idempotency_key="k")
    with pytest.raises(AlreadyExists):
        broadcast_signal(house.site, actor=house.owner, name="other", idempotency_key="k")


def test_a_case_that_begins_to_wait_later_is_not_reached(house: House) -> None:
    waiting(house)
    broadcast_signal(house.site, actor=house.owner, name="recall")
    case = house.start().case_id
    assert deliver(house) == 0
    assert house.tasks(case) == {}


def test_a_case_that_ended_meanwhile_takes_nothing(house: House) -> None:
    waiting(house)
    case = house.start().case_id
    broadcast_signal(house.site, actor=house.owner, name="recall")
    manager = house.person("mia", "complaint_management")
    cancel_case(house.site, actor=manager, case_id=case, reason="no longer")
    assert deliver(house) == 1
    assert house.events(case, "signal_received") == []


def test_a_case_whose_person_was_erased_meanwhile_takes_nothing(house: House) -> None:
    waiting(house)
    case = house.start().case_id
    broadcast_signal(house.site, actor=house.owner, name="recall")
    cancel_case(house.site, actor=SYSTEM, case_id=case, reason="double")
    erase_person(house.site, actor=SYSTEM, case_id=case)
    assert deliver(house) == 1
    assert deliver(house) == 0


def test_a_thrown_signal_reaches_another_case_and_its_own(house: House) -> None:
    brings = extended(RESULT.format("input", "=n * 2", "lot"))
    thrower = diagram(
        S + plain("t") + node("intermediateThrowEvent", "out", brings + SIGNAL) + plain("u") + E
        + line("s", "t", "out", "u", "e") + event_sub(SIGNAL, interrupting=False),
        outside=NAMED,
    )  # fmt: skip
    house.release(thrower)
    first, second = (house.start({"n": n}).case_id for n in (1, 2))
    assert do(house, first, "t") == {"u"}
    (thrown,) = house.events(first, "signal_thrown")
    assert thrown.header["facts"]["waiting"] == "2"
    assert thrown.values == {"payload.lot": 2}
    assert do(house, second, "t") == {"u"}  # again, before the first has arrived
    assert deliver(house) == 4
    for case in (first, second):
        received = house.events(case, "signal_received")
        assert [event.values for event in received] == [{"payload.lot": 2}, {"payload.lot": 4}]
        do(house, case, "help")
        do(house, case, "help")
        do(house, case, "u")
        assert ended(house, case)
        sound(house, case)


def test_the_event_after_a_throw_does_not_hear_it(house: House) -> None:
    house.release(
        diagram(
            S + plain("t") + node("intermediateThrowEvent", "out", SIGNAL)
            + node("intermediateCatchEvent", "w", SIGNAL) + E + line("s", "t", "out", "w", "e"),
            outside=NAMED,
        )
    )  # fmt: skip
    case = house.start().case_id
    do(house, case, "t")
    assert deliver(house) == 0
    assert not ended(house, case)


@pytest.mark.parametrize("interrupting", [True, False])
def test_signals_on_a_border(house: House, interrupting: bool) -> None:
    house.release(
        diagram(
            S + plain("t") + E + line("s", "t", "e") + plain("r") + node("endEvent", "e2")
            + node("boundaryEvent", "b", SIGNAL, attachedToRef="t",
                   cancelActivity=str(interrupting).lower()) + line("b", "r", "e2"),
            outside=NAMED,
        )
    )  # fmt: skip
    case = house.start().case_id
    for _ in range(2):
        broadcast_signal(house.site, actor=house.owner, name="recall")
        deliver(house)
    created = [e.header["element"] for e in house.events(case, "user_task_created")]
    assert created == (["t", "r"] if interrupting else ["t", "r", "r"])
    sound(house, case)


def test_the_first_event_behind_a_gateway_wins(house: House) -> None:
    other = SIGNAL.replace('"sig"', '"sig2"')
    house.release(
        diagram(
            S + node("eventBasedGateway", "g") + node("intermediateCatchEvent", "a", SIGNAL)
            + node("intermediateCatchEvent", "b", other) + plain("t") + plain("u") + E
            + node("endEvent", "e2") + line("s", "g", "a", "t", "e") + line("g", "b", "u", "e2"),
            outside=NAMED + '<bpmn:signal id="sig2" name="other" />',
        )
    )  # fmt: skip
    case = house.start().case_id
    assert broadcast_signal(house.site, actor=house.owner, name="other") == 1
    assert broadcast_signal(house.site, actor=house.owner, name="recall") == 1
    assert deliver(house) == 2
    assert set(house.tasks(case)) == {"u"}
    sound(house, case)


def test_a_signal_starts_cases_of_the_effective_release(house: House) -> None:
    house.site.default_policy = "plain"
    house.release(
        diagram(
            node("startEvent", "by_signal", SIGNAL) + plain("t") + E + line("by_signal", "t", "e"),
            outside=NAMED,
        )
    )
    assert broadcast_signal(
        house.site, actor=house.owner, name="recall", variables={"lot": 3}
    ) == 1  # fmt: skip
    assert deliver(house) == 1
    assert deliver(house) == 0
    with house.site.database.read() as connection:
        (case,) = connection.execute(select(cases.c.id)).scalars()
    assert house.variables(case)["lot"] == 3
    assert set(house.tasks(case)) == {"t"}
    sound(house, case)
