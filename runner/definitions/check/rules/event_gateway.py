"""What follows an event-based gateway is a timer, message, signal or condition, or a receive task.

What follows it has no boundary events and is not multi-instance.

Wrong: an event-based gateway followed by a user task.

Right: one flow to a message event, one to a timer.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.definitions.model import Element, Process
from runner.definitions.wording import about, named

WAITING = frozenset({"intermediateCatchEvent", "receiveTask"})


def check(subject: Subject) -> Iterator[Finding]:
    for process in subject.processes():
        for element in process.elements.values():
            if element.kind == "eventBasedGateway":
                yield from _gateway(process, element)


def _gateway(process: Process, element: Element) -> Iterator[Finding]:
    after = [process.elements.get(process.flows[flow].target) for flow in element.outgoing]
    for target in after:
        if target is not None and (target.kind not in WAITING or target.event.kind == "link"):
            words = named(target.name, target.id)
            yield about(
                element, process.file, RULE.id, "error",
                f"后面是{words.zh}，那里没有可等的事。事件网关后面只能是定时、消息、信号、条件事件或"
                "接收任务。",
                f"is followed by {words.en}, where there is nothing to wait for. Only timers, "
                "messages, signals, conditions and receive tasks may follow it.",
            )  # fmt: skip
        elif target is not None and (
            target.multi_instance is not None or process.boundary_events(target.id)
        ):
            words = named(target.name, target.id)
            yield about(
                element, process.file, RULE.id, "error",
                f"后面的{words.zh}不能是多实例，边框上也不能有事件。",
                f"is followed by {words.en}, which can neither be multi-instance nor have events "
                "on its border there.",
            )  # fmt: skip
    if len(after) < 2:
        yield about(
            element, process.file, RULE.id, "error",
            "至少要有两个出口，否则没有可选的。",
            "needs at least two ways out; with fewer there is nothing to choose.",
        )  # fmt: skip


RULE = Rule("event_gateway", "事件网关之后 / After an event-based gateway", check)
