"""What the machine cannot do alone is told once, stays as it was, and goes on when a person says
so: diagrams that go round without end, and cases that cannot begin."""

from __future__ import annotations

import pytest

from runner.engine import refused_starts, signals
from runner.engine.incidents import resolve_incident
from runner.engine.signals import broadcast_signal, deliver_signals
from runner.engine.start_timers import fire_due_start_timers
from runner.engine.timers import due_timers
from runner.engine.user_tasks import complete_user_task
from runner.errors import InvalidState, NotAllowed, NotFound
from runner.settings import Settings
from runner.store.incidents import Incident, open_incidents
from runner.store.refused_starts import RefusedStart
from runner.store.refused_starts import refused_starts as waiting_starts
from runner.worker.loop import Worker
from tests.definitions.diagrams import diagram, flow, line, node
from tests.engine.conftest import House
from tests.engine.test_events import E, S, ended, plain, script, sound, timed
from tests.engine.test_signals import NAMED, SIGNAL
from tests.engine.test_start_timers import HOUR, armed, begins, cases

AGAIN = node("exclusiveGateway", "a") + node("exclusiveGateway", "b", default="b_to_e")
WHEN_MET = (
    '<bpmn:conditionalEventDefinition><bpmn:condition xsi:type="bpmn:tFormalExpression">'
    "=go = true</bpmn:condition></bpmn:conditionalEventDefinition>"
)


