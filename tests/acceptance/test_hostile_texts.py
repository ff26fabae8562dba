"""Whatever people type is shown as they typed it: on pages, in mails, in the evidence."""

from __future__ import annotations

import io
import zipfile
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from runner.settings import Settings
from runner.store.case_lists import mails_of_case
from runner.worker.mail import compose
from service_tasks.contract import Impossible, Message
from tests.acceptance.browsing import Page, inline_code
from tests.acceptance.conftest import HOSTILE, NAME, PRODUCT, SCRIPT, SECRET
from tests.acceptance.office import Office


def pages_with_it(office: Office) -> dict[str, str]:
    reader, customer = office.visitor(office.member("compliance")), office.visitor()
    task = office.decision()
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
    answer = customer.fill(customer.page("/complaint"), "/complaint", typed)
    assert answer.status_code in {303, 422}
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
