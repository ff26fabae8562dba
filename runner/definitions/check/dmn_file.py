"""The elements of a DMN file, for findings that name a place in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from lxml import etree

from runner.definitions.dmn.elements import line_of
from runner.definitions.dmn.places import place_of, table_around
from runner.definitions.wording import Both
from runner.definitions.xml import UnreadableFile, read_xml


@dataclass(frozen=True)
class DmnFile:
    """The elements of one file, read when somebody asks."""

    data: bytes = field(repr=False)

    @cached_property
    def root(self) -> etree._Element | None:
        try:
            return read_xml(self.data, "")
        except UnreadableFile:
            return None

    @cached_property
    def _elements(self) -> dict[str, etree._Element]:
        found: dict[str, etree._Element] = {}
        for element in [] if self.root is None else self.root.iter(etree.Element):
            found.setdefault(element.get("id") or element.get("name") or "", element)
        return found

    def line(self, element_id: str) -> int:
        """The line on which the element starts, 0 where that is not known."""
        element = self._elements.get(element_id)
        return 0 if element is None else line_of(element)

    def place(self, element_id: str) -> Both:
        """Rule and column of an element of a table; empty for others."""
        element = self._elements.get(element_id)
        return Both("", "") if element is None else place_of(element)

    def in_table(self, element_id: str) -> bool:
        """Whether the element stands in a decision table, or is one."""
        element = self._elements.get(element_id)
        return element is not None and table_around(element) is not None
