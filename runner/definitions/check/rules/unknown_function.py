"""An expression calls only functions that exist.

The functions are those of FEEL, those of Camunda and ours: see `docs/feel.md`. A few that exist
elsewhere are not offered, with the reason. Anything else would be null, and the condition quietly
false.

Wrong: `=cuont(items) > 0`.

Right: `=count(items) > 0`.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.problem_words import problem_findings
from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.feel import BUILTINS
from runner.feel.analysis.problems import ProblemKind


def check(subject: Subject) -> Iterator[Finding]:
    for formula in subject.formulas:
        yield from problem_findings(formula, RULE.id, "error", _SENTENCES)
        for name in sorted(formula.compiled.functions):
            refusal = BUILTINS[name][0].refusal if name in BUILTINS else None
            if refusal is not None and name not in formula.types:
                en, zh = refusal
                yield formula.tell(
                    RULE.id, "error",
                    f"不提供函数“{name}”：{zh}。",
                    f'the function "{name}" is not offered: {en}.',
                )  # fmt: skip


_SENTENCES: dict[ProblemKind, tuple[str, str]] = {
    "unknown_function": (
        "没有函数“{found}”。{near}",
        'there is no function "{found}". {near}',
    ),
}


RULE = Rule("unknown_function", "没有的函数 / A function that does not exist", check)
