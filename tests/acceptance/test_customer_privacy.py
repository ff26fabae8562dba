"""A customer sees their own complaint in plain words: no names, no notes, nobody else's files."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from html import unescape

import pytest

from runner.engine.attachments import add_attachment
from runner.store.case_lists import mails_of_case
from runner.store.event_log import read_chain
from runner.store.tables import user_tasks
from runner.web.customer_page import LETTER_JOBS
from tests.acceptance.conftest import EVE, NAME, SECRET, Others
from tests.acceptance.office import Office

_ID = re.compile(r"[a-z_]+|[0-9a-f]{32}")  # values of choices, and files
SHORTEST = 6  # shorter texts stand in every page by chance


def own_pages(office: Office) -> str:
    """Everything the private link shows, in both languages, markup included."""
    shown = ""
    for language in ("en", "zh"):
        customer = office.visitor(language=language)
        for path in (f"/c/{office.token}", f"/c/{office.token}/received"):
            answer = customer.get(path)
            assert answer.status_code == 200
            shown += unescape(answer.text)
    return shown


def texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value.strip()
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item)


def what_staff_wrote(office: Office) -> set[str]:
    """Texts of forms that staff filled, without what the customer knows anyway."""
    with office.site.database.read() as connection:
        chain = list(read_chain(connection, office.case_id, office.site.vault))
        mails = mails_of_case(connection, office.case_id)
    letters = " ".join(m.body for m in mails if m.job_type in LETTER_JOBS)
    told = {*texts(dict(office.story.customer)), *texts(dict(office.story.product))}
    told |= {office.story.what.strip(), office.story.wants.strip()}
    written: set[str] = set()
    for event in chain:
        if event.type == "user_task_completed":
            written |= {t for t in texts(event.values or {}) if len(t) >= SHORTEST}
    return {t for t in written - told if t not in letters and not _ID.fullmatch(t)}


def names_inside(office: Office) -> set[str]:
    """Names of people, groups, elements, and the ids staff work with."""
    found = {p.username for p in office.people} | {p.id for p in office.people}
    found |= {p.display_name for p in office.people} | {EVE, "Eve", "伊"}
    with office.site.database.read() as connection:
        digest = office.site.effective_release(connection).digest
        definitions = office.site.definitions(connection, digest)
        tasks = connection.execute(user_tasks.select()).all()
    found |= {element for p in definitions.processes.values() for element in p.elements}
    found |= {group for group in definitions.groups if "_" in group}
    found |= {row.id for row in tasks} | {office.case_id, digest}
    return found - {"withdrawal_received", "received"}


def check_nothing_inside_is_shown(office: Office) -> None:
    shown = own_pages(office)
    words = set(re.findall(r"[\w.]+", shown))
    assert not names_inside(office) & words
    assert SECRET not in shown
    for text in what_staff_wrote(office):
        assert text not in shown, text


def test_nothing_internal_is_shown_at_any_step(office: Office) -> None:
    check_nothing_inside_is_shown(office)
    for element in ("carry_out_remedy", "draft_reply", "ask_satisfaction"):
        assert office.run_until(element) is not None
        check_nothing_inside_is_shown(office)
    assert office.run_until() is None
    assert len(what_staff_wrote(office)) > 20
    check_nothing_inside_is_shown(office)


def test_only_letters_and_own_files_are_handed_out(office: Office) -> None:
    office.run_until("ask_satisfaction")
    add_attachment(
        office.site,
        actor=office.member("quality_manager"),
        case_id=office.case_id,
        name="内部分析 internal.txt",
        media_type="text/plain",
        data=b"who is to blame",
    )
    customer = office.visitor()
    files = office.files()
    page = customer.page(f"/c/{office.token}")
    offered = {link.rsplit("/", 1)[-1] for link in page.links() if "/files/" in link}
    kept_back = {file.id for file in files} - offered
    assert {f.id for f in files if f.added_by == "customer"} <= offered
    assert len(kept_back) >= 3
    for file in files:
        answer = customer.get(f"/c/{office.token}/files/{file.id}")
        assert answer.status_code == (200 if file.id in offered else 404), file.name
        assert (file.name in page.text) == (file.id in offered), file.name
    staff_made = {file.id for file in files if file.added_by not in {"customer", "worker"}}
    assert staff_made
    assert not staff_made & offered


def test_one_customers_link_shows_nothing_of_anothers(office: Office, others: Others) -> None:
    (file, *_) = office.files()
    token = others.open.access_token
    stranger = office.visitor()
    page = stranger.page(f"/c/{token}")
    assert str(others.open.complaint_number) in page.text
    assert NAME not in page.text
    assert stranger.get(f"/c/{office.token}/files/{file.id}").status_code == 200
    assert stranger.get(f"/c/{token}/files/{file.id}").status_code == 404
    assert stranger.get(f"/c/{token}/files/{'0' * 32}").status_code == 404


def _tampered(token: str) -> Iterator[str]:
    yield token[:-1]
    yield token + "A"
    yield token[:-1] + ("A" if token[-1] != "A" else "B")
    yield token.swapcase()
    yield token[::-1]
    yield token + "%00"
    yield token + "%20"
    yield "%2e%2e%2f" + token
    yield "%00"
    yield "%FF%FE"
    yield "x" * 5_000
    yield "' OR 1=1 --"
    yield "null"
    yield base64.urlsafe_b64encode(bytes(24)).decode()


def test_a_wrong_or_tampered_link_opens_nothing(office: Office) -> None:
    stranger = office.visitor()
    for token in _tampered(office.token):
        for path in (f"/c/{token}", f"/c/{token}/received", f"/c/{token}/files/x"):
            assert stranger.get(path).status_code == 404, path
        for action in ("information", "withdraw", "appeal"):
            fields = [("text", "x"), ("reason", "x")]
            assert stranger.post(f"/c/{token}/{action}", fields).status_code == 404, token


def test_the_case_and_its_number_are_no_keys(office: Office) -> None:
    stranger = office.visitor()
    number = str(stranger.page(f"/c/{office.token}").text.split("Number ")[1].split()[0])
    for guess in (office.case_id, number):
        assert stranger.get(f"/c/{guess}").status_code == 404
        assert stranger.post("/track", [("link", guess)]).status_code in {303, 422}


def test_the_field_for_a_private_link_leads_only_to_this_site(office: Office) -> None:
    stranger = office.visitor()
    for text in (
        f"https://evil.example/c/{office.token}",
        f"//evil.example/c/{office.token}?x=//evil",
        office.token,
        f"  {office.token}/ ",
    ):
        answer = stranger.post("/track", [("link", text)])
        assert (answer.status_code, answer.location) == (303, f"/c/{office.token}"), text
    for text in ("", "javascript:alert(1)", "x" * 10, "/c/../../cases", "%0d%0aX: y" * 9):
        assert stranger.post("/track", [("link", text)]).status_code == 422, text


def test_letters_are_what_is_written_to_the_customer(office: Office) -> None:
    """What goes to colleagues, as a recall notice does, is no letter to the customer."""
    for job_type in LETTER_JOBS:
        handler = office.site.handlers.get(job_type)
        assert handler is not None
        inputs = {parameter.name for parameter in handler.inputs}
        assert "groups" not in inputs, job_type


@pytest.mark.parametrize("action", ["information", "withdraw", "appeal"])
def test_what_a_customer_sends_twice_does_no_harm(office: Office, action: str) -> None:
    customer = office.visitor()
    page = customer.page(f"/c/{office.token}")
    path = f"/c/{office.token}/{action}"
    said = [("text", "again"), ("reason", "again")]
    first = customer.fill(page, path, said)
    office.clock.advance(timedelta(seconds=1))
    second = customer.fill(page, path, said)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location.split("?")[0] == second.location.split("?")[0] == f"/c/{office.token}"
