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
from runner.definitions.model import is_expression
from runner.feel import FeelSyntaxError


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
    rows = text.value[1:].split("\n")
    row = rows[error.line - 1] if error.line <= len(rows) else ""
    before = row[max(0, error.column - 16) : error.column - 1]
    zh_line = f"第 {error.line} 行" if len(rows) > 1 else ""
    en_line = f"line {error.line}, " if len(rows) > 1 else ""
    found_zh = f"遇到了“{error.found}”" if error.found else "表达式突然结束"
    found_en = f'found "{error.found}"' if error.found else "the expression ends"
    wanted = " or ".join(error.expected)
    wanted_zh = "或".join(error.expected_zh)
    return text.finding(
        RULE.id, "error",
        f"表达式“{_short(text.value)}”读不懂：{zh_line}第 {error.column} 个字符处"
        f"（“{before}”之后）{found_zh}，应为{wanted_zh}。",
        f'the expression "{_short(text.value)}" cannot be read: at {en_line}column {error.column} '
        f'(after "{before}") {found_en}; expected {wanted}.',
    )  # fmt: skip


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 80 else flat[:77] + "…"


RULE = Rule("expression_invalid", "读不懂的表达式 / An expression that cannot be read", check)
