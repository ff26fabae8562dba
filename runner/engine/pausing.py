"""Deadlines that stand still while the case waits for somebody outside (docs/deadlines.md).

Where a case waits, the diagram says ``waits_for`` a reason (``customer``); a deadline that may
stand still says ``pauses_for`` the reasons; the policy's ``deadlines.pause_for`` lists those that
count.
What must stand still is computed anew after every command from what is open then, so that it does
not matter by which way a wait began or ended. Costs nothing in a release without such marks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from runner.calendars import Calendar
from runner.clock import to_text
from runner.definitions.model import Element
from runner.definitions.release import Definitions
from runner.engine import projection
from runner.engine.variables import is_unset
from runner.events import DeadlinePaused, DeadlineResumed
from runner.feel import UnsetValue
from runner.store.pauses import TASK, TIMER, Pause, end_pauses, insert_pauses

if TYPE_CHECKING:
    from runner.engine.case_change import CaseChange

WAITS_FOR, PAUSES_FOR = "waits_for", "pauses_for"
POLICY_KEY = "deadlines.pause_for"


@dataclass(frozen=True, slots=True)
class Marks:
    """The marked elements of one release, by process and element: the reasons they name."""

    waits: Mapping[tuple[str, str], frozenset[str]]
    pauses: Mapping[tuple[str, str], frozenset[str]]


_MARKS: dict[str, Marks] = {}  # by the release's digest: its files never change


def marks_of(definitions: Definitions) -> Marks:
    """What the release's diagrams say of waiting, read once per process."""
    found = _MARKS.get(definitions.digest)
    if found is None:
        found = _MARKS[definitions.digest] = Marks(
            dict(_marked(definitions, WAITS_FOR)), dict(_marked(definitions, PAUSES_FOR))
        )
    return found


def may_pause(definitions: Definitions) -> bool:
    """Whether any deadline of the release may stand still."""
    marks = marks_of(definitions)
    return bool(marks.waits and marks.pauses)


def require_decided(change: CaseChange, element: Element) -> None:
    """Raises ``UnsetValue`` where the case begins to wait here and the policy's owner has not
    decided whether its deadlines stand still then."""
    if element.properties.get(WAITS_FOR) and is_unset(change.policy, POLICY_KEY):
        raise UnsetValue(POLICY_KEY)


def settle(change: CaseChange) -> None:
    """Stops and restarts clocks, as what is open now demands."""
    definitions = change.definitions
    if not may_pause(definitions):
        return
    case, marks = change.case, marks_of(definitions)
    counting = _counting(change.policy)
    active = _reasons(change, marks) & counting if counting else counting
    if not active and not case.pauses.open and case.projection.get("due_paused_at") is None:
        return  # nothing has to stand still and nothing does
    still_open: set[str] = set()
    moved: dict[datetime, datetime] = {}
    for kind, token_id, due_at, wanted in _deadlines(change, marks):
        still_open.add(token_id)
        pause = case.pauses.open.get(token_id)
        reasons = wanted & active
        if pause is None and reasons and due_at is not None and due_at > change.at:
            _pause(change, kind, token_id, due_at, min(reasons))
        elif pause is not None and not reasons:
            moved[pause.due_at] = _resume(change, pause)
    for token_id in set(case.pauses.open) - still_open:
        case.pauses.end(token_id, "cancelled")
    projection.follow_clocks(change, moved)


def write(change: CaseChange) -> None:
    """Writes what ``settle`` found, after the rows of new timers and tasks."""
    pauses = change.case.pauses
    end_pauses(change.connection, ((row, _new_due(state)) for row, state, _ in pauses.ended))
    insert_pauses(change.connection, pauses.added)
    pauses.stored()


def given_back(pause: Pause, now: datetime, calendar: Calendar | None) -> datetime:
    """The new due time: the old one and as much working time as the case waited. Without a
    calendar, and where no working time is left to count, the time that was left on the clock: never
    less than was left, and never over at once."""
    left = now + (pause.due_at - pause.paused_at)
    if calendar is None:
        return left
    waited = calendar.working_time_between(pause.paused_at, now)
    if not waited:
        due = pause.due_at
    else:
        due = calendar.add_working_hours(pause.due_at, waited.total_seconds() / 3600)
    due = due.astimezone(UTC)
    return due if due > now else left


