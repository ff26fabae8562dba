"""A sequence flow must begin and end at elements of the same process or sub-process.

A flow that crosses the border of a sub-process, or whose end was deleted, cannot be followed.

Wrong: a flow from a task inside a sub-process to a task outside it.

Right: the flow ends at an end event inside; a second flow leaves the sub-process itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.definitions.model import Flow, Process
from runner.definitions.wording import flow_words


def check(subject: Subject) -> Iterator[Finding]:
    for process in subject.processes():
        for flow in process.flows.values():
            source = process.elements.get(flow.source)
            target = process.elements.get(flow.target)
            if source is None or target is None:
                missing = flow.source if source is None else flow.target
                yield _finding(
                    process,
                    flow,
                    f"连到的元素“{missing}”不存在。请重新画这条连线。",
                    f'is joined to the element "{missing}", which does not exist. Draw it again.',
                )
            elif source.parent != target.parent:
                yield _finding(
                    process,
                    flow,
                    "穿过了子流程的边框。请在子流程里画结束事件，再从子流程本身连出。",
                    "crosses the border of a sub-process. End inside with an end event, and draw "
                    "the flow from the sub-process itself.",
                )


def _finding(process: Process, flow: Flow, zh: str, en: str) -> Finding:
    words = flow_words(flow)
    return Finding(
        file=process.file,
        rule=RULE.id,
        severity="error",
        zh=f"连线{words.zh}{zh}",
        en=f"The flow {words.en} {en}",
        element_id=flow.id,
        element_name=flow.name,
    )


RULE = Rule("flow_end_missing", "连线的端点 / Both ends of a flow", check)
