"""A process has at most one plain start event; a sub-process has exactly one and no other.

A called diagram is begun at its one plain start event. An event sub-process has exactly one start,
which an event begins; nothing leads into or out of it, and one that undoes lies in a sub-process.
Nothing leads into a start event or a boundary event, and nothing out of an end event.

Wrong: a sub-process with two start events.

Right: one start event, then a gateway if there are several ways to begin.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.graph import containers
from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.definitions.model import Element, Process
from runner.definitions.wording import about, named


def check(subject: Subject) -> Iterator[Finding]:
    called = {element.called_process for _, element in subject.elements()}
    for process in subject.processes():
        empty = (e.id for e in process.elements.values() if e.kind == "subProcess")
        for parent in dict.fromkeys([*containers(process), *empty]):
            yield from _starts(process, parent, called)
        for element in process.elements.values():
            yield from _ends(process, element)


def _starts(process: Process, parent: str, called: set[str | None]) -> Iterator[Finding]:
    starts = [element for element in process.children(parent) if element.kind == "startEvent"]
    plain = [element for element in starts if element.event.kind == "none"]
    around = process.elements.get(parent)
    if around is not None and around.triggered_by_event:
        yield from _event_sub_process(process, around, starts)
        return
    must = around is not None or process.id in called
    if around is not None and (len(starts) != 1 or len(plain) != 1):
        yield about(
            around, process.file, RULE.id, "error",
            f"里有 {len(starts)} 个开始事件，应正好有一个普通的开始事件。",
            f"has {len(starts)} start events inside; it needs exactly one, a plain one.",
        )  # fmt: skip
    elif around is None and (len(plain) > 1 or not starts or (must and not plain)):
        words = named(process.name, process.id)
        yield Finding(
            file=process.file,
            rule=RULE.id,
            severity="error",
            zh=f"流程{words.zh}有 {len(plain)} 个普通的开始事件，应正好有一个。",
            en=f"The process {words.en} has {len(plain)} plain start events; it needs exactly one.",
            element_id=process.id,
            element_name=process.name,
        )


def _event_sub_process(
    process: Process, element: Element, starts: list[Element]
) -> Iterator[Finding]:
    if len(starts) != 1:
        yield about(
            element, process.file, RULE.id, "error",
            f"里有 {len(starts)} 个开始事件，应正好有一个。",
            f"has {len(starts)} start events inside; it needs exactly one.",
        )  # fmt: skip
    if element.incoming or element.outgoing:
        yield about(
            element, process.file, RULE.id, "error",
            "是事件子流程，由事件开始，不能有连线。请删除连线。",
            "is an event sub-process: an event begins it, and no flow. Remove its flows.",
        )  # fmt: skip
    undoes = any(start.event.kind == "compensation" for start in starts)
    if undoes and element.parent == process.id:
        yield about(
            element, process.file, RULE.id, "error",
            "撤销的是整个流程，永远不会执行。请把它放进要撤销的子流程里。",
            "undoes the whole process, which nothing ever asks for. Put it into the sub-process "
            "that is to be undone.",
        )  # fmt: skip


def _ends(process: Process, element: Element) -> Iterator[Finding]:
    if element.kind in ("startEvent", "boundaryEvent") and element.incoming:
        yield about(
            element, process.file, RULE.id, "error",
            "不能有进入的连线。请把连线接到它后面的元素上。",
            "cannot have a flow leading in. Lead that flow to the element after it.",
        )  # fmt: skip
    if element.kind == "endEvent" and element.outgoing:
        yield about(
            element, process.file, RULE.id, "error",
            "后面不能再有连线。请删除连线，或改用中间事件。",
            "cannot have a flow leading out. Remove it, or use an intermediate event.",
        )  # fmt: skip


RULE = Rule("start_event", "开始与结束事件 / Start and end events", check)
