"""Candidate users: people a task names may do it, see its case, and are called by their names."""

from __future__ import annotations

import pytest

from runner.engine import people
from runner.engine.access import SYSTEM, Person
from runner.engine.cases import can_see_case
from runner.engine.incidents import resolve_incident
from runner.engine.user_tasks import claim_user_task, complete_user_task, unclaim_user_task
from runner.errors import NotAllowed, NotFound
from runner.reports.narrative import tell
from runner.reports.narrator import Narrator
from runner.store.case_lists import Visible, case_lines
from runner.store.incidents import open_incidents
from runner.store.task_lists import open_marks
from tests.definitions.diagrams import simple, user_task
from tests.engine.conftest import House
from tests.invariants import check_all


def named(house: House, users: str, groups: str = "") -> str:
    """The case of a task with these candidates."""
    assignment = f'candidateUsers="{users}"'
    if groups:
        assignment += f' candidateGroups="{groups}"'
    task = user_task("t", form="", groups="office").replace('candidateGroups="office"', assignment)
    assert users in task
    house.release(simple(task))
    return house.start().case_id


def marks(house: House, person: Person) -> list[str]:
    with house.site.database.read() as connection:
        return [mark.id for mark in open_marks(connection, person.id, person.candidate_as)]


def sees(house: House, person: Person, case: str) -> bool:
    """Alone and in the list of cases alike."""
    who = Visible(False, frozenset(), person.candidate_as)
    with house.site.database.read() as connection:
        alone = can_see_case(connection, house.site, person, case)
        assert alone == (case in [line.id for line in case_lines(connection, who)])
        return alone


@pytest.mark.parametrize("users", ["max, ben", "=[&quot;max&quot;, &quot;ben&quot;]"])
def test_a_named_user_may_do_the_task_as_a_member_of_a_group_may(house: House, users: str) -> None:
    eve, ben = house.person("eve", "leader"), house.person("ben")
    max_ = house.person("max")
    case = named(house, users)
    task = house.tasks(case)["t"]
    assert marks(house, max_) == marks(house, ben) == [task]
    assert marks(house, eve) == []
    assert sees(house, max_, case)
    assert sees(house, ben, case)
    assert not sees(house, eve, case)
    with pytest.raises((NotAllowed, NotFound)):
        claim_user_task(house.site, actor=eve, task_id=task)
    claim_user_task(house.site, actor=max_, task_id=task)
    unclaim_user_task(house.site, actor=max_, task_id=task)
    complete_user_task(house.site, actor=ben, task_id=task, submission={})
    assert marks(house, max_) == []
    assert sees(house, max_, case)  # had a task in it
    assert house.types(case)[-1] == "case_completed"
    with house.site.database.read() as connection:
        check_all(connection, house.site)


def test_groups_and_users_together_and_the_log_says_both_by_name(house: House) -> None:
    mia = house.person("mia")
    case = named(house, "mia", "office")
    task = house.tasks(case)["t"]
    assert marks(house, mia) == marks(house, house.ann) == [task]
    (created,) = house.events(case, "user_task_created")
    facts = created.header["facts"]
    assert (facts["groups"], facts["users"]) == (["office"], [mia.id])
    with house.site.database.read() as connection:
        release = house.site.effective_release(connection)
        definitions = house.site.definitions(connection, release.digest)
    (told,) = tell(Narrator(definitions, {mia.id: "Mia"}, "en", house.site.zone), [created])
    assert "Mia" in told.detail
    assert "user:" not in told.detail
    assert mia.id not in told.detail
    with pytest.raises(NotAllowed) as refused:
        complete_user_task(house.site, actor=house.owner, task_id=task, submission={})
    assert "Mia" in refused.value.message
    assert mia.id not in refused.value.message
    assert mia.groups == people.find_person(house.site, username="mia").groups == frozenset()


def test_an_unknown_or_closed_account_is_an_incident(house: House) -> None:
    mia = house.person("mia")
    people.set_active(house.site, actor=SYSTEM, person_id=mia.id, active=False)
    case = named(house, "mia,nobody")
    with house.site.database.read() as connection:
        (incident,) = open_incidents(connection, case)
    assert incident.kind == "no_candidates"
    assert "mia" in incident.message
    people.set_active(house.site, actor=SYSTEM, person_id=mia.id, active=True)
    house.person("nobody")
    resolve_incident(house.site, actor=house.owner, incident_id=incident.id, reason="opened")
    assert marks(house, mia) == [house.tasks(case)["t"]]
    mia = people.find_person(house.site, username="mia")
    complete_user_task(house.site, actor=mia, task_id=house.tasks(case)["t"], submission={})


def test_a_closed_account_may_do_nothing_by_its_name(house: House) -> None:
    mia = house.person("mia")
    case = named(house, "mia")
    people.set_active(house.site, actor=SYSTEM, person_id=mia.id, active=False)
    gone = people.find_person(house.site, username="mia")
    assert not sees_alone(house, gone, case)
    with pytest.raises((NotAllowed, NotFound)):
        complete_user_task(house.site, actor=gone, task_id=house.tasks(case)["t"], submission={})


def sees_alone(house: House, person: Person, case: str) -> bool:
    with house.site.database.read() as connection:
        return can_see_case(connection, house.site, person, case)
