"""Signing in: what is checked, what is said, who is offered as a button."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from runner.engine.access import SYSTEM, Person
from runner.engine.people import add_person
from runner.engine.site import Site
from runner.web.app import create_app
from tests.web.conftest import Visit, Visitor, plain

PASSWORD = "a long enough password"


@pytest.fixture
def ann(site: Site) -> Person:
    return add_person(
        site, actor=SYSTEM, username="ann", display_name="安 / Ann", groups=["store"],
        password=PASSWORD,
    )  # fmt: skip


def sign_in(visitor: Visitor, username: str, password: str, **more: str) -> tuple[int, str]:
    answer = visitor.post("/sign-in", {"username": username, "password": password, **more})
    return answer.status_code, answer.location or ""


def test_the_right_password_opens_the_tasks(ann: Person, visit: Visit) -> None:
    visitor = visit()
    assert sign_in(visitor, "ann", PASSWORD) == (303, "/tasks")
    assert "安" in visitor.read("/tasks")


@pytest.mark.parametrize(("username", "password"), [("ann", "wrong"), ("nobody", PASSWORD)])
def test_a_wrong_name_and_a_wrong_password_read_the_same(
    ann: Person, visit: Visit, username: str, password: str
) -> None:
    answer = visit().post("/sign-in", {"username": username, "password": password})
    assert answer.status_code == 422
    assert "That user name and password do not fit together." in plain(answer.text)


def test_the_cookie_is_not_for_scripts_and_signing_out_ends_it(ann: Person, visit: Visit) -> None:
    visitor = visit()
    answer = visitor.post("/sign-in", {"username": "ann", "password": PASSWORD})
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("ombud_session"))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    visitor.post("/sign-out")
    assert visitor.get("/tasks").status_code == 302


@pytest.mark.parametrize(
    ("target", "leads_to"),
    [
        ("/cases", "/cases"),
        ("//evil.example", "/tasks"),
        ("https://evil.example", "/tasks"),
        ("/\\evil.example", "/tasks"),
        ("", "/tasks"),
    ],
)
def test_signing_in_leads_back_but_never_away(
    ann: Person, visit: Visit, target: str, leads_to: str
) -> None:
    assert sign_in(visit(), "ann", PASSWORD, next=target) == (303, leads_to)


@pytest.mark.parametrize(
    ("demo", "loopback", "offered"),
    [(True, True, True), (True, False, False), (False, True, False)],
)
def test_demo_people_are_buttons_only_on_a_demo_of_this_machine(
    site: Site, demo: bool, loopback: bool, offered: bool
) -> None:
    add_person(
        site, actor=SYSTEM, username="demo", display_name="演示 / Demo", groups=["store"], demo=True
    )
    visitor = Visitor(create_app(replace(site, demo=demo), loopback=loopback).test_client())
    assert ('name="demo"' in visitor.read("/sign-in")) is offered
    answer = visitor.post("/sign-in", {"demo": "demo"})
    assert answer.status_code == (303 if offered else 403)


def test_too_many_tries_have_to_wait(app: Flask, visit: Visit) -> None:
    visitor = visit()
    codes = [sign_in(visitor, "x", "y")[0] for _ in range(22)]
    assert codes[0] == 422
    assert codes[-1] == 429


def test_the_account_chooses_the_language_until_the_visitor_does(
    site: Site, person: Callable[..., Person], visit: Visit
) -> None:
    ann = person("store")
    visitor = visit(ann)
    visitor.client.delete_cookie("language")
    assert 'lang="zh-CN"' in visitor.read("/tasks")
    assert 'lang="en"' in visitor.read("/tasks?lang=en")
    assert 'lang="en"' in visitor.read("/tasks")
