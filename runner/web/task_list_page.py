"""What the task list shows: views, groups by what to do about time, lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from runner.definitions.findings import half
from runner.store.task_lists import MARKS, TaskLine, TaskMark
from runner.web.case_reading import DUTY, NOTHING_TOLD, case_number
from runner.web.language import _
from runner.web.moments import Due, Moments
from runner.web.paused_clocks import task_due

SEVERITIES = {"minor": 1, "ordinary": 2, "serious": 3, "critical": 4}
VIEWS = ("mine", "groups", "today", "late", "waiting", "done", "all")


@dataclass(frozen=True)
class View:
    """One entry of the side list. ``count`` is text ("1000+" beyond what is counted)."""

    id: str
    label: str
    icon: str
    count: str
    current: bool
    alarming: bool = False


@dataclass(frozen=True)
class Line:
    """One task as a row; texts are in the reader's language."""

    id: str
    case_id: str
    number: str
    step: str
    title: str
    customer: str
    product: str
    severity: int
    severity_word: str
    due: Due
    assignee: str
    mine: bool
    may_claim: bool
    escalated: bool
    marks: tuple[str, ...]
    simulated: bool


@dataclass(frozen=True)
class Group:
    title: str
    lines: tuple[Line, ...]
    total: int


@dataclass(frozen=True)
class TaskListPage:
    """``more`` is how many lines the next, longer page asks for; 0 when all are shown.
    ``registered_case`` is the case just recorded, if any."""

    title: str
    view: str
    views: tuple[View, ...]
    groups: tuple[Group, ...]
    shown: int
    total: str
    more: int
    words: str
    hours: str
    done: str
    registered_case: str
    registered_number: str
    may_register: bool


def severity_word(severity: str | None) -> str:
    """The word beside the bars, in the reader's language."""
    return {
        "minor": _("minor"),
        "ordinary": _("ordinary"),
        "serious": _("serious"),
        "critical": _("critical"),
    }.get(severity or "", _("not assessed"))


def line_of(
    line: TaskLine,
    person_id: str,
    moments: Moments,
    language: str,
    item: str = "",
    marks: tuple[str, ...] = (),
) -> Line:
    """A row of a list; titles stay as customers wrote them, ``item`` tells twins apart;
    ``marks`` is what the customer said meanwhile."""
    step = half(line.name, language)
    duty = line.case_kind == DUTY
    ours = duty or line.title == NOTHING_TOLD
    return Line(
        id=line.id,
        case_id=line.case_id,
        number=case_number(line.complaint_number, line.case_kind),
        step=f"{step} · {item}" if item else step,
        title=half(line.title, language) if ours else line.title,
        customer=line.customer_name or ("" if duty else _("customer not named")),
        product=line.product or "",
        severity=SEVERITIES.get(line.severity or "", 0),
        severity_word=severity_word(line.severity),
        due=task_due(line, moments),
        assignee=half(line.assignee_name, language) if line.assignee_name else "",
        mine=line.assignee == person_id,
        may_claim=line.assignee is None,
        escalated=line.escalated_at is not None,
        marks=marks,
        simulated=line.simulated,
    )


def done_line_of(line: TaskLine, person_id: str, moments: Moments, language: str) -> Line:
    """A row of finished work: when it was finished, and whether that was late."""
    late = line.due_at is not None and line.ended_at is not None and line.ended_at > line.due_at
    word = _("finished late") if late else _("finished in time")
    if line.due_at is None:
        word = _("finished")
    due = Due("late" if late else "far", word, moments.at(line.ended_at))
    return replace(line_of(line, person_id, moments, language), due=due)


def in_view(marks: Sequence[TaskMark], view: str, person_id: str, moments: Moments) -> list[str]:
    """Ids of the tasks of a view, in the order of ``marks``."""
    chosen: list[str] = []
    for mark in marks:
        waiting = is_waiting(mark, moments)
        mine = mark.assignee in (None, person_id)
        late = mark.due_at is not None and mark.due_at < moments.now
        today = (
            mark.due_at is not None
            and not late
            and moments.local(mark.due_at).date() == moments.local(moments.now).date()
        )
        if (
            (view == "mine" and mine)
            or view in {"groups", "all"}
            or (view == "today" and today and mine and not waiting)
            or (view == "late" and late and mine and not waiting)
            or (view == "waiting" and waiting and mine)
        ):
            chosen.append(mark.id)
    return chosen


def is_waiting(mark: TaskMark, moments: Moments) -> bool:
    return mark.follow_up_at is not None and mark.follow_up_at > moments.now


def count_text(count: int) -> str:
    return f"{MARKS}+" if count >= MARKS else str(count)


def grouped(
    marks: Iterable[TaskMark], lines: Sequence[Line], moments: Moments
) -> tuple[Group, ...]:
    """Late, today, the next seven days, later, waiting: empty groups are left out."""
    kind_of = {mark.id: _kind(mark, moments) for mark in marks}
    titles = {
        "late": _("Late"),
        "today": _("Due today"),
        "next": _("Next 7 days"),
        "later": _("Later"),
        "none": _("No deadline"),
        "hold": _("Waiting"),
    }
    groups: list[Group] = []
    for kind, title in titles.items():
        found = tuple(line for line in lines if kind_of.get(line.id) == kind)
        if found:
            groups.append(Group(title, found, len(found)))
    return tuple(groups)


def _kind(mark: TaskMark, moments: Moments) -> str:
    if is_waiting(mark, moments):
        return "hold"
    if mark.due_at is None:
        return "none"
    if mark.due_at < moments.now:
        return "late"
    days = moments.local(mark.due_at).date() - moments.local(moments.now).date()
    if days == timedelta(0):
        return "today"
    return "next" if days <= timedelta(days=7) else "later"
