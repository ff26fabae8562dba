"""One complaint from the customer's form to the closed case and its proof: over HTTP, no script."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader

from runner.demo.answers_intake import photos
from runner.engine.access import SYSTEM
from runner.engine.checkpoints import public_key
from runner.engine.people import add_person
from tests.acceptance.browsing import Page, Visitor
from tests.acceptance.office import Office, open_office
from tests.sites import Released

PASSWORD = "correct horse battery"


@pytest.fixture
def fresh(released: Released, tmp_path: Path) -> Iterator[Office]:
    opened = open_office(released, tmp_path / "site")
    yield opened
    opened.site.database.close()


def sign_in(office: Office, username: str) -> Visitor:
    """By name and password, as people do it."""
    staff = office.visitor()
    page = staff.page("/sign-in?next=/tasks?view=groups")
    answered = staff.fill(page, "/sign-in", [("username", username), ("password", PASSWORD)])
    assert (answered.status_code, answered.location) == (303, "/tasks?view=groups")
    return staff


def test_a_complaint_runs_from_the_customers_form_to_its_proof(
    fresh: Office, tmp_path: Path
) -> None:
    office = fresh
    customer = office.visitor()
    received = office.file_complaint()
    _the_customer_has_a_number_and_a_private_link(office, received)
    _staff_complete_what_they_find_on_their_list(office)
    _a_late_task_is_escalated_and_stays(office)
    _a_leader_approves_what_another_applied_for(office)

    paid = office.run_until("carry_out_remedy")
    assert paid is not None
    assert paid.groups == {"finance"}
    status = customer.page(f"/c/{office.token}").text
    assert "We are putting it right" in status

    asked = office.run_until("ask_satisfaction")
    assert asked is not None
    status = customer.page(f"/c/{office.token}")
    assert "what do you think?" in status.text
    _the_customer_can_open_our_letter(customer, office, status)

    assert office.run_until() is None
    assert "Your complaint is closed" in customer.page(f"/c/{office.token}").text
    done = set(office.done_by)
    assert done >= {"complete_facts", "assess_complaint", "contact_customer", "file_application"}
    assert done >= {"decide_application", "track_outcome", "draft_reply", "ask_satisfaction"}

    _compliance_verifies_the_evidence(office, tmp_path)


def _the_customer_has_a_number_and_a_private_link(office: Office, received: Page) -> None:
    found = re.search(r"Your number ([A-Z]+-\d{4}-\d{4})", received.text)
    assert found is not None, received.text
    office.number = found[1]
    (link,) = [tag for tag in received.tags if tag.attributes.get("id") == "link"]
    assert link.attributes["value"].endswith(f"/c/{office.token}")
    status = office.visitor().page(f"/c/{office.token}")
    assert office.number in status.text
    assert "We have your complaint" in status.text
    assert "照片1.jpg" in status.text
    staff = office.visitor(office.member("customer_service"))
    outbox = staff.page("/outbox").text
    assert office.number in outbox
    assert "wei@example.com" in outbox


def _staff_complete_what_they_find_on_their_list(office: Office) -> None:
    ann = add_person(
        office.site,
        actor=SYSTEM,
        username="ann",
        display_name="安 / Ann",
        groups=["customer_service"],
        password=PASSWORD,
        language="en",
    )
    office.people = [ann, *office.people]
    staff = sign_in(office, "ann")
    (task,) = office.open_tasks()
    assert task.element_id == "complete_facts"
    assert f"/tasks/{task.id}" in staff.page("/tasks?view=groups").links()
    page = staff.page(f"/tasks/{task.id}")
    assert office.story.what in page.text
    empty = staff.fill(page, f"/tasks/{task.id}", [("customer_name", ""), ("phenomenon", "")])
    assert empty.status_code == 422
    assert "to correct" in Page(empty.text).text
    assert office.do(task) == ann
    case = staff.page(f"/cases/{office.case_id}").text
    assert "Ann completed" in case


def _a_late_task_is_escalated_and_stays(office: Office) -> None:
    late = office.run_until("confirm_class")
    assert late is not None
    office.clock.advance(timedelta(days=1))
    office.work_off()
    staff = office.visitor(office.able(late)[0])
    assert late.id in {task.id for task in office.open_tasks()}
    assert f"/tasks/{late.id}" in staff.page("/tasks?view=late").links()
    assert "escalated" in staff.page(f"/tasks/{late.id}").text
    mails = office.visitor(office.member("superior")).page(f"/cases/{office.case_id}?tab=mails")
    assert "superior" in mails.text
    office.do(late)
    assert "late" in staff_page(office, f"/cases/{office.case_id}").text


def staff_page(office: Office, path: str) -> Page:
    """Sessions end after a night; somebody comes in anew."""
    return office.visitor(office.member("quality_manager")).page(path)


def _a_leader_approves_what_another_applied_for(office: Office) -> None:
    application = office.run_until("file_application")
    assert application is not None
    applicant = office.do(application)
    approval = office.run_until("decide_application")
    assert approval is not None
    assert approval.groups == {"company_leader"}
    path = f"/tasks/{approval.id}"
    outsider = office.visitor(applicant)
    assert "belongs to another group" in outsider.page(path).text
    fields = [("decision", "approved"), ("reason", "mine")]
    assert outsider.post(path, fields).status_code == 403
    leader = office.do(approval)
    assert leader.id != applicant.id


def _the_customer_can_open_our_letter(customer: Visitor, office: Office, status: Page) -> None:
    assert "What we wrote to you" in status.text
    letters = [link for link in status.links() if link.startswith(f"/c/{office.token}/files/")]
    texts = [customer.get(link) for link in letters]
    assert all(answer.status_code == 200 for answer in texts)
    assert any(office.number in _words(answer.data) for answer in texts)


def _words(document: bytes) -> str:
    """What a person reads in a letter."""
    if not document.startswith(b"%PDF"):
        return document.decode("utf-8", "replace")
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(document)).pages)


def _compliance_verifies_the_evidence(office: Office, tmp_path: Path) -> None:
    auditor = office.visitor(office.member("compliance"))
    page = auditor.page(f"/cases/{office.case_id}")
    link = f"/cases/{office.case_id}/evidence.zip"
    assert link in page.links()
    answered = auditor.get(link)
    assert answered.status_code == 200
    assert answered.headers["Content-Disposition"].startswith("attachment")
    pack = tmp_path / "pack.zip"
    pack.write_bytes(answered.data)
    with zipfile.ZipFile(io.BytesIO(answered.data)) as archive:
        (tmp_path / "verify.py").write_bytes(archive.read("verify.py"))
        assert office.number in archive.read("report.html").decode()
        (photo,) = photos(office.story)
        assert photo.data in [archive.read(name) for name in archive.namelist()]
    key = public_key(office.site)
    held = _verify(tmp_path, "pack.zip", key)
    assert held.returncode == 0, held.stdout + held.stderr
    assert "BROKEN" not in held.stdout

    with zipfile.ZipFile(pack) as archive, zipfile.ZipFile(tmp_path / "bad.zip", "w") as changed:
        for name in archive.namelist():
            data = archive.read(name)
            changed.writestr(name, data.replace(b"800", b"900") if name.endswith("html") else data)
    broken = _verify(tmp_path, "bad.zip", key)
    assert broken.returncode == 1
    assert "report.html" in broken.stdout


def _verify(folder: Path, pack: str, key: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", pack, "--key", key],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
