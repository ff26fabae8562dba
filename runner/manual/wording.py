"""The manual in one language: halves of labels, fixed words, and how documentation is read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from runner.definitions.findings import half

_IDS = re.compile(r"(?:(?<=\s)|^)((?:[A-Z]{1,3}-\d+[a-z]?(?:\s*[,，;、]\s*|\s+|$))+)$")
_ID = re.compile(r"[A-Z]{1,3}-\d+[a-z]?")


@dataclass(frozen=True)
class Said:
    """One text for the reader. ``open``: it says that the owner still has to decide."""

    text: str
    open: bool = False


@dataclass(frozen=True)
class Reader:
    """Who the manual is for."""

    language: str

    @property
    def chinese(self) -> bool:
        return self.language.lower().startswith("zh")

    def say(self, zh: str, en: str) -> str:
        return zh if self.chinese else en

    def half(self, label: str) -> str:
        return half(label, self.language)

    def joined(self, texts: Iterable[str]) -> str:
        return ("、" if self.chinese else ", ").join(texts)

    @property
    def undecided(self) -> Said:
        return Said(
            self.say("尚未决定，须由贵公司决定", "not decided: the owner must decide"), True
        )


@dataclass(frozen=True)
class Documentation:
    """What an element's documentation says: text in both languages, and the requirements."""

    text: str
    requirements: tuple[str, ...]


def read_documentation(text: str) -> Documentation:
    """Splits off the requirement ids at the end, on a line of their own or after the sentence."""
    found = _IDS.search(text.strip())
    if found is None:
        return Documentation(text.strip(), ())
    return Documentation(text.strip()[: found.start()].strip(), tuple(_ID.findall(found[1])))


def listed(text: str) -> tuple[str, ...]:
    """The entries of a property like ``ISO 9001:2015 8.2.1; ISO 10002:2018 8.1``."""
    return tuple(part.strip() for part in re.split(r"[;；]", text) if part.strip())
