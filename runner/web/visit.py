"""One request: which site, who asks, in which language, at what time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast

from flask import current_app, g, redirect, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from runner.calendars import Calendar
from runner.definitions.findings import half
from runner.definitions.release import Definitions
from runner.engine.access import ADMINISTRATOR, Person
from runner.engine.people import session_person
from runner.engine.site import Site
from runner.errors import NotAllowed, NotFound
from runner.reports.labels import Labels
from runner.web.moments import Moments

SESSION_COOKIE = "ombud_session"
LANGUAGE_COOKIE = "language"
LANGUAGES = ("zh", "en")
THEME_COOKIE = "theme"
THEMES = ("light", "dark")
_Handler = TypeVar("_Handler", bound=Callable[..., Any])


@dataclass(frozen=True)
class Vocabulary:
    """What one release calls things: labels of variables, groups, and its working calendar."""

    labels: Labels
    groups: dict[str, str]
    calendar: Calendar | None

    def group(self, group_id: str, language: str) -> str:
        name = self.groups.get(group_id)
        return half(name, language) if name else group_id


_EMPTY = Vocabulary(Labels({}, {}), {}, None)


def this_site() -> Site:
    """The site this process serves."""
    return cast(Site, current_app.extensions["ombud_site"])


def current_person() -> Person | None:
    """Who is signed in, None for everybody else. Asked once per request."""
    if "person" not in g:
        token = request.cookies.get(SESSION_COOKIE, "")
        g.person = session_person(this_site(), token=token) if token else None
    return cast("Person | None", g.person)


def staff() -> Person:
    """The signed-in person of a page behind ``sign_in_required``."""
    person = current_person()
    if person is None:
        raise NotAllowed("需要先登录。 / Sign in first.")
    return person


def choose_language() -> str:
    """``?lang=``, then the visitor's last choice, then the account's, then the browser's."""
    if "language" not in g:
        asked = request.args.get("lang", "")
        chosen = request.cookies.get(LANGUAGE_COOKIE, "")
        person = current_person()
        if asked in LANGUAGES:
            g.language = asked
        elif chosen in LANGUAGES:
            g.language = chosen
        elif person is not None and person.language[:2] in LANGUAGES:
            g.language = person.language[:2]
        else:
            best = request.accept_languages.best_match(["zh-CN", "zh", "en"], default="zh")
            g.language = best[:2]
    return cast(str, g.language)


def choose_theme() -> str:
    """``light`` or ``dark`` where the visitor chose, empty for what their system says."""
    asked = request.args.get("theme") or request.cookies.get(THEME_COOKIE, "")
    return asked if asked in THEMES else ""


def in_language(label: str | None) -> str:
    """The reader's half of a ``中文 / English`` text."""
    return half(label, choose_language()) if label else ""


def vocabulary_of(definitions: Definitions) -> Vocabulary:
    """Labels, groups and calendar of a release, collected once per process."""
    kept = cast("dict[str, Vocabulary]", current_app.extensions["ombud_vocabularies"])
    found = kept.get(definitions.digest)
    if found is None:
        groups = {group.id: group.name for group in definitions.groups.values()}
        calendar = next(iter(definitions.calendars.values()), None)
        default = this_site().default_policy
        policy = definitions.policies.get(default)
        if policy is not None and policy.calendar is not None:
            calendar = definitions.calendars.get(policy.calendar, calendar)
        called = {**{kind.id: kind.title for kind in definitions.documents.values()}, **groups}
        labels = Labels(definitions.forms, called, definitions.decisions)
        found = kept[definitions.digest] = Vocabulary(labels, groups, calendar)
    return found


def office(connection: Connection) -> Vocabulary:
    """The vocabulary of the effective release; an empty one while there is none."""
    site = this_site()
    try:
        release = site.effective_release(connection)
    except NotFound:
        return _EMPTY
    return vocabulary_of(site.definitions(connection, release.digest))


def moments_by(vocabulary: Vocabulary) -> Moments:
    site = this_site()
    return Moments(site.clock.now(), site.zone, vocabulary.calendar)


def typed(name: str, limit: int = 2_000) -> str:
    """One posted text, trimmed and cut. Zero characters are gone: no database text may hold one."""
    return request.form.get(name, "").replace("\x00", "").strip()[:limit]


def sign_in_required(handler: _Handler) -> _Handler:
    """Sends a visitor without a session to the sign-in page and back afterwards."""

    @wraps(handler)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if current_person() is None:
            if request.method == "GET":
                return redirect(url_for("sign_in.form", next=request.full_path.rstrip("?")))
            return redirect(url_for("sign_in.form"))
        return handler(*args, **kwargs)

    return cast(_Handler, guarded)


def administrators_only(handler: _Handler) -> _Handler:
    """Refuses everybody who is not an administrator, after ``sign_in_required``."""

    @wraps(handler)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if ADMINISTRATOR not in staff().groups:
            raise NotAllowed(
                "只有管理员可以打开这个页面。 / Only administrators may open this page."
            )
        return handler(*args, **kwargs)

    return sign_in_required(cast(_Handler, guarded))


def is_safe_target(target: str) -> bool:
    """Whether a ``next`` address stays on this site. Browsers drop tabs and line ends from an
    address and read a backslash as a slash, so that none may hide a second slash."""
    plain = target.isprintable() and "\\" not in target
    return plain and target.startswith("/") and not target.startswith("//")


def remember(response: Response, cookie: str, choice: str) -> None:
    """Keeps a visitor's choice of language or theme for a year."""
    response.set_cookie(
        cookie,
        choice,
        max_age=31_536_000,
        samesite="Lax",
        httponly=True,
        secure=this_site().public_url.startswith("https:"),
    )
