"""A path into the answer of a decision table names one of its outputs.

Wrong: `=triage.handeling = "full"`.

Right: `=triage.handling = "full"`: the table has an output `handling`.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.feel.spelling import closest


def check(subject: Subject) -> Iterator[Finding]:
    for formula in subject.formulas:
        for root, path in formula.roots():
            entries = formula.shape(root).entries
            keys = path.split(".")[1:]
            if entries is None or not keys or keys[0] in entries:
                continue
            close = closest(keys[0], entries)
            there = sorted(entries)
            zh = f"是不是“{close}”？" if close else f"它有：{'、'.join(there)}。"
            en = f'Did you mean "{close}"?' if close else f"It has: {', '.join(there)}."
            yield formula.tell(
                RULE.id, "error",
                f"决策结果“{root}”里没有“{keys[0]}”。{zh}",
                f'the decision\'s answer "{root}" has no "{keys[0]}". {en}',
            )  # fmt: skip


RULE = Rule("unknown_entry", "决策结果里没有的项 / An output no table has", check)
