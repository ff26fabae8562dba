"""Regular expressions: those of XPath, which FEEL uses, written anew for RE2.

RE2 matches in time linear to the text, whatever the pattern. What it cannot express is refused
with a sentence that says so: back-references, and look-around, which XPath has not either.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Any

import re2

from runner.feel.builtins import character_sets as sets
from runner.feel.builtins.unicode_blocks import BLOCKS

MAX_PATTERN = 1_000
MAX_MATCHED = 100_000
MAX_PROGRAM = 150_000
_MAX_TRANSLATED = 300_000
_MAX_REPEAT = 1_000
_MAX_MEMORY = 1 << 24
_MAX_SUBTRACTIONS = 8

_QUANTIFIER = re.compile(r"[*+?]\??|\{(\d{1,6})(,(\d{1,6})?)?\}\??")
_PROPERTY = re.compile(r"\{([A-Za-z0-9-]{1,60})\}")
_CONTROL = {"n": "\n", "r": "\r", "t": "\t"}
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


class PatternError(Exception):
    """The pattern is none of XPath, or asks for what cannot be matched in linear time.

    `cost` is what it took to find out, in steps of the budget.
    """

    def __init__(self, reason: str, cost: int = 100) -> None:
        self.cost = cost
        super().__init__(reason)


class _TooLarge(PatternError):
    """RE2 had to compile the pattern to find that it is."""

    def __init__(self) -> None:
        super().__init__("it is too large", cost=20_000)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern. `matcher` is RE2's, `cost` what compiling it takes, in steps of the
    budget. `places` are the characters and classes in it, counted as often as they are repeated:
    so many RE2 may have to look at for each character of a text."""

    matcher: Any
    groups: int
    places: int
    literal: bool
    cost: int


@functools.lru_cache(maxsize=64)
def compile_pattern(pattern: str, flags: str) -> Pattern | PatternError:
    """The pattern compiled, or the error (never raised) that says why it cannot be.

    Each of those kept takes up to 16 MB.
    """
    try:
        return _compile(pattern, flags)
    except PatternError as error:
        return error.with_traceback(None)


