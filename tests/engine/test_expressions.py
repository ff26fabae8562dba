"""Expressions of elements: what FEEL turns into null is recorded, and never chooses by default."""

from __future__ import annotations

from tests.definitions.diagrams import diagram, extended, flow, line, node, simple
from tests.engine.conftest import House
from tests.engine.test_incidents import only


def gateway(condition: str) -> str:
    return diagram(
        node("startEvent", "s")
        + node("exclusiveGateway", "g", default="g_to_no")
        + node("endEvent", "yes")
        + node("endEvent", "no")
        + line("s", "g")
        + flow("g", "yes", condition)
        + flow("g", "no")
    )


def script(expression: str) -> str:
    written = f'<zeebe:script expression="{expression}" resultVariable="found" />'
    return simple(node("scriptTask", "t", extended(written)), middle="t")


def test_a_condition_that_is_null_is_an_incident_and_takes_no_way(house: House) -> None:
    house.release(gateway("=amount &gt; 1000"))
    case = house.start().case_id
    incident = only(house, case)
    assert incident.kind == "expression_failed"
    assert "amount &gt; 1000".replace("&gt;", ">") in incident.message
    assert "There is no variable 'amount'" in incident.message
    facts = house.events(case, "conditions_evaluated")[0].header["facts"]
    assert facts["outcomes"] == [{"flow": "g_to_yes", "outcome": "null"}]
    assert facts["chosen"] == []
    assert "case_completed" not in house.types(case)


def test_a_comparison_with_a_variable_not_written_yet_is_false_and_takes_the_default(
    house: House,
) -> None:
    house.release(gateway("=answer = &quot;yes&quot;"))
    case = house.start().case_id
    assert house.types(case)[-1] == "case_completed"
    event = house.events(case, "conditions_evaluated")[0]
    assert event.header["facts"]["chosen"] == ["g_to_no"]
    assert event.values["warnings.g_to_yes.1"] == {
        "kind": "unknown_name",
        "message": "There is no variable 'answer'",
        "name": "answer",
    }


def test_what_feel_turned_into_null_is_an_event_with_its_cause(house: House) -> None:
    house.release(script("=&quot;a&quot; + 1"))
    case = house.start().case_id
    event = house.events(case, "expression_warned")[0]
    assert event.header["element"] == "t"
    assert event.header["facts"]["expression"] == '="a" + 1'
    assert event.values["warnings.1"]["kind"] == "type"
    assert house.events(case, "variables_written")[-1].values["new.found"] is None


def test_a_variable_that_was_not_written_yet_makes_no_event(house: House) -> None:
    house.release(script("=missing"))
    case = house.start().case_id
    assert house.events(case, "expression_warned") == []


def test_a_deadline_that_cannot_be_computed_is_an_incident_not_an_open_end(house: House) -> None:
    house.release(
        simple(
            node(
                "userTask",
                "t",
                extended(
                    "<zeebe:userTask />",
                    '<zeebe:assignmentDefinition candidateGroups="office" />',
                    '<zeebe:taskSchedule dueDate="=working days after(now(), &quot;two&quot;)" />',
                ),
            ),
            middle="t",
        )
    )
    case = house.start().case_id
    incident = only(house, case)
    assert incident.kind == "expression_failed"
    assert "cannot be computed" in incident.message
    assert house.tasks(case) == {}
