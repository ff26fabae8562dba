"""Text to tokens.

The lexer settles what an LALR grammar cannot: names of several words (longest match against the
built-in functions and the names the caller knows), which bracket of `]1..5[` opens or closes a
range, keys before a colon, and whether a leading `not(` negates a whole cell.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

from lark import Token

from runner.feel.errors import FeelSyntaxError

MAX_TEXT = 50_000
MAX_NESTING = 60

KEYWORDS = frozenset(
    [
        "if",
        "then",
        "else",
        "for",
        "in",
        "return",
        "some",
        "every",
        "satisfies",
        "and",
        "or",
        "between",
        "instance",
        "of",
        "function",
        "external",
        "null",
        "true",
        "false",
    ]
)
TYPE_NAMES = (
    "date and time",
    "days and time duration",
    "years and months duration",
    "day time duration",
    "year month duration",
)
_PROPERTIES = ("time offset", "start included", "end included")

_NAME = r"(?:[^\W\d]|[\U00010000-\U000EFFFF])(?:[\w\u00b7\u0300-\u036f]|[\U00010000-\U000EFFFF])*"
_BLANK = re.compile(r"(?:[\s\u180e\u200b\ufeff]|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
_TOKEN = re.compile(
    r"""(?P<NUMBER>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<STRING>"(?:\\.|[^"\\])*")
    |(?P<QUOTED>`[^`\n]+`)
    |(?P<NAME>"""
    + _NAME
    + r""")
    |(?P<OP>\.\.|->|!=|<=|>=|\*\*|[-+*/=<>()\[\]{},.:@?])""",
    re.VERBOSE | re.DOTALL,
)
_KEY = re.compile(rf"{_NAME}(?:[ \t]+{_NAME})*(?=\s*:)")
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{6}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\", "/": "/"}
_OPERATORS = {
    "..": "DOTS",
    "->": "ARROW",
    "!=": "NE",
    "<=": "LE",
    ">=": "GE",
    "**": "POWER",
    "-": "MINUS",
    "+": "PLUS",
    "*": "TIMES",
    "/": "DIVIDE",
    "=": "EQ",
    "<": "LT",
    ">": "GT",
    "(": "LPAR",
    ")": "RPAR",
    "[": "LSQB",
    "]": "RSQB",
    "{": "LBRACE",
    "}": "RBRACE",
    ",": "COMMA",
    ".": "DOT",
    ":": "COLON",
    "@": "AT",
    "?": "NAME",
}
_ENDS_OPERAND = frozenset(
    ["NUMBER", "STRING", "NAME", "RPAR", "RSQB", "RBRACE", "NULL", "TRUE", "FALSE"]
)
_AFTER_CLOSER = frozenset(
    [
        "RPAR",
        "RSQB",
        "RBRACE",
        "COMMA",
        "AND",
        "OR",
        "THEN",
        "ELSE",
        "RETURN",
        "SATISFIES",
        "EQ",
        "NE",
    ]
)


def tokenize(text: str, names: frozenset[str], unary: bool) -> list[Token]:
    """The tokens of the text; `names` are multi-word names in scope. Raises FeelSyntaxError."""
    if len(text) > MAX_TEXT:
        raise FeelSyntaxError(1, 1, text[:20], (f"at most {MAX_TEXT} characters",))
    tokens = _Lexer(text, names).run()
    _mark_ranges(tokens)
    if unary:
        _mark_negation(tokens)
    return tokens


class _Lexer:
    def __init__(self, text: str, names: frozenset[str]) -> None:
        self.text = text
        self.names = set(names)
        self.known = _pattern(names)
        self.tokens: list[Token] = []
        self.open: list[str] = []
        self.line, self.line_start = 1, 0

    def run(self) -> list[Token]:
        position = 0
        while position < len(self.text):
            blank = _BLANK.match(self.text, position)
            if blank:
                self._count_lines(position, blank.end())
                position = blank.end()
                continue
            position = self._next(position)
        return self.tokens

    def _next(self, position: int) -> int:
        previous = self.tokens[-1].type if self.tokens else ""
        name = self._long_name(position, previous)
        if name is not None:
            self._add("NAME", " ".join(name.split()), position)
            return position + len(name)
        match = _TOKEN.match(self.text, position)
        if match is None:
            expected = 'a closing "' if self.text[position] == '"' else "an expression"
            raise self._error(position, self.text[position], expected)
        group, found = match.lastgroup, match.group()
        if group == "NAME" and found in KEYWORDS and previous != "DOT":
            self._add(found.upper(), found, position)
        elif group == "QUOTED":
            self._add("NAME", found[1:-1], position)
        elif group == "STRING":
            self._add("STRING", unescape(found[1:-1]), position)
        elif group == "OP":
            self._bracket(found, position)
            self._add(_OPERATORS[found], found, position)
        else:
            self._add(str(group), found, position)
        self._count_lines(position, match.end())
        return match.end()

    def _long_name(self, position: int, previous: str) -> str | None:
        """A name of several words that starts here, if one does."""
        if previous in ("LBRACE", "LPAR", "COMMA"):
            key = _KEY.match(self.text, position)
            if key and " " in (words := " ".join(key.group().split())):
                if self.open and self.open[-1] == "{" and words not in self.names:
                    self.names.add(words)
                    self.known = _pattern(frozenset(self.names))
                return key.group()
        if previous in ("OF", "COLON", "LT", "ARROW"):
            typed = _TYPES.match(self.text, position)
            if typed:
                return typed.group()
        if previous == "DOT":
            prop = _PROPERTY.match(self.text, position)
            if prop:
                return prop.group()
        patterns = [pattern for pattern in (self.known, _BUILTINS) if pattern]
        matches = [pattern.match(self.text, position) for pattern in patterns]
        candidates = [match.group() for match in matches if match]
        return max(candidates, key=len) if candidates else None

    def _bracket(self, found: str, position: int) -> None:
        if found in "([{":
            self.open.append(found)
            if len(self.open) > MAX_NESTING:
                expected = f"at most {MAX_NESTING} brackets inside each other"
                raise self._error(position, found, expected)
        elif found in ")]}" and self.open:
            self.open.pop()

    def _add(self, kind: str, value: str, position: int) -> None:
        column = position - self.line_start + 1
        self.tokens.append(Token(kind, value, position, self.line, column))

    def _count_lines(self, start: int, end: int) -> None:
        lines = self.text.count("\n", start, end)
        if lines:
            self.line += lines
            self.line_start = self.text.rfind("\n", start, end) + 1

    def _error(self, position: int, found: str, expected: str) -> FeelSyntaxError:
        return FeelSyntaxError(self.line, position - self.line_start + 1, found, (expected,))


def unescape(text: str) -> str:
    """A string literal's content with its escapes resolved; unknown escapes stay (for patterns)."""

    def resolve(match: re.Match[str]) -> str:
        code = match.group(1)
        if len(code) > 1:
            return chr(int(code[1:], 16)) if int(code[1:], 16) < 0x110000 else match.group()
        return _ESCAPED.get(code, match.group())

    joined = _ESCAPE.sub(resolve, text)
    try:  # two \uD83D\uDE00 escapes are one character
        return joined.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        return joined


def _mark_ranges(tokens: list[Token]) -> None:
    """Give `]` that opens and `[` that closes a range token types of their own."""
    open_at: list[bool] = []  # for each open bracket: has its range's `..` been passed?
    for index, token in enumerate(tokens):
        kind = token.type
        after = tokens[index + 1].type if index + 1 < len(tokens) else ""
        before = tokens[index - 1].type if index else ""
        if kind == "DOTS" and open_at:
            open_at[-1] = True
        elif kind == "LSQB" and open_at and open_at[-1] and (not after or after in _AFTER_CLOSER):
            tokens[index] = Token.new_borrow_pos("RANGE_CLOSE", token.value, token)
            open_at.pop()
        elif kind == "RSQB" and before not in _ENDS_OPERAND and before != "LSQB":
            tokens[index] = Token.new_borrow_pos("RANGE_OPEN", token.value, token)
            open_at.append(False)
        elif kind in ("LPAR", "LSQB", "LBRACE"):
            open_at.append(False)
        elif kind in ("RPAR", "RSQB", "RBRACE") and open_at:
            open_at.pop()


def _mark_negation(tokens: list[Token]) -> None:
    """In unary tests, `not( ... )` around the whole text negates the tests inside."""
    if len(tokens) < 3 or tokens[0].value != "not" or tokens[1].type != "LPAR":
        return
    depth = 0
    for index, token in enumerate(tokens[1:], start=1):
        depth += {"LPAR": 1, "RPAR": -1}.get(token.type, 0)
        if depth == 0:
            if index == len(tokens) - 1:
                tokens[0] = Token.new_borrow_pos("NOT", "not", tokens[0])
            return


@functools.lru_cache(maxsize=256)
def _pattern(names: frozenset[str], suffix: str = r"(?!\w)") -> re.Pattern[str] | None:
    if not names:
        return None
    return re.compile(f"(?:{_alternatives(names)}){suffix}")


def _alternatives(names: Iterable[str]) -> str:
    ordered = sorted(names, key=len, reverse=True)
    return "|".join(r"\s+".join(re.escape(word) for word in name.split()) for name in ordered)


def register_builtin_names(names: Iterable[str]) -> None:
    """Tell the lexer the built-in functions whose names have several words (once, at import)."""
    global _BUILTINS
    several = frozenset(name for name in names if " " in name)
    _BUILTINS = _pattern(several, r"(?=\s*[(,)\]]|\s*$)")


_BUILTINS: re.Pattern[str] | None = None
_TYPES = re.compile(f"(?:{_alternatives(TYPE_NAMES)})(?!\\w)")
_PROPERTY = re.compile(f"(?:{_alternatives(_PROPERTIES)})(?!\\w)")
