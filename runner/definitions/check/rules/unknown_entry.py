"""A path names something that is there: an entry of a context, or a part of a date or duration.

Known are the outputs of decision tables, the fields of form rows, and contexts that mappings write.

Wrong: `=triage.handeling = "full"`; `=purchased_at.yaer`.

Right: `=triage.handling = "full"`: the table has an output `handling`.
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
        wrong = problem_findings(formula, RULE.id, "error", _SENTENCES, ("clock",))
        yield from wrong  # unknown_variable looks after the clock


_SENTENCES: dict[ProblemKind, tuple[str, str]] = {
    "unknown_entry": (
        "“{subject}”里没有“{found}”。{near}",
        '"{subject}" has no "{found}". {near}',
    ),
}


RULE = Rule("unknown_entry", "没有的项 / An entry that is not there", check)
