"""What the page of one task shows beside its form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from runner.definitions.findings import half
from runner.engine.site import Site
from runner.engine.task_forms import FormContext
from runner.store.case_pages import files_by_id, latest_events
from runner.store.event_log import Recorded
from runner.store.keys import Vault
from runner.web.case_progress import WhatIf, read_progress, what_ifs
from runner.web.case_reading import CaseReading, case_title, ids_in, labels_for, values_of
from runner.web.decided_on import DecidedOn, decided_on
from runner.web.diagrams import DiagramView, draw
from runner.web.form_nodes import FileItem
from runner.web.form_view import FormView
from runner.web.moments import Due, Moments, file_size
from runner.web.paused_clocks import clock_lines
from runner.web.shown_values import Labels, show
from runner.web.task_items import item_text
from runner.web.task_list_page import SEVERITIES, severity_word
from runner.web.visit import in_language

_REQUIREMENT = re.compile(r"\b[A-Z]{2}-\d{2}\b")
_FACTS = (
    "product_name", "product_no", "model", "lot", "phenomenon", "demands", "desired_solution",
    "customer_name", "customer_requirement", "occurred_place", "subject",
)  # fmt: skip
MAX_ANSWERS = 6


@dataclass(frozen=True)
class Answer:
    """What somebody said before: the latest first."""

    step: str
    who: str
    at: str
    text: str


@dataclass(frozen=True)
class Neighbours:
    """The tasks before and after this one in the person's list (ids or empty), where it stands in
    words, whether the case can take a request for support now, and what the customer
    said meanwhile."""

    before: str = ""
    after: str = ""
    place: str = ""
    may_ask_help: bool = False
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class TaskPage:
    """``held_by`` names a colleague who claimed the task; ``may_act`` whether the form can be sent;
    ``bar`` is the sentence of four eyes, which also hides the form. ``note`` is a word about what
    was just done (a saved draft); ``clocks`` tell of deadlines that stand still, or did."""

    id: str
    case_id: str
    number: str
    step: str
    title: str
    customer: str
    due: Due
    escalated: bool
    clocks: tuple[str, ...]
    marks: tuple[str, ...]
    severity: int
    severity_word: str
    mine: bool
    held_by: str
    held_since: str
    may_act: bool
    bar: str
    form: FormView | None
    draft_at: str
    may_ask_help: bool
    before: str
    after: str
    place: str
    diagram: DiagramView
    what_ifs: tuple[WhatIf, ...]
    release: str
    facts: tuple[tuple[str, str], ...]
    decided_on: DecidedOn | None
    answers: tuple[Answer, ...]
    more_answers: int
    says: str
    guidance: str
    requirements: tuple[str, ...]
    simulated: bool
    note: str


def build_task_page(
    connection: Connection,
    site: Site,
    reading: CaseReading,
    context: FormContext,
    form: FormView | None,
    person_id: str,
    moments: Moments,
    language: str,
    around: Neighbours,
    note: str = "",
    bar: str = "",
) -> TaskPage:
    """Everything a task page shows, in one language. ``bar`` says why the person may not act."""
    task, line = context.task, reading.line
    process = reading.definitions.processes[task.process_id]
    progress = read_progress(connection, reading.past, task.instance_id)
    answers = earlier_answers(connection, site, reading, moments, language)
    submitted = reading.past.outline.count(["user_task_completed"])
    holder = task.assignee if task.assignee not in (None, person_id) else None
    labels = reading.vocabulary.labels
    item = item_text(context.element, context.variables, labels, moments, language)
    release = f"{half(process.name, language)} · {_release(line.release_number, language)}"
    return TaskPage(
        id=task.id,
        case_id=reading.row.id,
        number=line.complaint_number or "",
        step=f"{half(task.name, language)} · {item}" if item else half(task.name, language),
        title=case_title(line, language),
        customer=line.customer_name or "",
        due=moments.due(task.due_at, task.follow_up_at),
        escalated=task.escalated_at is not None,
        clocks=clock_lines(connection, site, reading, task.id, moments, language),
        marks=around.marks,
        severity=SEVERITIES.get(line.severity or "", 0),
        severity_word=severity_word(line.severity),
        mine=task.assignee == person_id,
        held_by=half(reading.names.get(holder, holder), language) if holder else "",
        held_since=moments.at(task.claimed_at),
        may_act=context.may_complete and holder is None and not bar,
        bar=bar,
        form=None if bar else form,
        draft_at=moments.at(context.draft_saved_at) if context.draft_saved_at else "",
        may_ask_help=around.may_ask_help and context.may_complete,
        before=around.before,
        after=around.after,
        place=around.place,
        diagram=draw(reading, progress, task.process_id, moments, language, around=task.element_id),
        what_ifs=tuple(what_ifs(process, context.element, progress.done, language)),
        release=release,
        facts=facts_of(reading, moments, language),
        decided_on=decided_on(connection, site, reading, context.element, moments, language),
        answers=answers,
        more_answers=max(0, submitted - MAX_ANSWERS),
        says=says(context.element.documentation, language),
        guidance=half(context.element.properties.get("guidance", ""), language),
        requirements=tuple(dict.fromkeys(_REQUIREMENT.findall(context.element.documentation))),
        simulated=line.simulated,
        note=note,
    )


def _release(number: int, language: str) -> str:
    return f"程序第 {number} 版" if language.startswith("zh") else f"release {number}"


def says(documentation: str, language: str) -> str:
    """The sentence of an element's documentation without the requirement ids behind it."""
    text = _REQUIREMENT.sub("", half(documentation, language)) if documentation else ""
    zh = half(documentation, "zh") if documentation else ""
    if language.startswith("zh"):
        text = _REQUIREMENT.sub("", zh)
    return text.strip().rstrip(",，、 ;；").strip()


