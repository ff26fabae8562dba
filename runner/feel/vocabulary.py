"""Names of more than one word, which only a known scope can tell from several names.

A FEEL name may hold spaces and the characters `. / - ' + *`. Where such a name is in scope the
longest one that fits is meant (DMN 1.5, 10.3.1.2), also where the text spaces it differently.
"""

from __future__ import annotations

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
_PART = re.compile(rf"{WORD}|[0-9][{_START}0-9]*+|\S")
_GAP = re.compile(r"\s*+")


def is_simple(name: str) -> bool:
    """Whether the name is one word, which needs no scope to be recognised."""
    return _WORD.fullmatch(name) is not None


def first_part(text: str, position: int) -> str:
    """The word or character at the position: how names that start there start."""
    found = _PART.match(text, position)
    return found.group() if found else ""


class _Branch(dict[str, "_Branch"]):
    """How the known names go on after some of their parts, and the name that ends here."""

    name: str | None = None


class Vocabulary:
    """A set of names of more than one word, to be found in texts, each in as many steps as it has
    parts, however many names there are. `follow` is a pattern of what must stand behind a name."""

    def __init__(self, names: Iterable[str] = (), follow: str = "") -> None:
        self._follow = re.compile(follow)
        self._starts = _Branch()
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Know one name more; one of a single word is known anyway."""
        if is_simple(name):
            return
        branch = self._starts
        for part in _PART.findall(name):
            branch = branch.setdefault(part, _Branch())
        if branch is not self._starts:
            branch.name = name

    def longest(self, text: str, position: int, first: str) -> tuple[str, int] | None:
        """The longest known name that starts at the position, and where it ends.

        `first` is the `first_part` there. White space between the parts may be as it likes.
        """
        branch = self._starts.get(first)
        end = position + len(first)
        best: tuple[str, int] | None = None
        while branch is not None:
            if branch.name is not None and self._follow.match(text, end):
                best = (branch.name, end)
            gap = _GAP.match(text, end)
            assert gap is not None
            part = first_part(text, gap.end())
            branch, end = branch.get(part), gap.end() + len(part)
        return best
