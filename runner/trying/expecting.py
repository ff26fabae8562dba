"""What a scenario expects, compared with what happened: each comparison says expected and found."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from runner.calendars import Calendar
from runner.definitions.owners_yaml import Path
from runner.definitions.release import Definitions
from runner.feel import FeelError, FeelSyntaxError
from runner.feel.spelling import closest
from runner.trying.comparing import NONE, About, Compared, Comparing, computed, listed, shown
from runner.trying.expecting_results import RESULTS
from runner.trying.meeting import Reading
from runner.trying.spoken import NotATime, read_instant, read_length
from runner.trying.trace import Trace

_FROM = re.compile(r"(?P<length>.+?)\s+(?:from|after)\s+(?P<anchor>[\w.]+)")


def compare(
    trace: Trace,
    expected: Mapping[str, Any],
    definitions: Definitions,
    reading: Reading,
    calendar: Calendar | None,
    zone: ZoneInfo,
) -> Iterator[Compared]:
    """Every expectation, in the order they are written; no incident where nothing is said."""
    about = About(trace, definitions, reading, calendar, zone)
    for name, value in {"incidents": NONE, **expected}.items():
        try:
            for one in _COMPARING[name](about, value):
                yield Compared((name, *one.key), one.problem)
        except (NotATime, FeelError, FeelSyntaxError) as wrong:
            yield Compared((name,), str(wrong))


# --- the way ---


def _path(about: About, expected: Any) -> Iterator[Compared]:
    if isinstance(expected, list):
        expected = {"in_order": expected}
    passed = about.trace.passed
    position = 0
    for number, name in enumerate(expected.get("in_order", [])):
        key: Path = ("in_order", number)
        place = next((i for i in range(position, len(passed)) if _named(passed[i], name)), None)
        if place is None:
            before = any(_named(one, name) for one in passed)
            how = "only earlier than the element before it" if before else "not at all"
            yield Compared(key, f"expected to pass {name}, passed it {how}; {_way(passed)}")
            return
        yield Compared(key)
        position = place + 1
    for number, name in enumerate(expected.get("any_order", [])):
        found = any(_named(one, name) for one in passed)
        said = f"expected to pass {name}, did not; {_way(passed)}"
        yield Compared(("any_order", number), "" if found else said)
    for number, name in enumerate(expected.get("not", [])):
        found = any(_named(one, name) for one in passed)
        said = f"expected not to pass {name}, did; {_way(passed)}"
        yield Compared(("not", number), said if found else "")


def _not(about: About, expected: Any) -> Iterator[Compared]:
    for one in _path(about, {"not": expected}):
        yield Compared(one.key[1:], one.problem)


def _flows(about: About, expected: Any) -> Iterator[Compared]:
    taken = {name for process, flow in about.trace.flows for name in (flow, f"{process}.{flow}")}
    for number, name in enumerate(expected):
        close = closest(name, taken)
        hint = f"; it took {close}" if close else ""
        yield Compared((number,), "" if name in taken else f"flow {name} was not taken{hint}")


def _times(about: About, expected: Any) -> Iterator[Compared]:
    for name, count in expected.items():
        found = sum(_named(one, name) for one in about.trace.passed)
        said = f"expected to pass {name} {count} times, found {found}"
        yield Compared((name,), "" if found == count else said)


def _end(about: About, expected: Any) -> Iterator[Compared]:
    names = [expected] if isinstance(expected, str) else expected
    trace = about.trace
    found = {"active": ["running"], "cancelled": ["cancelled"]}.get(trace.state, trace.ends)
    wrong = [name for name in names if name not in found]
    said = f"expected the case to end at {', '.join(names)}, found {', '.join(found) or 'no end'}"
    if trace.state == "active":
        said += f"; open tasks: {_tasks(trace)}"
    yield Compared((), said if wrong else "")


def _named(passed: tuple[str, str], name: str) -> bool:
    return name in (passed[1], f"{passed[0]}.{passed[1]}")


def _way(passed: Sequence[tuple[str, str]]) -> str:
    names = [element for _, element in passed]
    return "the way: " + (" > ".join(names) if len(names) <= 80 else " > ".join(
        [*names[:20], "…", *names[-50:]]))  # fmt: skip


# --- work ---


def _due(about: About, expected: Any) -> Iterator[Compared]:
    for name, text in expected.items():
        element, _, visit = name.partition("#")
        found = about.trace.dues.get(element.rsplit(".", 1)[-1])
        if found is None:
            yield Compared((name,), f"{element} was never reached, nothing was due")
            continue
        number = int(visit) if visit.isdigit() else 1
        if number > len(found):
            yield Compared((name,), f"{element} was reached {len(found)} times, not {number}")
            continue
        due = found[number - 1]
        wanted = _wanted_due(about, element, number, text)
        said = f"expected {shown(wanted, about)} ({text}), found {shown(due, about)}"
        yield Compared((name,), "" if due == wanted else said)


def _wanted_due(about: About, element: str, number: int, text: Any) -> datetime | None:
    if text is None or text == NONE:
        return None
    if str(text).startswith("="):
        found = computed(about, str(text)[1:], {})
        if found is not None and not isinstance(found, datetime):
            raise NotATime(f"{text} is {found}; expected a date and time")
        return found
    spoken = _FROM.fullmatch(str(text).strip())
    if spoken is None:
        return read_instant(str(text), about.zone)
    start = _anchor(about, element, number, spoken["anchor"])
    return read_length(spoken["length"]).due(start, about.calendar)


def _anchor(about: About, element: str, number: int, name: str) -> datetime:
    trace = about.trace
    created = [task.created_at for task in trace.tasks if task.element == element]
    if name == "created" and number <= len(created):
        return created[number - 1]
    if name == "start" and trace.started_at is not None:
        return trace.started_at
    for known in (name, f"{name}_at"):
        found = trace.variables.get(known)
        if isinstance(found, datetime):
            return found
    if name in trace.completed_at:
        return trace.completed_at[name]
    known_names = [n for n, value in trace.variables.items() if isinstance(value, datetime)]
    raise NotATime(
        f'there is no time "{name}"; there are: start, created, {", ".join(sorted(known_names))}, '
        "and every element that was completed"
    )


def _roles(about: About, expected: Any) -> Iterator[Compared]:
    for name, groups in expected.items():
        wanted = sorted([groups] if isinstance(groups, str) else groups)
        tasks = [t for t in about.trace.tasks if name in (t.element, f"{t.process}.{t.element}")]
        if not tasks:
            yield Compared(
                (name,), f"expected {name} for {', '.join(wanted)}, but there was no such task"
            )
            continue
        wrong = next((task for task in tasks if list(task.groups) != wanted), None)
        said = ""
        if wrong is not None:
            there = ", ".join(wrong.groups) or "none"
            said = f"expected the groups {', '.join(wanted)}, found {there}"
        yield Compared((name,), said)


def _waiting(about: About, expected: Any) -> Iterator[Compared]:
    wanted = Counter(listed(expected))
    found = Counter(task.element for task in about.trace.open_tasks)
    same = set(wanted) == set(found) and all(
        count == 1 or found[name] == count for name, count in wanted.items()
    )
    said = (
        f"expected exactly {', '.join(sorted(wanted)) or 'none'} open, found {_tasks(about.trace)}"
    )
    yield Compared((), "" if same else said)


def _open(about: About, expected: Any) -> Iterator[Compared]:
    found = {task.element for task in about.trace.open_tasks}
    for name in listed(expected):
        said = f"expected {name} to be open, open are: {_tasks(about.trace)}"
        yield Compared((name,), "" if name in found else said)


def _not_open(about: About, expected: Any) -> Iterator[Compared]:
    found = {task.element for task in about.trace.open_tasks}
    for name in listed(expected):
        yield Compared(
            (name,), f"expected {name} not to be open, but it is" if name in found else ""
        )


def _escalated(about: About, expected: Any) -> Iterator[Compared]:
    fired = set(about.trace.escalated)
    over = {
        element.attached_to
        for process in about.definitions.processes.values()
        for element in process.elements.values()
        if element.id in fired and element.attached_to
    }
    for name in listed(expected):
        found = name in fired or name in over
        said = f"expected {name} to be overdue and escalated; timers that fired: "
        said += ", ".join(sorted(fired)) or "none"
        yield Compared((name,), "" if found else said)


def _late(about: About, expected: Any) -> Iterator[Compared]:
    yield from _punctual(about, expected, late=True)


def _in_time(about: About, expected: Any) -> Iterator[Compared]:
    yield from _punctual(about, expected, late=False)


def _punctual(about: About, expected: Any, *, late: bool) -> Iterator[Compared]:
    for name in listed(expected):
        done = [t for t in about.trace.tasks if t.element == name and t.ended == "completed"]
        if not done:
            yield Compared((name,), f"{name} was never completed")
            continue
        wrong = next((task for task in done if task.late is not late), None)
        said = ""
        if wrong is not None:
            how = "late" if late else "in time"
            said = (f"expected {name} {how}; it was due {shown(wrong.due_at, about)}, done "
                    f"{shown(wrong.ended_at, about)}")  # fmt: skip
        yield Compared((name,), said)


def _tasks(trace: Trace) -> str:
    found = Counter(task.element for task in trace.open_tasks)
    return ", ".join(n + (f" x{c}" if c > 1 else "") for n, c in sorted(found.items())) or "none"


_COMPARING: Mapping[str, Comparing] = {
    "path": _path, "not": _not, "flows": _flows, "times": _times, "end": _end, "due": _due,
    "roles": _roles, "waiting": _waiting, "open": _open, "not_open": _not_open,
    "escalated": _escalated, "late": _late, "in_time": _in_time, **RESULTS,
}  # fmt: skip
