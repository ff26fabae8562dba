"""A cell of a decision table fits the type of its column.

A text is never equal to a number or a date: an input cell of another type never holds, and an
answer of another type becomes null.

Wrong: `amount` is a number, `bought` a date, and `approve` is true or false.

| | amount | bought | approve |
|---|---|---|---|
| 1 | `"5"` | `"2026-01-01"` | `"yes"` |

Right: values without quotes, and a date.

| | amount | bought | approve |
|---|---|---|---|
| 1 | `5` | `date("2026-01-01")` | `true` |
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.check.table_words import value_words
from runner.definitions.check.tables import CheckedTable
from runner.definitions.dmn.analysis import output_value
from runner.definitions.dmn.logic import Source
from runner.definitions.findings import Finding
from runner.definitions.wording import Both
from runner.feel import Value, kind, parse_temporal

_NAMES = {
    "boolean": Both("“是”或“否”（true、false）", "true or false"),
    "number": Both("数字", "a number"),
    "string": Both("文字", "a text"),
    "date": Both("日期", "a date"),
    "time": Both("时刻", "a time"),
    "date and time": Both("日期和时间", "a date and time"),
    "days and time duration": Both("时长（天、小时）", "a duration in days and hours"),
    "years and months duration": Both("时长（年、月）", "a duration in years and months"),
    "list": Both("列表", "a list"),
    "context": Both("上下文", "a context"),
    "function": Both("函数", "a function"),
    "range": Both("区间", "a range"),
}


def check(subject: Subject) -> Iterator[Finding]:
    for table in subject.tables:
        for number, rule in enumerate(table.table.rules):
            for column, cell in enumerate(rule.tests):
                if cell is not None:
                    yield from _input(table, number, column, cell)
            for column, source in enumerate(rule.outputs):
                yield from _output(table, column, source, table.rule(number))
        for column, output in enumerate(table.table.outputs):
            if output.default is not None:
                words = Both("默认输出", "the default output")
                yield from _output(table, column, output.default, words)


def _input(table: CheckedTable, number: int, column: int, cell: Source) -> Iterator[Finding]:
    wrong = table.analysis.misfits(column, number)
    kinds = sorted(table.analysis.axis_of[column].kinds)
    if not wrong or len(kinds) != 1:
        return
    rule, label, wanted = table.rule(number), table.column(column), _NAMES.get(kinds[0])
    if wanted is None:
        return
    words, advice = value_words(wrong[0]), _advice(wrong[0], kinds[0])
    yield table.tell(
        RULE.id, "warning",
        f"{rule.zh}：{label.zh}列要的是{wanted.zh}，{words.zh}却是{_kind(wrong[0]).zh}，"
        f"所以永远不相符。{advice.zh}",
        f"{rule.en}: the column {label.en} wants {wanted.en}, but {words.en} is "
        f"{_kind(wrong[0]).en}, so it never matches.{advice.en}",
        cell.element_id,
    )  # fmt: skip


def _output(table: CheckedTable, column: int, cell: Source, where: Both) -> Iterator[Finding]:
    value, wanted = table.misfit(column, cell), table.output_type(column).kind
    if value is None:
        yield from _summed(table, cell, where)
        return
    label, words, advice = table.output(column), value_words(value), _advice(value, wanted)
    yield table.tell(
        RULE.id, "error",
        f"{where.zh}：输出列{label.zh}要的是{_NAMES[wanted].zh}，{words.zh}却是"
        f"{_kind(value).zh}，结果会是 null。{advice.zh}",
        f"{where.en}: the output column {label.en} wants {_NAMES[wanted].en}, but {words.en} is "
        f"{_kind(value).en}, so it becomes null.{advice.en}",
        cell.element_id,
    )  # fmt: skip


def _summed(table: CheckedTable, cell: Source, where: Both) -> Iterator[Finding]:
    """That the cell gives what cannot be added, in a table that adds."""
    found = output_value(cell) if table.table.aggregation == "SUM" else None
    if found is None or found[0] is None or kind(found[0]) == "number":
        return
    words = value_words(found[0])
    yield table.tell(
        RULE.id, "error",
        f"{where.zh}：命中策略 COLLECT SUM 把数字相加，{words.zh}却是{_kind(found[0]).zh}，"
        "结果会是 null。",
        f"{where.en}: the hit policy COLLECT SUM adds numbers, but {words.en} is "
        f"{_kind(found[0]).en}, so the sum is null.",
        cell.element_id,
    )  # fmt: skip


def _kind(value: Value) -> Both:
    name = kind(value)
    if name == "boolean":
        return Both("逻辑值", "a truth value")
    return _NAMES.get(name, Both(name, name))


def _advice(value: Value, wanted: str) -> Both:
    """What was probably meant, where that is plain."""
    meant = ""
    if wanted == "string" and not isinstance(value, list | dict):
        meant = f'"{value_words(value).en}"'
    elif isinstance(value, str):
        text = value.strip()
        if wanted == "number" and text.lstrip("-").replace(".", "", 1).isdecimal():
            meant = text
        elif wanted == "boolean" and text.lower() in ("true", "false"):
            meant = text.lower()
        elif (found := parse_temporal(text)) is not None and kind(found) == wanted:
            meant = f'@"{text}"'
    return Both(f"是不是 {meant}？", f" Did you mean {meant}?") if meant else Both("", "")


RULE = Rule("cell_type", "单元格的类型不符 / A cell of another type than its column", check)
