"""The cases of the TCK that do not hold, each with its reason.

A key is a case's id, `*` standing for any text. Read by the test of the TCK, by `make tck` and by
the test that compares `docs/feel.md`.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

EXCEPTIONS: dict[str, str] = {
    "0076-feel-external-java/*": "calls Java methods, and there is no Java here",
    "1111-feel-matches-function/*-K2-MatchesFunc-17-*": (
        "a back-reference, which cannot be matched in linear time"
    ),
}


def reason(case_id: str) -> str | None:
    """Why the case may fail, or None where it must hold."""
    for pattern, why in EXCEPTIONS.items():
        if fnmatchcase(case_id, pattern):
            return why
    return None
