"""Activities and gateways that are not run as drawn.

Not run: transactions, ad-hoc sub-processes, complex gateways, standard loops, and an event
sub-process that is multi-instance. A task without a type and a manual task run through without
anybody seeing them (a warning).

Wrong: a transaction with a cancel event.

Right: a plain sub-process with an error event on its border; a compensation event undoes its steps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.definitions.model import (
    ACTIVITY_KINDS,
    EVENT_KINDS,
    GATEWAY_KINDS,
    Element,
)
from runner.definitions.wording import about

REFUSED: Mapping[str, tuple[str, str]] = {
    "transaction": (
        "不会作为事务执行。请改用普通子流程，用错误事件和补偿事件撤销已做的步骤。",
        "is not run as a transaction. Use a plain sub-process; error and compensation events undo "
        "what was done.",
    ),
    "adHocSubProcess": (
        "不会执行。请画出步骤的先后，或用并行多实例任务。",
        "is not run. Draw the order of its steps, or use a parallel multi-instance task.",
    ),
    "complexGateway": (
        "不会执行。请改用排他、并行或包容网关。",
        "is not run. Use exclusive, parallel or inclusive gateways.",
    ),
}
PASSES: Mapping[str, tuple[str, str]] = {
    "task": (
        "没有类型，会直接走过去，谁也看不到。请选择类型，例如用户任务。",
        "has no type; it runs through and nobody sees it. Choose a type, such as user task.",
    ),
    "manualTask": (
        "会直接走过去，谁也看不到。要让人处理，请改为用户任务。",
        "runs through and nobody sees it. Make it a user task if somebody has to act.",
    ),
}
MANY = (
    "是多实例的事件子流程，这里不会执行。请在它里面画多实例的活动。",
    "is a multi-instance event sub-process, which is not run. Draw a multi-instance activity "
    "inside it.",
)


def check(subject: Subject) -> Iterator[Finding]:
    known = ACTIVITY_KINDS | EVENT_KINDS | GATEWAY_KINDS
    for process in subject.processes():
        for element in process.elements.values():
            if element.kind not in known:
                continue  # unknown_element says so
            yield from _element(element, process.file)


def _element(element: Element, file: str) -> Iterator[Finding]:
    if element.triggered_by_event and element.multi_instance is not None:
        yield about(element, file, RULE.id, "error", *MANY)
    elif element.kind in REFUSED:
        yield about(element, file, RULE.id, "error", *REFUSED[element.kind])
    elif element.kind in PASSES:
        yield about(element, file, RULE.id, "warning", *PASSES[element.kind])


RULE = Rule("unsupported_activity", "不执行的活动和网关 / Activities that are not run", check)
