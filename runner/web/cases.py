"""Cases: the list, and one case with its deadlines, diagram, timeline, data, files and log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template, request
from sqlalchemy import Connection

from runner.definitions.findings import half
from runner.engine.access import may_complete
from runner.engine.suspension import SuspensionShown, suspension_of
from runner.store.attachments import AttachmentRow
from runner.store.case_lists import CaseLine, case_lines, mails_of_case
from runner.store.case_pages import counts_of_case, latest_files
from runner.store.documents import count_documents
from runner.store.incidents import open_incidents
from runner.store.task_lists import TaskLine, lines_of_case, open_lines_of_case
from runner.store.user_tasks import open_user_tasks
from runner.web.case_data import data_history
from runner.web.case_documents import documents_part
from runner.web.case_log import log_page
from runner.web.case_page import CasePage, FileRow, Tab, TaskRow, first_response_due, tiles_of
from runner.web.case_progress import read_progress
from runner.web.case_reading import (
    DUTY,
    CaseReading,
    case_number,
    case_title,
    read_case,
    visible_to,
)
from runner.web.case_story import read_story
from runner.web.customer_said import marks_of_cases
from runner.web.diagrams import choices, draw
from runner.web.form_nodes import FileItem
from runner.web.language import _
from runner.web.moments import Due, Moments, file_size
from runner.web.paused_clocks import case_due, task_due
from runner.web.repairs import MAY_CHANGE
from runner.web.task_list_page import SEVERITIES, severity_word
from runner.web.visit import (
    Vocabulary,
    choose_language,
    in_language,
    moments_by,
    office,
    sign_in_required,
    staff,
    this_site,
)

blueprint = Blueprint("cases", __name__)
PAGE = 50
LAST = 1_000_000  # nobody pages further; a database cannot count without end
STATES = ("", "active", "closed", "cancelled")
DUTIES = "duties"  # beside the states: periodic duties, which are no complaints
TABS = ("overview", "tasks", "data", "documents", "files", "mails", "log")
BEFORE_RESPONSE = frozenset({"intake", "triage"})
SHORT_DATA = 12


@dataclass(frozen=True)
class CaseRow:
    """One complaint as a row of the list."""

    id: str
    number: str
    title: str
    customer: str
    product: str
    severity: int
    severity_word: str
    phase: str
    state: str
    owner: str
    received: str
    due: Due
    simulated: bool


@dataclass(frozen=True)
class CaseListPage:
    rows: tuple[CaseRow, ...]
    state: str
    words: str
    offset: int
    next_offset: int


@blueprint.get("/cases")
@sign_in_required
def listing() -> str:
    site, language = this_site(), choose_language()
    state = request.args.get("state", "")
    state = state if state in (*STATES, DUTIES) else ""
    duties = state == DUTIES
    words = request.args.get("q", "").strip()[:100]
    offset = min(max(0, request.args.get("from", 0, type=int)), LAST)
    with site.database.read() as connection:
        vocabulary = office(connection)
        who = visible_to(connection, site, staff())
        lines = case_lines(
            connection,
            who,
            kind="duty" if duties else "complaint",
            state="" if duties else state,
            words=words,
            offset=offset,
            limit=PAGE + 1,
        )
        names = _known(connection)
    moments = moments_by(vocabulary)
    rows = tuple(_row(line, vocabulary, names, moments, language) for line in lines[:PAGE])
    more = offset + PAGE if len(lines) > PAGE else 0
    page = CaseListPage(rows, state, words, offset, more)
    return render_template("cases/list.html", page=page)


@dataclass(frozen=True)
class _Known:
    """What the effective release says about the cases of a list."""

    phases: dict[str, str]
    policies: dict[str, Mapping[str, object]]


def _known(connection: Connection) -> _Known:
    site = this_site()
    release = site.effective_release(connection)
    definitions = site.definitions(connection, release.digest)
    return _Known(
        {process.id: process.name for process in definitions.processes.values()},
        {policy.id: policy.values for policy in definitions.policies.values()},
    )


def _nearest(line: CaseLine, known: _Known, moments: Moments) -> datetime | None:
    """The whole case's due date; before triage gave one, the first task's or first response's."""
    if line.due_at is not None:
        return line.due_at
    found = [line.task_due_at] if line.task_due_at is not None else []
    policy = known.policies.get(line.policy_id)
    if policy is not None and line.phase in BEFORE_RESPONSE:
        response = first_response_due(policy, line.received_at, moments)
        found.extend([response] if response is not None else [])
    return min(found, default=None)


