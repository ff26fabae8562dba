"""What holds for every page: sign-in, headers, forgery, strict CSP, both languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from flask import Flask

from runner.engine.access import Person
from runner.engine.instances import Started
from runner.store.user_tasks import UserTask
from tests.web.conftest import Visit

WEB = Path(__file__).parents[2] / "runner" / "web"
PUBLIC = {
    "static", "public.landing", "public.track", "public.complaint", "public.send",
    "customer.confirmation", "customer.status", "customer.inform", "customer.withdraw",
    "customer.appeal", "customer.file", "sign_in.form", "sign_in.enter", "sign_in.leave",
    "health.healthz", "api_documents.openapi",
}  # fmt: skip


def addresses(app: Flask) -> Iterator[tuple[str, str, str]]:
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<[^>]+>", "x" * 32, re.sub(r"<int:[^>]+>", "7", rule.rule))
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            yield rule.endpoint, method, path


def test_every_address_but_the_public_ones_asks_for_sign_in(app: Flask, visit: Visit) -> None:
    stranger = visit()
    for endpoint, method, path in addresses(app):
        if endpoint in PUBLIC:
            continue
        answer = stranger.get(path) if method == "GET" else stranger.post(path)
        if endpoint.startswith("api_"):  # programs: a token of their own, no page to sign in
            assert answer.status_code in {401, 404}, endpoint
            continue
        assert answer.status_code in {302, 303}, (endpoint, answer.status_code)
        assert answer.location.startswith("/sign-in"), endpoint


def test_every_post_without_its_token_is_refused(
    app: Flask, person: Callable[..., Person], visit: Visit
) -> None:
    staff = visit(person("administrator"))
    for endpoint, method, path in addresses(app):
        if method == "POST":
            refused = {401, 404} if endpoint.startswith("api_") else {400}
            assert staff.client.post(path).status_code in refused, endpoint


def test_administrators_pages_are_theirs(person: Callable[..., Person], visit: Visit) -> None:
    assert visit(person("store")).get("/people").status_code == 403
    assert visit(person("administrator")).get("/people").status_code == 200


@pytest.fixture
def pages(
    person: Callable[..., Person],
    visit: Visit,
    complaint: Callable[..., Started],
    tasks_of: Callable[[str], list[UserTask]],
) -> list[str]:
    """The HTML of every kind of page, in both languages."""
    started = complaint()
    (task,) = tasks_of(started.case_id)
    public = ["/", "/complaint", "/sign-in", f"/c/{started.access_token}", "/nothing"]
    public.append(f"/c/{started.access_token}/received")
    inside = ["/tasks", "/tasks?view=done", "/tasks?view=waiting", f"/tasks/{task.id}", "/cases"]
    tabs = ("overview", "tasks", "data", "files", "mails", "log")
    inside += [f"/cases/{started.case_id}?tab={tab}" for tab in tabs]
    inside += ["/outbox", "/incidents", "/releases", "/people", "/register"]
    found: list[str] = []
    for language in ("en", "zh"):
        stranger = visit(language=language)
        staff = visit(person("customer_service", "administrator"), language)
        for path in public:
            found.append(stranger.get(path).text)
        for path in inside:
            answer = staff.get(path)
            assert answer.status_code == 200, path
            found.append(answer.text)
    return found


def test_no_page_has_inline_script_or_style(pages: list[str]) -> None:
    for page in pages:
        assert not re.search(r"<script(?![^>]*\bsrc=)", page)
        assert "<style" not in page
        assert not re.search(r"\sstyle=", page)
        assert not re.search(r"\son[a-z]+=", page)
        assert "javascript:" not in page


def test_every_page_has_a_title_one_main_and_one_heading(pages: list[str]) -> None:
    for page in pages:
        assert re.search(r"<title>[^<]+ · [^<]+</title>", page)
        assert page.count("<main") == 1
        assert page.count("<h1") == 1
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert len(ids) == len(set(ids))


def test_english_pages_hold_no_chinese_of_ours(pages: list[str]) -> None:
    half = len(pages) // 2
    for page in pages[:half]:
        text = re.sub(r"<[^>]+>", "\n", page)
        for line in text.splitlines():
            known = ("中文", "循环泵", "接口处", "换一台", "同", "渗水")
            if re.search(r"[\u4e00-\u9fff]", line) and not any(word in line for word in known):
                raise AssertionError(line)


@pytest.mark.parametrize("path", ["/", "/complaint", "/sign-in", "/healthz", "/nothing"])
def test_every_answer_carries_the_protecting_headers(visit: Visit, path: str) -> None:
    headers = visit().get(path).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"


def test_health_says_only_that_it_lives(visit: Visit) -> None:
    answer = visit().get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_every_text_of_the_interface_is_there_in_chinese() -> None:
    used: set[str] = set()
    methods = [("**.py", "python"), ("**.html", "jinja2")]
    keywords = {"_": None, "ngettext": (1, 2)}
    for _file, _line, message, _comments, _context in extract_from_dir(
        WEB,
        methods,
        {"**.html": {"silent": "false"}},
        keywords,
        directory_filter=lambda _path: True,
    ):
        used.add(message if isinstance(message, str) else message[0])
    folder = WEB / "translations" / "zh" / "LC_MESSAGES"
    with (folder / "messages.po").open("rb") as file:
        catalogue = read_po(file)
    translated = {
        m.id if isinstance(m.id, str) else m.id[0] for m in catalogue if m.id and m.string
    }
    assert used - translated == set()
    assert translated - used == set()
    with (folder / "messages.mo").open("rb") as file:
        compiled = read_mo(file)
    for message in catalogue:
        if message.id:
            found = compiled.get(message.id)
            assert found is not None
            assert list(found.string) == list(message.string)
