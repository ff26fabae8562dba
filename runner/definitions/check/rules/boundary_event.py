"""A boundary event sits on an activity and leads somewhere. An event sub-process has none.

Wrong: a timer that was moved off the border of its task.

Right: the timer sits on the task's border; its flow leads to what happens when it is late.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.definitions.model import ACTIVITY_KINDS
from runner.definitions.wording import about


def check(subject: Subject) -> Iterator[Finding]:
    for process in subject.processes():
        for element in process.elements.values():
            if element.kind != "boundaryEvent":
                continue
            host = process.elements.get(element.attached_to or "")
            if (
                host is None
                or host.kind not in ACTIVITY_KINDS
                or host.triggered_by_event
                or host.parent != element.parent
            ):
                yield about(
                    element, process.file, RULE.id, "error",
                    "没有附在任何活动上。请把它拖到任务、调用活动或子流程的边框上。",
                    "sits on no activity. Move it onto the border of a task, call activity or "
                    "sub-process.",
                )  # fmt: skip


RULE = Rule("boundary_event", "边界事件的位置 / Where a boundary event sits", check)
