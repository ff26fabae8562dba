"""Periodic duties: what comes round, when next, and beginning one now."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, redirect, render_template, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from runner.encoding import loads
from runner.engine.access import PROCESS_OWNER, Person
from runner.engine.instances import start_complaint
from runner.errors import NotAllowed, NotFound
from runner.store.start_timers import armed_start_timers
from runner.web.visit import (
    in_language,
    moments_by,
    office,
    sign_in_required,
    staff,
    this_site,
    typed,
)

blueprint = Blueprint("duties", __name__)
START, ASKED_FOR, PROCESS = "duty_due", "duty_requested", "period_review"
KINDS = {
    "quality_meeting": "例会 / Meeting",
    "filing": "备档 / Filing",
    "review": "评审 / Review",
    "visits": "走访 / Visits",
    "survey": "调查 / Survey",
    "sampling": "抽样 / Samples",
    "check": "检查 / Check",
    "training": "培训 / Training",
    "revision": "制度评审 / Review of the procedure",
}


@dataclass(frozen=True)
class DutyRow:
    """One duty of the site's policy; ``next`` is empty where its cycle is not decided."""

    id: str
    title: str
    kind: str
    groups: str
    next: str
    may_begin: bool


@dataclass(frozen=True)
class DutiesPage:
    rows: tuple[DutyRow, ...]
    key: str


@blueprint.get("/duties")
@sign_in_required
def listing() -> str:
    site, person = this_site(), staff()
    with site.database.read() as connection:
        vocabulary = office(connection)
        armed = _armed(connection)
        duties = _duties(connection)
    moments = moments_by(vocabulary)
    rows = tuple(
        DutyRow(
            id=str(duty["id"]),
            title=in_language(str(duty.get("title") or duty["id"])),
            kind=in_language(KINDS.get(str(duty.get("kind")), str(duty.get("kind")))),
            groups=", ".join(in_language(vocabulary.groups.get(g, g)) for g in _groups(duty)),
            next=moments.full(armed.get(str(duty["id"]))),
            may_begin=_may_begin(person, duty),
        )
        for duty in duties
    )
    return render_template("duties/list.html", page=DutiesPage(rows, secrets.token_urlsafe(18)))


@blueprint.post("/duties/<duty_id>")
@sign_in_required
def begin(duty_id: str) -> Response:
    """Begins a duty between its times (CI-13), by one of those who do it or the process owner."""
    site, person = this_site(), staff()
    with site.database.read() as connection:
        found = [duty for duty in _duties(connection) if duty["id"] == duty_id]
    if not found:
        raise NotFound(f"没有周期任务“{duty_id}”。 / There is no periodic duty '{duty_id}'.")
    if not _may_begin(person, found[0]):
        raise NotAllowed(
            "这项周期任务由别的小组做。 / This periodic duty belongs to another group."
        )
    started = start_complaint(
        site,
        actor=person,
        variables={"duty_id": duty_id},
        channel="request",
        start_element=ASKED_FOR,
        process_id=PROCESS,
        idempotency_key=f"duty:{person.id[:16]}:{typed('key', 60)}",
    )
    return redirect(url_for("cases.page", case_id=started.case_id), 303)


def _duties(connection: Connection) -> list[Mapping[str, object]]:
    """The duties of the site's policy; none where it has not decided which."""
    site = this_site()
    try:
        release = site.effective_release(connection)
    except NotFound:
        return []
    policy = site.definitions(connection, release.digest).policies.get(site.default_policy)
    named = None if policy is None else policy.values.get("duties")
    return [duty for duty in named if isinstance(duty, Mapping)] if isinstance(named, list) else []


def _armed(connection: Connection) -> dict[str, datetime]:
    """When each duty begins next."""
    found: dict[str, datetime] = {}
    for timer in armed_start_timers(connection):
        if timer.element_id == START and timer.item is not None:
            name = loads(timer.item.encode())
            found.setdefault(str(name), timer.due_at)
    return found


def _groups(duty: Mapping[str, object]) -> list[str]:
    named = duty.get("group")
    return [g for g in named if isinstance(g, str)] if isinstance(named, list) else []


def _may_begin(person: Person, duty: Mapping[str, object]) -> bool:
    return bool(person.groups & {PROCESS_OWNER, *_groups(duty)})
