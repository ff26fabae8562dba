"""Where one answer is wanted, no two rules of a decision table hold at the same time.

With the hit policy UNIQUE an input for which two rules hold stops the case with an incident. With
ANY it does so when their outputs differ. The finding names the rules as the modeler counts them and
gives an example. Where the two meet only if a condition holds that cannot be looked through (such
as `> limit`), or outputs can differ only by the case, it is a warning.

Wrong: with UNIQUE, both rules hold for `severity = "serious"`, `amount = 1200`.

| | severity | amount | approver |
|---|---|---|---|
| 1 | `"serious"` | `-` | `"leader"` |
| 2 | `-` | `> 1000` | `"finance"` |

Right: the second rule leaves out what the first one decides.

| | severity | amount | approver |
|---|---|---|---|
| 1 | `"serious"` | `-` | `"leader"` |
| 2 | `not("serious")` | `> 1000` | `"finance"` |

Or the hit policy FIRST, if the order of the rules says which one counts.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.check.table_words import example_words
from runner.definitions.check.tables import CheckedTable
from runner.definitions.dmn.analysis import Overlap
from runner.definitions.dmn.coverage import TooManyCombinations
from runner.definitions.findings import Finding

_SHOWN = 10


def check(subject: Subject) -> Iterator[Finding]:
    for table in subject.tables:
        if table.table.hit_policy not in ("UNIQUE", "ANY"):
            continue
        shown: list[Overlap] = []
        rest = 0
        try:
            for item in table.analysis.overlaps():
                if not _wrong(table, item):
                    continue
                if len(shown) < _SHOWN:
                    shown.append(item)
                else:
                    rest += 1
        except TooManyCombinations:
            yield table.not_analysed()
            continue
        for item in shown:
            yield _overlap(table, item)
        if rest:
            yield table.tell(
                RULE.id, "warning",
                f"还有 {rest} 对规则会同时成立。",
                f"{rest} more pairs of rules hold at the same time.",
            )  # fmt: skip


def _wrong(table: CheckedTable, item: Overlap) -> bool:
    return table.table.hit_policy == "UNIQUE" or item.differ is not False


def _overlap(table: CheckedTable, item: Overlap) -> Finding:
    example = example_words(table.table, table.analysis.axes, item.where)
    first, second = table.rule(item.first), table.rule(item.second)
    ids = table.ids(item.first, item.second)
    zh = f"{first.zh} 和{second.zh} 同时成立{ids.zh}，例如 {example.zh}。"
    en = f"{first.en} and {second.en} hold at the same time{ids.en}, for example {example.en}."
    if table.table.hit_policy == "UNIQUE":
        zh += "命中策略 UNIQUE 只允许一条规则成立。"
        en += " The hit policy UNIQUE lets only one rule hold."
    elif item.differ:
        zh += "它们的输出不同，而命中策略 ANY 要求相同。"
        en += " Their outputs differ; the hit policy ANY wants the same."
    else:
        zh += "它们的输出可能不同，而命中策略 ANY 要求相同。"
        en += " Their outputs may differ; the hit policy ANY wants the same."
    certain = item.certain and (table.table.hit_policy == "UNIQUE" or item.differ is True)
    return table.tell(
        RULE.id,
        "error" if certain else "warning",
        zh,
        en,
        table.table.rules[item.second].id,
    )


RULE = Rule("rules_overlap", "规则互相重叠 / Rules that hold at the same time", check)
