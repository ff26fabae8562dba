"""One thing about a drawing that the drawing standard does not allow."""

from __future__ import annotations

from dataclasses import dataclass

from runner.definitions.layout.reading import Part
from runner.definitions.wording import named


@dataclass(frozen=True)
class Fault:
    """``element_id``, ``name`` and ``line`` say where; both sentences begin with the name."""

    element_id: str
    name: str
    line: int
    zh: str
    en: str


def fault(part: Part, zh: str, en: str) -> Fault:
    """A fault of ``part``; its name is put before both halves of the sentence."""
    words = named(part.name, part.id)
    return Fault(part.id, part.name, part.line, f"{words.zh}{zh}", f"{words.en} {en}")
