"""Names of more than one word, which only a known scope can tell from several names.

A FEEL name may hold spaces and the characters `. / - ' + *`. Where such a name is in scope the
longest one that fits is meant (DMN 1.5, 10.3.1.2), also where the text spaces it differently.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable

# The letters of the standard, without the punctuation of Chinese and of full-width characters:
# `a，b` is a slip of the keyboard, not a name.
_START = (
    r"?A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u167f\u1681-\u180d"
    r"\u180f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef\u3004-\u3007\u3012-\u3013\u3020-\ud7ff"
    r"\uf900-\ufdcf\ufdf0-\ufefe\uff10-\uff19\uff21-\uff3a\uff3f\uff41-\uff5a\uff66-\ufffd"
    r"\U00010000-\U000effff"
)
WORD = rf"[{_START}][{_START}0-9\u00b7\u0300-\u036f\u203f\u2040]*+"
"""One word of a name, as a pattern."""
SYMBOL = r"(?:[-+.']|/(?![/*])|\*(?!/))"
"""A character between the words of a name; never the start of a comment."""
_WORD = re.compile(WORD)
_PART = re.compile(rf"{WORD}|[0-9]+|\S")


def is_simple(name: str) -> bool:
    """Whether the name is one word, which needs no scope to be recognised."""
    return _WORD.fullmatch(name) is not None


class Vocabulary:
    """A set of names of more than one word, to be found in texts. `follow` is a pattern of what
    must stand behind the name."""

    def __init__(self, names: Iterable[str] = (), follow: str = "") -> None:
        self._follow = follow
        self._known: set[str] = set()
        self._by_start: dict[str, list[tuple[re.Pattern[str], str]]] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Know one name more; one of a single word is known anyway."""
        if name in self._known or is_simple(name):
            return
        self._known.add(name)
        parts = _PART.findall(name)
        if not parts:
            return
        pattern = re.escape(parts[0])
        for before, part in itertools.pairwise(parts):
            words = _is_word(before) and _is_word(part)
            pattern += (r"\s++" if words else r"\s*+") + re.escape(part)
        if _is_word(parts[-1]):
            pattern += rf"(?!{WORD}|[0-9])"
        pattern += self._follow
        self._by_start.setdefault(parts[0], []).append((re.compile(pattern), name))

    def longest(self, text: str, position: int) -> tuple[str, int] | None:
        """The longest known name that starts at the position, and where it ends."""
        if not self._by_start:
            return None
        first = _PART.match(text, position)
        if first is None:
            return None
        best: tuple[str, int] | None = None
        for pattern, name in self._by_start.get(first.group(), ()):
            found = pattern.match(text, position)
            if found and (best is None or found.end() > best[1]):
                best = (name, found.end())
        return best


def _is_word(part: str) -> bool:
    return part[0].isdigit() or _WORD.match(part) is not None
