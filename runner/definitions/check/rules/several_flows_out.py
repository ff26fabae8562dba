"""Only a gateway may have more than one way out.

Two flows out of a task would start both ways at once, which hardly anybody means.

Wrong: the task `Assess` with flows to `Repair` and to `Reply`.

Right: `Assess` leads to a gateway: exclusive for one of them, parallel for both.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.definitions.model import GATEWAY_KINDS
from runner.definitions.wording import about


def check(subject: Subject) -> Iterator[Finding]:
    for process in subject.processes():
        for element in process.elements.values():
            if element.kind not in GATEWAY_KINDS and len(element.outgoing) > 1:
                yield about(
                    element, process.file, RULE.id, "error",
                    f"有 {len(element.outgoing)} 个出口。请在它后面画网关：只走一条用排他网关，"
                    "同时走用并行网关。",
                    f"has {len(element.outgoing)} ways out. Draw a gateway after it: exclusive to "
                    "take one of them, parallel to take all.",
                )  # fmt: skip


RULE = Rule("several_flows_out", "任务只有一个出口 / One way out of a task", check)
