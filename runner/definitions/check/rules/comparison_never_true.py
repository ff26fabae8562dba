"""A comparison can come out both ways.

Looked at are the limits of number fields (`min` and `max`), numbers that cannot be negative or
beyond their range (`count(…)`, the month of a date), and comparisons of constants. A value that a
choice does not offer is `unknown_option`.

Wrong: `=amount > 200`, where the field `amount` takes at most 100; `=count(items) < 0`; `=1 = 2`.

Right: `=amount > 50`.
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
        # What a cell can never be is the matter of value_not_allowed.
        yield from problem_findings(formula, RULE.id, "warning", _SENTENCES, CELLS)


_SENTENCES: dict[ProblemKind, tuple[str, str]] = {
    "never_true": (
        "“{subject} {found}”永远不成立。{near}",
        '"{subject} {found}" is never true. {near}',
    ),
    "always_true": (
        "“{subject} {found}”总是成立。{near}",
        '"{subject} {found}" is always true. {near}',
    ),
}


RULE = Rule(
    "comparison_never_true",
    "永远不成立或总是成立的比较 / A comparison that is never or always true",
    check,
)
