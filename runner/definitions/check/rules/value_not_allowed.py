"""A cell of a decision table asks for, or answers, only values that its column allows.

The allowed values are those listed for the column or for its type, the choices of the policy, or
what the required decision can answer. An input cell with another value never holds; an answer that
is not allowed is refused. (Texts that no form offers are the matter of `unknown_option`.)

Wrong: the column allows `"serious"` and `"minor"`.

| | severity | approver |
|---|---|---|
| 1 | `"seriuos"` | `"leader"` |

Right: as the column spells it.

| | severity | approver |
|---|---|---|
| 1 | `"serious"` | `"leader"` |
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.check.table_words import listed, value_words
from runner.definitions.check.tables import CheckedTable
from runner.definitions.dmn.logic import Source
from runner.definitions.findings import Finding
from runner.definitions.wording import Both
from runner.feel import Value
from runner.feel.spelling import closest

_SHOWN = 6


def check(subject: Subject) -> Iterator[Finding]:
    for table in subject.tables:
        for number, rule in enumerate(table.table.rules):
            for column, cell in enumerate(rule.tests):
                if cell is not None:
                    yield from _input(table, number, column, cell)
            for column, source in enumerate(rule.outputs):
                words = table.rule(number)
                yield from _output(table, column, source, words)
        for column, output in enumerate(table.table.outputs):
            if output.default is not None:
                words = Both("默认输出", "the default output")
                yield from _output(table, column, output.default, words)


def _input(table: CheckedTable, number: int, column: int, cell: Source) -> Iterator[Finding]:
    outside, nothing_else = table.analysis.outside(column, number)
    if not outside and not nothing_else:
        return
    rule, label = table.rule(number), table.column(column)
    zh, en = f"{rule.zh}：", f"{rule.en}: "
    if nothing_else:
        zh, en = f"{rule.zh} 永远不会成立：", f"{rule.en} never fires: "
    known = table.known[column]
    allowed = [tests.text.strip() for tests in known.domain.allowed]
    if not outside:
        text = " ".join(cell.compiled.text.split())
        yield table.tell(
            RULE.id, "warning",
            f"{zh}{label.zh}列没有符合“{text}”的值。{_limits(allowed).zh}",
            f"{en}no value of the column {label.en} passes '{text}'.{_limits(allowed).en}",
            cell.element_id,
        )  # fmt: skip
    for value in outside:
        if known.by_forms and isinstance(value, str):
            continue
        words = value_words(value)
        texts = [v for v in table.analysis.possible(column) if isinstance(v, str)]
        advice = _advice(value, texts) if isinstance(value, str) else _limits(allowed)
        yield table.tell(
            RULE.id, "warning",
            f"{zh}{label.zh}列不会是{words.zh}。{advice.zh}",
            f"{en}the column {label.en} is never {words.en}.{advice.en}",
            cell.element_id,
        )  # fmt: skip


def _limits(allowed: list[str]) -> Both:
    if not allowed:
        return Both("", "")
    return Both(f"允许的值：{'；'.join(allowed)}。", f" It allows {'; '.join(allowed)}.")


def _output(table: CheckedTable, column: int, cell: Source, where: Both) -> Iterator[Finding]:
    refused = table.refused_answer(column, cell)
    if refused is None or table.misfit(column, cell) is not None:
        return
    value, allowed = refused
    label, words = table.output(column), value_words(value)
    advice = _advice(value, allowed)
    yield table.tell(
        RULE.id, "error",
        f"{where.zh}：输出列{label.zh}不允许{words.zh}。{advice.zh}",
        f"{where.en}: the output column {label.en} does not allow {words.en}.{advice.en}",
        cell.element_id,
    )  # fmt: skip


def _advice(value: Value, values: list[str]) -> Both:
    close = closest(value, values) if isinstance(value, str) else None
    if close:
        words = value_words(close)
        return Both(f"是不是{words.zh}？", f" Did you mean {words.en}?")
    if not values:
        return Both("", "")
    shown = listed([value_words(item) for item in values[:_SHOWN]], max(len(values) - _SHOWN, 0))
    return Both(f"可以是：{shown.zh}。", f" It can be {shown.en}.")


RULE = Rule("value_not_allowed", "不允许的值 / A value that is not allowed", check)
