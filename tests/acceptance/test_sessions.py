"""Sessions, forged posts, headers: what the browser is told and what it may keep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from runner.engine import people
from runner.engine.access import ADMINISTRATOR, SYSTEM
from runner.store.tables import events
from runner.web.app import create_app
from runner.web.visit import LANGUAGE_COOKIE, SESSION_COOKIE
from tests.acceptance.browsing import Fields, Page, Visitor, inline_code
from tests.acceptance.conftest import Others
from tests.acceptance.office import Office, app_of
from tests.acceptance.test_authorization import ALL, asker, places

PASSWORD = "a long enough password"
AWAY = (
    "//evil.example", "https://evil.example", "http:evil.example", "/\\evil.example",
    "\\\\evil.example", "/\t/evil.example", "\t//evil.example", "/\n/evil.example",
    "/\r\nSet-Cookie: a=b", "/\r/evil.example", " //evil.example", "javascript:alert(1)",
    "/\u2028/evil.example", "evil.example", "@evil.example", "/\\\\evil",
    "///evil.example", "/\t\\evil.example", "%2f%2fevil.example",
)  # fmt: skip


@pytest.fixture
def ann(office: Office) -> people.Person:
    return people.add_person(
        office.site,
        actor=SYSTEM,
        username="ann",
        display_name="安 / Ann",
        groups=["customer_service"],
        password=PASSWORD,
        language="en",
    )


def sign_in(visitor: Visitor, **more: str) -> tuple[int, str]:
    fields = [("username", "ann"), ("password", PASSWORD), *more.items()]
    answer = visitor.post("/sign-in", fields)
    return answer.status_code, answer.location or ""


def session_of(visitor: Visitor) -> str:
    cookie = visitor.client.get_cookie(SESSION_COOKIE)
    return cookie.value if cookie is not None else ""


# --- forged posts ---


def posts(office: Office, others: Others) -> Iterator[tuple[str, Fields]]:
    there = places(office, others)
    for (endpoint, method), (address, fields, _row) in ALL.items():
        # the programs' interface reads no cookie, so nobody can be made to use it
        if method == "POST" and not endpoint.startswith("api_"):
            yield there.fill(address).replace("A" * 32, office.token), fields


def test_no_post_without_its_own_token_does_anything(office: Office, others: Others) -> None:
    staff = asker(office, "administrator")
    strange = office.visitor().token()
    own = staff.token()
    with office.site.database.read() as connection:
        before = connection.scalar(select(func.count()).select_from(events))
    for path, fields in posts(office, others):
        for forged in (None, "", "x", strange, own[:-1], own + "x", own[::-1]):
            sent = fields if forged is None else [("csrf_token", forged), *fields]
            assert staff.send(path, sent).status_code == 400, (path, forged)
        as_json = staff.client.post(path, json={"csrf_token": own})
        assert as_json.status_code == 400, path
        plain = staff.client.post(path, data=b'{"csrf_token": 1}', content_type="text/plain")
        assert plain.status_code == 400, path
        assert staff.client.post(f"{path}?csrf_token={own}").status_code == 400, path
    with office.site.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(events)) == before
    assert staff.get("/people").status_code == 200


def test_other_methods_do_nothing(office: Office, others: Others) -> None:
    staff = asker(office, "administrator")
    for address, _fields, _row in ALL.values():
        path = places(office, others).fill(address)
        for method in ("PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "X-ODD"):
            assert staff.client.open(path, method=method).status_code in {400, 405}, (method, path)
        override = {"X-HTTP-Method-Override": "POST", "X-Original-Method": "POST"}
        assert staff.client.get(path, headers=override).status_code < 500


# --- sessions ---


def test_a_session_begun_by_somebody_else_is_not_taken_over(
    office: Office, ann: people.Person
) -> None:
    victim = office.visitor()
    victim.client.set_cookie(SESSION_COOKIE, "known-to-the-attacker")
    form_cookie = victim.client.get_cookie("ombud_form")
    assert sign_in(victim)[0] == 303
    assert session_of(victim) != "known-to-the-attacker"
    assert len(session_of(victim)) >= 40
    attacker = office.visitor()
    attacker.client.set_cookie(SESSION_COOKIE, "known-to-the-attacker")
    assert attacker.get("/tasks").status_code == 302
    if form_cookie is not None:
        attacker.client.set_cookie("ombud_form", form_cookie.value)
        assert attacker.get("/tasks").status_code == 302


def test_signing_in_again_or_out_ends_the_session_everywhere(
    office: Office, ann: people.Person
) -> None:
    visitor, thief = office.visitor(), office.visitor()
    sign_in(visitor)
    first = session_of(visitor)
    sign_in(visitor)
    second = session_of(visitor)
    thief.client.set_cookie(SESSION_COOKIE, first)
    assert thief.get("/tasks").status_code == 302
    thief.client.set_cookie(SESSION_COOKIE, second)
    assert thief.get("/tasks").status_code == 200
    assert visitor.post("/sign-out").status_code == 303
    assert session_of(visitor) == ""
    assert thief.get("/tasks").status_code == 302


@pytest.mark.parametrize("change", ["active", "groups", "password", "time"])
def test_access_ends_at_once(office: Office, ann: people.Person, change: str) -> None:
    visitor = office.visitor()
    sign_in(visitor)
    assert visitor.get("/register").status_code == 200
    path = f"/people/{ann.id}"
    if change == "time":
        office.clock.advance(timedelta(hours=12, minutes=1))
    else:
        administrator = office.visitor(office.member(ADMINISTRATOR))
        keep = [("groups", "customer_service")]
        sent = {
            "active": [("active", "no")],
            "groups": [("groups", "marketing")],
            "password": [*keep, ("password", "another long password")],
        }[change]
        assert administrator.post(path, sent).status_code == 303
    expected = 403 if change == "groups" else 302
    assert visitor.get("/register").status_code == expected
    if change in {"active", "password"}:
        assert sign_in(visitor) == (422, "")


@pytest.mark.parametrize(("url", "secure"), [("https://ombud.test", True), ("http://x", False)])
def test_cookies_are_kept_from_scripts_and_other_sites(
    office: Office, ann: people.Person, url: str, secure: bool
) -> None:
    site = replace(office.site, public_url=url)
    visitor = Visitor(app_of(site).test_client())
    answers = [visitor.get("/complaint?lang=en")]
    token = next(f for f in visitor.page("/complaint").forms if f.method == "post")
    sent = [*token.sent[:1], ("username", "ann"), ("password", PASSWORD)]
    answers.append(visitor.send("/sign-in", sent))
    cookies = {}
    for answer in answers:
        for line in answer.headers.getlist("Set-Cookie"):
            name, value = line.split("=", 1)
            if not value.startswith(";"):
                cookies[name] = line
    assert set(cookies) >= {SESSION_COOKIE, "ombud_form", LANGUAGE_COOKIE}
    for line in cookies.values():
        assert "HttpOnly" in line
        assert "SameSite=Lax" in line
        assert "Path=/" in line
        assert "Domain=" not in line
        assert ("Secure" in line) is secure
    assert "expires" not in cookies[SESSION_COOKIE].lower()


def test_guessing_passwords_is_slowed_down(office: Office) -> None:
    """Every try counts, the cheap ones too; then even the right password has to wait."""
    visitor = Visitor(create_app(office.site).test_client())
    token = next(f for f in visitor.page("/sign-in").forms if "/sign-in" in f.action).sent[0]
    codes = [visitor.send("/sign-in", [token, ("demo", "x")]).status_code for _ in range(20)]
    assert set(codes) == {403}
    late = visitor.send("/sign-in", [token, ("username", "ann"), ("password", PASSWORD)])
    assert late.status_code == 429
    assert visitor.get("/sign-in").status_code == 200


@pytest.mark.parametrize("name", ["next", "back"])
def test_no_redirect_leaves_the_site(office: Office, ann: people.Person, name: str) -> None:
    visitor = office.visitor(ann)
    task_path = f"/tasks/{office.decision().id}"
    leader = office.visitor(office.member("company_leader"))
    for target in AWAY:
        if name == "back":
            answer = leader.post(f"{task_path}/claim", [("back", target)])
            assert (answer.status_code, answer.location) == (303, task_path), target
            continue
        answer = visitor.client.get("/sign-in", query_string={"next": target})
        assert (answer.status_code, answer.location) == (302, "/tasks"), target
        page = office.visitor().client.get("/sign-in", query_string={"next": target})
        assert "evil" not in page.text, target
    assert sign_in(office.visitor(), next="/\t/evil.example") == (303, "/tasks")
    assert sign_in(office.visitor(), next="/cases?q=水泵 1")[1].startswith("/cases?q=")


# --- what every answer says ---


def pages(office: Office, others: Others) -> list[str]:
    """The address of every page there is, for somebody who may see them all."""
    there = places(office, others)
    found = {there.fill(a).replace("A" * 32, office.token) for a, _, _ in ALL.values()}
    tabs = ("tasks", "data", "files", "mails", "log")
    found |= {f"/cases/{office.case_id}?tab={tab}" for tab in tabs}
    views = ("groups", "today", "late", "waiting", "done", "all")
    found |= {f"/tasks?view={view}" for view in views}
    found |= {"/outbox?state=sent", "/releases?diagram=triage", "/nothing", "/c/nothing", "/people"}
    return sorted(found)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_page_holds_code_and_every_answer_is_protected(
    office: Office, others: Others, language: str
) -> None:
    everything = [g for p in office.people for g in p.groups]
    reader = people.add_person(
        office.site, actor=SYSTEM, username="reader", display_name="阅 / Reader", groups=everything
    )
    staff, stranger = office.visitor(reader, language), office.visitor(None, language)
    read = 0
    for path in pages(office, others):
        for visitor in (staff, stranger) if not path.startswith(("/cases", "/tasks")) else (staff,):
            answer = visitor.get(path)
            headers = answer.headers
            policy = headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert "*" not in policy
            assert headers["X-Content-Type-Options"] == "nosniff", path
            assert headers["X-Frame-Options"] == "DENY"
            assert headers["Referrer-Policy"] == "same-origin"
            if not path.startswith("/static"):
                assert headers["Cache-Control"] == "no-store", path
            if answer.mimetype == "text/html" and answer.text:
                assert list(inline_code(Page(answer.text))) == [], path
                read += 1
    assert read > 30
    for status, answer in {
        400: staff.send("/sign-out", []),
        405: staff.client.delete("/tasks"),
        413: staff.send("/sign-out", [("a", "x" * 3_000_000)]),
    }.items():
        assert answer.status_code == status
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_browsers_are_told_to_stay_on_https(office: Office) -> None:
    site = replace(office.site, public_url="https://ombud.test")
    answer = app_of(site).test_client().get("/")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_a_missing_file_is_not_remembered_for_a_year(office: Office) -> None:
    answer = office.visitor().get("/static/nothing.css")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")


def test_one_account_is_not_tried_from_many_addresses(office: Office) -> None:
    client = create_app(office.site, proxies=1).test_client()
    codes = []
    for number in range(32):
        address = {"X-Forwarded-For": f"10.0.0.{number}"}
        page = client.get("/sign-in", headers=address).text
        token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
        data = {"csrf_token": token, "username": "superior.1", "password": "wrong"}
        codes.append(client.post("/sign-in", data=data, headers=address).status_code)
    assert codes[0] == 422
    assert codes[-1] == 429
