"""Case pages: who may read, what they say, what can be taken away."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import pytest

from runner.engine.access import Person
from runner.engine.attachments import add_attachment
from runner.engine.instances import Started, cancel_case
from runner.engine.site import Site
from tests.web.conftest import Visit, plain, said

Complaint = Callable[..., Started]


@pytest.fixture
def clerk(person: Callable[..., Person]) -> Person:
    return person("customer_service")


def test_the_list_finds_a_case_by_number_customer_or_product(
    complaint: Complaint, clerk: Person, visit: Visit
) -> None:
    started = complaint()
    staff = visit(clerk)
    for words in ("", started.complaint_number, "P-60"):
        assert f"/cases/{started.case_id}" in staff.read(f"/cases?q={words}")
    assert f"/cases/{started.case_id}" not in staff.read("/cases?q=nothing-like-it")
    assert f"/cases/{started.case_id}" not in staff.read("/cases?state=closed")


@pytest.mark.parametrize("tab", ["overview", "tasks", "data", "files", "mails", "log", "made-up"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_part_of_a_case_is_there(
    complaint: Complaint, clerk: Person, visit: Visit, tab: str, language: str
) -> None:
    started = complaint()
    page = visit(clerk, language).read(f"/cases/{started.case_id}?tab={tab}")
    assert started.complaint_number is not None
    assert started.complaint_number in page


def test_the_overview_answers_where_when_and_who(
    complaint: Complaint, clerk: Person, visit: Visit
) -> None:
    started = complaint()
    page = visit(clerk).read(f"/cases/{started.case_id}")
    expected = ["First response", "opened the complaint", "Data and history", "P-60", "Intake"]
    assert said(expected, page) == []
    assert 'class="nd now"' in page
    assert "<s>" not in page


def test_old_values_are_struck_through_with_who_changed_them(
    complaint: Complaint, clerk: Person, visit: Visit, tasks_of: Callable[[str], list[object]]
) -> None:
    from tests.web.test_tasks import INTAKE

    started = complaint()
    (task,) = tasks_of(started.case_id)
    staff = visit(clerk)
    staff.post(f"/tasks/{task.id}", INTAKE | {"product_name": "循环泵 P-61"})  # type: ignore[attr-defined]
    page = staff.read(f"/cases/{started.case_id}?tab=data")
    assert "<s>循环泵 P-60</s>" in page
    assert clerk.display_name in page


def test_a_case_shows_its_phases_one_by_one(
    complaint: Complaint, clerk: Person, visit: Visit
) -> None:
    started = complaint()
    page = visit(clerk).read(f"/cases/{started.case_id}")
    assert page.count("<option") >= 2
    assert visit(clerk).get(f"/cases/{started.case_id}?diagram=made-up").status_code == 200


def test_who_may_not_see_a_case_does_not_learn_of_it(
    site: Site, complaint: Complaint, person: Callable[..., Person], visit: Visit
) -> None:
    started = complaint()
    attachment = add_attachment(
        site, actor=person("customer_service"), case_id=started.case_id, name="a.txt",
        media_type="text/plain", data=b"inside",
    )  # fmt: skip
    outsider = visit(person())
    for path in ("", "?tab=log", "/evidence.zip", f"/files/{attachment}"):
        assert outsider.get(f"/cases/{started.case_id}{path}").status_code == 404
    assert f"/cases/{started.case_id}" not in outsider.read("/cases")


def test_a_file_is_handed_out_so_that_it_can_do_no_harm(
    site: Site, complaint: Complaint, clerk: Person, visit: Visit
) -> None:
    started = complaint()
    attachment = add_attachment(
        site, actor=clerk, case_id=started.case_id, name='报告 "x".html', media_type="text/html",
        data=b"<script>1</script>",
    )  # fmt: skip
    answer = visit(clerk).get(f"/cases/{started.case_id}/files/{attachment}")
    assert answer.data == b"<script>1</script>"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_the_evidence_pack_is_a_zip_with_its_verifier(
    complaint: Complaint, clerk: Person, visit: Visit
) -> None:
    started = complaint()
    answer = visit(clerk).get(f"/cases/{started.case_id}/evidence.zip")
    assert answer.status_code == 200
    names = zipfile.ZipFile(io.BytesIO(answer.data)).namelist()
    assert any(name.endswith("verify.py") for name in names)
    assert any(name.endswith("report.html") for name in names)


def test_a_cancelled_case_says_so(
    site: Site, complaint: Complaint, person: Callable[..., Person], visit: Visit
) -> None:
    started = complaint()
    manager = person("quality_manager")
    cancel_case(site, actor=manager, case_id=started.case_id, reason="filed twice")
    assert said(["cancelled", "The case was cancelled", "filed twice"],
                visit(manager).read(f"/cases/{started.case_id}")) == []  # fmt: skip
    page = visit().read(f"/c/{started.access_token}")
    assert "This complaint was ended" in plain(page)


def test_waiting_mails_are_marked_not_sent(
    complaint: Complaint, clerk: Person, visit: Visit
) -> None:
    complaint()
    page = visit(clerk).read("/outbox")
    assert said(["not sent", "wang@example.com"], page) == []
    assert "wang@example.com" not in visit(clerk).read("/outbox?state=sent")


def test_simulated_cases_say_so_everywhere(site: Site, clerk: Person, visit: Visit) -> None:
    from runner.engine.access import CUSTOMER
    from runner.engine.instances import start_complaint

    started = start_complaint(
        site, actor=CUSTOMER, variables={"request_kind": "complaint", "phenomenon": "x"},
        channel="web_form", start_element="start_received", idempotency_key="s", simulated=True,
    )  # fmt: skip
    for path in ("/cases", f"/cases/{started.case_id}"):
        assert "simulated" in plain(visit(clerk).read(path))
    assert "simulated" in plain(visit().read(f"/c/{started.access_token}"))


def test_the_list_knows_a_deadline_before_the_case_is_classified(
    complaint: Complaint, clerk: Person, visit: Visit
) -> None:
    complaint()
    page = plain(visit(clerk).read("/cases"))
    assert "left" in page
    assert "No deadline" not in page


def test_limits_are_in_the_unit_of_the_policy_and_mails_as_in_the_outbox(
    complaint: Complaint, clerk: Person, visit: Visit
) -> None:
    page = plain(visit(clerk).read(f"/cases/{complaint().case_id}"))
    assert said(["limit 24 hours", "mail: not sent"], page) == []


def test_values_have_the_names_of_files_and_choices(
    site: Site, complaint: Complaint, clerk: Person, visit: Visit
) -> None:
    started = complaint()
    staff = visit(clerk, "zh")
    for tab in ("data", "log"):
        page = plain(staff.read(f"/cases/{started.case_id}?tab={tab}"))
        assert not re.search(r"\b[0-9a-f]{32}\b", page)
        assert "element_completed" not in page


def test_a_summary_prefers_what_was_said_to_short_answers(
    complaint: Complaint, clerk: Person, visit: Visit, tasks_of: Callable[[str], list[object]]
) -> None:
    from tests.web.test_tasks import INTAKE

    started = complaint()
    (task,) = tasks_of(started.case_id)
    staff = visit(clerk, "zh")
    staff.post(f"/tasks/{task.id}", INTAKE)  # type: ignore[attr-defined]
    page = plain(staff.read(f"/cases/{started.case_id}"))
    assert INTAKE["phenomenon"][:10] in page.split("数据与历史")[0].split("核实并补全", 1)[1]
    assert "。；" not in page
