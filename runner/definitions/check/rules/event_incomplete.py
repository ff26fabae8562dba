"""An event says all that it needs: its name, code, condition, partner or handler.

A link needs exactly one catch event of its name in the same (sub-)process. A signal needs a name,
a thrown error or escalation a code, a conditional event a condition. A message that is thrown is
sent by a job, like a send task. A compensation event on a border is joined, by an association, to
the activity that undoes; that one is marked as compensation and has no sequence flows and no border
events. A compensation event waits until all is undone, and names an activity there is, or none.

Wrong: a link event *go on* without a catch event of that name.

Right: `go on` as a throw event, and one `go on` as a catch event further down.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.definitions.model import Element, Process
from runner.definitions.wording import about

THROWS = frozenset({"intermediateThrowEvent", "endEvent"})
Words = tuple[str, str]


def check(subject: Subject) -> Iterator[Finding]:
    for process in subject.processes():
        for element in process.elements.values():
            for zh, en in (*_event(process, element), *_handler(process, element)):
                yield about(element, process.file, RULE.id, "error", zh, en)


def _event(process: Process, element: Element) -> Iterator[Words]:
    event = element.event
    if event.kind == "link":
        yield from _link(process, element)
    elif event.kind == "signal" and not event.code:
        yield "没有信号名。请在属性面板里选择或新建信号。", "names no signal. Choose or make one."
    elif event.kind in ("error", "escalation") and element.kind in THROWS and not event.code:
        yield (
            "没有代码，不知道该由谁接住。请填写代码。",
            "has no code, so that nobody knows what it throws. Enter one.",
        )
    elif event.kind == "conditional" and not event.condition.startswith("="):
        yield (
            f"的条件“{event.condition}”不是表达式。请写以 = 开头的条件。",
            f'has the condition "{event.condition}", which is no expression. Write one, beginning '
            "with =.",
        )
    elif event.kind == "message" and element.kind in THROWS and element.job_type is None:
        yield (
            "没有写任务类型，没有程序会发送它。请像发送任务那样填写任务类型。",
            "has no job type, so nothing sends its message. Enter one, as for a send task.",
        )
    elif event.kind == "compensation":
        yield from _compensation(process, element)


def _link(process: Process, element: Element) -> Iterator[Words]:
    name = element.event.code
    alike = [
        other
        for other in process.children(element.parent)
        if other.event.kind == "link" and other.event.code == name and other.kind != element.kind
    ]
    if not name:
        yield "没有名称。请给链接写一个名称。", "has no name. Give the link one."
    elif element.kind == "intermediateThrowEvent" and len(alike) != 1:
        yield (
            f"在同一层要有正好一个名为“{name}”的链接捕获事件，现有 {len(alike)} 个。",
            f'needs exactly one catching link "{name}" in the same (sub-)process; there are '
            f"{len(alike)}.",
        )
    elif element.kind == "intermediateCatchEvent" and not alike:
        yield (
            f"没有名为“{name}”的链接抛出事件，永远走不到。",
            f'has no throwing link "{name}" in the same (sub-)process, so nothing comes here.',
        )
    if element.kind == "intermediateThrowEvent" and element.outgoing:
        yield "后面不能有连线，它在链接处继续。", "cannot have a flow: it goes on at its link."
    if element.kind == "intermediateCatchEvent" and element.incoming:
        yield "前面不能有连线，它由链接到达。", "cannot have a flow leading in: a link leads here."


def _compensation(process: Process, element: Element) -> Iterator[Words]:
    event = element.event
    if element.kind == "boundaryEvent":
        handler = process.elements.get(element.handler or "")
        if handler is None or handler.parent != element.parent:
            yield (
                "没有用关联线连到补偿活动。请画一个带补偿标记的活动，用关联线连上。",
                "is not joined to an activity that undoes. Draw one, marked as compensation, and "
                "join the two with an association.",
            )
        if element.outgoing:
            yield "后面不能有连线，只能有关联线。", "cannot have a flow, only an association."
        others = process.boundary_events(element.attached_to or "")
        if [o.id for o in others if o.event.kind == "compensation"][0:1] != [element.id]:
            yield (
                "所在的活动已有一个补偿事件。请只留一个。",
                "sits on an activity that has a compensation event already. Keep one.",
            )
    elif element.kind in THROWS:
        if not event.waits:
            yield (
                "设为不等待补偿完成，这里总是等待。请去掉 waitForCompletion=false。",
                "does not wait until all is undone; here it always does. Remove "
                "waitForCompletion=false.",
            )
        named = process.elements.get(event.activity)
        if event.activity and (named is None or named.for_compensation):
            yield (
                f"要撤销的活动“{event.activity}”不存在。请重新选择。",
                f'undoes the activity "{event.activity}", which there is not. Choose again.',
            )


def _handler(process: Process, element: Element) -> Iterator[Words]:
    if not element.for_compensation:
        return
    if element.incoming or element.outgoing:
        yield (
            "带补偿标记，不能有连线。请去掉连线，或去掉补偿标记。",
            "is marked as compensation and cannot have flows. Remove them, or the mark.",
        )
    if process.boundary_events(element.id):
        yield (
            "带补偿标记，边框上不能有事件。请把事件画到它里面的子流程上。",
            "is marked as compensation and cannot have events on its border. Put them inside, in a "
            "sub-process.",
        )
    if all(other.handler != element.id for other in process.elements.values()):
        yield (
            "带补偿标记，但没有补偿事件连到它，永远不会执行。",
            "is marked as compensation, but no compensation event is joined to it.",
        )


RULE = Rule("event_incomplete", "事件缺少的内容 / What an event lacks", check)
