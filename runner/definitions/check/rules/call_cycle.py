"""Diagrams must not call each other in a circle.

Wrong: `intake` calls `triage`, and `triage` calls `intake`: the case would never end.

Right: the diagram that comes back sets a result; the caller's gateway leads back.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding, half
from runner.definitions.model import Element, Process


def check(subject: Subject) -> Iterator[Finding]:
    processes = {process.id: process for process in subject.ours()}
    calls = {
        process.id: [
            element
            for element in process.elements.values()
            if element.called_process in processes and element.kind == "callActivity"
        ]
        for process in processes.values()
    }
    reported: set[frozenset[str]] = set()
    for process_id in processes:
        circle = _circle(process_id, calls)
        if circle and frozenset(circle) not in reported:
            reported.add(frozenset(circle))
            yield _finding(circle, processes, calls)


def _circle(start: str, calls: dict[str, list[Element]]) -> list[str]:
    """The ids of a shortest circle through ``start``, or nothing."""
    came_from: dict[str, str] = {}
    todo = [start]
    while todo:
        current = todo.pop(0)
        for element in calls[current]:
            callee = element.called_process or ""
            if callee == start:
                path = [current]
                while path[-1] != start:
                    path.append(came_from[path[-1]])
                return path[::-1]
            if callee not in came_from:
                came_from[callee] = current
                todo.append(callee)
    return []


def _finding(
    circle: list[str], processes: dict[str, Process], calls: dict[str, list[Element]]
) -> Finding:
    first = processes[circle[0]]
    after = circle[1] if len(circle) > 1 else circle[0]
    caller = next(e for e in calls[first.id] if e.called_process == after)
    names = [processes[process_id].name or process_id for process_id in [*circle, circle[0]]]
    return Finding(
        file=first.file,
        rule=RULE.id,
        severity="error",
        zh="流程互相调用，绕成了圈：" + " → ".join(half(n, "zh") for n in names)
        + "。请去掉其中一个调用，改用结果和网关返回。",
        en="Diagrams call each other in a circle: " + " → ".join(half(n, "en") for n in names)
        + ". Remove one call and come back by a result and a gateway.",
        element_id=caller.id,
        element_name=caller.name,
        line=caller.line,
    )  # fmt: skip


RULE = Rule("call_cycle", "调用绕圈 / A circle of calls", check)
