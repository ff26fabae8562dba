"""A decision table that gives one answer has an answer for every input.

Looked at with the hit policies UNIQUE, ANY, PRIORITY and FIRST, where not every output column has a
default output: an input that no rule covers makes the decision null. What can come is known from
the allowed values of a column, its type, the options of forms and the answers of other decisions;
an open text can be any of the texts in its column, or another one. A missing value (null) counts
only where a rule asks for it.

Wrong: nothing is said for `severity = "minor"` with an amount above 1000.

| | severity | amount | approver |
|---|---|---|---|
| 1 | `"serious"` | `-` | `"leader"` |
| 2 | `"minor"` | `<= 1000` | `"staff"` |

Right: a rule that decides it, or a default output where one answer is right for all the rest.

| | severity | amount | approver |
|---|---|---|---|
| 1 | `"serious"` | `-` | `"leader"` |
| 2 | `"minor"` | `<= 1000` | `"staff"` |
| 3 | `"minor"` | `> 1000` | `"finance"` |

Between `[1..5]` and `[6..9]` the number 5.5 is a gap; write `[1..6)`, or the type `integer`.

Where rules ask for conditions that cannot be looked through, and only these may cover an input, it
is told for information. A table of too many combinations is not analysed, which is told as well.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.check.table_words import box_words
from runner.definitions.check.tables import CheckedTable
from runner.definitions.dmn.analysis import Gaps
from runner.definitions.dmn.coverage import TooManyCombinations
from runner.definitions.findings import Finding

_SHOWN = 3


def check(subject: Subject) -> Iterator[Finding]:
    for table in subject.tables:
        if not table.analysis.single_hit or not table.table.rules:
            continue
        if all(output.default for output in table.table.outputs):
            continue
        try:
            gaps = table.analysis.gaps()
        except TooManyCombinations:
            yield table.not_analysed()
            continue
        if gaps.boxes:
            yield _gap(table, gaps)


def _gap(table: CheckedTable, gaps: Gaps) -> Finding:
    words = [box_words(table.table, table.analysis.axes, box) for box in gaps.boxes]
    shown, rest = words[:_SHOWN], len(words) - _SHOWN
    zh = "；".join(part.zh for part in shown)
    en = "; ".join(part.en for part in shown)
    if rest > 0:
        zh += f"；另有{'' if gaps.whole else '至少'} {rest} 种情况"
        en += f"; and {'' if gaps.whole else 'at least '}{rest} more"
    if gaps.certain:
        return table.tell(
            RULE.id, "warning",
            f"没有规则适用于：{zh}。这时没有结果。请补一条规则，或给每个输出列设默认输出。",
            f"no rule covers: {en}. There is no answer then. Add a rule, or a default output for "
            "each output column.",
        )  # fmt: skip
    rules = table.rules(gaps.unless)
    return table.tell(
        RULE.id, "info",
        f"如果{rules.zh} 的条件不成立，就没有规则适用于：{zh}。",
        f"unless the conditions of {rules.en} hold, no rule covers: {en}.",
    )  # fmt: skip


RULE = Rule(
    "rules_gap",
    "没有规则适用的情况 / Inputs that no rule covers",
    check,
    reading=("table_not_analysed",),
)
