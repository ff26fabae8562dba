"""Recording a complaint of the phone, the shop or a letter: starts the case, then its form."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from runner.definitions.policies import Policy
from runner.engine.access import Person, may_take
from runner.engine.instances import start_complaint
from runner.engine.user_tasks import claim_user_task
from runner.errors import InvalidState, NotAllowed, NotFound
from runner.store.user_tasks import open_user_tasks
from runner.web.form_nodes import Choice
from runner.web.language import _
from runner.web.visit import choose_language, in_language, sign_in_required, staff, this_site, typed

blueprint = Blueprint("register", __name__)
START = "start_recorded"
FORM = "complaint_intake"
_COMMON = ("phone", "hotline", "store", "visit", "letter", "fax", "email", "online_service")


@dataclass(frozen=True)
class RegisterPage:
    """``key`` makes a second click harmless."""

    channels: tuple[Choice, ...]
    product_lines: tuple[Choice, ...]
    languages: tuple[Choice, ...]
    error: str
    key: str


def may_register(person: Person) -> bool:
    """Whether the person's groups take complaints in, by the site's policy: the windows and those
    who own a channel; where there is one window only, that window."""
    with this_site().database.read() as connection:
        return bool(person.groups & _windows(connection))


def _policies(connection: Connection) -> tuple[Policy, ...]:
    """The site's policy, and those its lines may choose."""
    site = this_site()
    try:
        release = site.effective_release(connection)
    except NotFound:
        return ()
    policies = site.definitions(connection, release.digest).policies
    policy = policies.get(site.default_policy)
    if policy is None:
        return ()
    chosen = dict.fromkeys(line.policy for line in policy.lines if line.policy in policies)
    return (policy, *(policies[name] for name in chosen))


def _windows(connection: Connection) -> frozenset[str]:
    found = [recording_groups(policy.values) for policy in _policies(connection)]
    return frozenset[str]().union(*found)


def recording_groups(policy: Mapping[str, object]) -> frozenset[str]:
    """Who records complaints: the only window where there is one, else the windows, people in the
    field and at goods-in, and whoever owns a channel. What is undecided adds nobody."""
    roles, intake = policy.get("roles"), policy.get("intake")
    roles = roles if isinstance(roles, Mapping) else {}
    intake = intake if isinstance(intake, Mapping) else {}
    if intake.get("window_mode") == "single":
        return _groups(roles.get("window"))
    found = [roles.get(role) for role in ("window", "second_window", "field", "goods_in")]
    channels = intake.get("channels")
    if isinstance(channels, list):
        found += [channel.get("owner") for channel in channels if isinstance(channel, Mapping)]
    return frozenset[str]().union(*(_groups(groups) for groups in found))


def _groups(named: object) -> frozenset[str]:
    """The groups of a list; of what is undecided, none."""
    return (
        frozenset(g for g in named if isinstance(g, str))
        if isinstance(named, list)
        else frozenset()
    )


def _product_lines(connection: Connection, chosen: str) -> tuple[Choice, ...]:
    """What the site's policy offers; empty where it has no product lines."""
    offered = [line for policy in _policies(connection)[:1] for line in policy.product_lines]
    return tuple(Choice(o.id, in_language(o.name), o.id == chosen) for o in offered)


def _require(person: Person) -> None:
    if not may_register(person):
        raise NotAllowed(
            "登记投诉是受理窗口的工作。 / Recording complaints is the work of the intake groups."
        )


def _channels(connection: Connection, chosen: str) -> tuple[Choice, ...]:
    site = this_site()
    form = site.definitions(connection, site.effective_release(connection).digest).forms.get(FORM)
    field = next((f for f in form.fields() if f.key == "channel"), None) if form else None
    options = field.options if field is not None else ()
    named = {str(option.value): in_language(option.label) for option in options}
    order = [c for c in _COMMON if c in named] + [c for c in named if c not in _COMMON]
    return tuple(Choice(c, named[c], c == chosen) for c in order if c != "web_form")


def _page(error: str, chosen: str) -> str:
    with this_site().database.read() as connection:
        channels = _channels(connection, chosen)
        product_lines = _product_lines(connection, request.form.get("product_line", ""))
    language = request.form.get("language", "") or choose_language()
    page = RegisterPage(
        channels,
        product_lines,
        (
            Choice("zh", in_language("中文 / Chinese"), language == "zh"),
            Choice("en", in_language("英文 / English"), language == "en"),
        ),
        error,
        secrets.token_urlsafe(18),
    )
    return render_template("register/form.html", page=page)


@blueprint.get("/register")
@sign_in_required
def form() -> str:
    _require(staff())
    return _page("", "")


@blueprint.post("/register")
@sign_in_required
def start() -> str | Response:
    site, person = this_site(), staff()
    _require(person)
    channel = request.form.get("channel", "")
    with site.database.read() as connection:
        known = {choice.value for choice in _channels(connection, "")}
        product_lines = {choice.value for choice in _product_lines(connection, "")}
    if channel not in known:
        return make_response(_page(_("Choose how the complaint came in."), ""), 422)
    product_line = request.form.get("product_line", "")
    if product_lines and product_line not in product_lines:
        return make_response(_page(_("Choose the product line."), channel), 422)
    begun: dict[str, object] = {"request_kind": "complaint"}
    if product_lines:
        begun["product_line"] = product_line
    started = start_complaint(
        site,
        actor=person,
        variables=begun,
        channel=channel,
        start_element=START,
        idempotency_key=f"register:{person.id[:16]}:{typed('key', 36)}",
        language=request.form.get("language", "zh")[:2],
    )
    with site.database.read() as connection:
        mine = [t for t in open_user_tasks(connection, started.case_id) if may_take(person, t)]
    if not mine:
        return redirect(url_for("cases.page", case_id=started.case_id), 303)
    # Sent again after a lost answer, the task may be a colleague's by now: its page says whose.
    with suppress(InvalidState):
        claim_user_task(site, actor=person, task_id=mine[0].id)
    return redirect(url_for("task.page", task_id=mine[0].id), 303)
