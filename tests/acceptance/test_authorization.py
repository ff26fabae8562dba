"""Who may do what, by every address there is; what is refused changes nothing and is written down.

A new address without a line in the tables fails the first test.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select

from runner.engine.access import ADMINISTRATOR, SYSTEM, Person
from runner.engine.people import add_person
from runner.store.event_log import read_chain
from runner.store.incidents import open_incidents
from runner.store.tables import attachments, drafts, events
from runner.store.user_tasks import find_user_task, open_user_tasks
from tests.acceptance.addresses import ALL, GROUPS, HIDDEN, OF_STAFF, ROLES
from tests.acceptance.browsing import Fields, Visitor
from tests.acceptance.conftest import Others
from tests.acceptance.office import Office


@dataclass(frozen=True)
class Places:
    """What stands in the addresses."""

    case: str
    task: str
    file: str
    incident: str
    person: str = ""
    made_up: str = "A" * 32

    def fill(self, address: str) -> str:
        return address.format(**self.__dict__)


def asker(office: Office, role: str) -> Visitor:
    return office.visitor(None if role == "anonymous" else office.member(GROUPS[role]))


def places(office: Office, others: Others) -> Places:
    with office.site.database.read() as connection:
        (incident,) = open_incidents(connection, others.stuck.case_id)
    task, (file, *_) = office.decision(), office.files()
    somebody = office.member("logistics")
    return Places(office.case_id, task.id, file.id, incident.id, somebody.id)


def test_every_address_has_its_expectation(office: Office) -> None:
    there = {
        (rule.endpoint, method)
        for rule in office.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert there == set(ALL)


@pytest.mark.parametrize("role", ROLES)
def test_every_address_answers_each_as_it_must(office: Office, others: Others, role: str) -> None:
    visitor, there, position = asker(office, role), places(office, others), ROLES.index(role)
    found, expected = {}, {}
    for (endpoint, method), (address, fields, row) in ALL.items():
        path = there.fill(address)
        answer = visitor.get(path) if method == "GET" else visitor.post(path, fields)
        found[endpoint, method] = answer.status_code
        expected[endpoint, method] = row[position]
        if row[position] == 302 and endpoint != "sign_in.form":
            assert answer.location.startswith("/sign-in"), endpoint
    assert found == expected


@pytest.mark.parametrize("token", ["own", "another"])
def test_a_customers_link_opens_nothing_of_the_staffs(
    office: Office, others: Others, token: str
) -> None:
    """Neither in the address nor as a session."""
    secret = office.token if token == "own" else others.open.access_token
    visitor, there = office.visitor(), places(office, others)
    visitor.client.set_cookie("ombud_session", secret)
    for (endpoint, method), (address, fields, _) in OF_STAFF.items():
        path = there.fill(address)
        answer = visitor.get(path) if method == "GET" else visitor.post(path, fields)
        assert answer.location.startswith("/sign-in"), endpoint
        assert visitor.get(f"{path}?token={secret}").status_code in {302, 404, 405}, endpoint


def test_what_one_need_not_know_is_not_there(office: Office, others: Others) -> None:
    visitor = asker(office, "outsider")
    told = office.visitor().post(
        f"/c/{others.narrow.access_token}/information", [("text", "one more thing")]
    )
    assert told.status_code == 303
    with office.site.database.read() as connection:
        (task,) = open_user_tasks(connection, others.narrow.case_id)
        (incident,) = open_incidents(connection, others.narrow_stuck.case_id)
    (file,) = office.files(others.narrow.case_id)
    there = Places(others.narrow.case_id, task.id, file.id, incident.id)
    borrowed = f"/cases/{office.case_id}/files/{file.id}"
    assert visitor.get(borrowed).status_code == 404
    for (endpoint, method), (address, fields, _) in OF_STAFF.items():
        if endpoint not in HIDDEN:
            continue
        for place in (there, Places("0" * 32, "1" * 32, "2" * 32, "3" * 32)):
            path = place.fill(address)
            answer = visitor.get(path) if method == "GET" else visitor.post(path, fields)
            assert answer.status_code == 404, (endpoint, path, answer.status_code)
    for path in ("/cases", "/tasks?view=groups", "/outbox", "/incidents"):
        shown = visitor.page(path)
        assert others.narrow.case_id not in "".join(shown.links()), path
        assert others.narrow_stuck.case_id not in "".join(shown.links()), path
        assert str(others.narrow.complaint_number) not in shown.text, path
    assert office.case_id in "".join(visitor.page("/cases").links())
    member = office.visitor(office.member("after_sales"))
    assert member.get(f"/tasks/{task.id}").status_code == 200
    assert member.get(f"/cases/{others.narrow.case_id}").status_code == 200


def test_a_search_finds_nothing_one_may_not_know(office: Office, others: Others) -> None:
    number = str(others.narrow.complaint_number)
    assert number in asker(office, "compliance").page(f"/cases?q={number}").text
    links = asker(office, "outsider").page(f"/cases?q={number}").links()
    assert not [link for link in links if others.narrow.case_id in link]


def _ways_to_finish(task_id: str, fields: Fields) -> Iterator[tuple[str, Fields]]:
    path = f"/tasks/{task_id}"
    yield path, fields
    yield path, [*fields, ("_preview", "1")]
    yield path, [*fields, ("_refresh", "1")]
    yield path, [*fields, ("_draft", "1")]
    yield path, [*fields, ("_add", "x")]
    yield f"{path}?_method=PUT", fields
    yield f"{path}/claim", [("back", f"{path}/unclaim")]
    yield f"{path}/unclaim", []
    yield f"{path}/help", [("reason", "please")]


def _state(office: Office, task_id: str) -> tuple[object, ...]:
    with office.site.database.read() as connection:
        task = find_user_task(connection, task_id)
        assert task is not None
        kept = connection.scalar(select(func.count()).where(attachments.c.root_id == task.root_id))
        written = connection.scalar(select(func.count()).select_from(drafts))
        return task.state, task.assignee, task.completed_by, kept, written


def test_nobody_finishes_a_task_of_other_groups_by_any_address(office: Office) -> None:
    task = office.decision()
    before = _state(office, task.id)
    fields = [("decision", "approved"), ("reason", "mine")]
    file = ("decision:file", "a.png", b"\x89PNG\r\n\x1a\n")
    nobody = add_person(
        office.site, actor=SYSTEM, username="nobody", display_name="Nobody", groups=[]
    )
    outside = [p for p in office.people if "company_leader" not in p.groups]
    for person in [nobody, *outside[:: len(outside) // 6]]:
        visitor = office.visitor(person)
        for path, sent in _ways_to_finish(task.id, fields):
            answer = visitor.post(path, sent, [file])
            assert answer.status_code in {200, 303, 403, 404, 422}, path
        assert _state(office, task.id) == before, person.username
    assert _refusals(office, office.case_id) >= {
        ("complete_user_task", "not_a_candidate"),
        ("claim_user_task", "not_a_candidate"),
    }


def test_a_stranger_to_the_case_adds_no_file_by_its_forms(office: Office) -> None:
    task = office.run_until("carry_out_remedy")
    assert task is not None
    before = _state(office, task.id)
    photo = ("proof:file", "a.txt", b"a perfectly good document")
    outsider = office.visitor(office.member("marketing"))
    for more in ([], [("_preview", "1")], [("_draft", "1")], [("_refresh", "1")]):
        outsider.post(f"/tasks/{task.id}", [("what", "x"), *more], [photo])
    assert _state(office, task.id) == before


def _refusals(office: Office, case_id: str) -> set[tuple[str, str]]:
    with office.site.database.read() as connection:
        found = set()
        for event in read_chain(connection, case_id, office.site.vault):
            facts = event.header.get("facts")
            if event.type == "command_refused" and isinstance(facts, dict):
                found.add((str(facts["command"]), str(facts["reason"])))
        return found


def approval_of(office: Office, person: Person) -> Fields:
    """What the demonstration's leader writes."""
    task = office.decision()
    return office.fields(task, person, office.answer(task, person))


