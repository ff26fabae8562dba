"""What can go wrong: text that is no FEEL, a value nobody has set, an expression that runs away."""

from __future__ import annotations


class FeelError(Exception):
    """Base of everything the evaluator raises on purpose."""


class FeelSyntaxError(FeelError):
    """The text is not a FEEL expression.

    `line` and `column` count from 1. `found` is the text at that place ("" at the end of the
    text); `expected` are short readable names of what could have stood there.
    """

    def __init__(self, line: int, column: int, found: str, expected: tuple[str, ...]) -> None:
        self.line = line
        self.column = column
        self.found = found
        self.expected = expected
        where = f"line {line}, column {column}"
        what = f"found '{found}'" if found else "found the end of the expression"
        super().__init__(f"{where}: {what}, expected {' or '.join(expected)}")


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
