"""The documents of a case in the browser: revisions, making again, who may open what."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from runner.documents.making import make_document
from runner.engine.access import CUSTOMER, SYSTEM
from runner.engine.attachments import read_attachment
from runner.engine.instances import Started
from runner.engine.people import find_person
from runner.engine.site import Site
from runner.errors import NotAllowed
from runner.store.documents import documents_of_case
from tests.web.conftest import Visit


@pytest.fixture
def case_id(complaint: Callable[..., Started]) -> str:
    return complaint().case_id


def test_a_document_is_produced_and_made_again(site: Site, visit: Visit, case_id: str) -> None:
    reader = visit(find_person(site, username="complaint_management.1"))
    page = f"/cases/{case_id}/documents"
    assert "Produce a document" in reader.read(page)
    for _time in range(2):
        answer = reader.post(page, {"kind": "case_record", "language": "en", "format": "pdf"})
        assert answer.status_code == 303, answer.text
    shown = reader.read(page)
    assert "Complaint handling record" in shown
    assert "-r2.pdf" in shown
    assert "-r1.pdf" in shown
    with site.database.read() as connection:
        lines = documents_of_case(connection, case_id)
    records = [line.document for line in lines if line.document.kind == "case_record"]
    assert [record.revision for record in records] == [2, 1]
    file = reader.get(f"/cases/{case_id}/files/{records[0].attachment_id}")
    assert file.data.startswith(b"%PDF-")


def test_what_cannot_be_produced_is_said_and_what_was_chosen_stays(
    site: Site, visit: Visit, case_id: str
) -> None:
    reader = visit(find_person(site, username="complaint_management.1"))
    answer = reader.post(
        f"/cases/{case_id}/documents", {"kind": "eight_d_report", "format": "xlsx"}
    )
    assert answer.status_code == 422
    assert "it has pdf, docx" in answer.text
    assert '<option value="eight_d_report" selected>' in answer.text


def test_a_restricted_document_is_named_but_opened_for_its_groups(
    site: Site, visit: Visit, case_id: str
) -> None:
    made, _ = make_document(site, actor=SYSTEM, case=case_id, kind="circular")
    other = visit(find_person(site, username="complaint_management.1"))
    shown = other.read(f"/cases/{case_id}/documents")
    assert "not for your groups" in shown
    assert made not in shown
    assert other.get(f"/cases/{case_id}/files/{made}").status_code == 403
    leader = visit(find_person(site, username="superior.1"))
    assert made in leader.read(f"/cases/{case_id}/documents")
    assert leader.get(f"/cases/{case_id}/files/{made}").status_code == 200
    with pytest.raises(NotAllowed):
        read_attachment(site, actor=CUSTOMER, attachment_id=made)


def test_documents_of_periods_are_offered_in_periodic_cases_only(
    site: Site, visit: Visit, case_id: str
) -> None:
    reader = visit(find_person(site, username="complaint_management.1"))
    assert 'value="weekly_deck"' not in reader.read(f"/cases/{case_id}/documents")


def test_strangers_see_no_documents(visit: Visit, case_id: str) -> None:
    answer = visit().get(f"/cases/{case_id}/documents")
    assert answer.status_code in (302, 303)


def test_a_letter_somebody_tries_out_does_not_reach_the_customer(
    site: Site, visit: Visit, complaint: Callable[..., Started]
) -> None:
    started = complaint()
    writer = find_person(site, username="complaint_management.1")
    made, _ = make_document(site, actor=writer, case=started.case_id, kind="reply_letter")
    customer = visit()
    assert made not in customer.read(f"/c/{started.access_token}")
    assert customer.get(f"/c/{started.access_token}/files/{made}").status_code == 404
