"""Whatever is wrong at an element is an incident that says so, and a repair takes it up again."""

from __future__ import annotations

import pytest

from runner.definitions.check import check_file
from runner.engine.elements.expressions import seen
from runner.engine.incidents import resolve_incident
from runner.errors import Refusal
from runner.feel import to_feel
from runner.store.incidents import Incident, open_incidents
from tests.definitions.diagrams import diagram, extended, line, node, simple
from tests.engine.conftest import House
from tests.engine.failing_places import PLACES, Place


def incidents(house: House, case: str) -> list[Incident]:
    with house.site.database.read() as connection:
        return open_incidents(connection, case)


def complaint(place: Place, wrong: object, found: list[Incident]) -> str:
    """What is missing of the one incident there should be."""
    if [(i.element_id, i.kind) for i in found] != [(place.element, place.kind)]:
        return f"{[(i.element_id, i.kind, i.message) for i in found]}"
    said = found[0].message
    value = "" if place.elsewhere else seen(to_feel(wrong))
    if " / " not in said or place.text not in said or value not in said:
        return f"says {said}"
    return ""


def test_every_failing_place_is_an_incident_and_is_taken_up_again(house: House) -> None:
    problems = []
    for place in PLACES:
        house.release(place.content, **place.files)
        for wrong in place.wrong:
            what = f"{place.name} = {wrong!r:.40}"
            case = house.start({"v": to_feel(wrong), "key": "k"}).case_id
            found = incidents(house, case)
            if why := complaint(place, wrong, found):
                problems.append(f"{what}: {why}")
                continue
            house.site.live.clear()
            for value in (wrong, place.right):  # tried again as it is: the same; repaired: gone
                resolve_incident(
                    house.site,
                    actor=house.owner,
                    incident_id=incidents(house, case)[0].id,
                    variables={"v": to_feel(value)},
                    reason="repaired",
                )
                left = incidents(house, case)
                if bool(left) != (value is wrong):
                    problems.append(f"{what} then {value!r:.40}: {[i.message for i in left]}")
                    break
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(
    "content",
    [
        diagram(
            node("startEvent", "s") + node("startEvent", "s2") + node("endEvent", "e")
            + line("s", "e") + line("s2", "e")
        ),
        diagram(
            node("subProcess", "es", node("startEvent", "b", "<bpmn:errorEventDefinition />")
                 + node("endEvent", "e2") + line("b", "e2"), triggeredByEvent="true")
        ),
    ],
    ids=["two plain starts", "an event sub-process alone"],
)  # fmt: skip
def test_a_process_that_cannot_begin_is_found_by_the_check(content: bytes) -> None:
    found = [f for f in check_file(content, "d.bpmn") if f.severity == "error"]
    assert "start_event" in {finding.rule for finding in found}


def test_a_called_process_that_is_not_there_is_refused(house: House) -> None:
    called = extended('<zeebe:calledElement processId="none" />')
    with pytest.raises(Refusal):
        house.release(simple(node("callActivity", "t", called)))


def test_outputs_of_an_instance_are_applied_once_however_often_its_end_is_tried(
    house: House,
) -> None:
    mapping = '<zeebe:ioMapping><zeebe:output source="=n + 1" target="n" /></zeebe:ioMapping>'
    loop = (
        '<bpmn:multiInstanceLoopCharacteristics isSequential="true">'
        + extended(
            '<zeebe:loopCharacteristics inputCollection="=[1]" outputCollection="r" '
            'outputElement="=if v = 1 then (function(x) x) else n" />'
        )
        + "</bpmn:multiInstanceLoopCharacteristics>"
    )
    house.release(simple(node("task", "t", extended(mapping) + loop)))
    case = house.start({"n": to_feel(0), "v": to_feel(1)}).case_id
    for value in (1, 2):
        (incident,) = incidents(house, case)
        resolve_incident(
            house.site,
            actor=house.owner,
            incident_id=incident.id,
            variables={"v": to_feel(value)},
            reason="repaired",
        )
    assert not incidents(house, case)
    assert house.variables(case)["n"] == 1
    assert house.variables(case)["r"] == [1]
