"""A condition or table cell asks for a value that can really occur.

Looked at where every source of the variable is a closed choice: options of form fields, texts
written by output mappings, outputs of decision tables, choices of the policy. A condition on a
value that never occurs is never true.

Wrong: `=decision = "aproved"`, while the form's options are `approved`, `returned`, `rejected`.

Right: `=decision = "approved"`.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.comparisons import comparisons, path_of, tested_texts
from runner.definitions.check.formulas import Tell, in_table
from runner.definitions.check.registry import Rule
from runner.definitions.check.shapes import OPEN
from runner.definitions.check.subject import Subject
from runner.definitions.dmn import Decision
from runner.definitions.findings import Finding
from runner.definitions.policies import choices
from runner.definitions.schemas import POLICY_SCHEMA, read_schema
from runner.feel import Expression, UnaryTests
from runner.feel.parser import parse
from runner.feel.spelling import closest


def check(subject: Subject) -> Iterator[Finding]:
    schema, _ = read_schema(subject.definitions.files, POLICY_SCHEMA)
    for formula in subject.formulas:
        if not isinstance(formula.compiled, Expression):
            continue
        for path, text in comparisons(formula.compiled):
            if path.startswith("policy."):
                yield from _judge(path, text, choices(schema, path[7:]), formula.tell)
            elif not subject.lost.may_write(path.split(".")[0]):
                yield from _judge(path, text, formula.shape(path).values, formula.tell)
    for decision in subject.definitions.decisions.values():
        yield from _cells(subject, decision)


def _cells(subject: Subject, decision: Decision) -> Iterator[Finding]:
    table = decision.table
    if table is None:
        return
    for number, column in enumerate(table.inputs):
        compiled = column.source.compiled
        if not isinstance(compiled, Expression):
            continue
        path = path_of(parse(compiled.text, frozenset(), unary=False))
        root = path.split(".")[0] if path else ""
        if path is None or root in column.source.local | subject.names.decision_inputs:
            continue
        if subject.lost.may_write(root):
            continue
        shape = subject.shapes.case.get(root, OPEN).at(path.split(".")[1:])
        for rule in table.rules:
            cell = rule.tests[number]
            if cell is None or not isinstance(cell.compiled, UnaryTests):
                continue
            for text in tested_texts(cell.compiled):
                yield from _judge(path, text, shape.values, in_table(decision, cell.element_id))


def _judge(path: str, text: str, values: frozenset[str] | None, tell: Tell) -> Iterator[Finding]:
    if values is None or text in values:
        return
    close = closest(text, values)
    there = sorted(values)
    zh = f"是不是“{close}”？" if close else f"可能的值：{'、'.join(there) or '没有'}。"
    en = f'Did you mean "{close}"?' if close else f"It can be: {', '.join(there) or 'nothing'}."
    yield tell(
        RULE.id, "warning",
        f"“{path}”不会是“{text}”，所以这里永远不成立。{zh}",
        f'"{path}" is never "{text}", so this is never true. {en}',
    )  # fmt: skip


RULE = Rule("unknown_option", "不会出现的值 / A value that never occurs", check)
