"""A case with no way on is never silent: the join that waits in vain is an incident."""

from __future__ import annotations

from runner.engine.incidents import resolve_incident
from runner.engine.instances import cancel_case
from runner.engine.repairs import move_token
from runner.engine.user_tasks import complete_user_task
from runner.store.incidents import Incident, open_incidents
from tests.conformance.drawing import draw
from tests.engine.conftest import House

JOIN = """
j: and
g: xor
start > g > a > j > end
g [x = 1] > b > j
"""
IN_VAIN = f"""
es: eventsub {{
begin: start error E1
begin > h > end2
}}
{JOIN}
"""
INSIDE = """
f: and
s: sub {
j: and
g: xor
start2 > g > j > end2
g [x = 1] > j
}
start > f > s > end
f > w > end3
"""


def begin(house: House, diagram: str) -> str:
    house.release(draw(diagram, "dead_end"))
    return house.start({"x": 0}, "start").case_id


def complete(house: House, case: str, element: str) -> None:
    complete_user_task(
        house.site, actor=house.ann, task_id=house.tasks(case)[element], submission={}
    )


def incidents(house: House, case: str) -> list[Incident]:
    with house.site.database.read() as connection:
        return open_incidents(connection, case)


def test_a_join_that_waits_in_vain_names_the_way_that_never_comes(house: House) -> None:
    case = begin(house, IN_VAIN)
    assert not incidents(house, case)
    complete(house, case, "a")
    (incident,) = incidents(house, case)
    assert (incident.element_id, incident.kind) == ("j", "no_flow")
    assert " / " in incident.message
    assert "b" in incident.message


def test_trying_again_changes_nothing_and_moving_it_mends_it(house: House) -> None:
    case = begin(house, JOIN)
    complete(house, case, "a")
    (first,) = incidents(house, case)
    house.site.live.clear()
    resolve_incident(house.site, actor=house.owner, incident_id=first.id, reason="again")
    (second,) = incidents(house, case)
    assert second.id != first.id
    move_token(
        house.site, actor=house.owner, case_id=case, token_id=second.token_id, target="end",
        reason="there is no other branch",
    )  # fmt: skip
    assert not incidents(house, case)
    assert house.events(case, "case_completed")


def test_a_sub_process_is_told_of_while_the_rest_goes_on(house: House) -> None:
    case = begin(house, INSIDE)
    assert [i.element_id for i in incidents(house, case)] == ["j"]
    complete(house, case, "w")
    assert [i.element_id for i in incidents(house, case)] == ["j"]


def test_cancelling_the_case_ends_the_incident(house: House) -> None:
    case = begin(house, INSIDE)
    quality = house.person("quinn", "quality_manager")
    cancel_case(house.site, actor=quality, case_id=case, reason="no way on")
    assert not incidents(house, case)


def test_a_branch_that_can_still_come_is_waited_for_in_silence(house: House) -> None:
    case = begin(house, JOIN.replace("g: xor", "g: and").replace(" [x = 1]", ""))
    complete(house, case, "a")
    assert not incidents(house, case)
    complete(house, case, "b")
    assert house.events(case, "case_completed")