def _compile(pattern: str, flags: str) -> Pattern:
    wrong = flags.strip("smixq")
    if wrong:
        raise PatternError(f"there is no flag '{wrong[0]}'; flags are s, m, i, x and q")
    if any("\ud800" <= character <= "\udfff" for character in pattern):
        raise PatternError("it has half of a character")
    literal = "q" in flags
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MAX_MEMORY
    options.literal = literal
    options.case_sensitive = "i" not in flags
    text, places = (pattern, 1) if literal else translate(pattern, flags)
    try:
        matcher = re2.compile(text, options)
    except re2.error:
        raise _TooLarge from None
    size = matcher.programsize
    if size > MAX_PROGRAM:
        raise _TooLarge
    return Pattern(matcher, matcher.groups, places, literal, size // 4 + len(text) // 50)


def translate(pattern: str, flags: str) -> tuple[str, int]:
    """The pattern of XPath as one of RE2, and how many places it has. Raises PatternError."""
    text = _without_blanks(pattern) if "x" in flags else pattern
    translation = _Translation(text, flags)
    made = translation.run()
    return f"(?m){made}" if "m" in flags else made, translation.places[0]


def _without_blanks(pattern: str) -> str:
    """The pattern without the blanks outside of character classes, as flag x asks."""
    kept: list[str] = []
    inside, escaped = 0, False
    for character in pattern:
        if character in " \t\r\n" and not inside:
            continue
        kept.append(character)
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif character in "[]":
            inside = max(0, inside + (1 if character == "[" else -1))
    return "".join(kept)


class _Translation:
    """One walk through a pattern; `made` are the pieces of the new one, `places` how many places
    the whole and each group that is open has so far, `repeated` how many the last piece has."""

    def __init__(self, text: str, flags: str) -> None:
        self.text = text
        self.at = 0
        self.made: list[str] = []
        self.open = 0
        self.groups = 0
        self.places = [0]
        self.repeated = 0
        self.dot = "(?s:.)" if "s" in flags else r"[^\n\r]"
        self.folds = "i" in flags

    def run(self) -> str:
        repeatable = False
        size = done = 0
        while self.at < len(self.text):
            repeatable = self._piece(repeatable)
            size += sum(map(len, self.made[done:]))
            done = len(self.made)
            if size > _MAX_TRANSLATED:
                raise _TooLarge
        if self.open:
            raise PatternError("a '(' is not closed")
        return "".join(self.made)

    def _piece(self, repeatable: bool) -> bool:
        """Translate what stands here; whether a quantifier may follow it."""
        character = self.text[self.at]
        if character in "*+?{":
            self._quantifier(repeatable)
            return False
        self.repeated = 1
        if character == "[":
            self.places[-1] += 1
            negated, chosen = self._class(0)
            self.made.append(_written(chosen, negated))
            return True
        if character == "\\":
            self.places[-1] += 1
            self.made.append(self._escape())
            return True
        self.at += 1
        if character == "(":
            self._open()
            return False
        if character == ")":
            self.open -= 1
            if self.open < 0:
                raise PatternError("a ')' closes nothing")
            self.repeated = self.places.pop()
            self.places[-1] += self.repeated
        elif character in "]}":
            raise PatternError(f"'{character}' must be written '\\{character}'")
        else:
            self.places[-1] += 1
        self.made.append(self._plain(character))
        return character != "|"

    def _plain(self, character: str) -> str:
        if character == ".":
            return self.dot
        return character if character in "^$|)" else _quoted(ord(character))

    def _open(self) -> None:
        self.open += 1
        self.places.append(0)
        if self.text.startswith("?", self.at):
            if not self.text.startswith("?:", self.at):
                raise PatternError(
                    f"'({self.text[self.at : self.at + 2]}' is not offered:"
                    " a group may only begin with '(' or '(?:'"
                )
            self.at += 2
            self.made.append("(?:")
            return
        self.groups += 1
        self.made.append("(")

    def _quantifier(self, repeatable: bool) -> None:
        match = _QUANTIFIER.match(self.text, self.at)
        if match is None or not repeatable:
            raise PatternError(f"'{self.text[self.at]}' repeats nothing")
        least, _, most = match.groups()
        if least is not None and max(int(least), int(most or 0)) > _MAX_REPEAT:
            raise PatternError(f"it repeats something more than {_MAX_REPEAT} times")
        if most is not None and int(most) < int(least):
            raise PatternError(f"'{match.group()}' has its ends the wrong way round")
        times = max(int(least or 1), int(most or 1))
        self.places[-1] += self.repeated * (times - 1)
        self.made.append(match.group())
        self.at = match.end()

    def _escape(self) -> str:
        """The escape that stands here, outside of a class."""
        letter = self.text[self.at + 1 : self.at + 2]
        if letter.isascii() and letter.isdigit():
            if 0 < int(letter) <= self.groups:
                raise PatternError(
                    f"the back-reference '\\{letter}' cannot be matched in linear time"
                )
            raise PatternError(f"'\\{letter}' refers to no group before it")
        found = self._escaped()
        if isinstance(found, int):
            return _quoted(found)
        written = _written(found, False)
        return f"(?-i:{written})" if self.folds else written

    def _escaped(self) -> int | sets.Set:
        """The character or set of the escape that stands here."""
        letter = self.text[self.at + 1 : self.at + 2]
        self.at += 2
        if letter in _CONTROL:
            return ord(_CONTROL[letter])
        if letter in _PUNCTUATION:
            return ord(letter)
        if letter in sets.CLASS_LETTERS:
            return sets.escape_class(letter)
        if letter and letter in "pP":
            chosen = self._property()
            return sets.complement(chosen) if letter == "P" else chosen
        raise PatternError(f"'\\{letter}' is no escape")

    def _property(self) -> sets.Set:
        match = _PROPERTY.match(self.text, self.at)
        if match is None:
            raise PatternError("'\\p' needs a category or block, as in '\\p{Lu}'")
        self.at = match.end()
        name = match.group(1)
        block = BLOCKS.get(name.removeprefix("Is")) if name.startswith("Is") else None
        chosen = (block,) if block else sets.category(name)
        if chosen is None:
            raise PatternError(f"there is no category or block '{name}'")
        return chosen

    def _class(self, depth: int) -> tuple[bool, sets.Set]:
        """The class that stands here: whether it is negated, and its characters."""
        if depth > _MAX_SUBTRACTIONS:
            raise PatternError("too many classes are subtracted from each other")
        self.at += 1
        negated = self.text.startswith("^", self.at)
        self.at += negated
        pairs: list[tuple[int, int]] = []
        without: sets.Set = ()
        start = self.at
        while not self.text.startswith("]", self.at):
            if self.text.startswith("-[", self.at) and self.at > start:
                inner_negated, inner = self._subtracted(depth)
                without = sets.complement(inner) if inner_negated else inner
                break
            pairs += self._members()
        if self.at == start:
            raise PatternError("'[]' has no character in it")
        self.at += 1
        chosen = sets.union(pairs)
        if not without:
            return negated, chosen
        if self.folds:
            without = sets.both_cases(without)
            chosen = sets.both_cases(chosen)
        if negated:
            return True, sets.union(chosen, without)
        return False, sets.difference(chosen, without)

    def _subtracted(self, depth: int) -> tuple[bool, sets.Set]:
        self.at += 1
        found = self._class(depth + 1)
        if not self.text.startswith("]", self.at):
            raise PatternError("a class that is subtracted must stand at the end of the other")
        return found

    def _members(self) -> sets.Set:
        """One character, range or escape inside a class."""
        first = self._member()
        if not isinstance(first, int):
            return first
        following = self.text[self.at + 1 : self.at + 2]
        if not self.text.startswith("-", self.at) or following in ("]", "["):
            return ((first, first),)
        self.at += 1
        last = self._member()
        if not isinstance(last, int) or last < first:
            raise PatternError("a range such as 'a-z' has its ends the wrong way round")
        return ((first, last),)

    def _member(self) -> int | sets.Set:
        if self.at >= len(self.text):
            raise PatternError("a '[' is not closed")
        character = self.text[self.at]
        if character == "\\":
            return self._escaped()
        if character == "[":
            raise PatternError("'[' inside a class must be written '\\['")
        self.at += 1
        return ord(character)


def _quoted(code: int) -> str:
    character = chr(code)
    return character if character.isascii() and character.isalnum() else f"\\x{{{code:x}}}"


def _written(chosen: sets.Set, negated: bool) -> str:
    if not chosen:
        chosen, negated = sets.EVERYTHING, not negated
    ranges = (
        _quoted(first) if first == last else f"{_quoted(first)}-{_quoted(last)}"
        for first, last in chosen
    )
    return f"[{'^' if negated else ''}{''.join(ranges)}]"
