"""The manual of FEEL for people who write it: made from the table of functions and from examples.

Every example in it is evaluated by a test.
"""

from __future__ import annotations

from runner.feel.manual.entries import Entry, Theme
from runner.feel.manual.lists import CONDITIONS, CONTEXTS, LISTS
from runner.feel.manual.numbers import NUMBERS, STATISTICS
from runner.feel.manual.texts import CONVERSIONS, PATTERNS, TEXTS
from runner.feel.manual.times import DATES, RANGES, WORKING_TIME

THEMES: tuple[Theme, ...] = (
    WORKING_TIME,
    DATES,
    CONDITIONS,
    TEXTS,
    PATTERNS,
    LISTS,
    STATISTICS,
    NUMBERS,
    CONTEXTS,
    RANGES,
    CONVERSIONS,
)
"""Every function that is offered, in the order of the manual."""

__all__ = ["THEMES", "Entry", "Theme"]
