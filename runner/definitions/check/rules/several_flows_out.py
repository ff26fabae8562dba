"""More than one way out of a task starts them all at once.

That is what the standard says, and it is done so; hardly anybody means it, so it is a warning.
Where conditions say which ways are taken, nothing is said.

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
            bare = [f for f in element.outgoing if process.flows[f].condition is None]
            if element.default in bare:
                bare.remove(element.default)
            if element.kind not in GATEWAY_KINDS and len(bare) > 1:
                yield about(
                    element, process.file, RULE.id, "warning",
                    f"有 {len(bare)} 个没有条件的出口，会同时走。请在它后面画网关："
                    "只走一条用排他网关，同时走用并行网关。",
                    f"has {len(bare)} ways out without a condition, which are all taken at once. "
                    "Draw a gateway after it: exclusive to take one of them, parallel to take all.",
                )  # fmt: skip


RULE = Rule("several_flows_out", "任务的多个出口 / Several ways out of a task", check)
