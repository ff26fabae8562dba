"""Whatever is typed is shown as it was typed; whatever is sent, the server answers and lives."""

from __future__ import annotations

import io
import logging
import re
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from werkzeug.test import TestResponse

from runner.settings import Settings
from runner.store.case_lists import mails_of_case
from runner.worker.mail import compose
from service_tasks.contract import Impossible, Message
from tests.acceptance.browsing import Page, Visitor, inline_code
from tests.acceptance.conftest import HOSTILE, NAME, PRODUCT, SCRIPT, SECRET, Others
from tests.acceptance.office import Office
from tests.acceptance.test_authorization import ALL, asker, places

ODD = (
    "\x00", "a\x00b", "\ud7ff\ue000", "\u202e\u2066\u200b", "🙂" * 2_000, "x" * 60_000, "%s%n%x",
    "../../../etc/passwd", "'; DROP TABLE cases; --", '"', "{{ config }}", "{% include 'x' %}",
    "=now()", "1e999", "-1", "9" * 400, "NaN", "\r\nX-Evil: 1", "null", "[]", "{}", "__class__",
    "\u2028", "²", "٣", " ", "",
)  # fmt: skip


@pytest.fixture(autouse=True)
def no_page_fails(office: Office, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level(logging.ERROR)
    yield
    failed = [record for record in caplog.records if record.name.startswith("runner.web")]
    assert [record.getMessage() + "\n" + str(record.exc_info) for record in failed] == []


def lives(answer: TestResponse) -> TestResponse:
    assert answer.status_code < 500, (answer.request.method, answer.request.path)
    return answer


# --- what is typed is shown as it was typed ---


def pages_with_it(office: Office) -> dict[str, str]:
    reader, customer = office.visitor(office.member("compliance")), office.visitor()
    (task,) = office.open_tasks()
    tabs = ("overview", "tasks", "data", "files", "mails", "log")
    paths = [f"/cases/{office.case_id}?tab={tab}" for tab in tabs]
    paths += ["/cases", "/cases?q=P-60", "/tasks?view=all", f"/tasks/{task.id}", "/outbox"]
    found = {path: reader.get(path).text for path in [*paths, "/incidents", "/people"]}
    status = f"/c/{office.token}"
    return {**found, status: customer.get(status).text}


def test_markup_is_text_on_every_page(office: Office) -> None:
    shown = pages_with_it(office)
    for path, html in shown.items():
        page = Page(html)
        assert list(inline_code(page)) == [], path
        assert SCRIPT not in html, path
        assert not [tag for tag in page.tags if tag.name == "img"], path
        assert "51317" not in html, path
    text = {path: Page(html).text for path, html in shown.items()}
    first = " ".join(HOSTILE.split())[:60]
    data = text[f"/cases/{office.case_id}?tab=data"]
    for typed in (first, NAME, PRODUCT, SECRET):
        assert typed in data
    for path in ("/cases", f"/cases/{office.case_id}?tab=overview"):
        assert NAME in text[path], path
    assert PRODUCT in text["/cases"] or first in text["/cases"]
    assert "Eve</i>" in text[f"/cases/{office.case_id}?tab=overview"]


def test_a_refused_form_shows_it_again_as_it_was(office: Office) -> None:
    customer = office.visitor()
    typed = [("phenomenon", HOSTILE), ("product_name", PRODUCT), ("contact", '"><script>')]
    answer = customer.fill(customer.page("/complaint"), "/complaint", typed)
    page = Page(answer.text)
    assert answer.status_code == 422
    assert list(inline_code(page)) == []
    again = dict(page.form("/complaint").sent)
    assert again["phenomenon"].strip() == HOSTILE.strip()
    assert (again["product_name"], again["contact"]) == (PRODUCT, '"><script>')


def test_mails_say_it_and_no_line_of_their_head_is_the_customers(office: Office) -> None:
    office.run_until("ask_satisfaction")
    with office.site.database.read() as connection:
        mails = mails_of_case(connection, office.case_id)
    assert mails
    for mail in mails:
        assert "\n" not in mail.subject + mail.recipient
        assert "51317" not in mail.subject + mail.body
    reply = next(mail for mail in mails if mail.job_type == "send_reply")
    assert SCRIPT in reply.body
    assert "we pay {{7331*7}}" in reply.body
    status = office.visitor().page(f"/c/{office.token}")
    assert list(inline_code(status)) == []
    assert SCRIPT in status.text


@pytest.mark.parametrize(
    "contact",
    ["a@b.test\r\nBcc: evil@evil.example", "a@b.test\nSubject: x", "a@b.test, evil@evil.example",
     "evil@evil.example <a@b.test>\n", "a@b.test\x00", "@", "a@b.test;c@d.test"],
)  # fmt: skip
def test_no_contact_adds_a_recipient_or_a_header(office: Office, contact: str) -> None:
    try:
        mail = compose(Message("k", contact, "subject", "body"), Settings())
    except Impossible:
        pass
    else:
        assert "Bcc" not in mail
        assert mail["Subject"] == "subject"
        assert len(mail["To"].addresses) == 1
    customer = office.visitor()
    typed = [
        ("subject", "product"), ("phenomenon", "it leaks"), ("desired_solution", "repair"),
        ("contact", contact + " padded"),
    ]  # fmt: skip
    answer = lives(customer.fill(customer.page("/complaint"), "/complaint", typed))
    if answer.status_code == 303:
        office.work_off()
        assert "Bcc:" not in customer.page(f"/c/{answer.location.split('/')[2]}").text


class _Html(HTMLParser):
    """Refuses what would run in a report that somebody opens from their disk."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in {"script", "iframe", "object", "embed", "form", "base", "img"}, tag
        for name, value in attrs:
            assert not name.startswith("on"), name
            assert name == "xmlns" or not (value or "").lower().startswith(("javascript:", "http"))


def test_the_evidence_report_and_its_drawings_are_free_of_it(office: Office) -> None:
    data = (
        office.visitor(office.member("compliance"))
        .get(f"/cases/{office.case_id}/evidence.zip")
        .data
    )
    with zipfile.ZipFile(io.BytesIO(data)) as pack:
        report = pack.read("report.html").decode()
        drawings = [pack.read(n) for n in pack.namelist() if n.endswith(".svg")]
    _Html().feed(report)
    assert SCRIPT not in report
    assert Page(report).text.count("{{7331*7}}") >= 2
    assert " ".join(HOSTILE.split())[:60] in Page(report).text
    assert drawings
    for drawing in drawings:
        for node in ElementTree.fromstring(drawing).iter():
            assert "script" not in node.tag.lower()
            assert not [name for name in node.attrib if name.lower().startswith("on")]


# --- whatever is sent, the server answers ---


def test_odd_values_in_every_address_and_question(office: Office, others: Others) -> None:
    visitor = asker(office, "administrator")
    there = places(office, others)
    for (_, method), (address, _, _) in ALL.items():
        if method != "GET" or "evidence" in address:
            continue
        for odd in ODD[:: 1 if "{" in address else 4]:
            path = re.sub(r"\{\w+\}", "{odd}", address)
            if "{odd}" in path:
                lives(visitor.client.get(path.format(odd=odd[:300].replace("\r\n", " "))))
        path = there.fill(address)
        for odd in ODD:
            asked = dict.fromkeys(
                ("q", "from", "show", "view", "state", "tab", "diagram", "lang", "next", "done",
                 "fit", "edit", "saved", "sent", "theme", "download", odd[:50]), odd[:3_000],
            )  # fmt: skip
            lives(visitor.client.get(path, query_string=asked))


def test_odd_fields_in_every_form(office: Office, others: Others) -> None:
    visitor = asker(office, "administrator")
    token = ("csrf_token", visitor.token())
    there = places(office, others)
    leader = office.visitor(office.member("company_leader"))
    leaders = ("csrf_token", leader.token())
    for (endpoint, method), (address, _, _) in ALL.items():
        if method != "POST" or endpoint in {"sign_in.leave", "people.change", "people.add"}:
            continue
        path = there.fill(address).replace("A" * 32, others.open.access_token)
        for odd in ODD:
            names = ("username", "link", "text", "reason", "key", "channel", "language", "name",
                     "new", "value", "amount", "unit", "how", "_drop", "_add", "_remove", "back",
                     "demo", "next", "decision", "groups", odd[:50])  # fmt: skip
            sent = [(name, odd[:20_000]) for name in names]
            who, proof = (leader, leaders) if endpoint.startswith("task") else (visitor, token)
            if endpoint == "sign_in.enter":
                sent = [field for field in sent if field[0] not in {"username"}]
            lives(who.send(path, [proof, *sent]))


def test_odd_fields_of_the_forms_people_fill(office: Office) -> None:
    """Every field, row button and file field of the public form and of a task, one odd value in
    all of them, drawn again each time."""
    leader, customer = office.visitor(office.member("company_leader")), office.visitor()
    (task,) = office.open_tasks()
    for visitor, path in ((customer, "/complaint"), (leader, f"/tasks/{task.id}")):
        form = visitor.page(path).form(path)
        proof = [(name, value) for name, value in form.sent if name == "csrf_token"]
        names = [*form.offered, *(name for name, _ in form.sent if name != "csrf_token")]
        plain = [name.removesuffix(":file") for name in names]
        for odd in ODD:
            sent = [(name, odd[:5_000]) for name in plain if name != "key"]
            for button in ("", "_refresh", "_preview", "_add", "_remove", "_drop", "_draft"):
                pressed = [(button, value) for name in plain for value in (name, f"{name}.0")]
                pressed += [(button, f"{name}:{odd[:40]}") for name in plain]
                lives(visitor.send(path, [*proof, *sent, *(pressed if button else [])]))


def _requests(path: str, token: str) -> Iterator[dict[str, object]]:
    header = {"X-CSRFToken": token}
    boundary = "multipart/form-data; boundary=x"
    yield {"json": {"a": [1, {"b": None}]}, "headers": header}
    yield {"data": b"{", "content_type": "application/json", "headers": header}
    yield {"data": b"\xff\xfe\x00", "content_type": "text/plain", "headers": header}
    yield {"data": b"a=%FF%FE&b=%zz&%00=1&=2&a", "headers": header,
           "content_type": "application/x-www-form-urlencoded"}  # fmt: skip
    yield {"data": b"a=\xff\xc3(", "headers": header,
           "content_type": "application/x-www-form-urlencoded; charset=utf-7"}  # fmt: skip
    yield {"data": b"--x\r\n\r\nno head", "content_type": boundary, "headers": header}
    yield {"data": b"--y\r\n", "content_type": boundary, "headers": header}
    yield {"data": b"x" * 100, "content_type": "multipart/form-data", "headers": header}
    yield {"data": b"<x/>", "content_type": "text/xml", "headers": header}
    yield {"data": b"", "content_type": "\u00ff/x; =", "headers": header}
    name = b'--x\r\nContent-Disposition: form-data; name="\xff\xfe"\r\n\r\n\xff\xfe\r\n--x--\r\n'
    yield {"data": name, "content_type": boundary, "headers": header}
    many = "&".join(f"f{n}=1" for n in range(9_000))
    yield {"data": many, "headers": header,
           "content_type": "application/x-www-form-urlencoded"}  # fmt: skip
    parts = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="f"\r\n\r\n1\r\n' for _ in range(6_000)
    )
    yield {"data": parts + b"--x--\r\n", "content_type": boundary, "headers": header}
    deep = ".".join(["a"] * 3_000)
    yield {"data": {"_add": deep, f"_rows.{deep}": "9999", "_remove": f"{deep}.0"},
           "headers": header}  # fmt: skip


def test_odd_bodies_are_answered(office: Office, others: Others) -> None:
    leader, customer = office.visitor(office.member("company_leader")), office.visitor()
    (task,) = office.open_tasks()
    for visitor, path in (
        (customer, "/complaint"),
        (customer, "/sign-in"),
        (customer, f"/c/{others.open.access_token}/information"),
        (leader, f"/tasks/{task.id}"),
        (asker(office, "window"), "/register"),
    ):
        for request in _requests(path, visitor.token()):
            answer = lives(visitor.client.post(path, **request))
            assert answer.status_code in {200, 303, 400, 403, 413, 415, 422}


def test_odd_heads_are_answered(office: Office) -> None:
    visitor = asker(office, "administrator")
    for host in ("evil.example", "evil.example:99999", "[::1", "a b", "x" * 500, ""):
        answer = lives(visitor.client.get("/", headers={"Host": host}))
        assert "evil.example" not in answer.text
        answer = lives(visitor.client.get("/tasks/nothing", headers={"X-Forwarded-Host": host}))
        assert "evil.example" not in answer.text
    for name in ("Accept-Language", "Cookie", "Referer", "User-Agent", "Range", "If-None-Match",
                 "If-Modified-Since", "Accept", "X-Forwarded-For", "Content-Length"):  # fmt: skip
        for value in ("\xff\xfe", "x" * 9_000, "zh;q=abc,,;", '"\\377\\000"', "=;=;", "-1"):
            if name != "Content-Length" or value == "-1":
                lives(visitor.client.get("/cases", headers={name: value}))
    for cookie in ("ombud_session", "ombud_form", "language", "theme"):
        for value in ("\xff", '"\\377\\000"', "x" * 4_000, ".eJ.x.y", "zh-TW", "../x", ""):
            stranger = Visitor(office.app.test_client())
            head = {"Cookie": f"{cookie}={value}"}
            assert lives(stranger.client.get("/tasks", headers=head)).status_code == 302
            lives(stranger.client.get("/", headers=head))


@pytest.mark.parametrize("language", ["de", "zh-TW", "../../etc", "zh\x00", "", "EN", "zh&lang=en"])
def test_an_unknown_language_is_no_error(office: Office, language: str) -> None:
    visitor = Visitor(office.app.test_client())
    answer = visitor.client.get("/", query_string={"lang": language})
    assert answer.status_code == 200
    assert re.search(r'<html lang="(zh-CN|en)"', answer.text)
    assert visitor.client.get("/", headers={"Accept-Language": language}).status_code == 200


def test_no_path_leads_out_of_its_folder(office: Office) -> None:
    visitor = asker(office, "administrator")
    for prefix in ("/static/", f"/cases/{office.case_id}/files/", f"/c/{office.token}/files/"):
        for path in (
            "../app.py", "..%2fapp.py", "%2e%2e/app.py", "..\\app.py", "..%5capp.py",
            "/etc/passwd", "//etc/passwd", "....//app.py", "%00", "app.css%00.png", "vendor/",
            "vendor/../../app.py", "%252e%252e/app.py",
        ):  # fmt: skip
            answer = lives(visitor.get(prefix + path))
            assert answer.status_code in {308, 400, 404}, prefix + path
            assert b"create_app" not in answer.data
            assert b"root:" not in answer.data


def test_an_address_with_two_slashes_names_no_other_site(office: Office) -> None:
    visitor = office.visitor()
    for path in ("//evil.example/", "//evil.example/%2e%2e", "/\\evil.example"):
        answer = lives(visitor.client.get("/", environ_overrides={"PATH_INFO": path}))
        for link in Page(answer.text).links():
            assert not link.startswith(("//", "/\\", "http")), (path, link)


# --- the same thing twice ---


def test_the_same_form_sent_twice_is_one_complaint(office: Office) -> None:
    customer = office.visitor()
    page = customer.page("/complaint")
    typed = [
        ("subject", "product"), ("phenomenon", "it leaks"), ("desired_solution", "repair"),
        ("contact", "li@example.com"),
    ]  # fmt: skip
    first = customer.fill(page, "/complaint", typed)
    again = customer.fill(page, "/complaint", typed)
    assert first.status_code == again.status_code == 303
    assert first.location == again.location
    other = customer.fill(page, "/complaint", [*typed[:1], ("phenomenon", "another"), *typed[2:]])
    assert other.status_code in {409, 422}
    later = customer.fill(customer.page("/complaint"), "/complaint", typed)
    assert later.location != first.location


def test_the_same_call_recorded_twice_is_one_case(office: Office) -> None:
    window = asker(office, "window")
    page = window.page("/register")
    answers = [window.fill(page, "/register", [("channel", "phone")]) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location


def test_a_finished_task_sent_again_says_who_was_first_and_when(office: Office) -> None:
    (task,) = office.open_tasks()
    leader, colleague = (p for p in office.people if "company_leader" in p.groups)
    path = f"/tasks/{task.id}"
    visitors = [office.visitor(person) for person in (leader, colleague)]
    opened = [(visitor, visitor.page(path)) for visitor in visitors]
    office.do(task, leader)
    when = office.site.local_time(office.clock.now())
    for visitor, page in opened:
        answer = visitor.fill(page, path, [("decision", "rejected")])
        assert answer.status_code == 409
        text = Page(answer.text).text
        assert leader.display_name in text
        assert when in text
    reopened = office.visitor(colleague).get(path)
    assert (reopened.status_code, reopened.location) == (303, f"/cases/{office.case_id}")