def _row(
    line: CaseLine,
    vocabulary: Vocabulary,
    known: _Known,
    moments: Moments,
    language: str,
) -> CaseRow:
    due = case_due(line, moments) or moments.due(_nearest(line, known, moments))
    if line.closed_at is not None:
        due = Due("none", moments.full(line.closed_at), "")
    return CaseRow(
        id=line.id,
        number=case_number(line.complaint_number, line.kind),
        title=case_title(line, language),
        customer=line.customer_name or "",
        product=line.product or "",
        severity=SEVERITIES.get(line.severity or "", 0),
        severity_word=severity_word(line.severity),
        phase=half(known.phases[line.phase], language) if line.phase in known.phases else "",
        state=line.state,
        owner=vocabulary.group(line.owner_group, language) if line.owner_group else "",
        received=moments.at(line.received_at),
        due=due,
        simulated=line.simulated,
    )


@blueprint.get("/cases/<case_id>")
@sign_in_required
def page(case_id: str) -> str:
    tab = request.args.get("tab", "overview")
    return case_tab(case_id, tab if tab in TABS else "overview")


def case_tab(case_id: str, tab: str, error: str = "") -> str:
    """The case page with one of its parts; ``error`` is why what was asked there was not done."""
    site, person, language = this_site(), staff(), choose_language()
    with site.database.read() as connection:
        reading = read_case(connection, site, person, case_id)
        moments = moments_by(reading.vocabulary)
        shown = _page(connection, reading, tab, moments, language, error)
    return render_template("cases/page.html", page=shown, moments=moments)


def _number(name: str) -> int:
    """A number of the address, 0 where there is none."""
    return min(max(0, request.args.get(name, 0, type=int)), LAST)


def _page(
    connection: Connection,
    reading: CaseReading,
    tab: str,
    moments: Moments,
    language: str,
    error: str,
) -> CasePage:
    """Only what the tab shows is read."""
    site, person, line, case_id = this_site(), staff(), reading.line, reading.row.id
    open_lines = open_lines_of_case(connection, case_id)
    mine = [t.id for t in open_user_tasks(connection, case_id) if may_complete(person, t)]
    counts = counts_of_case(connection, case_id)
    offset = _number("from")
    chosen = request.args.get("diagram", case_id)
    instance = next((i for i in reading.instances if i.id == chosen), None)
    instance = instance or next(i for i in reading.instances if i.id == case_id)
    overview = tab == "overview"
    data, data_total = (
        data_history(connection, site, reading, moments, language, SHORT_DATA if overview else None)
        if tab in {"overview", "data"}
        else ([], len(reading.variables))
    )
    files = (
        latest_files(
            connection, site.vault, case_id,
            limit=SHORT_DATA if overview else PAGE, offset=0 if overview else offset,
        )
        if tab in {"overview", "files"}
        else []
    )  # fmt: skip
    tabs = {**counts, "data": data_total, "log": reading.past.outline.number}
    tabs["documents"] = count_documents(connection, case_id)
    return CasePage(
        id=case_id,
        number=case_number(line.complaint_number, line.kind)
        if line.kind == DUTY
        else line.complaint_number or "",
        title=case_title(line, language),
        state=_state(reading, open_lines[0].name if open_lines else "", language),
        state_kind={"active": "go", "closed": "ok"}.get(line.state, ""),
        severity=SEVERITIES.get(line.severity or "", 0),
        severity_word=severity_word(line.severity),
        severity_from=_severity_from(reading),
        marks=marks_of_cases(connection, [case_id]).get(case_id, ()),
        customer=line.customer_name or "",
        owner=reading.vocabulary.group(line.owner_group, language) if line.owner_group else "",
        received=moments.at(line.received_at),
        due=case_due(line, moments),
        simulated=line.simulated,
        erased=reading.erased,
        tab=tab,
        tabs=_tabs(tab, {key: str(count) for key, count in tabs.items()}),
        tiles=tiles_of(site, connection, reading, open_lines, moments, language)
        if overview
        else (),
        diagram=draw(
            reading, read_progress(connection, reading.past, instance.id), instance.process_id,
            moments, language,
        )
        if overview
        else None,
        diagrams=tuple(choices(reading, instance.id, language)),
        shown_diagram=instance.id,
        fit=request.args.get("fit") == "1",
        release=_("Release %(n)s, pinned to this case", n=line.release_number),
        policy=half(reading.definitions.policies[reading.row.policy_id].name, language),
        story=read_story(connection, site, reading, moments, language, _number("before"))
        if overview
        else None,
        data=tuple(data),
        data_total=data_total,
        files=_files(reading, files, moments, language),
        files_total=counts["files"],
        documents=documents_part(
            connection, site.vault, reading, person, moments, language, error
        )
        if tab == "documents"
        else None,
        tasks=_tasks(
            lines_of_case(connection, case_id, limit=PAGE, offset=offset), moments, language
        )
        if tab == "tasks"
        else (),
        mails=tuple(mails_of_case(connection, case_id, limit=PAGE, offset=offset))
        if tab == "mails"
        else (),
        log=log_page(
            connection, site, reading, moments, language, kind=request.args.get("kind", ""),
            before=_number("before"), after=_number("after"),
        )
        if tab == "log"
        else None,
        newer=max(0, offset - PAGE) if offset else -1,
        older=offset + PAGE if offset + PAGE < counts.get(tab, 0) else 0,
        my_task=mine[0] if mine else "",
        incidents=len(open_incidents(connection, case_id)),
        suspended=_suspended(suspension_of(site, connection, case_id), moments),
        may_change=bool(person.groups & MAY_CHANGE),
    )  # fmt: skip


