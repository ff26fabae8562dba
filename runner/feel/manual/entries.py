"""What the manual says about a function beyond the table of functions: Chinese, and examples."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One function. Each example is an expression and what it gives, written as FEEL too."""

    name: str
    chinese: str
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Theme:
    """Functions that belong together."""

    english: str
    chinese: str
    entries: tuple[Entry, ...]


def entry(name: str, chinese: str, *examples: tuple[str, str]) -> Entry:
    """The entry of one function."""
    return Entry(name, chinese, examples)
