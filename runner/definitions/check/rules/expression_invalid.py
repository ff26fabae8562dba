"""An expression must be FEEL.

Expressions begin with `=` in diagrams. The place named in the message counts from the character
after the `=`.

Wrong: `=count(items > 0`, `approved = true` (no `=` in front), `=approved == true`.

Right: `=count(items) > 0`.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.check.texts import Text
from runner.definitions.findings import Finding
from runner.definitions.meant import syntax_words
from runner.definitions.model import is_expression
from runner.feel import FeelSyntaxError, compile_expression


def check(subject: Subject) -> Iterator[Finding]:
    for text in subject.texts:
        if text.must and not is_expression(text.value):
            if text.element.kind == "scriptTask":
                continue  # script_not_feel says so
            yield text.finding(
                RULE.id, "error",
                f"“{_short(text.value)}”不是表达式。请用 FEEL，并以 = 开头。",
                f'"{_short(text.value)}" is no expression. Write FEEL beginning with =.',
            )  # fmt: skip
            continue
        compiled = text.compiled()
        if isinstance(compiled, FeelSyntaxError):
            yield _syntax(text, compiled)


def _syntax(text: Text, error: FeelSyntaxError) -> Finding:
    words = syntax_words(text.value[1:], error, compile_expression)
    return text.finding(RULE.id, "error", f"表达式{words.zh}", f"the expression {words.en}")


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 80 else flat[:77] + "…"


RULE = Rule("expression_invalid", "读不懂的表达式 / An expression that cannot be read", check)
