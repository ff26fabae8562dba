"""A deadline stands still only where three things agree: a step that says for whom the case waits
(`waits_for`), a deadline that says for whom it may stand still (`pauses_for`), and the policy's
`deadlines.pause_for`.

A wait that no deadline names, or a mark at an element that neither waits nor has a deadline, does
nothing. See `docs/deadlines.md`.

Wrong: property `pauses_for` = `customer` at a service task.

Right: `waits_for` = `customer` at the user task that asks the customer, `pauses_for` = `customer`
at the timer of the case's limit.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.definitions.model import Element
from runner.definitions.wording import about

_WAITS, _PAUSES = "waits_for", "pauses_for"
_WAITING = frozenset({"userTask", "receiveTask"})


def check(subject: Subject) -> Iterator[Finding]:
    named: dict[str, set[str]] = {_WAITS: set(), _PAUSES: set()}
    marked = []
    for process, element in subject.elements():
        for mark in (_WAITS, _PAUSES):
            reasons = _reasons(element, mark)
            named[mark] |= reasons
            if reasons:
                marked.append((process.file, element, mark, reasons))
    for file, element, mark, reasons in marked:
        if not (_can_wait(element) if mark == _WAITS else _has_deadline(element)):
            zh, en = (
                ("不会等待", "never waits") if mark == _WAITS else ("没有期限", "has no deadline")
            )
            yield about(
                element, file, RULE.id, "warning",
                f"写了 {mark}，但它{zh}，这里不起作用。",
                f"has the property {mark}, but {en}: it does nothing here.",
            )  # fmt: skip
            continue
        other = _PAUSES if mark == _WAITS else _WAITS
        for reason in sorted(reasons - named[other]) if subject.whole else ():
            yield about(
                element, file, RULE.id, "warning",
                f"的 {mark} 写的是“{reason}”，没有元素的 {other} 与它对应，期限不会暂停。",
                f'has {mark} = "{reason}", but no element has it in {other}: no deadline stands '
                "still.",
            )  # fmt: skip


def _reasons(element: Element, mark: str) -> set[str]:
    written = element.properties.get(mark, "")
    return {part.strip() for part in written.split(",") if part.strip()}


def _can_wait(element: Element) -> bool:
    caught = element.kind == "intermediateCatchEvent" and element.event.kind in ("message", "timer")
    return element.kind in _WAITING or caught


def _has_deadline(element: Element) -> bool:
    if element.kind == "userTask":
        return element.due_date is not None
    return element.event.kind == "timer" and element.kind != "startEvent"


RULE = Rule("deadline_pause", "期限的暂停 / Deadlines that stand still", check)
