"""Operands fit together: what is compared, added or decided on has the right type.

A text is never equal to a number, a list never equal to one of its items, and `if` needs true or
false. Such an expression is null whatever the case holds. The types of variables come from what
the procedure writes; where one is not certain, nothing is said.

Wrong: `=amount > "5"`, where `amount` is a number field; `=parts = "battery"`, where `parts` is a
checklist; `=if description then 1 else 2`.

Right: `=amount > 5`, `=list contains(parts, "battery")`, `=if description != null then 1 else 2`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from runner.definitions.check.dmn_file import DmnFile
from runner.definitions.check.formulas import Formula, in_table
from runner.definitions.check.problem_words import CELLS, problem_findings
from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.dmn import Decision
from runner.definitions.dmn.table import MULTI_HIT
from runner.definitions.findings import Finding
from runner.definitions.meant import meant
from runner.feel import UnaryTests, compile_expression, compile_unary_tests
from runner.feel.analysis.problems import ProblemKind

_MANY = 3


def check(subject: Subject) -> Iterator[Finding]:
    lists = _lists(subject)
    blamed: dict[str, list[Finding]] = {}
    for formula in subject.formulas:
        # Whether a cell fits its column is the matter of cell_type.
        findings = list(problem_findings(formula, RULE.id, "error", _SENTENCES, CELLS))
        if not findings:
            continue
        better = _meant(formula)
        if better:
            findings[0] = replace(
                findings[0],
                zh=f"{findings[0].zh}请写成 {better}。",
                en=f"{findings[0].en} Write {better} instead.",
            )
        read = {name.partition(".")[0] for name in formula.compiled.names} & lists.keys()
        about_lists = all("list<" in problem.found for problem in formula.problems)
        if read and about_lists:
            blamed.setdefault(min(read), []).extend(findings)
        else:
            yield from findings
    for name, found in blamed.items():
        if len(found) < _MANY:
            yield from found
        else:
            yield _one_cause(subject, lists[name], name, found)


def _meant(formula: Formula) -> str:
    """How the author of a cell or comparison should have written it, "" where that is not plain."""
    text = formula.compiled.text
    if isinstance(formula.compiled, UnaryTests):
        return meant(text, compile_unary_tests, cell=True)
    return meant(text, compile_expression)


def _lists(subject: Subject) -> dict[str, Decision]:
    """The decisions that answer with a list by their hit policy, by the variable it goes to."""
    found: dict[str, Decision] = {}
    for _, element in subject.elements():
        decision = subject.definitions.decisions.get(element.called_decision or "")
        table = decision.table if decision is not None else None
        if decision is None or table is None or element.multi_instance is not None:
            continue
        if table.hit_policy in MULTI_HIT and not table.aggregation and element.result_variable:
            found[element.result_variable] = decision
    return found


def _one_cause(
    subject: Subject, decision: Decision, variable: str, found: list[Finding]
) -> Finding:
    """One finding on the table whose answer is read as a single one in many places."""
    policy = decision.table.hit_policy if decision.table is not None else ""
    file = DmnFile(subject.definitions.files[decision.file])
    return in_table(decision, decision.id, file)(
        RULE.id, "error",
        f"命中策略 {policy} 给出列表，而有 {len(found)} 处把“{variable}”当作一个答案来用。"
        f"请改命中策略，例如 FIRST。其中一处：{found[0].zh}",
        f'the hit policy {policy} gives a list, but {len(found)} places read "{variable}" as one '
        f"answer. Change the hit policy, for instance to FIRST. One of them: {found[0].en}",
    )  # fmt: skip


_SENTENCES: dict[ProblemKind, tuple[str, str]] = {
    "type_mismatch": (
        "类型合不到一起：{found}，结果总是空值。",
        "the types never fit: {found} is always null.",
    ),
    "not_boolean": (
        "“{subject}”需要“是”或“否”，这里却是{found}。",
        '"{subject}" needs true or false, but this is a {found}.',
    ),
}


RULE = Rule("type_mismatch", "合不到一起的类型 / Types that never fit", check)
