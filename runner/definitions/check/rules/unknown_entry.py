"""A path into the answer of a decision table names one of its outputs.

Wrong: `=triage.handeling = "full"`.

Right: `=triage.handling = "full"`: the table has an output `handling`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from runner.definitions.check.formulas import formulas
from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding


def check(subject: Subject) -> Iterator[Finding]:
    for formula in formulas(subject):
        for root, path in formula.roots():
            entries = formula.shape(root).entries
            keys = path.split(".")[1:]
            if entries is None or not keys or keys[0] in entries:
                continue
            close = difflib.get_close_matches(keys[0], sorted(entries), 1)
            there = sorted(entries)
            zh = f"是不是“{close[0]}”？" if close else f"它有：{'、'.join(there)}。"
            en = f'Did you mean "{close[0]}"?' if close else f"It has: {', '.join(there)}."
            yield formula.tell(
                RULE.id, "error",
                f"决策结果“{root}”里没有“{keys[0]}”。{zh}",
                f'the decision\'s answer "{root}" has no "{keys[0]}". {en}',
            )  # fmt: skip


RULE = Rule("unknown_entry", "决策结果里没有的项 / An output no table has", check)
