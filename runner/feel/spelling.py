"""Did you mean ...? The known name a person most likely wanted to write."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

MAX_CANDIDATES = 60


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known name most like ``word``, or None where none is like it, or too many are.

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
    return found[0] if found else None
