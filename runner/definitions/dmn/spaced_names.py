"""The names of a DMN file that FEEL would not read as one, and which of them a text may mean."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from runner.definitions.dmn.elements import local_name
from runner.feel.vocabulary import Vocabulary, first_part

_NAMED = frozenset(
    {
        "variable",
        "decision",
        "inputData",
        "businessKnowledgeModel",
        "decisionService",
        "formalParameter",
        "parameter",
        "itemDefinition",
        "itemComponent",
        "column",
        "output",
        "for",
        "some",
        "every",
    }
)


class SpacedNames:
    """All such names of a file. Immutable; `within` takes as long as the text, not as the file."""

    def __init__(self, names: Iterable[str]) -> None:
        self.all = frozenset(names)
        self._vocabulary = Vocabulary(self.all)

    def within(self, text: str) -> frozenset[str]:
        """The names that stand in the text: at each place the longest, as FEEL takes it."""
        if not self.all:
            return self.all
        places = ((place, first_part(text, place)) for place in range(len(text)))
        found = (self._vocabulary.longest(text, place, first) for place, first in places)
        return frozenset(item[0] for item in found if item is not None)


def spaced_names(root: etree._Element) -> frozenset[str]:
    """Those of the names in the file."""
    names = (
        " ".join((element.get(key) or "").split())
        for element in root.iter()
        if isinstance(element.tag, str) and local_name(element) in _NAMED
        for key in ("name", "iteratorVariable")
    )
    return frozenset(filter(is_spaced, names))


def is_spaced(name: str) -> bool:
    """Whether FEEL would not read the name as one, or as a path of such."""
    return bool(name) and not all(part.isidentifier() for part in name.split("."))