@pytest.fixture(autouse=True)
def few_steps(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runner.engine.spiff.execution.MAX_STEPS", 300)
    house.site.default_policy = "plain"


def round_after(event: str) -> bytes:
    """Goes round for ever behind ``w`` while ``round`` is true."""
    return diagram(
        S + node("intermediateCatchEvent", "w", event) + AGAIN + E
        + line("s", "w", "a", "b", "e") + flow("b", "a", "=round"),
        outside=NAMED,
    )  # fmt: skip


def incident(house: House, case: str) -> Incident:
    sound(house, case)
    with house.site.database.read() as connection:
        (found,) = open_incidents(connection, case)
    assert found.kind == "halted"
    return found


def refused(house: House) -> list[RefusedStart]:
    with house.site.database.read() as connection:
        return waiting_starts(connection, 10)


def test_a_timer_before_an_endless_loop_is_an_incident_and_fires_when_it_is_repaired(
    house: House,
) -> None:
    house.release(round_after(timed("timeDuration", "PT1H")))
    case = house.start({"round": True}).case_id
    house.clock.advance(HOUR)
    worker = Worker(house.site, Settings())
    assert worker.work_off() == 1
    assert worker.work_off() == 0
    found = incident(house, case)
    assert "goes round without end" in found.message
    resolve_incident(house.site, actor=house.owner, incident_id=found.id, reason="look again")
    assert worker.work_off() == 1
    again = incident(house, case)
    assert again.id != found.id
    resolve_incident(
        house.site, actor=house.owner, incident_id=again.id, variables={"round": False},
        reason="corrected",
    )  # fmt: skip
    assert due_timers(house.site, house.clock.now())
    assert worker.work_off() == 1
    assert ended(house, case)
    sound(house, case)


def test_a_signal_before_an_endless_loop_is_an_incident_and_comes_when_it_is_repaired(
    house: House,
) -> None:
    house.release(round_after(SIGNAL))
    bad, good = (house.start({"round": which}).case_id for which in (True, False))
    broadcast_signal(house.site, actor=house.owner, name="recall")
    assert deliver_signals(house.site) == 2
    assert deliver_signals(house.site) == 0
    assert ended(house, good)
    found = incident(house, bad)
    resolve_incident(
        house.site, actor=house.owner, incident_id=found.id, variables={"round": False},
        reason="corrected",
    )  # fmt: skip
    assert deliver_signals(house.site) == 1
    assert ended(house, bad)
    sound(house, bad)


def test_conditions_that_never_rest_refuse_the_command_that_woke_them(house: House) -> None:
    """They are asked at the very end of a command, after everything else was done."""
    watch = (
        node("subProcess", "round", node("startEvent", "rs", WHEN_MET).replace(
            "<bpmn:startEvent", '<bpmn:startEvent isInterrupting="false"')
             + AGAIN + node("endEvent", "e") + flow("rs", "a") + flow("a", "b")
             + flow("b", "a", "=go") + flow("b", "e"), triggeredByEvent="true")
    )  # fmt: skip
    house.release(
        diagram(S + plain("t") + script("go", "=true", "go") + plain("u") + node("endEvent", "end")
                + line("s", "t", "go", "u", "end") + watch)
    )  # fmt: skip
    case = house.start().case_id
    before = house.types(case)
    with pytest.raises(InvalidState, match="goes round without end here; nothing was changed"):
        complete_user_task(
            house.site, actor=house.ann, task_id=house.tasks(case)["t"], submission={}
        )
    assert house.types(case) == before
    assert set(house.tasks(case)) == {"t"}
    sound(house, case)


def test_a_signal_that_cannot_begin_a_case_waits_for_a_person(house: House) -> None:
    house.release(
        diagram(
            node("startEvent", "by_signal", SIGNAL) + plain("t") + E + line("by_signal", "t", "e"),
            outside=NAMED,
        )
    )
    house.site.default_policy = "missing"
    for lot in (1, 2):
        broadcast_signal(house.site, actor=house.owner, name="recall", variables={"lot": lot})
    assert deliver_signals(house.site) == 2
    assert deliver_signals(house.site) == 0
    first, second = refused(house)
    assert "There is no policy 'missing'" in first.message
    told = house.events("releases", "start_refused")
    assert [event.header["facts"]["start"] for event in told] == [first.id, second.id]
    with house.site.database.write() as connection:  # the cause is repaired
        connection.exec_driver_sql("UPDATE signal_deliveries SET policy_id = 'plain'")
    with pytest.raises(NotAllowed):
        refused_starts.retry_start(house.site, actor=house.ann, start_id=first.id, reason="x")
    refused_starts.retry_start(house.site, actor=house.owner, start_id=first.id, reason="repaired")
    refused_starts.give_up_start(house.site, actor=house.owner, start_id=second.id, reason="no")
    with pytest.raises(NotFound):
        refused_starts.give_up_start(house.site, actor=house.owner, start_id=second.id, reason="no")
    assert deliver_signals(house.site) == 1
    (case,) = cases(house)
    assert house.variables(case)["lot"] == 1
    assert refused(house) == []
    decided = house.events("releases", "start_decided")
    assert [event.header["facts"]["decision"] for event in decided] == ["retried", "given_up"]


def test_a_timer_that_cannot_begin_a_case_waits_for_a_person_and_its_cycle_goes_on(
    house: House,
) -> None:
    house.release(begins("timeCycle", "R/PT1H"))
    house.site.default_policy = "missing"
    house.clock.advance(HOUR)
    worker = Worker(house.site, Settings())
    assert worker.work_off() == 1
    assert worker.work_off() == 0
    (start,) = refused(house)
    assert (start.source, start.element_id) == ("timer", "s")
    assert len(armed(house)) == 1
    house.site.default_policy = "plain"
    refused_starts.retry_start(house.site, actor=house.owner, start_id=start.id, reason="repaired")
    assert fire_due_start_timers(house.site) == 1
    assert len(cases(house)) == 1
    assert len(armed(house)) == 1
    house.clock.advance(HOUR)
    assert fire_due_start_timers(house.site) == 1
    assert len(cases(house)) == 2


@pytest.mark.parametrize("given_up", [True, False])
def test_a_date_that_a_person_decides_is_not_armed_by_the_next_release(
    house: House, given_up: bool
) -> None:
    house.release(begins("timeDate", "2026-01-01T00:00:00Z"))
    house.site.default_policy = "missing"
    assert fire_due_start_timers(house.site) == 1
    (start,) = refused(house)
    if given_up:
        refused_starts.give_up_start(
            house.site, actor=house.owner, start_id=start.id, reason="not any more"
        )
    house.site.default_policy = "plain"
    house.release(begins("timeDate", "2026-01-01T00:00:00Z", "another"))
    assert armed(house) == []
    if not given_up:
        refused_starts.retry_start(house.site, actor=house.owner, start_id=start.id, reason="now")
        assert fire_due_start_timers(house.site) == 1
        assert len(cases(house)) == 1


def test_a_signal_whose_delivery_breaks_again_and_again_waits_for_a_person(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runner.worker.patience.ASIDE_SECONDS", 0.0)
    house.release(round_after(SIGNAL))
    case = house.start({"round": False}).case_id
    broadcast_signal(house.site, actor=house.owner, name="recall")
    deliver = signals._deliver

    def broken(*_: object) -> bool:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(signals, "_deliver", broken)
    worker = Worker(house.site, Settings())
    for _ in range(3):
        worker._round()
    found = incident(house, case)
    assert "RuntimeError" in found.message
    monkeypatch.setattr(signals, "_deliver", deliver)
    resolve_incident(house.site, actor=house.owner, incident_id=found.id, reason="new version")
    worker._round()
    assert ended(house, case)
