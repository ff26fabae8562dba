"""A condition counts on a flow that leaves an exclusive or inclusive gateway, or an activity.

On a flow that leaves an event, a parallel or an event-based gateway it has no meaning.

Wrong: a flow from the event `Received` to `Repair` with the condition `=faulty`.

Right: `Received` leads to an exclusive gateway; the condition is on the gateway's flow.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.definitions.model import ACTIVITY_KINDS
from runner.definitions.wording import about, flow_words

DECIDING = frozenset({"exclusiveGateway", "inclusiveGateway"}) | ACTIVITY_KINDS


def check(subject: Subject) -> Iterator[Finding]:
    for process in subject.processes():
        for flow in process.flows.values():
            source = process.elements.get(flow.source)
            if flow.condition is None or source is None or source.kind in DECIDING:
                continue
            words = flow_words(flow)
            yield about(
                source, process.file, RULE.id, "error",
                f"的出口{words.zh}上写了条件，但这里的条件不起作用。请在它后面画一个排他网关，"
                "把条件写在网关的出口上。",
                f"has a condition on its way out {words.en}, where conditions have no effect. Draw "
                "an exclusive gateway after it and put the condition on the gateway's flow.",
            )  # fmt: skip


RULE = Rule("condition_ignored", "不起作用的条件 / A condition without effect", check)
