"""Events through the whole engine: event sub-processes, errors, escalations, conditions, links."""

from __future__ import annotations

from datetime import timedelta

import pytest

from runner.engine.incidents import resolve_incident
from runner.engine.messages import correlate_message
from runner.engine.timers import due_timers, fire_timer
from runner.engine.user_tasks import complete_user_task
from runner.store.incidents import open_incidents
from tests.definitions.diagrams import diagram, extended, flow, line, node, user_task
from tests.engine.conftest import House
from tests.invariants import check_case

S, E = node("startEvent", "s"), node("endEvent", "e")
MESSAGE = '<bpmn:messageEventDefinition messageRef="m" />'
NAMED = (
    '<bpmn:message id="m" name="called"><bpmn:extensionElements>'
    '<zeebe:subscription correlationKey="=key" /></bpmn:extensionElements></bpmn:message>'
    '<bpmn:error id="er" errorCode="broken" /><bpmn:escalation id="es" escalationCode="up" />'
)
ERROR = '<bpmn:errorEventDefinition errorRef="er" />'
ESCALATION = '<bpmn:escalationEventDefinition escalationRef="es" />'


def timed(kind: str, text: str) -> str:
    inside = f"<bpmn:{kind}>{text}</bpmn:{kind}>"
    return f"<bpmn:timerEventDefinition>{inside}</bpmn:timerEventDefinition>"


def plain(name: str) -> str:
    return user_task(name, form="")


def script(name: str, expression: str, result: str) -> str:
    given = f'<zeebe:script expression="{expression}" resultVariable="{result}" />'
    return node("scriptTask", name, extended(given))


def event_sub(event: str, *inside: str, interrupting: bool = True, begin: str = "") -> str:
    """An event sub-process ``h``: its start ``b``, the task ``help``, its end."""
    start = node("startEvent", "b", begin + event, isInterrupting=str(interrupting).lower())
    body = start + "".join(inside) + plain("help") + node("endEvent", "he")
    return node("subProcess", "h", body + line("b", "help", "he"), triggeredByEvent="true")


def do(house: House, case: str, element: str, **submission: object) -> set[str]:
    """Completes a task after a restart; the open tasks then, after another."""
    house.site.live.clear()
    task = house.tasks(case)[element]
    complete_user_task(house.site, actor=house.ann, task_id=task, submission=submission)
    house.site.live.clear()
    return set(house.tasks(case))


def sound(house: House, case: str) -> None:
    with house.site.database.read() as connection:
        check_case(connection, house.site, case)


def ended(house: House, case: str) -> bool:
    return "case_completed" in house.types(case)


def send(house: House, key: str, **payload: object) -> None:
    house.site.live.clear()
    correlate_message(
        house.site,
        actor=house.ann,
        name="called",
        correlation_key=key,
        payload=payload,
        idempotency_key=f"send {key} {len(payload)} {house.clock.now()}",
    )
    house.site.live.clear()


def test_what_a_message_brings_to_an_event_sub_process_is_written_outside(house: House) -> None:
    house.release(
        diagram(S + plain("t") + E + line("s", "t", "e") + event_sub(MESSAGE), outside=NAMED)
    )
    case = house.start({"key": "k1", "told": "before"}).case_id
    send(house, "k1", told="now", more=1)
    assert set(house.tasks(case)) == {"help"}
    assert house.variables(case)["told"] == "now"
    assert house.variables(case)["more"] == 1
    assert do(house, case, "help") == set()
    assert ended(house, case)
    sound(house, case)


def test_output_mappings_of_its_start_say_what_is_kept(house: House) -> None:
    mapped = extended(
        '<zeebe:ioMapping><zeebe:output source="=told + &quot;!&quot;" target="heard" />'
        "</zeebe:ioMapping>"
    )
    house.release(
        diagram(
            S + plain("t") + E + line("s", "t", "e")
            + event_sub(MESSAGE, script("x", "=heard", "copy"), begin=mapped).replace(
                'sourceRef="help"', 'sourceRef="x"').replace(
                "</bpmn:subProcess>", flow("help", "x") + "</bpmn:subProcess>"),
            outside=NAMED,
        )
    )  # fmt: skip
    case = house.start({"key": "k2", "heard": "nothing"}).case_id
    send(house, "k2", told="hello")
    do(house, case, "help")
    assert ended(house, case)
    assert house.variables(case)["copy"] == "hello!"
    assert house.variables(case)["heard"] == "hello!"
    assert "told" not in house.variables(case)


def test_a_timer_that_interrupts_nothing_comes_again(house: House) -> None:
    cycle = timed("timeCycle", "R/PT1H")
    house.release(
        diagram(
            S + plain("t") + E + line("s", "t", "e") + event_sub(cycle, interrupting=False)
        )
    )  # fmt: skip
    case = house.start().case_id
    for hour in (1, 2):
        house.clock.advance(timedelta(hours=1))
        house.site.live.clear()
        (timer,) = due_timers(house.site, house.clock.now())
        assert fire_timer(house.site, timer_id=timer)
        begun = [
            e for e in house.events(case, "user_task_created") if e.header["element"] == "help"
        ]
        assert len(begun) == hour
    assert set(house.tasks(case)) == {"t", "help"}
    do(house, case, "help")
    do(house, case, "help")
    assert do(house, case, "t") == set()
    assert ended(house, case)
    sound(house, case)


def part(inside: str, *around: str) -> bytes:
    body = node("startEvent", "ps") + inside + node("endEvent", "pe")
    return diagram(
        S + node("subProcess", "part", body) + E + line("s", "part", "e") + "".join(around),
        outside=NAMED,
    )


