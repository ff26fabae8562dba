"""An input column takes what its expression gives: its type and its allowed values fit.

A value of another type than the column says, or one that the column does not allow, stops the case
with an incident. What the expression can give is known from the fields of forms, the choices of
the policy, and what other decisions answer.

Wrong: the column of the checkbox `is_product_quality` has the type `string`; the column of the
field `severity_level`, whose form sends `minor`, `ordinary` or `serious`, allows only `"轻微"`,
`"一般"` and `"严重"` (those are the labels that people see, not the values that are sent).

Right: the type `boolean`; the allowed values `"minor","ordinary","serious"`.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.problem_words import in_chinese
from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.check.table_words import listed, value_words
from runner.definitions.check.tables import CheckedTable
from runner.definitions.findings import Finding, Severity

_SHOWN = 6


def check(subject: Subject) -> Iterator[Finding]:
    for table in subject.tables:
        for number, known in enumerate(table.known):
            if known.misfit:
                yield _type(table, number)
            elif known.refused:
                yield _values(table, number)


def _type(table: CheckedTable, number: int) -> Finding:
    column, found = table.table.inputs[number], str(table.known[number].found)
    label, text = table.column(number), " ".join(column.source.compiled.text.split())
    said = column.type_ref
    return table.tell(
        RULE.id, "error",
        f"{label.zh}列的类型写的是 {said}（{in_chinese(said)}），而“{text}”给出的是“"
        f"{in_chinese(found)}”，运行时会出现异常。请把这一列的类型改为 {found}，单元格不用改。",
        f'the type of the column {label.en} is {said}, but "{text}" gives {found}, which stops '
        f"the case. Change the type of the column to {found}, not the cells.",
        column.id,
    )  # fmt: skip


def _values(table: CheckedTable, number: int) -> Finding:
    column, known = table.table.inputs[number], table.known[number]
    label = table.column(number)
    text = " ".join(column.source.compiled.text.split())
    words = [value_words(value) for value in known.refused]
    shown = listed(words[:_SHOWN], max(len(words) - _SHOWN, 0))
    allowed = column.allowed.text.strip() if column.allowed is not None else column.type_ref
    # A policy that is in use may well never say what its schema lets it say.
    severity: Severity = "warning" if text.startswith("policy.") else "error"
    return table.tell(
        RULE.id, severity,
        f"{label.zh}列只允许 {allowed}，而“{text}”还可以是{shown.zh}，那时会出现异常。"
        "请让允许的值与表单实际送出的值（不是显示的文字）一致。",
        f'the column {label.en} allows only {allowed}, but "{text}" can be {shown.en} too, which '
        "stops the case. Allow the values that the form sends, not the texts it shows.",
        column.id,
    )  # fmt: skip


RULE = Rule(
    "column_input",
    "列不接受表单送来的值 / A column that does not take what the form sends",
    check,
)
