"""Every way out of an exclusive or inclusive gateway needs a condition; one is the default flow.

Where no condition is true and no flow is the default, the case would stop there. A flow with
neither a condition nor the default mark makes the gateway ambiguous. A task may have conditions on
its ways out too: then one of them has none, or is the default flow.

Wrong: `Approved?` with the ways `Yes` (no condition) and `No` (no condition).

Right: `Yes` has the condition `=decision = "approved"`, `No` is the default flow.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.graph import is_split
from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.definitions.model import ACTIVITY_KINDS, Element, Process
from runner.definitions.wording import about, flow_words

SPLITS = frozenset({"exclusiveGateway", "inclusiveGateway"})


def check(subject: Subject) -> Iterator[Finding]:
    for process in subject.ours():
        for element in process.elements.values():
            if element.kind in SPLITS and is_split(element):
                yield from _gateway(process, element)
            elif element.kind in ACTIVITY_KINDS and any(
                process.flows[flow].condition is not None for flow in element.outgoing
            ):
                yield from _default(process, element)


def _gateway(process: Process, element: Element) -> Iterator[Finding]:
    file = process.file
    bare = [process.flows[f] for f in element.outgoing if process.flows[f].condition is None]
    for flow in bare:
        if flow.id != element.default:
            words = flow_words(flow)
            yield about(
                element, file, RULE.id, "error",
                f"的出口{words.zh}没有条件，也不是默认流。请写条件（以 = 开头），或设为默认流。",
                f"has the way out {words.en} with neither a condition nor the default mark. Give "
                "it a condition (beginning with =) or make it the default flow.",
            )  # fmt: skip
    yield from _default(process, element)


def _default(process: Process, element: Element) -> Iterator[Finding]:
    file = process.file
    bare = [flow for flow in element.outgoing if process.flows[flow].condition is None]
    if element.default is None and not bare:
        yield about(
            element, file, RULE.id, "error",
            "没有默认流：如果没有一个条件成立，案件会停在这里。请把一个出口设为默认流。",
            "has no default flow: where no condition is true, the case would stop here. Make one "
            "of its ways out the default flow.",
        )  # fmt: skip
    if element.default is not None and element.default not in element.outgoing:
        yield about(
            element, file, RULE.id, "error",
            f"的默认流“{element.default}”不是它的出口。请重新选择默认流。",
            f'has the default flow "{element.default}", which does not leave it. Choose again.',
        )  # fmt: skip
    elif element.default is not None and process.flows[element.default].condition is not None:
        yield about(
            element, file, RULE.id, "warning",
            "的默认流上还写着条件，这个条件不会被看。请删除它。",
            "has a condition on its default flow, which is never looked at. Remove it.",
        )  # fmt: skip


RULE = Rule("split_without_condition", "分支的条件与默认流 / Conditions and a default", check)
