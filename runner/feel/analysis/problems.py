"""What is wrong with an expression, found without evaluating it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ProblemKind = Literal[
    "unknown_variable",
    "unknown_entry",
    "unknown_function",
    "function_arguments",
    "argument_type",
    "type_mismatch",
    "not_boolean",
    "unknown_value",
    "never_true",
    "always_true",
    "always_null",
    "division_by_zero",
    "index_zero",
]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is certainly wrong at one place.

    `line` and `column` count from 1 in the expression's text. `subject` is what it is about: the
    variable's path, the function or the operator. `found` is what stands there, `expected` what
    could, `near` the one of those that was most likely meant, "" where none is.
    """

    kind: ProblemKind
    line: int
    column: int
    subject: str = ""
    found: str = ""
    expected: tuple[str, ...] = ()
    near: str = ""

    @property
    def message(self) -> str:
        """One English sentence."""
        text = _MESSAGES[self.kind].format(
            subject=self.subject or "the value",
            found=self.found,
            wanted=(" or " if self.kind == "function_arguments" else ", ").join(self.expected),
        )
        if self.kind in ("never_true", "always_true") and self.expected:
            text = f"{text[:-1]}; it can be: {', '.join(self.expected)}."
        return f"{text} Did you mean '{self.near}'?" if self.near else text


_MESSAGES: dict[ProblemKind, str] = {
    "unknown_variable": "There is no variable '{found}'.",
    "unknown_entry": "'{subject}' has no '{found}'; it has: {wanted}.",
    "unknown_function": "There is no function '{found}'.",
    "function_arguments": "'{subject}' cannot be called with {found}; it is {wanted}.",
    "argument_type": "'{subject}' is given a {found}; it needs a {wanted}.",
    "type_mismatch": "'{subject}' has no meaning for {found}.",
    "not_boolean": "'{subject}' needs true or false, but this is a {found}.",
    "unknown_value": "{subject} is never {found}; it can be: {wanted}.",
    "never_true": "{subject} {found} is never true.",
    "always_true": "{subject} {found} is always true.",
    "always_null": "This is always null: {found}.",
    "division_by_zero": "A division by zero is null.",
    "index_zero": "Positions in lists count from 1; 0 gives null.",
}
