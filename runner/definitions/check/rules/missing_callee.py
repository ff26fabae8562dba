"""The process a call activity names must exist, by a fixed id.

Wrong: process id `Intake`, while the called diagram's process has the id `intake`.

Right: the id in the properties panel equals the id of the other diagram's process.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.missing import named_by, with_others
from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.definitions.model import Element, is_expression
from runner.definitions.wording import about
from runner.feel.spelling import closest


def check(subject: Subject) -> Iterator[Finding]:
    for process, element in subject.elements():
        callee = element.called_process
        if element.kind != "callActivity":
            continue
        if callee is None:
            yield about(
                element, process.file, RULE.id, "error",
                "没有指明要调用的流程。请在属性面板里填写流程编号。",
                "names no process to call. Enter a process id in the properties panel.",
            )  # fmt: skip
        elif is_expression(callee):
            yield about(
                element, process.file, RULE.id, "error",
                "的流程编号是表达式，这里只能写固定的编号。请用网关选择不同的调用活动。",
                "has an expression as its process id; only a fixed id can be called. Choose "
                "between call activities at a gateway.",
            )  # fmt: skip
    yield from _not_there(subject)


def _not_there(subject: Subject) -> Iterator[Finding]:
    processes = subject.definitions.processes
    for callee, places in named_by(subject, _called):
        if callee in processes or subject.lost.may_hold(".bpmn", callee):
            continue
        (process, element), *others = places
        close = closest(callee, processes)
        zh = f"是不是“{close}”？" if close else "请检查流程编号，或画出这张图。"
        en = f'Did you mean "{close}"?' if close else "Check the id, or draw the diagram."
        finding = about(
            element, process.file, RULE.id, subject.reference,
            f"要调用流程“{callee}”，但没有找到它。{zh}",
            f'calls the process "{callee}", which was not found. {en}',
        )  # fmt: skip
        yield with_others(finding, others)


def _called(element: Element) -> str | None:
    """The process a call activity names by a fixed id."""
    callee = element.called_process
    return callee if element.kind == "callActivity" and not is_expression(callee) else None


RULE = Rule("missing_callee", "找不到被调用的流程 / A process that is not there", check)
