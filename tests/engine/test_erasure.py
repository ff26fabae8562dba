"""Erasure: unreadable for ever, still provable; only after the end, only by those who may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from runner.engine.access import SYSTEM, Person
from runner.engine.attachments import add_attachment, read_attachment
from runner.engine.erasure import erase_person
from runner.engine.instances import cancel_case, start_complaint
from runner.engine.jobs import claim_jobs, fail_job
from runner.engine.scopes import read_case_variables
from runner.engine.site import Site
from runner.engine.user_tasks import complete_user_task
from runner.errors import InvalidState, NotAllowed, NotFound
from runner.reports.narrative import Narrator, tell
from runner.store.attachments import attachments_of_case
from runner.store.cases import find_case
from runner.store.complaints import find_complaint
from runner.store.event_log import read_chain
from runner.store.incidents import open_incidents
from runner.store.jobs import find_job
from runner.store.keys import Erased
from runner.store.tables import attachments, incidents
from service_tasks.contract import Handler, Outcome
from tests.definitions.diagrams import extended, node, simple, user_task
from tests.engine.conftest import House
from tests.engine.test_jobs import service
from tests.sites import Staff


@pytest.fixture
def case_id(site: Site) -> str:
    return start_complaint(
        site,
        actor=SYSTEM,
        variables={"customer_name": "李雷", "contact": "li@example.org", "phenomenon": "漏电"},
        channel="phone",
        start_element="start_recorded",
        idempotency_key="k",
    ).case_id


def test_a_finished_case_forgets_its_customer_and_still_verifies(
    site: Site, case_id: str, person: Staff
) -> None:
    cancel_case(site, actor=SYSTEM, case_id=case_id, reason="double")
    erase_person(site, actor=person("compliance"), case_id=case_id)
    with site.database.read() as connection:
        with pytest.raises(Erased):
            read_case_variables(site, connection, case_id)
        assert all(e.values in (None, {}) for e in read_chain(connection, case_id, site.vault))
        assert find_complaint(connection, case_id)["customer_name"] is None
        types = [event.type for event in read_chain(connection, "access", site.vault)]
    assert types[-1] == "person_erased"


def test_the_names_of_documents_are_erased_with_their_bytes(
    site: Site, case_id: str, person: Staff
) -> None:
    kept = add_attachment(
        site, actor=SYSTEM, case_id=case_id, name="李雷的发票.pdf", media_type="x/y", data=b"x"
    )
    with site.database.read() as connection:
        (row,) = attachments_of_case(connection, case_id, site.vault)
        (stored,) = connection.execute(select(attachments.c.name)).scalars()
    assert row.name == "李雷的发票.pdf"
    assert "李雷".encode() not in stored
    cancel_case(site, actor=SYSTEM, case_id=case_id, reason="double")
    erase_person(site, actor=person("compliance"), case_id=case_id)
    with site.database.read() as connection:
        (row,) = attachments_of_case(connection, case_id, site.vault)
        definitions = site.definitions(connection, find_case(connection, case_id).release_digest)
        events = list(read_chain(connection, case_id, site.vault))
    assert row.name == "已删除 / erased"
    lines = tell(Narrator(definitions, {}, "zh", site.zone), events)
    assert "系统添加附件 已删除" in [line.text for line in lines]
    with pytest.raises(Erased):
        read_attachment(site, actor=SYSTEM, attachment_id=kept)


def test_a_running_case_keeps_its_data(site: Site, case_id: str, person: Staff) -> None:
    with pytest.raises(InvalidState, match="running"):
        erase_person(site, actor=person("compliance"), case_id=case_id)
    with site.database.read() as connection:
        assert read_case_variables(site, connection, case_id)["customer_name"] == "李雷"


def test_only_compliance_and_administrators_erase(site: Site, case_id: str, person: Staff) -> None:
    with pytest.raises(NotAllowed):
        erase_person(site, actor=person("customer_service"), case_id=case_id)
    with pytest.raises(NotFound):
        erase_person(site, actor=person("administrator"), case_id="nothing")
    with pytest.raises(NotAllowed):
        erase_person(site, actor=Person("nobody"), case_id=case_id)


def test_a_closed_complaint_with_work_left_keeps_its_data(house: House) -> None:
    house.release(simple(user_task("t", form="")))
    case = house.start({"closed_at": house.clock.now(), "customer_name": "李雷"}).case_id
    auditor = house.person("aud", "compliance")
    with house.site.database.read() as connection:
        assert find_complaint(connection, case)["state"] == "closed"
    with pytest.raises(InvalidState, match="running"):
        erase_person(house.site, actor=auditor, case_id=case)
    complete_user_task(house.site, actor=house.ann, task_id=house.tasks(case)["t"], submission={})
    erase_person(house.site, actor=auditor, case_id=case)
    with pytest.raises(Erased):
        house.variables(case)


def test_what_a_mail_server_said_is_erased(make_house: Callable[..., House]) -> None:
    sender = Handler("send", "external", "发 / Send", "发 / Send", lambda call: Outcome())
    house = make_house({"send": sender})
    house.release(
        simple(node("serviceTask", "t", extended('<zeebe:taskDefinition type="send" />')))
    )
    case = house.start().case_id
    (job,) = claim_jobs(house.site, "w", 1, timedelta(minutes=1))
    fail_job(house.site, job.id, 1, "550 no mailbox li@example.org", final=True)
    cancel_case(house.site, actor=SYSTEM, case_id=case, reason="double")
    erase_person(house.site, actor=house.person("aud", "compliance"), case_id=case)
    with house.site.database.read() as connection:
        kept = find_job(connection, job.id)
    assert kept is not None
    assert kept.last_error == "—"


def test_an_ended_case_is_not_kept_in_memory_and_its_incidents_say_nothing_once_erased(
    house: House,
) -> None:
    house.release(service("book", retries="=customer_name"))
    case = house.start({"customer_name": "李雷"}).case_id
    with house.site.database.read() as connection:
        (incident,) = open_incidents(connection, case)
    assert "李雷" in incident.message
    cancel_case(house.site, actor=SYSTEM, case_id=case, reason="double")
    assert len(house.site.live) == 0
    erase_person(house.site, actor=SYSTEM, case_id=case)
    with house.site.database.read() as connection:
        told = connection.execute(select(incidents.c.message)).scalars().all()
    assert told == ["—"]
