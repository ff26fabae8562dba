"""What can go wrong: text that is no FEEL, a value nobody has set, an expression that runs away."""

from __future__ import annotations

import re


class FeelError(Exception):
    """Base of everything the evaluator raises on purpose."""


class FeelSyntaxError(FeelError):
    """The text is not a FEEL expression.

    `line` and `column` count from 1. `found` is the text at that place ("" at the end of the
    text); `expected` are short readable names of what could have stood there, `expected_zh` the
    same in Chinese.
    """

    def __init__(self, line: int, column: int, found: str, expected: tuple[str, ...]) -> None:
        self.line = line
        self.column = column
        self.found = found
        self.expected = expected
        where = f"line {line}, column {column}"
        what = f"found '{found}'" if found else "found the end of the expression"
        super().__init__(f"{where}: {what}, expected {' or '.join(expected)}")

    @property
    def expected_zh(self) -> tuple[str, ...]:
        return tuple(map(_in_chinese, self.expected))


_CHINESE = {
    "a number": "数字",
    "a text in quotes": "带引号的文本",
    "a text in double quotes": "带英文双引号的文本",
    "a name": "名称",
    "the end": "结尾",
    "an expression": "表达式",
    "an operator": "运算符",
    'a closing "': '结尾的 "',
    "a closing */": "结尾的 */",
    "a date, time or duration": "日期、时间或时长",
    "a number of at most # digits": "最多 # 位的数字",
    "at most # characters": "最多 # 个字符",
    "at most # brackets inside each other": "最多 # 层括号",
    "at most # levels inside each other": "最多 # 层嵌套",
    "fewer levels inside each other": "更少的嵌套层数",
    "one expression in parentheses, or 'in' before them": "括号里只有一个表达式，或括号前有 'in'",
    "a body in FEEL (functions in Java or PMML cannot be called)": (
        "用 FEEL 写的函数体（不能调用 Java 或 PMML 函数）"
    ),
    "'!=' or not( )": "'!=' 或 not( )",
}
_COUNT = re.compile(r"[0-9]+")


def _in_chinese(expected: str) -> str:
    """The words in Chinese; a sign in quotes is the same in every language."""
    count = _COUNT.search(expected)
    found = _CHINESE.get(_COUNT.sub("#", expected), expected)
    return found.replace("#", count.group()) if count else found


class UnsetValue(FeelError):
    """An expression needs a policy value that its owner has not decided yet; `path` names it."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(f"The value '{path}' is needed but has not been decided")


class BudgetExceeded(FeelError):
    """The expression did more work, or made a larger value, than any expression may."""


class AssertionFailed(FeelError):
    """An `assert` of the expression does not hold; the message is the cause it gives."""


class NotOffered(FeelError):
    """The expression calls a function that others have and that is refused here, with a reason."""

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        super().__init__(f"The function '{name}' is not offered: {reason}")