def test_an_error_end_event_reaches_the_border_around_it(house: House) -> None:
    house.release(
        part(
            plain("t") + node("endEvent", "fail", ERROR) + node("parallelGateway", "f")
            + plain("u") + line("ps", "f", "t", "fail") + line("f", "u", "pe"),
            node("boundaryEvent", "caught", ERROR, attachedToRef="part"),
            plain("repair") + node("endEvent", "e2") + line("caught", "repair", "e2"),
        )
    )  # fmt: skip
    case = house.start().case_id
    assert do(house, case, "t") == {"repair"}
    assert do(house, case, "repair") == set()
    assert ended(house, case)
    sound(house, case)


def test_an_error_nobody_catches_is_an_incident_and_one_of_another_code_too(house: House) -> None:
    other = ERROR.replace('errorRef="er"', 'errorRef="er2"')
    house.release(
        diagram(
            S + plain("t") + node("endEvent", "e", ERROR) + line("s", "t", "e")
            + event_sub(other),
            outside=NAMED + '<bpmn:error id="er2" errorCode="other" />',
        )
    )  # fmt: skip
    case = house.start().case_id
    do(house, case, "t")
    with house.site.database.read() as connection:
        (incident,) = open_incidents(connection, case)
    assert incident.kind == "error_uncaught"
    assert "broken" in incident.message
    resolve_incident(house.site, actor=house.owner, incident_id=incident.id, reason="known")
    assert ended(house, case)


def test_an_error_code_that_is_computed(house: House) -> None:
    house.release(
        diagram(
            S + plain("t") + node("endEvent", "e", ERROR) + line("s", "t", "e")
            + event_sub(ERROR.replace('"er"', '"er2"')),
            outside='<bpmn:error id="er" errorCode="=what" />'
            '<bpmn:error id="er2" errorCode="late" />',
        )
    )  # fmt: skip
    case = house.start({"what": "late"}).case_id
    assert do(house, case, "t") == {"help"}
    case = house.start().case_id
    do(house, case, "t")
    with house.site.database.read() as connection:
        (incident,) = open_incidents(connection, case)
    assert incident.kind == "expression_failed"
    resolve_incident(
        house.site, actor=house.owner, incident_id=incident.id, variables={"what": "late"},
        reason="it was late",
    )  # fmt: skip
    assert set(house.tasks(case)) == {"help"}


@pytest.mark.parametrize("interrupting", [True, False])
def test_an_escalation_reaches_the_border_or_nobody(house: House, interrupting: bool) -> None:
    inside = (
        plain("t") + node("intermediateThrowEvent", "up", ESCALATION) + plain("u")
        + line("ps", "t", "up", "u", "pe")
    )  # fmt: skip
    house.release(
        part(
            inside,
            node("boundaryEvent", "c", ESCALATION, attachedToRef="part",
                 cancelActivity=str(interrupting).lower()),
            plain("boss") + node("endEvent", "e2") + line("c", "boss", "e2"),
        )
    )  # fmt: skip
    case = house.start().case_id
    assert do(house, case, "t") == ({"boss"} if interrupting else {"boss", "u"})
    house.release(part(inside))
    case = house.start().case_id
    assert do(house, case, "t") == {"u"}


def test_links_and_two_ways_out_of_a_task(house: House) -> None:
    link = '<bpmn:linkEventDefinition name="on" />'
    house.release(
        diagram(
            S + plain("t") + node("intermediateThrowEvent", "go", link)
            + node("intermediateCatchEvent", "come", link) + plain("u") + E + node("endEvent", "e2")
            + line("s", "t", "go") + line("come", "u", "e") + flow("t", "e2", "=more")
        )
    )  # fmt: skip
    case = house.start({"more": False}).case_id
    assert do(house, case, "t") == {"u"}
    chosen = house.events(case, "conditions_evaluated")[0].header["facts"]["chosen"]
    assert chosen == ["t_to_go"]
    do(house, case, "u")
    assert ended(house, case)
    sound(house, case)
    unknown = house.start().case_id
    do(house, unknown, "t")
    with house.site.database.read() as connection:
        (incident,) = open_incidents(connection, unknown)
    assert incident.kind == "expression_failed"
    resolve_incident(
        house.site, actor=house.owner, incident_id=incident.id, variables={"more": True},
        reason="there is more",
    )  # fmt: skip
    assert set(house.tasks(unknown)) == {"u"}
    sound(house, unknown)


def test_no_flow_with_a_true_condition_is_an_incident(house: House) -> None:
    house.release(
        diagram(S + plain("t") + E + line("s", "t") + flow("t", "e", "=go")),
    )
    case = house.start({"go": False}).case_id
    do(house, case, "t")
    with house.site.database.read() as connection:
        assert [i.kind for i in open_incidents(connection, case)] == ["no_flow"]


def test_a_called_process_has_event_sub_processes_of_its_own(house: House) -> None:
    call = extended('<zeebe:calledElement processId="q" propagateAllChildVariables="true" />')
    house.release(
        diagram(S + node("callActivity", "c", call) + plain("t") + E + line("s", "c", "t", "e")),
        diagram(
            S.replace('"s"', '"s2"') + plain("u") + E.replace('"e"', '"e4"')
            + line("s2", "u", "e4") + event_sub(MESSAGE),
            process="q", outside=NAMED,
        ),
    )  # fmt: skip
    case = house.start({"key": "k9"}).case_id
    send(house, "k9")
    assert do(house, case, "help") == {"t"}
    do(house, case, "t")
    assert ended(house, case)
    sound(house, case)