def facts_of(reading: CaseReading, moments: Moments, language: str) -> tuple[tuple[str, str], ...]:
    """The few facts everybody needs, in a fixed order; empty ones are left out."""
    labels = reading.vocabulary.labels
    found: list[tuple[str, str]] = []
    for key in _FACTS:
        text = show(reading.variables.get(key), labels, key, moments, language)
        if text:
            found.append((labels.name(key, language), text))
    received = moments.at(reading.line.received_at)
    channel = labels.option("channel", reading.line.channel or "", language)
    comma = "，" if language.startswith("zh") else ", "
    found.append(
        (labels.name("received_at", language), comma.join(p for p in (received, channel) if p))
    )
    return tuple(found)


def earlier_answers(
    connection: Connection, site: Site, reading: CaseReading, moments: Moments, language: str
) -> tuple[Answer, ...]:
    """What was submitted last in this case, the latest first."""
    events = latest_events(
        connection, site.vault, reading.past, ["user_task_completed"], limit=MAX_ANSWERS
    )
    labels = labels_for(connection, site, reading, values_of(events))
    return tuple(_answer(reading, labels, event, moments, language) for event in events)


def _answer(
    reading: CaseReading, labels: Labels, event: Recorded, moments: Moments, language: str
) -> Answer:
    step = reading.element_name(event.header.get("process"), event.header.get("element"), language)
    parts: list[str] = []
    for name, value in (event.values or {}).items():
        key = name.removeprefix("submission.")
        if isinstance(value, bool | datetime | list | dict) or value is None:
            continue
        text = show(value, labels, key, moments, language)
        if text and len(parts) < 3:
            named = isinstance(value, str)
            text = text if named else f"{labels.name(key, language)} {text}"
            text = " ".join(text.split())
            parts.extend(() if text in parts else (text,))
    ended = [part.rstrip("。；;") for part in parts[:-1]] + parts[-1:]
    text = ("；" if language.startswith("zh") else "; ").join(ended)
    return Answer(
        step,
        reading.who(event.header.get("actor"), language),
        moments.at(event.at),
        text if len(text) <= 160 else text[:159] + "…",
    )


def case_files(
    connection: Connection, vault: Vault, case_id: str, *values: object
) -> dict[str, FileItem]:
    """Names and sizes by id of those attachments of the case that ``values`` name."""
    ids = {found for value in values for found in ids_in(value)}
    return {
        row.id: FileItem(row.id, in_language(row.name), file_size(row.size))
        for row in files_by_id(connection, vault, case_id, ids)
    }
