"""Events that are run: plain, timer and message starts; timers and messages in between and on the
border of an activity; plain and terminating ends.

All others (signal, error, escalation, compensation, link, cancel, conditional, several at once)
would be ignored or hang, so a diagram that holds one cannot be released.

Wrong: an end event of the kind *error*.

Right: an output mapping of a plain end event sets a result; the caller's gateway asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.definitions.model import EVENT_KINDS
from runner.definitions.wording import about

RUN: Mapping[str, frozenset[str]] = {
    "startEvent": frozenset({"none", "message", "timer"}),
    "intermediateCatchEvent": frozenset({"timer", "message"}),
    "boundaryEvent": frozenset({"timer", "message"}),
    "intermediateThrowEvent": frozenset({"none"}),
    "endEvent": frozenset({"none", "terminate"}),
}
INSTEAD: Mapping[str, tuple[str, str, str]] = {
    "none": ("空白", "plain", ""),
    "timer": ("定时", "timer", ""),
    "message": ("消息", "message", ""),
    "signal": ("信号", "signal", "send_message"),
    "error": ("错误", "error", "result"),
    "escalation": ("升级", "escalation", "result"),
    "terminate": ("终止", "terminate", "result"),
    "cancel": ("取消", "cancel", "result"),
    "compensation": ("补偿", "compensation", "task"),
    "conditional": ("条件", "conditional", "gateway"),
    "link": ("链接", "link", "flow"),
    "multiple": ("多重", "multiple", "single"),
}
ADVICE: Mapping[str, tuple[str, str]] = {
    "": (
        "请改用服务任务、定时器边界事件或普通事件。",
        "Use a service task, a timer on an activity's border, or a plain event.",
    ),
    "send_message": ("请改用消息事件。", "Use a message event."),
    "result": (
        "请用普通结束事件的输出映射写下结果，再用排他网关判断。",
        "Let a plain end event's output mapping set a result, and ask for it at a gateway.",
    ),
    "task": ("请把撤销的工作画成任务。", "Draw what has to be undone as tasks."),
    "gateway": ("请用排他网关判断条件。", "Ask for the condition at an exclusive gateway."),
    "flow": ("请直接画连线。", "Draw the flow itself."),
    "single": ("请每种情况画一个事件。", "Draw one event for each case."),
}


def check(subject: Subject) -> Iterator[Finding]:
    for process in subject.processes():
        for element in process.elements.values():
            kind = element.event.kind
            if element.kind not in EVENT_KINDS or kind in RUN[element.kind]:
                continue
            around = process.elements.get(element.parent)
            if around is not None and around.triggered_by_event:
                continue  # the event sub-process as a whole is reported
            zh, en, instead = INSTEAD[kind]
            advice = ADVICE[instead]
            yield about(
                element, process.file, RULE.id, "error",
                f"是{zh}类型，这里不会执行。{advice[0]}",
                f"is of the {en} kind, which is not run here. {advice[1]}",
            )  # fmt: skip


RULE = Rule("unsupported_event", "不执行的事件 / Events that are not run", check)
