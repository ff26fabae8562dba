"""Text to tokens.

The lexer settles what an LALR grammar cannot: names of several words (those the caller knows, the
built-in functions, and those the text itself defines as keys, parameters or loop variables), which
bracket of `]1..5[` opens or closes a range, and whether a leading `not(` negates a whole cell.
Every step moves forward, so the work grows with the length of the text and no faster.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from lark import Token

from runner.feel.brackets import ENDS_OPERAND, mark_negation, mark_ranges
from runner.feel.errors import FeelSyntaxError
from runner.feel.vocabulary import SYMBOL, WORD, Vocabulary, first_part, is_simple

MAX_TEXT = 50_000
MAX_NESTING = 60

KEYWORDS = frozenset(
    {
        *("if", "then", "else", "for", "in", "return", "some", "every", "satisfies"),
        *("and", "or", "between", "instance", "of", "function", "external"),
        *("null", "true", "false"),
    }
)
TYPE_NAMES = (
    "date and time",
    "days and time duration",
    "years and months duration",
    "day time duration",
    "year month duration",
)
_PROPERTIES = Vocabulary(("time offset", "start included", "end included"))

# Groups are not possessive: Python before 3.11.5 forgets what a possessive group has matched.
_BLANK = re.compile(r"(?:[\s\u180e\u200b\ufeff]++|//[^\n]*+|/\*(?:[^*]++|\*(?!/))*\*/)+")
_TOKEN = re.compile(
    rf"""(?P<NUMBER>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    |(?P<STRING>"(?:\\.|[^"\\])*")
    |(?P<QUOTED>`[^`\n]+`)
    |(?P<NAME>{WORD})
    |(?P<OP>\.\.|->|!=|<=|>=|\*\*|[-+*/=<>()\[\]{{}},.:@])""",
    re.VERBOSE | re.DOTALL,
)
_SIGNED = re.compile(r"-(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_PHRASE = re.compile(rf"{WORD}(?:\s*+(?:{SYMBOL}|{WORD}|[0-9]))*")
_KEY_END = re.compile(r"\s*+:")
_PARAMETER_END = re.compile(r"\s*+[:,)]")
_LOOP_WORD = rf"(?!(?:in|for|some|every|return|satisfies)\b){WORD}"
_VARIABLE = re.compile(rf"{_LOOP_WORD}(?:\s*+(?:{SYMBOL}|{_LOOP_WORD}|[0-9]))*(?=\s++in\b)")
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
}
# What was meant by a character that FEEL does not have, mostly typed with a Chinese keyboard.
_MEANT = {
    **{
        wide: f"'{sign}'"
        for wide, sign in zip("，、。：（）【】＝＋－＊／", ",,.:()[]=+-*/", strict=True)
    },
    **{wide: f"'{sign}'" for wide, sign in (("＜", "<"), ("＞", ">"), ("≤", "<="), ("≥", ">="))},
    **dict.fromkeys("“”‘’'", "a text in double quotes"),
    '"': 'a closing "',
    "≠": "'!='",
    "&": "'and'",
    "|": "'or'",
    "!": "'!=' or not( )",
}
_BEFORE_KEY = frozenset({"LBRACE", "LPAR", "COMMA", "LT"})
_BEFORE_TYPE = frozenset({"OF", "COLON", "LT", "ARROW", "COMMA"})


def tokenize(
    text: str, names: frozenset[str], unary: bool, types: Iterable[str] = ()
) -> list[Token]:
    """The tokens of the text. Raises FeelSyntaxError.

    `names` and `types` are the names in scope and of types that are more than one word.
    """
    if len(text) > MAX_TEXT:
        raise FeelSyntaxError(1, 1, text[:20], (f"at most {MAX_TEXT} characters",))
    tokens = _Lexer(text, names, types).run()
    mark_ranges(tokens)
    if unary:
        mark_negation(tokens)
    return tokens


class _Lexer:
    """One pass over one text. `open` holds what is open: `(`, `[`, `{`, or `params` for the
    parentheses of a function definition, or `for` between an iteration's keyword and its body."""

    def __init__(self, text: str, names: Iterable[str], types: Iterable[str]) -> None:
        self.text = text
        self.names = Vocabulary(names)
        self.types = Vocabulary((*TYPE_NAMES, *types))
        self.tokens: list[Token] = []
        self.open: list[str] = []
        self.depth = 0
        self.line, self.line_start = 1, 0

    def run(self) -> list[Token]:
        position = 0
        while position < len(self.text):
            blank = _BLANK.match(self.text, position)
            if blank:
                self._count_lines(position, blank.end())
                position = blank.end()
                continue
            if self.text.startswith("/*", position):
                raise self._error(position, "/*", "a closing */")
            position = self._next(position)
        return self.tokens

    def _next(self, position: int) -> int:
        previous = self.tokens[-1].type if self.tokens else ""
        long = self._defined(position, previous) or self._known(position, previous)
        if long is not None:
            name, end = long
            self._add("NAME", name, position)
            self._count_lines(position, end)
            return end
        if self.text[position] == "-" and previous not in ENDS_OPERAND:
            signed = _SIGNED.match(self.text, position)
            if signed:
                self._add("NUMBER", signed.group(), position)
                return signed.end()
        match = _TOKEN.match(self.text, position)
        if match is None:
            found = self.text[position]
            raise self._error(position, found, _MEANT.get(found, "an expression"))
        group, found = match.lastgroup, match.group()
        if group == "NAME" and self._is_keyword(found, previous):
            self._keyword(found, position)
        elif group == "QUOTED":
            self._add("NAME", found[1:-1], position)
        elif group == "STRING":
            self._string(found, position, match.end(), previous)
        elif group == "OP":
            closed = self._bracket(found, position, previous)
            kind = "RPAR_PARAMETERS" if closed == "params" and found == ")" else _OPERATORS[found]
            self._add(kind, found, position)
        else:
            self._add(str(group), found, position)
        self._count_lines(position, match.end())
        return match.end()

    def _defined(self, position: int, previous: str) -> tuple[str, int] | None:
        """A name that the text defines here: a key, a parameter or a loop variable."""
        innermost = self.open[-1] if self.open else ""
        found: re.Match[str] | None = None
        if previous in ("FOR", "SOME", "EVERY") or (previous == "COMMA" and innermost == "for"):
            found = _VARIABLE.match(self.text, position)
        if found is None and previous in _BEFORE_KEY:
            found = _PHRASE.match(self.text, position)
            if found and not _KEY_END.match(self.text, found.end()):
                is_parameter = innermost == "params" and previous in ("LPAR", "COMMA")
                if not (is_parameter and _PARAMETER_END.match(self.text, found.end())):
                    found = None
        if found is None:
            return None
        name = " ".join(found.group().split())
        if innermost != "(":  # a named argument defines nothing
            self.names.add(name)
        return name, found.end()

    def _known(self, position: int, previous: str) -> tuple[str, int] | None:
        """A name of several words that is known and starts here."""
        first = first_part(self.text, position)
        found = [self.names.longest(self.text, position, first)]
        if previous in _BEFORE_TYPE:
            found.append(self.types.longest(self.text, position, first))
        if previous == "DOT":
            found.append(_PROPERTIES.longest(self.text, position, first))
        else:
            found.append(_BUILTINS.longest(self.text, position, first))
        return max((item for item in found if item), key=lambda item: item[1], default=None)

    def _is_keyword(self, word: str, previous: str) -> bool:
        if word not in KEYWORDS or previous == "DOT":
            return False
        if word == "of":
            return previous == "INSTANCE"
        return word != "external" or previous == "RPAR_PARAMETERS"

    def _keyword(self, word: str, position: int) -> None:
        if word in ("for", "some", "every"):
            self.open.append("for")
        elif word in ("return", "satisfies") and self.open and self.open[-1] == "for":
            self.open.pop()
        self._add(word.upper(), word, position)

    def _string(self, found: str, position: int, end: int, previous: str) -> None:
        value = unescape(found[1:-1])
        is_key = previous in ("LBRACE", "COMMA") and _KEY_END.match(self.text, end)
        if is_key and _PHRASE.fullmatch(value):
            self.names.add(value)
        self._add("STRING", value, position)

    def _bracket(self, found: str, position: int, previous: str) -> str:
        """Keep account of what is open; the kind of bracket that is closed, if one is."""
        closed = ""
        if found in "([{":
            self.open.append("params" if found == "(" and previous == "FUNCTION" else found)
            self.depth += 1
            if self.depth > MAX_NESTING:
                expected = f"at most {MAX_NESTING} brackets inside each other"
                raise self._error(position, found, expected)
        elif found in ")]}":
            self.depth -= 1
            closed = "for"
            while self.open and closed == "for":
                closed = self.open.pop()
        return closed

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


def register_builtin_names(names: Iterable[str]) -> None:
    """Tell the lexer the built-in functions whose names have several words (once, at import)."""
    for name in names:
        if not is_simple(name):
            _BUILTINS.add(name)
            _BUILTIN_NAMES.add(name)


def is_builtin_name(name: str) -> bool:
    """Whether the name, of several words, is always known as that of a built-in function."""
    return name in _BUILTIN_NAMES


_BUILTINS = Vocabulary(follow=r"(?=\s*+(?:[(,)\]]|$))")
_BUILTIN_NAMES: set[str] = set()
