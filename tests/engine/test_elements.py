"""Elements that work by themselves: decisions, scripts, services, files, timers' odd dates."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from runner.engine.attachments import Upload, read_attachment
from runner.engine.elements.timers import missed_cycles
from runner.engine.handlers import load_handlers
from runner.engine.incidents import resolve_incident
from runner.engine.user_tasks import complete_user_task
from runner.errors import InvalidInput
from runner.store.incidents import open_incidents
from runner.store.timers import Timer, armed_timers
from service_tasks.contract import Attachment, Call, Handler, Outcome, Parameter
from tests.definitions.diagrams import diagram, extended, flow, line, node, simple, user_task
from tests.engine.conftest import House
from tests.engine.test_timers import timer

TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d"
 namespace="x"><decision id="route" name="去向 / Route"><decisionTable id="t" hitPolicy="{policy}">
 <input id="i"><inputExpression id="e"><text>severity</text></inputExpression></input>
 <output id="o" name="way" />
 <rule id="r1"><inputEntry id="a"><text>"high"</text></inputEntry>
  <outputEntry id="b"><text>"fast"</text></outputEntry></rule>
 <rule id="r2"><inputEntry id="c"><text>"high","low"</text></inputEntry>
  <outputEntry id="f"><text>"slow"</text></outputEntry></rule>
</decisionTable></decision></definitions>"""


def decide(decision: str = "route") -> bytes:
    called = f'<zeebe:calledDecision decisionId="{decision}" resultVariable="way" />'
    return simple(node("businessRuleTask", "t", extended(called)), middle="t")


def incident_kind(house: House, case: str) -> str:
    with house.site.database.read() as connection:
        return open_incidents(connection, case)[0].kind


def test_a_decision_is_recorded_with_its_rules_inputs_and_answer(house: House) -> None:
    house.release(decide(), route__dmn=TABLE.format(policy="FIRST").encode())
    case = house.start({"severity": "low"}).case_id
    assert house.variables(case)["way"] == "slow"
    event = house.events(case, "decision_evaluated")[0]
    facts = event.header["facts"]
    assert facts["decision"] == "route"
    assert [rule["id"] for rule in facts["matched_rules"]] == ["r2"]
    assert len(facts["file_digest"]) == 64
    assert event.values == {"inputs.severity": "low", "outputs.value": "slow"}


def test_a_decision_named_by_an_expression(house: House) -> None:
    expression = "=&quot;ro&quot; + &quot;ute&quot;"
    house.release(decide(expression), route__dmn=TABLE.format(policy="FIRST").encode())
    assert house.variables(house.start({"severity": "high"}).case_id)["way"] == "fast"


def test_contradicting_rules_and_missing_decisions_are_incidents(house: House) -> None:
    house.release(decide(), route__dmn=TABLE.format(policy="UNIQUE").encode())
    assert incident_kind(house, house.start({"severity": "high"}).case_id) == "decision_failed"
    house.release(decide("=nowhere"), route__dmn=TABLE.format(policy="FIRST").encode())
    assert incident_kind(house, house.start().case_id) == "decision_failed"


def test_a_script_is_one_expression(house: House) -> None:
    script = '<zeebe:script expression="=a + 1" resultVariable="b" />'
    house.release(simple(node("scriptTask", "t", extended(script)), middle="t"))
    assert house.variables(house.start({"a": 1}).case_id)["b"] == 2


def test_nothing_writes_a_read_only_name(house: House) -> None:
    script = '<zeebe:script expression="=1" resultVariable="policy" />'
    house.release(simple(node("scriptTask", "t", extended(script)), middle="t"))
    assert incident_kind(house, house.start().case_id) == "expression_failed"


def service(job_type: str, *inputs: tuple[str, str]) -> bytes:
    mapped = "".join(f'<zeebe:input source="{s}" target="{t}" />' for s, t in inputs)
    parts = [f'<zeebe:taskDefinition type="{job_type}" />']
    if mapped:
        parts.append(f"<zeebe:ioMapping>{mapped}</zeebe:ioMapping>")
    return simple(node("serviceTask", "t", extended(*parts)), middle="t")


def broken(call: Call) -> Outcome:
    raise KeyError("a mistake of the handler")


def careless(call: Call) -> Outcome:
    return Outcome(attachments=[Attachment("x", "text/plain", b"x")])


