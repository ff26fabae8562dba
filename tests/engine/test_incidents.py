"""Incidents: an undecided policy value waits for its owner; a repair is recorded and tried."""

from __future__ import annotations

from decimal import Decimal

import pytest

from runner.engine.external_jobs import fail_external_job
from runner.engine.incidents import NOT_GIVEN, resolve_incident
from runner.engine.user_tasks import complete_user_task, form_context
from runner.errors import InvalidInput, InvalidState, NotAllowed
from runner.store import policy_decisions
from runner.store.incidents import Incident, open_incidents
from tests.definitions.diagrams import diagram, extended, flow, line, node, simple, user_task
from tests.engine.conftest import House
from tests.engine.test_external_jobs import ERP, take
from tests.engine.test_jobs import service

WAITING = simple(
    node(
        "userTask",
        "t",
        extended(
            "<zeebe:userTask />",
            '<zeebe:assignmentDefinition candidateGroups="=policy.roles.window" />',
            '<zeebe:taskSchedule dueDate="=due at(policy.ack.first_response_due, clock)" />',
        ),
    ),
    middle="t",
)
LOCAL_INPUT = (
    '<zeebe:ioMapping><zeebe:input source="=policy.ack.first_response_due" target="x" />'
    "</zeebe:ioMapping>"
)
EACH = (
    '<bpmn:multiInstanceLoopCharacteristics isSequential="false"><bpmn:extensionElements>'
    '<zeebe:loopCharacteristics inputCollection="=[1, policy.ack.first_response_due]" '
    'inputElement="each" /></bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>'
)
T = {"amount": Decimal(2), "unit": "hour", "from": "received"}


def only(house: House, case: str) -> Incident:
    with house.site.database.read() as connection:
        found = open_incidents(connection, case)
    assert len(found) == 1
    return found[0]


def decide(house: House, case: str, value: object, **more: object) -> None:
    resolve_incident(
        house.site,
        actor=more.pop("actor", house.owner),
        incident_id=only(house, case).id,
        policy_value=value,
        reason=str(more.pop("reason", "decided")),
    )


@pytest.mark.parametrize("restart", [False, True])
def test_the_owner_decides_an_unset_value_and_the_task_begins(house: House, restart: bool) -> None:
    house.release(WAITING)
    case = house.start().case_id
    incident = only(house, case)
    assert (incident.kind, incident.policy_path) == ("policy_unset", "ack.first_response_due")
    assert house.tasks(case) == {}
    if restart:
        house.site.live.clear()
    decide(house, case, T)
    if restart:
        house.site.live.clear()
    task = form_context(house.site, actor=house.ann, task_id=house.tasks(case)["t"])
    assert task.task.due_at is not None
    assert (task.task.due_at - house.clock.now()).total_seconds() == 7200
    assert task.variables["policy"]["ack"]["first_response_due"]["unit"] == "hour"
    resolved = house.events(case, "incident_resolved")[0]
    assert resolved.header["actor"] == house.owner.id
    assert resolved.values["answer.reason"] == "decided"
    assert resolved.values["answer.value"]["amount"] == 2
    assert house.types(case).count("element_activated") == 1
    complete_user_task(house.site, actor=house.ann, task_id=task.task.id, submission={})
    assert house.types(case)[-1] == "case_completed"


def test_none_means_there_is_no_limit(house: House) -> None:
    house.release(WAITING)
    case = house.start().case_id
    decide(house, case, "none")
    row = form_context(house.site, actor=house.ann, task_id=house.tasks(case)["t"]).task
    assert row.due_at is None


def test_only_the_owner_decides_and_only_with_a_usable_value(house: House) -> None:
    house.release(WAITING)
    case = house.start().case_id
    with pytest.raises(NotAllowed):
        decide(house, case, T, actor=house.ann)
    for unusable in (NOT_GIVEN, "unset", {"amount": Decimal(-1), "unit": "hour"}, {"unit": "moon"}):
        with pytest.raises(InvalidInput):
            decide(house, case, unusable)
    with pytest.raises(InvalidInput):
        decide(house, case, T, reason=" ")
    first = only(house, case)
    decide(house, case, T)
    with pytest.raises(InvalidState):
        resolve_incident(
            house.site, actor=house.owner, incident_id=first.id, policy_value=T, reason="again"
        )


def test_no_flow_is_mended_by_a_variable(house: House) -> None:
    house.release(
        diagram(
            node("startEvent", "s")
            + node("exclusiveGateway", "g")
            + node("endEvent", "a")
            + node("endEvent", "b")
            + line("s", "g")
            + flow("g", "a", '=way = "a"')
            + flow("g", "b", '=way = "b"')
        )
    )
    case = house.start().case_id
    assert only(house, case).kind == "no_flow"
    resolve_incident(
        house.site,
        actor=house.owner,
        incident_id=only(house, case).id,
        variables={"way": "b"},
        reason="mended",
    )
    assert house.types(case)[-1] == "case_completed"
    assert house.events(case, "conditions_evaluated")[-1].header["facts"]["chosen"] == ["g_to_b"]