def test_four_eyes_an_applicant_who_is_a_leader_cannot_approve(office: Office) -> None:
    task = office.decision()
    applicant = office.done_by["file_application"]
    administrator = office.visitor(office.member(ADMINISTRATOR))
    groups = [("groups", g) for g in (*sorted(applicant.groups), "company_leader")]
    assert administrator.post(f"/people/{applicant.id}", groups).status_code == 303
    visitor, path = office.visitor(applicant), f"/tasks/{task.id}"
    shown = visitor.client.get(path).text
    assert "Four eyes" in shown
    assert f'action="{path}"' not in shown
    assert f'action="{path}/claim"' not in shown
    sent = approval_of(office, applicant)
    before = _state(office, task.id)
    submitted, claimed = visitor.post(path, sent), visitor.post(f"{path}/claim")
    assert submitted.status_code == 403
    assert "Four eyes" in submitted.text
    assert (claimed.status_code, claimed.location) == (303, path)
    assert _state(office, task.id) == before
    assert _refusals(office, office.case_id) >= {
        ("complete_user_task", "four_eyes"),
        ("claim_user_task", "four_eyes"),
    }
    leader = office.member("company_leader")
    assert office.do(task, leader) == leader


def test_a_task_somebody_holds_is_closed_to_their_colleague(office: Office) -> None:
    task = office.decision()
    first, second = (p for p in office.people if "company_leader" in p.groups)
    path = f"/tasks/{task.id}"
    assert office.visitor(first).post(f"{path}/claim").status_code == 303
    late = office.visitor(second)
    for action in ("/claim", ""):
        answer = late.post(path + action, approval_of(office, second))
        assert answer.status_code == 409
        assert first.display_name in answer.text
    assert late.post(f"{path}/unclaim").status_code == 403
    assert _state(office, task.id)[:2] == ("created", first.id)


def test_a_draft_is_its_authors_alone(office: Office) -> None:
    task = office.decision()
    first, second = (p for p in office.people if "company_leader" in p.groups)
    path = f"/tasks/{task.id}"
    office.visitor(first).post(
        path, [("decision", "rejected"), ("reason", "nur für mich"), ("_draft", "1")]
    )
    assert "nur für mich" in office.visitor(first).get(path).text
    assert "nur für mich" not in office.visitor(second).get(path).text


def test_a_refusal_outside_cases_is_refused_before_anything_is_written(office: Office) -> None:
    with office.site.database.read() as connection:
        before = connection.scalar(select(func.count()).select_from(events))
    visitor = asker(office, "outsider")
    with office.site.database.read() as connection:
        signed_in = connection.scalar(select(func.count()).select_from(events))
    fields = [("username", "mallory"), ("display_name", "M"), ("groups", ADMINISTRATOR)]
    assert visitor.post("/people", fields).status_code == 403
    own = f"/people/{office.member('marketing').id}"
    assert visitor.post(own, [("groups", ADMINISTRATOR)]).status_code == 403
    assert visitor.get("/people").status_code == 403
    with office.site.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(events)) == signed_in
    assert signed_in == before + 1
