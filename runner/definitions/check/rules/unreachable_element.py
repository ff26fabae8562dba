"""Every element must be reachable from a start event.

Wrong: a task without an incoming flow, left over from an edit.

Right: the task has an incoming flow, or is deleted. A boundary event is reached by its activity.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.graph import containers, reachable
from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.definitions.wording import about


def check(subject: Subject) -> Iterator[Finding]:
    for process in subject.processes():
        for parent in containers(process):
            inside = process.children(parent)
            if not any(element.kind == "startEvent" for element in inside):
                continue  # start_event says so
            reached = reachable(process, parent)
            for element in inside:
                if element.id not in reached and not element.triggered_by_event:
                    yield about(
                        element, process.file, RULE.id, "error",
                        "永远走不到：从开始事件没有路通到它。请把它连上，或者删除。",
                        "can never be reached: no way leads to it from a start event. Join it up, "
                        "or delete it.",
                    )  # fmt: skip


RULE = Rule("unreachable_element", "走不到的元素 / An element nobody reaches", check)
