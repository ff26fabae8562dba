"""No part of an expression is null in every case.

What needs no variable is worked out when the procedure is checked; what makes it null is the
finding. So are divisions by zero and the position 0 of a list, as positions count from 1.

Wrong: `=date("2026-13-01")`, `=amount / 0`, `=items[0]`.

Right: `=date("2026-12-01")`, `=items[1]`. Write `null` where null is meant.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.problem_words import problem_findings
from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.feel.analysis.problems import ProblemKind


def check(subject: Subject) -> Iterator[Finding]:
    for formula in subject.formulas:
        yield from problem_findings(formula, RULE.id, "error", _SENTENCES)


_SENTENCES: dict[ProblemKind, tuple[str, str]] = {
    "always_null": (
        "“{subject}”总是空值（{found}）。",
        '"{subject}" is always null: {found}.',
    ),
    "division_by_zero": ("除以零，结果总是空值。", "a division by zero is always null."),
    "index_zero": (
        "列表的位置从 1 数起，[0] 总是空值。",
        "positions in lists count from 1; [0] is always null.",
    ),
}


RULE = Rule("expression_null", "总是空值的表达式 / An expression that is always null", check)
