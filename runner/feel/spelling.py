"""Did you mean ...? The known name a person most likely wanted to write."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

MAX_CANDIDATES = 60


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known name most like ``word``, or None where none is like it, or too many are.

    Like it is a name that at most a third of the letters (of the longer one) make different; two
    letters in the wrong order count as one mistake.

    Looks only at names of about the same length that begin or end alike, and gives up on more than
    60 of them, so that a file with thousands of wrong names is still checked at once.
    """
    if not word or len(word) > 100:
        return None
    alike = [
        name
        for name in known
        if name and abs(len(name) - len(word)) <= 3 and (name[0] == word[0] or name[-1] == word[-1])
    ]
    if len(alike) > MAX_CANDIDATES:
        return None
    found = difflib.get_close_matches(word, sorted(alike), 1)
    if not found or 3 * _mistakes(word, found[0]) > max(len(word), len(found[0])):
        return None
    return found[0]


def _mistakes(one: str, other: str) -> int:
    """How many letters are missing, too many, other ones, or change places with the next."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        last, before, row = before, row, [i]
        for j, found in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != found))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == found:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]