def test_a_runaway_expression_is_an_incident_of_its_element(house: House) -> None:
    endless = "=count(for a in 1..9999, b in 1..9999 return a)"
    house.release(
        diagram(
            node("startEvent", "s")
            + user_task("t", f'<zeebe:ioMapping><zeebe:input source="{endless}" target="x" />'
                        "</zeebe:ioMapping>", form="")
            + node("endEvent", "e")
            + line("s", "t", "e")
        )
    )  # fmt: skip
    case = house.start().case_id
    assert (only(house, case).kind, only(house, case).element_id) == ("expression_failed", "t")


def test_an_incident_goes_with_its_case(house: House) -> None:
    from runner.engine.access import SYSTEM
    from runner.engine.instances import cancel_case

    house.release(WAITING)
    case = house.start().case_id
    cancel_case(house.site, actor=SYSTEM, case_id=case, reason="test")
    with house.site.database.read() as connection:
        assert open_incidents(connection, case) == []
        state = connection.exec_driver_sql("SELECT state FROM complaints").scalar_one()
    assert state == "cancelled"
    assert "case_cancelled" in house.types(case)


def test_the_owner_is_asked_once_under_one_policy(house: House) -> None:
    house.release(WAITING)
    first, second = house.start().case_id, house.start().case_id
    decide(house, first, T)
    third = house.start().case_id
    assert set(house.tasks(third)) == {"t"}
    used = house.events(third, "policy_value_decided")[0]
    assert used.header["facts"] == {
        "policy_path": "ack.first_response_due",
        "decided_by": house.owner.id,
        "decided_in": first,
    }
    decide(house, second, "none")
    row = form_context(house.site, actor=house.ann, task_id=house.tasks(second)["t"]).task
    assert row.due_at is None


def test_of_two_owners_who_decide_at_once_the_second_is_told(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.release(WAITING)
    first, second = house.start().case_id, house.start().case_id
    decide(house, first, T)
    with monkeypatch.context() as both:  # the second looked before the first was done
        both.setattr(policy_decisions, "find_policy_decision", lambda *of: None)
        with pytest.raises(InvalidState, match="Another owner"):
            decide(house, second, "none")
    decide(house, second, "none")
    assert set(house.tasks(second)) == {"t"}


NOT_DECIDED = "ack.first_response_due"


@pytest.mark.parametrize(
    "mapped",
    [
        user_task("t", LOCAL_INPUT, form=""),
        user_task("t", form="").replace("</bpmn:userTask>", EACH + "</bpmn:userTask>"),
        node(
            "scriptTask",
            "t",
            extended(f'<zeebe:script expression="=policy.{NOT_DECIDED}" resultVariable="x" />'),
        ),
    ],
    ids=["input", "collection", "script"],
)
@pytest.mark.parametrize("restart", [False, True])
def test_keeping_an_unset_value_waits_for_its_owner(
    house: House, mapped: str, restart: bool
) -> None:
    house.release(simple(mapped))
    case = house.start().case_id
    incident = only(house, case)
    assert (incident.kind, incident.policy_path) == ("policy_unset", NOT_DECIDED)
    if restart:
        house.site.live.clear()
    decide(house, case, T)
    with house.site.database.read() as connection:
        assert open_incidents(connection, case) == []


def test_a_list_that_cannot_be_kept_is_tried_again_after_the_repair(house: House) -> None:
    each = EACH.replace(f"[1, policy.{NOT_DECIDED}]", "[if good then 1 else [1..2]]")
    house.release(
        simple(user_task("t", form="").replace("</bpmn:userTask>", each + "</bpmn:userTask>"))
    )
    case = house.start({"good": False}).case_id
    for good in (False, True):
        resolve_incident(
            house.site,
            actor=house.owner,
            incident_id=only(house, case).id,
            variables={"good": good},
            reason="mended",
        )
    assert set(house.tasks(case)) == {"t"}


def test_a_job_whose_repair_leaves_it_impossible_is_an_incident_again(house: House) -> None:
    house.release(service("book", retries="=tries"))
    case = house.start({"tries": 1}).case_id
    (job,) = take(house)
    fail_external_job(house.site, worker=ERP, job_id=job.id, attempt=1, message="no")
    for tries in ("many", 2):
        with house.site.database.read() as connection:
            (incident,) = open_incidents(connection, case)
        resolve_incident(
            house.site,
            actor=house.owner,
            incident_id=incident.id,
            variables={"tries": tries},
            reason="repaired",
        )
    (again,) = take(house)
    assert (again.attempt, again.attempts_left) == (2, 1)