def bookkeeping(call: Call) -> Outcome:
    assert call.registers is not None
    call.registers.ledger_row({"first": call.inputs["name"]})
    call.registers.ledger_row({"second": call.registers.values(["name", "none"])["none"]})
    file = call.registers.customer_file("138 0000 0000", "王芳")
    return Outcome(
        variables={"file": file, "again": call.registers.customer_file("13800000000", "")}
    )


def pure(job_type: str, run: Callable[[Call], Outcome], *inputs: Parameter) -> Handler:
    return Handler(job_type, "pure", "步骤 / Step", "步骤 / Step", run, inputs=inputs)


@pytest.mark.parametrize(("job_type", "inputs"), [("broken", ()), ("careless", ()), ("book", ())])
def test_what_a_pure_step_does_wrong_is_an_incident(
    make_house: Callable[..., House], job_type: str, inputs: tuple[tuple[str, str], ...]
) -> None:
    house = make_house(
        {
            "broken": pure("broken", broken),
            "careless": pure("careless", careless),
            "book": pure("book", bookkeeping, Parameter("name", "名 / Name", required=True)),
        }
    )
    house.release(service(job_type, *inputs))
    assert incident_kind(house, house.start().case_id) == "service_failed"


def test_ledger_and_customer_file(make_house: Callable[..., House]) -> None:
    house = make_house({"book": pure("book", bookkeeping)})
    house.release(service("book", ("=customer_name", "name")))
    found = house.variables(house.start({"customer_name": "王芳"}).case_id)
    assert found["file"] == found["again"]


def test_every_handler_is_named_like_its_module() -> None:
    handlers = load_handlers()
    assert {"assign_number", "send_acknowledgement"} <= set(handlers)
    assert all(name == handler.job_type for name, handler in handlers.items())


FILES = json.dumps(
    {
        "type": "default",
        "id": "f",
        "schemaVersion": 19,
        "components": [
            {"type": "filepicker", "id": "Field_p", "key": "photos", "label": "照片 / Photos",
             "multiple": True, "validate": {"required": True}},
        ],
    }
).encode()  # fmt: skip


def test_files_of_a_form_are_kept_and_only_the_cases_own_are_named(house: House) -> None:
    house.release(simple(user_task("t"), middle="t"), f__form=FILES)
    case = house.start().case_id
    task = house.tasks(case)["t"]

    def complete(submission: dict[str, object], *uploads: Upload) -> None:
        complete_user_task(
            house.site, actor=house.ann, task_id=task, submission=submission, attachments=uploads
        )

    with pytest.raises(InvalidInput) as refused:
        complete({})
    assert list(refused.value.errors) == ["photos"]
    with pytest.raises(InvalidInput):
        complete({"photos": ["0" * 32]})
    with pytest.raises(InvalidInput, match="empty"):
        complete({}, Upload("a.jpg", "image/jpeg", b"", "photos"))
    complete({}, *(Upload(n, "image/jpeg", n.encode(), "photos") for n in ("a.jpg", "b.jpg")))
    kept = house.variables(case)["photos"]
    names = [read_attachment(house.site, actor=house.ann, attachment_id=k)[0].name for k in kept]
    assert names == ["a.jpg", "b.jpg"]
    assert house.events(case, "user_task_completed")[0].header["facts"]["attachments"] == kept


def due(house: House, kind: str, text: str, **variables: object) -> datetime | str | None:
    house.release(simple(node("intermediateCatchEvent", "w", timer(kind, text)), middle="w"))
    case = house.start(variables).case_id
    with house.site.database.read() as connection:
        found = armed_timers(connection, case)
        if open_incidents(connection, case):
            return "incident"
    return found[0].due_at if found else None


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("timeDate", '=date("2026-12-24")', datetime(2026, 12, 23, 16, tzinfo=UTC)),
        ("timeDate", "2026-12-24T10:00:00Z", datetime(2026, 12, 24, 10, tzinfo=UTC)),
        ("timeDate", "=null", None),
        ("timeDate", "=1", "incident"),
        ("timeDuration", "P3M", datetime(2027, 2, 20, 1, tzinfo=UTC)),
        ("timeDuration", '=duration("PT30M")', datetime(2026, 11, 20, 1, 30, tzinfo=UTC)),
        ("timeDuration", "soon", "incident"),
    ],
)
def test_when_a_timer_is_due(house: House, kind: str, text: str, expected: object) -> None:
    assert due(house, kind, text) == expected


