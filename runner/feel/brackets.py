"""Which brackets are ends of ranges, and which `not(` negates a whole cell."""

from __future__ import annotations

from lark import Token

ENDS_OPERAND = frozenset(
    {"NUMBER", "STRING", "NAME", "RPAR", "RSQB", "RBRACE", "NULL", "TRUE", "FALSE"}
)
"""The tokens an operand can end with."""
_STARTS_OPERAND = frozenset(
    {
        *("NUMBER", "STRING", "NAME", "NULL", "TRUE", "FALSE", "LPAR", "LSQB", "LBRACE", "AT"),
        *("IF", "FOR", "SOME", "EVERY", "FUNCTION", "MINUS"),
    }
)
_OPENING = frozenset({"LPAR", "LSQB", "RANGE_OPEN"})
_CLOSING = frozenset({"RPAR", "RPAR_PARAMETERS", "RSQB", "RANGE_CLOSE"})
_COMPARATORS = frozenset({"EQ", "NE", "LT", "LE", "GT", "GE"})
_CLOSES = frozenset({"RPAR", "RPAR_PARAMETERS", "RSQB", "RBRACE"})
_UNSURE = frozenset({"LSQB", "GT", "FUNCTION"})
_STARTS_END = frozenset({"NUMBER", "STRING", "NAME", "AT"})


def mark_ranges(tokens: list[Token]) -> None:
    """Give `]` that opens and `[` that closes a range token types of their own."""
    dots_passed: list[bool] = []  # for each open bracket: has the `..` of its range been passed?
    for index, token in enumerate(tokens):
        kind = token.type
        after = tokens[index + 1].type if index + 1 < len(tokens) else ""
        before = tokens[index - 1].type if index else ""
        if kind == "DOTS" and dots_passed:
            dots_passed[-1] = True
        elif kind == "LSQB" and dots_passed and dots_passed[-1] and _closes_range(before, after):
            tokens[index] = Token.new_borrow_pos("RANGE_CLOSE", token.value, token)
            dots_passed.pop()
        elif kind == "RSQB" and _opens_range(before, after):
            tokens[index] = Token.new_borrow_pos("RANGE_OPEN", token.value, token)
            dots_passed.append(False)
        elif kind in ("LPAR", "LSQB", "LBRACE"):
            dots_passed.append(False)
        elif kind in _CLOSES and dots_passed:
            dots_passed.pop()


def _closes_range(before: str, after: str) -> bool:
    if before == "DOTS":  # `..[]` and `..[< 5]` end with a list
        return after not in _STARTS_OPERAND and after != "RSQB" and after not in _COMPARATORS
    return before in ENDS_OPERAND and after not in _STARTS_OPERAND


def _opens_range(before: str, after: str) -> bool:
    if before in _UNSURE:  # `[]` is an empty list, `list<number>]` ends a list: mostly
        return after in _STARTS_END
    return before not in ENDS_OPERAND and before not in ("DOTS", "RANGE_CLOSE")


def mark_negation(tokens: list[Token]) -> None:
    """In unary tests, `not( ... )` around the whole text negates the tests inside."""
    if len(tokens) < 3 or tokens[0].value != "not" or tokens[1].type != "LPAR":
        return
    depth = 0
    for index, token in enumerate(tokens[1:], start=1):
        depth += (token.type in _OPENING) - (token.type in _CLOSING)
        if depth == 0:
            if index == len(tokens) - 1:
                tokens[0] = Token.new_borrow_pos("NOT", "not", tokens[0])
            return
