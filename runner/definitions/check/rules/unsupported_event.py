"""Events that are run, by where they stand.

Starts: plain, timer, message, signal, conditional; in an event sub-process timer, message, signal,
error, escalation, conditional and compensation. In between: timers, messages, signals, conditions,
links; thrown: messages, signals, escalations, links, compensation. On a border: timers, messages,
signals, errors, escalations, conditions, compensation. Ends: plain, message, signal, error,
escalation, terminate, compensation.

Cancel events and several definitions at one event are not run, and others only where they have a
meaning: an error cannot be waited for in the middle of a flow. A diagram that holds one of them
would be ignored in part or hang, so it cannot be released.

Wrong: an end event of the kind *cancel*; a catch event of the kind *error*.

Right: an error end event inside a sub-process and an error event on its border.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.definitions.model import (
    EVENT_KINDS,
    EVENT_SUB_PROCESS_STARTS,
    EXECUTED_EVENTS,
    Element,
    Process,
)
from runner.definitions.wording import about

WORDS: Mapping[str, tuple[str, str]] = {
    "none": ("空白", "plain"),
    "timer": ("定时", "timer"),
    "message": ("消息", "message"),
    "signal": ("信号", "signal"),
    "error": ("错误", "error"),
    "escalation": ("升级", "escalation"),
    "terminate": ("终止", "terminate"),
    "cancel": ("取消", "cancel"),
    "compensation": ("补偿", "compensation"),
    "conditional": ("条件", "conditional"),
    "link": ("链接", "link"),
    "multiple": ("多重", "multiple"),
}
PLAIN = ("请改用普通事件。", "Use a plain event.")
BORDER = (
    "请把它画在活动的边框上，或作为事件子流程的开始。",
    "Draw it on the border of an activity, or as the start of an event sub-process.",
)
ADVICE: Mapping[str, tuple[str, str]] = {
    "cancel": (
        "请用错误结束事件，并在子流程边框上画错误事件。",
        "Use an error end event inside, and an error event on the sub-process's border.",
    ),
    "multiple": (
        "请每种情况画一个事件；有几种可等时用事件网关。",
        "Draw one event for each case; behind an event-based gateway where the first one decides.",
    ),
    "error": BORDER,
    "escalation": BORDER,
    "compensation": BORDER,
    "link": ("请直接画连线。", "Draw the flow itself."),
    "terminate": ("请用终止结束事件。", "Use a terminate end event."),
}


def check(subject: Subject) -> Iterator[Finding]:
    for process in subject.processes():
        for element in process.elements.values():
            kind = element.event.kind
            if element.kind not in EVENT_KINDS or kind in _allowed(process, element):
                continue
            zh, en = WORDS[kind]
            advice = ADVICE.get(kind, PLAIN)
            if element.kind == "startEvent" and kind == "none":
                advice = (
                    "事件子流程要由定时、消息、信号、错误、升级、条件或补偿事件开始。",
                    "An event sub-process begins with a timer, message, signal, error, escalation, "
                    "conditional or compensation event.",
                )
            yield about(
                element, process.file, RULE.id, "error",
                f"是{zh}类型，在这里不会执行。{advice[0]}",
                f"is of the {en} kind, which is not run here. {advice[1]}",
            )  # fmt: skip


def _allowed(process: Process, element: Element) -> frozenset[str]:
    around = process.elements.get(element.parent)
    if element.kind == "startEvent" and around is not None and around.triggered_by_event:
        return EVENT_SUB_PROCESS_STARTS
    return EXECUTED_EVENTS[element.kind]


RULE = Rule("unsupported_event", "不执行的事件 / Events that are not run", check)
