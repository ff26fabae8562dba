"""A condition or table cell asks for a value that can really occur.

Looked at where every source of the variable is a closed choice: options of form fields, texts
written by output mappings, outputs of decision tables, choices of the policy. A condition on a
value that never occurs is never true, with `!=` it is always true.

Wrong: `=decision = "aproved"`, while the form's options are `approved`, `returned`, `rejected`.

Right: `=decision = "approved"`.
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
        yield from problem_findings(formula, RULE.id, "warning", _SENTENCES)


_SENTENCES: dict[ProblemKind, tuple[str, str]] = {
    "unknown_value": (
        "“{subject}”不会是“{found}”。{near}",
        '"{subject}" is never "{found}". {near}',
    ),
}


RULE = Rule("unknown_option", "不会出现的值 / A value that never occurs", check)
