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

from runner.definitions.check.problem_words import CELLS, problem_findings
from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.feel.analysis.problems import ProblemKind


def check(subject: Subject) -> Iterator[Finding]:
    for formula in subject.formulas:
        # Whether a cell fits its column is the matter of cell_type.
        yield from problem_findings(formula, RULE.id, "error", _SENTENCES, CELLS)


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
