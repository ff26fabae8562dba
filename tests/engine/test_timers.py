"""Timers: due once, fired only when due; null arms nothing; cycles skip what was missed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from runner.engine.incidents import resolve_incident
from runner.engine.timers import due_timers, fire_timer
from runner.engine.user_tasks import complete_user_task
from runner.store.incidents import open_incidents
from runner.store.timers import armed_timers
from runner.store.user_tasks import open_user_tasks
from tests.definitions.diagrams import diagram, flow, line, node, simple, user_task
from tests.engine.conftest import House


def timer(kind: str, text: str) -> str:
    return (
        f"<bpmn:timerEventDefinition><bpmn:{kind} xsi:type='bpmn:tFormalExpression'>{text}"
        f"</bpmn:{kind}></bpmn:timerEventDefinition>"
    )


def watched(kind: str, text: str, cancel: str) -> bytes:
    """A task with a boundary timer that leads to a second task."""
    return diagram(
        node("startEvent", "s")
        + user_task("t", form="")
        + node("boundaryEvent", "late", timer(kind, text), attachedToRef="t", cancelActivity=cancel)
        + user_task("chase", form="", groups="leader")
        + node("endEvent", "e")
        + node("endEvent", "chased")
        + line("s", "t", "e")
        + line("late", "chase", "chased")
    )


def armed(house: House, case: str) -> list:
    with house.site.database.read() as connection:
        return armed_timers(connection, case)


def test_catch_event_rests_until_it_is_due(house: House) -> None:
    catch = node("intermediateCatchEvent", "wait", timer("timeDuration", "PT2H"))
    house.release(simple(catch, middle="wait"))
    case = house.start().case_id
    found = armed(house, case)[0]
    assert found.due_at == house.clock.now() + timedelta(hours=2)
    assert not fire_timer(house.site, timer_id=found.id)
    assert due_timers(house.site, house.clock.now()) == []
    house.clock.advance(timedelta(hours=2))
    assert due_timers(house.site, house.clock.now()) == [found.id]
    assert fire_timer(house.site, timer_id=found.id)
    assert not fire_timer(house.site, timer_id=found.id)
    assert not fire_timer(house.site, timer_id="unknown")
    assert house.types(case)[-4:] == [
        "timer_fired",
        "element_completed",
        "element_completed",
        "case_completed",
    ]


def test_non_interrupting_boundary_keeps_the_task_and_marks_it(house: House) -> None:
    house.release(watched("timeDate", "=due at(policy.resolution.due.quick, clock)", "false"))
    case = house.start().case_id
    house.clock.set(armed(house, case)[0].due_at)
    assert fire_timer(house.site, timer_id=armed(house, case)[0].id)
    assert set(house.tasks(case)) == {"t", "chase"}
    with house.site.database.read() as connection:
        late = next(t for t in open_user_tasks(connection, case) if t.element_id == "t")
    assert late.escalated_at == house.clock.now()
    assert armed(house, case) == []
    complete_user_task(house.site, actor=house.ann, task_id=house.tasks(case)["t"], submission={})
    complete_user_task(
        house.site, actor=house.lea, task_id=house.tasks(case)["chase"], submission={}
    )
    assert house.types(case)[-1] == "case_completed"


def test_interrupting_boundary_withdraws_the_task(house: House) -> None:
    house.release(watched("timeDuration", "PT1H", "true"))
    case = house.start().case_id
    house.clock.advance(timedelta(hours=1))
    assert fire_timer(house.site, timer_id=armed(house, case)[0].id)
    assert set(house.tasks(case)) == {"chase"}
    assert "user_task_cancelled" in house.types(case)


def test_completion_cancels_the_timer(house: House) -> None:
    house.release(watched("timeDuration", "PT1H", "false"))
    case = house.start().case_id
    found = armed(house, case)[0]
    complete_user_task(house.site, actor=house.ann, task_id=house.tasks(case)["t"], submission={})
    assert "timer_cancelled" in house.types(case)
    house.clock.advance(timedelta(hours=2))
    assert not fire_timer(house.site, timer_id=found.id)


@pytest.mark.parametrize("restart", [False, True])
def test_cycle_goes_on_and_skips_what_was_missed(house: House, restart: bool) -> None:
    house.release(watched("timeCycle", "R4/PT1H", "false"))
    case = house.start().case_id
    begin = house.clock.now()
    house.clock.advance(timedelta(hours=2, minutes=30))
    if restart:
        house.site.live.clear()
    assert fire_timer(house.site, timer_id=armed(house, case)[0].id)
    assert house.events(case, "timer_fired")[0].header["facts"]["missed"] == "1"
    again = armed(house, case)
    assert [(t.due_at, t.repeats) for t in again] == [(begin + timedelta(hours=3), "R1/PT1H")]
    house.clock.advance(timedelta(minutes=30))
    assert fire_timer(house.site, timer_id=again[0].id)
    house.clock.advance(timedelta(hours=1))
    assert fire_timer(house.site, timer_id=armed(house, case)[0].id)
    assert armed(house, case) == []


@pytest.mark.parametrize("restart", [False, True])
def test_a_cycle_begins_anew_when_the_case_comes_back(house: House, restart: bool) -> None:
    house.release(
        diagram(
            node("startEvent", "s")
            + node("exclusiveGateway", "again")
            + user_task("t", form="")
            + node(
                "boundaryEvent", "late", timer("timeCycle", "R2/PT1H"),
                attachedToRef="t", cancelActivity="true",
            )
            + node("endEvent", "e")
            + line("s", "again", "t", "e")
            + flow("late", "again")
        )
    )  # fmt: skip
    case = house.start().case_id
    for _ in range(3):
        begin = house.clock.now()
        found = armed(house, case)
        assert [(t.due_at - begin, t.repeats) for t in found] == [(timedelta(hours=1), "R1/PT1H")]
        house.clock.advance(timedelta(hours=1, minutes=30))
        if restart:
            house.site.live.clear()
        assert fire_timer(house.site, timer_id=found[0].id)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("timeDate", '=date("0001-01-01")'),
        ("timeDuration", "P9000Y"),
        ("timeDuration", "P3000000D"),
        ("timeCycle", "R/P9000Y"),
        ("timeCycle", "R/P3000000D"),
    ],
)
def test_a_time_no_calendar_reaches_is_an_incident(house: House, kind: str, text: str) -> None:
    house.release(watched(kind, text, "false"))
    case = house.start().case_id
    assert armed(house, case) == []
    facts = house.events(case, "incident_raised")[0].header["facts"]
    assert facts["kind"] == "expression_failed"
    assert set(house.tasks(case)) == {"t"}


@pytest.mark.parametrize("text", ["R4/P1M", "R4/2027-01-31T09:00:00+08:00/P1M"])
def test_a_cycle_of_months_comes_back_to_the_31st(house: House, text: str) -> None:
    house.clock.set(datetime(2027, 1, 31, 1, tzinfo=UTC))
    house.release(watched("timeCycle", text, "false"))
    case = house.start().case_id
    days = []
    while found := armed(house, case):
        days.append(found[0].due_at.isoformat()[5:16])
        house.clock.set(found[0].due_at)
        house.site.live.clear()
        assert fire_timer(house.site, timer_id=found[0].id)
    months = ["01-31T01:00", "02-28T01:00", "03-31T01:00", "04-30T01:00", "05-31T01:00"]
    assert days == (months[1:] if text == "R4/P1M" else months[:-1])


def test_a_cycle_ends_where_the_calendar_does(house: House) -> None:
    house.release(watched("timeCycle", "R/P7000Y", "false"))
    case = house.start().case_id
    house.clock.set(armed(house, case)[0].due_at)
    assert fire_timer(house.site, timer_id=armed(house, case)[0].id)
    assert armed(house, case) == []


def test_null_date_arms_nothing_and_says_so(house: House) -> None:
    house.release(watched("timeDate", "=null", "false"))
    case = house.start().case_id
    assert armed(house, case) == []
    assert "timer_not_armed" in house.types(case)
    assert set(house.tasks(case)) == {"t"}


def test_unset_boundary_date_raises_an_incident_and_keeps_the_task(house: House) -> None:
    house.release(watched("timeDate", "=due at(policy.ack.first_response_due, clock)", "false"))
    case = house.start().case_id
    assert set(house.tasks(case)) == {"t"}
    facts = house.events(case, "incident_raised")[0].header["facts"]
    assert facts["policy_path"] == "ack.first_response_due"
    with house.site.database.read() as connection:
        incident = open_incidents(connection, case)[0]
    resolve_incident(
        house.site,
        actor=house.owner,
        incident_id=incident.id,
        policy_value={"amount": Decimal(1), "unit": "hour", "from": "received"},
        reason="decided",
    )
    assert [t.due_at for t in armed(house, case)] == [house.clock.now() + timedelta(hours=1)]
    house.clock.advance(timedelta(hours=1))
    assert fire_timer(house.site, timer_id=armed(house, case)[0].id)
    assert set(house.tasks(case)) == {"t", "chase"}


def test_event_gateway_with_timer_and_message(house: House) -> None:
    message = '<bpmn:messageEventDefinition messageRef="m" />'
    house.release(
        diagram(
            node("startEvent", "s")
            + node("eventBasedGateway", "g")
            + node("intermediateCatchEvent", "answer", message)
            + node("intermediateCatchEvent", "late", timer("timeDuration", "PT1H"))
            + node("endEvent", "e1")
            + node("endEvent", "e2")
            + line("s", "g", "answer", "e1")
            + flow("g", "late")
            + flow("late", "e2"),
            outside='<bpmn:message id="m" name="reply"><bpmn:extensionElements>'
            '<zeebe:subscription correlationKey="=channel" /></bpmn:extensionElements>'
            "</bpmn:message>",
        )
    )
    case = house.start().case_id
    house.clock.advance(timedelta(hours=1))
    assert fire_timer(house.site, timer_id=armed(house, case)[0].id)
    assert house.types(case)[-1] == "case_completed"


def test_a_cron_pattern_repeats_beside_an_activity(house: House) -> None:
    house.release(watched("timeCycle", "=&quot;@&quot; + &quot;hourly&quot;", "false"))
    case = house.start().case_id
    (first,) = armed(house, case)
    assert first.repeats == "@hourly"
    assert timedelta() < first.due_at - house.clock.now() <= timedelta(hours=1)
    house.clock.advance(timedelta(hours=3))
    assert fire_timer(house.site, timer_id=first.id)
    (fired,) = house.events(case, "timer_fired")
    assert fired.header["facts"]["missed"] == "2"
    (following,) = armed(house, case)
    assert timedelta() < following.due_at - house.clock.now() <= timedelta(hours=1)
    assert set(house.tasks(case)) == {"t", "chase"}


def test_a_cron_pattern_that_cannot_be_read_is_an_incident(house: House) -> None:
    house.release(watched("timeCycle", "=&quot;0 9 * * *&quot;", "false"))
    case = house.start().case_id
    with house.site.database.read() as connection:
        (found,) = open_incidents(connection, case)
    assert "0 9 * * *" in found.message
