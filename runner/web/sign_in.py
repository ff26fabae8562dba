"""Signing in and out. Demonstration people are buttons only where nobody else can reach them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from runner.engine.access import Person
from runner.engine.people import close_session, demo_people, open_session, verify_password
from runner.errors import NotAllowed
from runner.web.language import _
from runner.web.visit import (
    LANGUAGE_COOKIE,
    SESSION_COOKIE,
    choose_language,
    current_person,
    in_language,
    is_safe_target,
    office,
    this_site,
    typed,
)

blueprint = Blueprint("sign_in", __name__)


@dataclass(frozen=True)
class DemoPerson:
    username: str
    name: str
    groups: str


@dataclass(frozen=True)
class SignInPage:
    """``error`` is one sentence; it never says whether the name or the password was wrong."""

    username: str
    error: str
    next: str
    demo_people: tuple[DemoPerson, ...]


@blueprint.get("/sign-in")
def form() -> str | Response:
    target = _target(request.args.get("next", ""))
    if current_person() is not None:
        return redirect(target)
    return _page("", "", target)


@blueprint.post("/sign-in")
def enter() -> str | Response:
    site = this_site()
    target = _target(request.form.get("next", ""))
    demo = request.form.get("demo", "")
    if demo:
        offered = _offered()
        person = next((p for p in offered if p.username == demo), None)
        if person is None:
            raise NotAllowed(
                "只有在本机运行的演示才可以这样登录。 / "
                "Only a demonstration on this machine lets you sign in this way."
            )
    else:
        username = typed("username", 100)
        password = request.form.get("password", "")[:1_000]
        person = verify_password(site, username=username, password=password)
        if person is None:
            error = _("That user name and password do not fit together. Check both.")
            return make_response(_page(username, error, target), 422)
    _end_session()  # the next person at this computer must not leave the last one's open
    response = redirect(target, 303)
    response.set_cookie(
        SESSION_COOKIE,
        open_session(site, person=person),
        httponly=True,
        samesite="Lax",
        secure=site.public_url.startswith("https:"),
    )
    response.delete_cookie(LANGUAGE_COOKIE)  # from here the account's own language counts
    return response


@blueprint.post("/sign-out")
def leave() -> Response:
    _end_session()
    response = redirect(url_for("sign_in.form"), 303)
    response.delete_cookie(SESSION_COOKIE)
    return response


def _end_session() -> None:
    token = request.cookies.get(SESSION_COOKIE, "")
    if token:
        close_session(this_site(), token=token)


def _target(wanted: str) -> str:
    return wanted if wanted and is_safe_target(wanted) else url_for("tasks.listing")


def _offered() -> list[Person]:
    if not current_app.config["OFFER_DEMO_PEOPLE"]:
        return []
    return demo_people(this_site())


def account() -> str:
    """What a sign-in is tried for: the key of the limit per account."""
    return f"account:{request.form.get('username', '').strip().lower()[:100]}"


def no_account() -> bool:
    """Sign-in by button and sign-out try no account."""
    return not request.form.get("username", "").strip()


def _page(username: str, error: str, target: str) -> str:
    offered = _offered()
    groups: dict[str, str] = {}
    if offered:
        with this_site().database.read() as connection:
            vocabulary = office(connection)
        language = choose_language()
        join = "、" if language == "zh" else ", "
        groups = {
            p.username: join.join(vocabulary.group(g, language) for g in sorted(p.groups))
            for p in offered
        }
    people = tuple(
        DemoPerson(p.username, in_language(p.display_name), groups[p.username]) for p in offered
    )
    return render_template("sign_in/form.html", page=SignInPage(username, error, target, people))
