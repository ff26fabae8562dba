"""What a customer does without an account: file, follow, add, withdraw, appeal."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest

from runner.engine.access import Person
from runner.engine.instances import Started
from runner.engine.site import Site
from runner.store.attachments import attachments_of_case
from runner.store.user_tasks import UserTask
from runner.web import public_form
from runner.web.public_form import WaitingFiles
from tests.web.conftest import Visit, picture, plain, said

FILLED = {
    "key": "k1",
    "subject": "product",
    "product_name": "循环泵 P-60",
    "phenomenon": "接口处一直渗水",
    "desired_solution": "换一台",
    "contact": "wang@example.com",
}


def files_of(site: Site, case_id: str) -> list[tuple[str, str]]:
    with site.database.read() as connection:
        return [
            (row.name, row.media_type)
            for row in attachments_of_case(connection, case_id, site.vault)
        ]


def case_ids(site: Site) -> list[str]:
    with site.database.read() as connection:
        return [row[0] for row in connection.exec_driver_sql("SELECT id FROM complaints")]


def test_a_complaint_gets_its_number_and_private_link_at_once(site: Site, visit: Visit) -> None:
    customer = visit()
    answer = customer.post("/complaint", {**FILLED, "evidence_files:file": picture()})
    assert answer.status_code == 303
    page = customer.read(answer.location)
    assert re.search(r"TS-2026-\d{4}", page)
    assert f"{site.public_url}/c/" in page
    (case_id,) = case_ids(site)
    assert files_of(site, case_id) == [("照片.png", "image/png")]


def test_the_promise_stands_above_the_questions(visit: Visit) -> None:
    assert said(["we answer within 24 hours"], visit().read("/complaint")) == []
    assert said(["我们在 24 小时 内回应"], visit(language="zh").read("/complaint")) == []


def test_a_second_click_is_the_same_complaint(site: Site, visit: Visit) -> None:
    customer = visit()
    first, second = (customer.post("/complaint", FILLED) for _ in range(2))
    assert first.location == second.location
    assert len(case_ids(site)) == 1


def test_errors_keep_what_was_typed_and_the_photo(site: Site, visit: Visit) -> None:
    customer = visit()
    wrong = {**FILLED, "contact": "", "evidence_files:file": picture()}
    answer = customer.post("/complaint", wrong)
    assert answer.status_code == 422
    assert said(["1 thing to correct", "Mobile number or e-mail: fill this in."], answer.text) == []
    assert 'href="#f-contact"' in answer.text
    assert "接口处一直渗水" in answer.text
    held = re.search(r'name="evidence_files" value="([^"]+)"', answer.text)
    assert held is not None
    assert "照片.png" in answer.text
    assert case_ids(site) == []
    mended = customer.post("/complaint", {**FILLED, "evidence_files": held[1]})
    assert mended.status_code == 303
    (case_id,) = case_ids(site)
    assert files_of(site, case_id) == [("照片.png", "image/png")]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.png", b"<script>alert(1)</script>"),
        ("x.jpg", b"MZ\x90\x00 not a photo"),
        ("x.pdf", b"PK\x03\x04"),
        ("x.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
        ("x.png", b"\x89PNG\r\n\x1a\n broken"),
        ("x.txt", b""),
        ("evil.exe", b"only words"),
        ("notes.txt", b"only words"),
    ],
)
def test_a_file_is_known_by_its_content(site: Site, visit: Visit, name: str, data: bytes) -> None:
    answer = visit().post("/complaint", {**FILLED, "evidence_files:file": (io.BytesIO(data), name)})
    assert answer.status_code == 422
    assert f'"{name}"' in plain(answer.text)
    assert case_ids(site) == []


def test_a_photo_with_another_ending_gets_its_own(site: Site, visit: Visit) -> None:
    visit().post("/complaint", {**FILLED, "evidence_files:file": picture("evil.exe")})
    (case_id,) = case_ids(site)
    assert files_of(site, case_id) == [("evil.exe.png", "image/png")]


def test_a_file_beyond_ten_megabytes_is_refused(visit: Visit) -> None:
    large = (io.BytesIO(b"%PDF-" + b"x" * 10_000_000), "big.pdf")
    answer = visit().post("/complaint", {**FILLED, "evidence_files:file": large})
    assert answer.status_code == 422
    assert "larger than 10 MB" in plain(answer.text)


def test_waiting_files_cannot_be_guessed_or_leave_their_folder(site: Site) -> None:
    waiting = WaitingFiles(site)
    for made_up in ("", "../../etc/passwd", "/etc/passwd", "x" * 400, "..", "a/b"):
        assert waiting.read(made_up) is None


def test_waiting_files_are_swept_after_two_hours(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    from runner.web.uploads import Upload

    waiting = WaitingFiles(site)
    old = waiting.keep(Upload("a.txt", "text/plain", b"a"))
    monkeypatch.setattr(public_form, "KEPT_SECONDS", -1)
    waiting.keep(Upload("b.txt", "text/plain", b"b"))
    assert waiting.read(old) is None


def test_the_status_page_says_nothing_internal(
    visit: Visit, complaint: Callable[..., Started]
) -> None:
    started = complaint()
    page = visit().read(f"/c/{started.access_token}")
    assert said(["We have your complaint", "We received your complaint"], page) == []
    shown = plain(page).lower()
    for internal in ("customer_service", "severity", "triage", "assignee", started.case_id):
        assert internal not in shown


def test_a_private_link_opens_one_complaint_only(
    visit: Visit, complaint: Callable[..., Started]
) -> None:
    first, second = complaint("one"), complaint("two")
    stranger = visit()
    for wrong in ("x", "x" * 32, first.access_token[:-1], first.access_token + "A", first.case_id):
        assert stranger.get(f"/c/{wrong}").status_code == 404
    stranger.post(f"/c/{second.access_token}/information", {"text": "secret of two"})
    page = visit().read(f"/c/{second.access_token}")
    link = re.search(rf"/c/{re.escape(second.access_token)}/files/([0-9a-f]+)", page)
    assert link is not None
    assert stranger.get(f"/c/{first.access_token}/files/{link[1]}").status_code == 404
    assert stranger.get(f"/c/{second.access_token}/files/{link[1]}").data == b"secret of two"


def test_a_customer_adds_words_and_photos(
    site: Site, visit: Visit, complaint: Callable[..., Started]
) -> None:
    started = complaint()
    customer = visit()
    path = f"/c/{started.access_token}/information"
    answer = customer.post(path, {"text": "It is worse today.", "files": picture("new.png")})
    assert answer.status_code == 303
    assert said(["Thank you.", "new.png"], customer.read(answer.location)) == []
    assert ("new.png", "image/png") in files_of(site, started.case_id)
    empty = customer.post(path, {"text": " "})
    assert empty.status_code == 422
    assert "There is no text and no file yet." in plain(empty.text)


def test_a_withdrawal_before_there_is_anything_to_stop_is_noted(
    site: Site,
    visit: Visit,
    complaint: Callable[..., Started],
    person: Callable[..., Person],
    tasks_of: Callable[[str], list[UserTask]],
) -> None:
    started = complaint()
    customer = visit()
    answer = customer.post(
        f"/c/{started.access_token}/withdraw", {"reason": "No time.", "key": "k"}
    )
    page = customer.read(answer.location)
    assert said(["We noted your withdrawal", "A colleague will confirm it."], page) == []
    assert "We stopped working" not in plain(page)
    assert "Withdraw the complaint" not in plain(page)
    again = customer.post(f"/c/{started.access_token}/withdraw", {"reason": "", "key": "l"})
    assert "sent=" not in again.location
    clerk = visit(person("customer_service"))
    (task,) = tasks_of(started.case_id)
    assert "customer withdrew" in plain(clerk.read("/tasks"))
    assert "customer withdrew" in plain(clerk.read(f"/tasks/{task.id}"))
    assert any(name.startswith("Withdrawal") for name, _ in files_of(site, started.case_id))


def test_an_appeal_asks_for_a_reason_and_reaches_the_case(
    site: Site,
    visit: Visit,
    complaint: Callable[..., Started],
    person: Callable[..., Person],
) -> None:
    started = complaint()
    customer = visit()
    path = f"/c/{started.access_token}/appeal"
    assert customer.post(path, {"reason": ""}).status_code == 422
    answer = customer.post(path, {"reason": "I disagree.", "key": "k"})
    assert "the person handling it will read it" in plain(customer.read(answer.location))
    clerk = visit(person("customer_service"))
    assert "customer asks for a review" in plain(clerk.read("/tasks"))
    assert "customer asks for a review" in plain(clerk.read(f"/cases/{started.case_id}"))
    assert any(n.startswith("Request for a review") for n, _ in files_of(site, started.case_id))


def test_a_pasted_link_leads_to_its_page(visit: Visit, complaint: Callable[..., Started]) -> None:
    started = complaint()
    customer = visit()
    link = f"http://any.example/c/{started.access_token}"
    answer = customer.post("/track", {"link": link})
    assert answer.location == f"/c/{started.access_token}"
    for wrong in ("", "hello", "http://evil.example/", "//evil.example"):
        assert customer.post("/track", {"link": wrong}).status_code == 422
