"""Whatever is sent, the server answers with a page: never a failure, nothing out of its folders."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from runner.clock import SetClock
from runner.engine.site import open_site
from runner.store.user_tasks import open_user_tasks
from tests.acceptance.browsing import Page, Visitor, visitor
from tests.acceptance.conftest import Others
from tests.acceptance.office import Office, app_of
from tests.acceptance.test_authorization import ALL, asker, places
from tests.postgresql import Server
from tests.sites import NOW, everybody, release_shipped

ODD = (
    "\x00", "a\x00b", "\ud7ff\ue000", "\u202e\u2066\u200b", "🙂" * 2_000, "x" * 60_000, "%s%n%x",
    "../../../etc/passwd", "'; DROP TABLE cases; --", '"', "{{ config }}", "{% include 'x' %}",
    "=now()", "1e999", "-1", "9" * 400, "NaN", "\r\nX-Evil: 1", "null", "[]", "{}", "__class__",
    "\u2028", "²", "٣", " ", "",
)  # fmt: skip


@pytest.fixture(autouse=True)
def no_page_fails(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level(logging.ERROR)
    yield
    failed = [record for record in caplog.records if record.name.startswith("runner.web")]
    assert [record.getMessage() + "\n" + str(record.exc_info) for record in failed] == []


def lives(answer: TestResponse) -> TestResponse:
    assert answer.status_code < 500, (answer.request.method, answer.request.path)
    return answer


def test_odd_values_in_every_address_and_question(office: Office, others: Others) -> None:
    visitor = asker(office, "administrator")
    there = places(office, others)
    for (_, method), (address, _, _) in ALL.items():
        if method != "GET" or "evidence" in address:
            continue
        for odd in ODD[:: 2 if "{" in address else 5]:
            path = re.sub(r"\{\w+\}", "{odd}", address)
            if "{odd}" in path:
                lives(visitor.client.get(path.format(odd=odd[:300].replace("\r\n", " "))))
        path = there.fill(address)
        for odd in ODD[:: 2 if "case" in address else 3]:
            asked = dict.fromkeys(
                ("q", "from", "show", "view", "state", "tab", "diagram", "lang", "next", "done",
                 "fit", "edit", "saved", "sent", "theme", "download", odd[:50]), odd[:3_000],
            )  # fmt: skip
            lives(visitor.client.get(path.partition("?")[0], query_string=asked))


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
        for odd in ODD[::2]:
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
    task = office.decision()
    for browser, path in ((customer, "/complaint"), (leader, f"/tasks/{task.id}")):
        form = browser.page(path).form(path)
        proof = [(name, value) for name, value in form.sent if name == "csrf_token"]
        names = [*form.offered, *(name for name, _ in form.sent if name != "csrf_token")]
        plain = [name.removesuffix(":file") for name in names]
        for odd in ODD[::3]:
            sent = [(name, odd[:5_000]) for name in plain if name != "key"]
            for button in ("", "_refresh", "_preview", "_add", "_remove", "_drop", "_draft"):
                pressed = [(button, value) for name in plain for value in (name, f"{name}.0")]
                pressed += [(button, f"{name}:{odd[:40]}") for name in plain]
                lives(browser.send(path, [*proof, *sent, *(pressed if button else [])]))


def test_a_row_button_of_what_is_no_list_adds_nothing(office: Office, others: Others) -> None:
    with office.site.database.read() as connection:
        (task,) = open_user_tasks(connection, others.open.case_id)
    visitor, path = asker(office, "window"), f"/tasks/{task.id}"
    form = visitor.page(path).form(path)
    for name in form.offered:
        plain = name.removesuffix(":file")
        answer = lives(visitor.send(path, [*form.sent, ("_add", plain), ("_add", f"{plain}.0")]))
        assert answer.status_code == 200


def test_the_other_database_takes_the_same(postgresql: Server, tmp_path: Path) -> None:
    """It counts characters and refuses zeros, where SQLite keeps whatever it gets."""
    settings = release_shipped(tmp_path / "site", postgresql.new_database()).settings
    site = open_site(settings, SetClock(NOW))
    app, people = app_of(site), everybody(site)
    window = visitor(app, site, next(p for p in people if "customer_service" in p.groups))
    try:
        answer = window.fill(window.page("/register"), "/register", [("channel", "phone")])
        assert answer.status_code == 303
        assert window.get(answer.location).status_code == 200
        started = window.page("/complaint")
        for odd in ODD:
            typed = [("subject", "product"), ("desired_solution", "x"), ("contact", "a@b.test")]
            fields = [("phenomenon", f"it leaks {odd[:900]}"), ("key", odd[:500]), *typed]
            lives(window.send("/complaint", [*started.form("/complaint").sent[:1], *fields]))
            for path in ("/cases", "/tasks", f"/cases/{odd[:99]}", f"/tasks/{odd[:99]}"):
                lives(window.client.get(path, query_string={"q": odd[:200], "from": odd[:400]}))
            lives(window.post("/sign-in", [("username", odd[:400]), ("demo", odd[:9] or "x")]))
    finally:
        site.database.close()


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
    task = office.decision()
    for browser, path in (
        (customer, "/complaint"),
        (customer, "/sign-in"),
        (customer, f"/c/{others.open.access_token}/information"),
        (leader, f"/tasks/{task.id}"),
        (asker(office, "window"), "/register"),
    ):
        for request in _requests(path, browser.token()):
            answer = lives(browser.client.post(path, **request))
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


@pytest.mark.parametrize("language", ["de", "zh-TW", "../../etc", "", "EN", "zh&lang=en"])
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