def _files(
    reading: CaseReading, files: list[AttachmentRow], moments: Moments, language: str
) -> tuple[FileRow, ...]:
    return tuple(
        FileRow(
            FileItem(row.id, half(row.name, language), file_size(row.size)),
            row.media_type,
            reading.who(row.added_by, language),
            moments.at(row.added_at),
        )
        for row in files
    )


def _suspended(found: SuspensionShown | None, moments: Moments) -> str:
    if found is None:
        return ""
    return _(
        "Suspended by %(who)s, %(when)s: %(why)s",
        who=in_language(found.who), when=moments.full(found.at), why=found.reason,
    )  # fmt: skip


def _state(reading: CaseReading, step: str, language: str) -> str:
    words = {
        "active": _("being handled"),
        "closed": _("closed"),
        "cancelled": _("cancelled"),
    }.get(reading.line.state, reading.line.state)
    return f"{words} · {half(step, language)}" if step else words


def _severity_from(reading: CaseReading) -> str:
    """Where the severity of the header comes from; empty while there is none."""
    if reading.line.severity is None:
        return ""
    return _("by classification") if "triage" in reading.variables else _("by assessment")


def _tabs(current: str, counts: dict[str, str]) -> tuple[Tab, ...]:
    labels = {
        "overview": _("Overview"),
        "tasks": _("Tasks"),
        "data": _("Data"),
        "documents": _("Documents"),
        "files": _("Files"),
        "mails": _("Mails"),
        "log": _("Event log"),
    }
    return tuple(Tab(t, labels[t], counts.get(t, ""), t == current) for t in TABS)


def _tasks(
    lines: list[tuple[TaskLine, str]], moments: Moments, language: str
) -> tuple[TaskRow, ...]:
    states = {"created": _("open"), "completed": _("done"), "cancelled": _("no longer needed")}
    return tuple(
        TaskRow(
            id=line.id,
            step=half(line.name, language),
            open=state == "created",
            state=states[state],
            who=half(line.assignee_name, language) if line.assignee_name else "",
            due=task_due(line, moments),
            ended=moments.at(line.ended_at),
        )
        for line, state in lines
    )
