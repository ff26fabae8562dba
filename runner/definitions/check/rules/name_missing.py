"""A user task, a start event and an end event have a name.

People meet it in their task list, on the case page and in the evidence. Gateways that join and
flows without a question need none.

Wrong: a user task with an empty name.

Right: `登记投诉 / Record complaint`.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.definitions.wording import about

NAMED = frozenset({"userTask", "startEvent", "endEvent"})


def check(subject: Subject) -> Iterator[Finding]:
    for process, element in subject.elements():
        if element.kind in NAMED and not element.name.strip():
            yield about(
                element, process.file, RULE.id, "warning",
                "没有名称，任务清单和记录里看不出是哪一步。请写上“中文 / English”。",
                "has no name, so task lists and the record cannot say which step it is. "
                "Give it one in both languages.",
            )  # fmt: skip


RULE = Rule("name_missing", "没有名称的步骤 / A step without a name", check)