def _reasons(change: CaseChange, marks: Marks) -> frozenset[str]:
    """What the case waits for now: of what is open at elements that say so."""
    found: set[str] = set()
    case = change.case
    places = {(task.process_id, task.element_id) for task in case.tasks.open.values()}
    for place in marks.waits.keys() & places:
        found |= marks.waits[place]
    for token_id in (*case.timers.open, *case.subscriptions.open):
        element = _element(change, token_id)
        found |= marks.waits.get((element.process_id, element.id), frozenset())
    return frozenset(found)


def _deadlines(
    change: CaseChange, marks: Marks
) -> Iterator[tuple[str, str, datetime | None, frozenset[str]]]:
    case = change.case
    for task in list(case.tasks.open.values()):
        wanted = marks.pauses.get((task.process_id, task.element_id))
        if wanted:
            yield TASK, task.id, task.due_at, wanted
    for timer in list(case.timers.open.values()):
        element = _element(change, timer.token_id)
        wanted = marks.pauses.get((element.process_id, element.id))
        if wanted:
            yield TIMER, timer.token_id, timer.due_at, wanted


def _pause(change: CaseChange, kind: str, token_id: str, due_at: datetime, reason: str) -> None:
    case = change.case
    case.pauses.add(Pause(token_id, case.id, kind, due_at, change.at, reason))
    if kind == TASK:
        case.tasks.replace(replace(case.tasks.open[token_id], due_at=None))
    change.record(
        DeadlinePaused(
            **_place(change, token_id), deadline=kind, due_at=to_text(due_at), reason=reason
        )
    )


def _resume(change: CaseChange, pause: Pause) -> datetime:
    due = given_back(pause, change.at, change.calendar)
    go_on(change, pause, due)
    return due


def go_on(change: CaseChange, pause: Pause, due: datetime) -> None:
    """The paused clock runs again, to ``due``."""
    case, calendar = change.case, change.calendar
    case.pauses.end(pause.token_id, to_text(due))
    if pause.kind == TASK:
        case.tasks.replace(replace(case.tasks.open[pause.token_id], due_at=due))
    else:
        case.timers.replace(replace(case.timers.open[pause.token_id], due_at=due))
    change.record(
        DeadlineResumed(
            **_place(change, pause.token_id),
            deadline=pause.kind,
            due_at=to_text(pause.due_at),
            new_due_at=to_text(due),
            paused_at=to_text(pause.paused_at),
            reason=pause.reason,
            calendar=None if calendar is None else calendar.reference,
        )
    )


def _new_due(state: str) -> datetime | None:
    return None if state == "cancelled" else datetime.fromisoformat(state)


def _counting(policy: Mapping[str, object]) -> frozenset[str]:
    """The reasons for which this policy lets deadlines stand still."""
    section = policy.get("deadlines")
    found = section.get("pause_for") if isinstance(section, Mapping) else None
    return (
        frozenset(f for f in found if isinstance(f, str))
        if isinstance(found, list)
        else (frozenset())
    )


def _marked(
    definitions: Definitions, name: str
) -> Iterator[tuple[tuple[str, str], frozenset[str]]]:
    for process in definitions.processes.values():
        for element in process.elements.values():
            written = element.properties.get(name, "")
            reasons = frozenset(part.strip() for part in written.split(",") if part.strip())
            if reasons:
                yield (process.id, element.id), reasons


def _element(change: CaseChange, token_id: str) -> Element:
    assert change.case.execution is not None
    return change.case.execution.token(token_id).element


def _place(change: CaseChange, token_id: str) -> dict[str, str]:
    assert change.case.execution is not None
    token = change.case.execution.token(token_id)
    return {
        "element": token.element.id,
        "token": token.id,
        "process": token.element.process_id,
        "instance": token.instance_id,
    }
