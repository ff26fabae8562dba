"""From every element a way must lead to an end event.

Wrong: a task without an outgoing flow, or a loop without an exit.

Right: every way ends in an end event that names the state reached.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.graph import can_end, containers, reachable
from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.definitions.wording import about


def check(subject: Subject) -> Iterator[Finding]:
    for process in subject.processes():
        for parent in containers(process):
            ending, reached = can_end(process, parent), reachable(process, parent)
            for element in process.children(parent):
                if element.id in ending or element.id not in reached:
                    continue
                if element.outgoing:
                    yield about(
                        element, process.file, RULE.id, "error",
                        "之后永远走不到结束事件：后面是没有出口的圈或断头路。请画出通向结束的路。",
                        "never leads to an end event: a loop without an exit or a dead end comes "
                        "after it. Draw a way to an end.",
                    )  # fmt: skip
                else:
                    yield about(
                        element, process.file, RULE.id, "error",
                        "后面没有连线，路断在这里。请连到下一步，或画一个结束事件。",
                        "has no flow after it; the way stops here. Lead it on, or to an end event.",
                    )  # fmt: skip


RULE = Rule("no_way_to_end", "通向结束的路 / A way to an end", check)
