"""A message event or receive task names its message, and how a message finds its case.

Without a name nothing can arrive; a receive task without one would be passed at once. A message
that arrives while a case runs needs a correlation key; one that starts a case does not.

Wrong: a receive task without a message.

Right: message `withdrawal_received`, correlation key `=complaint_number`.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.definitions.model import Element
from runner.definitions.wording import about

CATCHING = frozenset({"startEvent", "intermediateCatchEvent", "boundaryEvent", "receiveTask"})


def check(subject: Subject) -> Iterator[Finding]:
    for process in subject.processes():
        ours = process.file in subject.definitions.diagrams and (
            subject.definitions.diagrams[process.file].platform == "camunda-8"
        )
        for element in process.elements.values():
            waits = element.kind == "receiveTask" or (
                element.kind in CATCHING and element.event.kind == "message"
            )
            if waits:
                starts = element.kind == "startEvent" and element.parent == process.id
                yield from _message(element, process.file, ours and not starts)


def _message(element: Element, file: str, keyed: bool) -> Iterator[Finding]:
    if not element.event.message_name:
        yield about(
            element, file, RULE.id, "error",
            "没有指明消息，永远等不到。请在属性面板里选择或新建消息。",
            "names no message, so nothing can ever arrive. Choose or make a message in the "
            "properties panel.",
        )  # fmt: skip
    elif keyed and not element.event.correlation_key:
        yield about(
            element, file, RULE.id, "error",
            f"的消息“{element.event.message_name}”没有关联键，不知道属于哪个案件。"
            "请填写 =complaint_number。",
            f'waits for the message "{element.event.message_name}" without a correlation key, so '
            "it cannot be told which case a message is for. Enter =complaint_number.",
        )  # fmt: skip


RULE = Rule("message_incomplete", "消息与关联键 / Message and correlation key", check)
