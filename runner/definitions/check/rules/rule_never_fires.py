"""Every rule of a decision table can be the answer for some input.

A rule never fires where the rules before it (FIRST), or those with better outputs (PRIORITY),
together cover everything it asks for; and where its cells contradict themselves or each other. In
tables that collect answers (and with ANY), a rule that says the same as another one is told, too.

Wrong: with FIRST, rule 1 decides all that rule 2 asks for.

| | severity | amount | approver |
|---|---|---|---|
| 1 | `-` | `> 1000` | `"finance"` |
| 2 | `"serious"` | `> 5000` | `"leader"` |
| 3 | `-` | `-` | `"staff"` |

Right: the special case comes before the general one.

| | severity | amount | approver |
|---|---|---|---|
| 1 | `"serious"` | `> 5000` | `"leader"` |
| 2 | `-` | `> 1000` | `"finance"` |
| 3 | `-` | `-` | `"staff"` |

Wrong: the range `[5..1]`, which nothing lies in. Right: `[1..5]`.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.check.tables import CheckedTable
from runner.definitions.dmn.coverage import TooManyCombinations
from runner.definitions.findings import Finding

_ONE_OF_MANY = frozenset({"COLLECT", "RULE ORDER", "OUTPUT ORDER", "ANY"})


def check(subject: Subject) -> Iterator[Finding]:
    for table in subject.tables:
        yield from _contradictions(table)
        if table.table.hit_policy in _ONE_OF_MANY:
            yield from _repeated(table)
        try:
            yield from list(_shadowed(table))
        except TooManyCombinations:
            yield table.not_analysed()


def _contradictions(table: CheckedTable) -> Iterator[Finding]:
    for number, columns in table.analysis.contradictions():
        rule = table.rule(number)
        cells = [table.table.rules[number].tests[column] for column in columns]
        texts = [cell.compiled.text.strip() for cell in cells if cell is not None]
        element = next((cell.element_id for cell in cells if cell is not None), "")
        names = table.column(columns[0])
        zh_texts = "和".join(f"“{text}”" for text in texts)
        en_texts = " and ".join(f"'{text}'" for text in texts)
        yield table.tell(
            RULE.id, "warning",
            f"{rule.zh} 永远不会成立：{names.zh}列没有符合{zh_texts}的值。",
            f"{rule.en} never fires: no value of the column {names.en} passes {en_texts}.",
            element,
        )  # fmt: skip


def _repeated(table: CheckedTable) -> Iterator[Finding]:
    for first, second in table.analysis.repeated():
        one, other = table.rule(first), table.rule(second)
        yield table.tell(
            RULE.id, "warning",
            f"{other.zh} 与{one.zh} 完全相同，请删掉一条。",
            f"{other.en} is the same as {one.en}. Delete one of them.",
            table.table.rules[second].id,
        )  # fmt: skip


def _shadowed(table: CheckedTable) -> Iterator[Finding]:
    for item in table.analysis.shadowed():
        rule, others = table.rule(item.rule), table.rules(item.by)
        if table.table.hit_policy == "FIRST":
            zh = f"它适用的情况都已由前面的{others.zh} 决定"
            en = f"{others.en} before it {'decide' if len(item.by) > 1 else 'decides'} all of it"
        else:
            zh = f"它适用的情况都适用{others.zh}，而后者的输出更优先"
            one = "one of " if len(item.by) > 1 else ""
            en = f"whenever it holds, {one}{others.en} holds too, with a better output"
        yield table.tell(
            RULE.id, "warning",
            f"{rule.zh} 永远不会起作用：{zh}。",
            f"{rule.en} never fires: {en}.",
            table.table.rules[item.rule].id,
        )  # fmt: skip


RULE = Rule("rule_never_fires", "永远不起作用的规则 / A rule that never fires", check)
