"""A function is called with as many arguments, of such types, as it takes.

With other arguments a function is null. The types of variables come from what the procedure writes:
the fields of forms, the outputs of tables and tasks, mappings.

Wrong: `=substring(description)`, `=upper case(amount)` where `amount` is a number field,
`=substring(string: description, strat position: 3)`.

Right: `=substring(description, 3)`, `=upper case(name)`.
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
    "function_arguments": (
        "函数“{subject}”不能这样调用（{found}），应为 {wanted}。",
        'the function "{subject}" cannot be called with {found}; it is {wanted}.',
    ),
    "argument_type": (
        "函数“{subject}”得到的是{found}，需要的是{wanted}。",
        'the function "{subject}" is given a {found}; it needs a {wanted}.',
    ),
}


RULE = Rule("function_arguments", "函数的参数不对 / Arguments that a function does not take", check)
