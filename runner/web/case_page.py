"""What the case page shows: is it in time, where is it, who did what."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection

from runner.definitions.findings import half
from runner.engine.scopes import Scopes
from runner.engine.site import Site
from runner.engine.variables import Variables, with_decisions
from runner.feel import FeelError, compile_expression
from runner.store.case_lists import MailLine
from runner.store.task_lists import TaskLine
from runner.web.case_data import Datum
from runner.web.case_documents import DocumentsPart
from runner.web.case_log import LogPage
from runner.web.case_reading import DUTY, CaseReading
from runner.web.case_story import Story
from runner.web.diagrams import DiagramChoice, DiagramView
from runner.web.form_nodes import FileItem
from runner.web.language import _
from runner.web.moments import Due, Moments
from runner.web.paused_clocks import case_due

_FIRST_RESPONSE = "due at(policy.ack.first_response_due, clock)"
_CONTAINMENT = "due at(policy.containment.due, clock)"
_PRELIMINARY = "due at(policy.investigation.preliminary_due, clock)"
_WHOLE = "due at(get value(policy.resolution.due, triage.due_class), clock)"
_LIMIT = re.compile(r"=?\s*due at\((.+),\s*clock\)\s*")


@dataclass(frozen=True)
class Tile:
    """One deadline. ``kind`` is ``ok``, ``late``, ``soon`` or ``go``; ``used`` percent of time."""

    title: str
    kind: str
    word: str
    value: str
    used: int
    note: str


@dataclass(frozen=True)
class TaskRow:
    """A task of the case; ``state`` is open, done or withdrawn in words."""

    id: str
    step: str
    open: bool
    state: str
    who: str
    due: Due
    ended: str


@dataclass(frozen=True)
class FileRow:
    file: FileItem
    media: str
    who: str
    at: str


@dataclass(frozen=True)
class Tab:
    id: str
    label: str
    count: str
    current: bool


@dataclass(frozen=True)
class CasePage:
    """Only the parts of the current tab are filled; ``data`` and ``files`` are short on the
    overview. ``newer`` and ``older`` are where the pages of a long tab begin: -1 and 0 for none."""

    id: str
    number: str
    title: str
    state: str
    state_kind: str
    severity: int
    severity_word: str
    severity_from: str
    marks: tuple[str, ...]
    customer: str
    owner: str
    received: str
    due: Due | None
    simulated: bool
    erased: bool
    tab: str
    tabs: tuple[Tab, ...]
    tiles: tuple[Tile, ...]
    diagram: DiagramView | None
    diagrams: tuple[DiagramChoice, ...]
    shown_diagram: str
    fit: bool
    release: str
    policy: str
    story: Story | None
    data: tuple[Datum, ...]
    data_total: int
    files: tuple[FileRow, ...]
    files_total: int
    documents: DocumentsPart | None
    tasks: tuple[TaskRow, ...]
    mails: tuple[MailLine, ...]
    log: LogPage | None
    newer: int
    older: int
    my_task: str
    incidents: int
    suspended: str
    may_change: bool


def tiles_of(
    site: Site,
    connection: Connection,
    reading: CaseReading,
    tasks: list[TaskLine],
    moments: Moments,
    language: str,
) -> tuple[Tile, ...]:
    """The deadlines everybody asks for, in the order they fall."""
    start = reading.line.received_at
    values = reading.variables
    tiles: list[Tile] = []
    scope = None if reading.erased else _scope(site, connection, reading)

    def add(
        title: str,
        due: datetime | None,
        done: object,
        begins: datetime = start,
        by: str = "",
        shown: Due | None = None,
    ) -> None:
        ended = done if isinstance(done, datetime) else None
        if due is not None or ended is not None:
            limit = None if scope is None else limit_of(by, scope, moments)
            tiles.append(tile(title, begins, due, ended, moments, limit, shown))

    if scope is not None and reading.line.kind != DUTY:
        response = values.get("first_response_at")
        add(
            _("First response"), _due(_FIRST_RESPONSE, scope, moments), response, by=_FIRST_RESPONSE
        )
        emergency = values.get("emergency")
        contain = isinstance(emergency, Mapping) and emergency.get("contain") is True
        if contain or values.get("first_measure_at"):
            assigned = values.get("assigned_at")
            begins = assigned if isinstance(assigned, datetime) else start
            done = values.get("first_measure_at")
            add(_("First measure"), _due(_CONTAINMENT, scope, moments), done, begins, _CONTAINMENT)
        inquiry = next((i for i in reading.instances if i.process_id == "investigation"), None)
        if inquiry is not None:
            due = _due(_PRELIMINARY, scope, moments)
            add(_("Investigation"), due, inquiry.ended_at, inquiry.started_at, _PRELIMINARY)
    timed = [t for t in tasks if t.due_at is not None]
    if timed:
        soonest = min(timed, key=lambda task: task.due_at or moments.now)
        element = reading.definitions.processes[soonest.process_id].elements[soonest.element_id]
        add(half(soonest.name, language), soonest.due_at, None, by=element.due_date or "")
    paused = case_due(reading.line, moments)
    add(_("Whole case"), reading.line.due_at, reading.line.closed_at, by=_WHOLE, shown=paused)
    return tuple(tiles)


def _scope(site: Site, connection: Connection, reading: CaseReading) -> Mapping[str, object]:
    row = reading.row
    scopes = Scopes.load(connection, site.vault, row.id, row.subject_id)
    policy = reading.definitions.policy(row.policy_id)
    decided = scopes.get(f"{row.id}.policy")
    return Variables(
        scopes,
        row.id,
        policy=policy if decided is None else with_decisions(policy, decided.values),
        since=reading.line.received_at,
        open_tasks=lambda: 0,
    )


def first_response_due(
    policy: Mapping[str, object], received_at: datetime, moments: Moments
) -> datetime | None:
    """When the customer should hear from us, for a complaint nobody has classified yet."""
    clock = {"received": received_at, "submitted": received_at, "now": received_at}
    return _due(_FIRST_RESPONSE, {"policy": policy, "clock": clock}, moments)


@dataclass(frozen=True)
class Limit:
    """How long something may take by the policy, in its own number and unit."""

    amount: Decimal
    unit: str


def limit_of(by: str, scope: Mapping[str, object], moments: Moments) -> Limit | None:
    """The limit behind a due date of the form ``due at(<limit>, clock)``; None for any other."""
    match = _LIMIT.fullmatch(by)
    found = _value(match[1], scope, moments) if match else None
    if not isinstance(found, Mapping):
        return None
    amount, unit = found.get("amount"), found.get("unit")
    return Limit(amount, unit) if isinstance(amount, Decimal) and isinstance(unit, str) else None


def _value(text: str, scope: Mapping[str, object], moments: Moments) -> object:
    try:
        expression = compile_expression(text)
        return expression.evaluate(scope, now=moments.now, calendar=moments.calendar).value
    except FeelError:
        return None  # the owner has not decided this time


def _due(text: str, scope: Mapping[str, object], moments: Moments) -> datetime | None:
    found = _value(text, scope, moments)
    return found if isinstance(found, datetime) and found.tzinfo is not None else None


def tile(
    title: str,
    start: datetime,
    due: datetime | None,
    done: datetime | None,
    moments: Moments,
    by: Limit | None = None,
    shown: Due | None = None,
) -> Tile:
    """One deadline from its start: met, missed, running, paused or late, with the share of time
    used. ``shown`` are the words of its due date where they are known."""
    end = done or moments.now
    unit = by.unit if by is not None else "working_day"
    spent = moments.counted(start, max(start, end), unit)
    allowed = moments.counted(start, due, unit) if due is not None and due > start else None
    used = 0
    if allowed is not None and allowed.length:
        used = min(100, round(100 * (spent.length / allowed.length)))
    limit = _("limit %(span)s", span=moments.limit(by.amount, by.unit)) if by is not None else ""
    if done is not None:
        met = due is None or done <= due
        word = _("held") if met else _("missed")
        note = " · ".join(p for p in (limit, _("done %(when)s", when=moments.at(done))) if p)
        kind = "ok" if met else "late"
        return Tile(title, kind, word, moments.lasting(spent), used if due else 100, note)
    shown = shown or moments.due(due)
    note = " · ".join(part for part in (limit, shown.at) if part)
    words = {
        "late": ("late", _("late")), "soon": ("soon", _("today")), "hold": ("", _("paused"))
    }  # fmt: skip
    kind, word = words.get(shown.kind, ("go", _("running")))
    return Tile(title, kind, word, shown.left, used, note)