def test_a_month_after_the_31st_is_the_last_day(house: House) -> None:
    house.clock.set(datetime(2027, 1, 31, 1, tzinfo=UTC))
    assert due(house, "timeDuration", "P1M") == datetime(2027, 2, 28, 1, tzinfo=UTC)


def test_months_count_on_the_sites_calendar(house: House) -> None:
    house.clock.set(datetime(2027, 1, 31, 20, tzinfo=UTC))  # 1 February, 04:00 in Shanghai
    assert due(house, "timeDuration", "P1M") == datetime(2027, 2, 28, 20, tzinfo=UTC)


@pytest.mark.parametrize("cycle", ["R3/PT0S", "R0/PT1H", "PT1H", "often"])
def test_a_cycle_that_cannot_be_one_is_an_incident(house: House, cycle: str) -> None:
    boundary = node("boundaryEvent", "b", timer("timeCycle", cycle), attachedToRef="t",
                    cancelActivity="false")  # fmt: skip
    house.release(
        diagram(
            node("startEvent", "s") + user_task("t", form="") + boundary + node("endEvent", "e")
            + node("endEvent", "f") + line("s", "t", "e") + line("b", "f")
        )
    )  # fmt: skip
    case = house.start().case_id
    assert incident_kind(house, case) == "expression_failed"
    assert set(house.tasks(case)) == {"t"}


def test_missed_cycles_stop_where_the_cycle_stops() -> None:
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    late = begin + timedelta(days=10)
    assert missed_cycles(Timer("t", "c", "k", "e", begin, "R2/P1D"), late, UTC) == 2
    assert missed_cycles(Timer("t", "c", "k", "e", begin, "R/P1D"), late, UTC) == 10
    assert missed_cycles(Timer("t", "c", "k", "e", begin, None), late, UTC) == 0


def test_an_error_nobody_catches_waits_for_a_person(house: House) -> None:
    house.release(
        diagram(
            node("startEvent", "s")
            + node("endEvent", "e", '<bpmn:errorEventDefinition errorRef="err" />')
            + flow("s", "e"),
            outside='<bpmn:error id="err" errorCode="broken" />',
        )
    )
    case = house.start().case_id
    assert incident_kind(house, case) == "error_uncaught"
    with house.site.database.read() as connection:
        incident = open_incidents(connection, case)[0]
    resolve_incident(house.site, actor=house.owner, incident_id=incident.id, reason="accepted")
    assert house.types(case)[-1] == "case_completed"


def test_assignee_and_unknown_assignee(house: House) -> None:
    def assigned(name: str) -> bytes:
        parts = f'<zeebe:userTask /><zeebe:assignmentDefinition assignee="{name}" />'
        return simple(node("userTask", "t", extended(parts)), middle="t")

    house.release(assigned("=who"))
    case = house.start({"who": "ann"}).case_id
    complete_user_task(house.site, actor=house.ann, task_id=house.tasks(case)["t"], submission={})
    assert incident_kind(house, house.start({"who": "nobody"}).case_id) == "no_candidates"


def test_a_value_the_table_does_not_allow_is_an_incident(house: House) -> None:
    allowed = '<inputValues><text>"high","low"</text></inputValues>'
    table = TABLE.format(policy="FIRST").replace(
        "</inputExpression>", "</inputExpression>" + allowed
    )
    house.release(decide(), route__dmn=table.encode())
    case = house.start({"severity": "hihg"}).case_id
    with house.site.database.read() as connection:
        incident = open_incidents(connection, case)[0]
    assert incident.kind == "decision_failed"
    assert "'severity' is not an allowed one" in incident.message
    assert "way" not in house.variables(case)


def test_a_collision_keeps_what_was_asked_and_which_rules_met(house: House) -> None:
    house.release(decide(), route__dmn=TABLE.format(policy="UNIQUE").encode())
    case = house.start({"severity": "high"}).case_id
    event = house.events(case, "decision_evaluated")[0]
    assert event.values["inputs.severity"] == "high"
    assert event.values["outputs.value"] is None
    assert [rule["number"] for rule in event.header["facts"]["matched_rules"]] == ["1", "2"]
    with house.site.database.read() as connection:
        message = open_incidents(connection, case)[0].message
    assert "rule 1 'r1'" in message
    assert "第 2 条" in message
