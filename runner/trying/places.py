"""Where requirement ids and clauses stand in the owners' files, and which of them a case passed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from runner.definitions.model import Element, Process
from runner.definitions.release import Definitions
from runner.trying.trace import Trace

REQUIREMENT = re.compile(r"\b(?:[A-Z]{2}-\d{2})\b")
RANGE = re.compile(r"\b([A-Z]{2})-(\d{2})\.\.(?:\1-)?(\d{2})\b")


def ids_in(text: str) -> list[str]:
    """The requirement ids in a text, in order, each once; ``IN-01..04`` is four of them."""
    spread = RANGE.sub(
        lambda m: " ".join(f"{m[1]}-{n:02}" for n in range(int(m[2]), int(m[3]) + 1)), text
    )
    return list(dict.fromkeys(REQUIREMENT.findall(spread)))


def clauses_in(element: Element) -> list[str]:
    """The standard clauses an element names in its property ``clauses``."""
    parts = element.properties.get("clauses", "").split(";")
    return [part.strip() for part in parts if part.strip()]


def clauses_of(definitions: Definitions, passed: Iterable[tuple[str, str]]) -> set[str]:
    """The clauses that these (process, element) serve."""
    found: set[str] = set()
    for process, name in passed:
        element = _element(definitions, process, name)
        if element is not None:
            found |= set(clauses_in(element))
    return found


def requirements_passed(definitions: Definitions, trace: Trace) -> set[str]:
    """The ids written at the elements, forms' fields and rules that a case passed."""
    found: set[str] = set()
    for process, name in set(trace.passed):
        element = _element(definitions, process, name)
        if element is not None:
            found |= set(element_ids(element))
    return found


def element_ids(element: Element) -> list[str]:
    """The ids an element names: in its documentation, guidance and other properties."""
    return ids_in(" ".join([element.documentation, *element.properties.values()]))


@dataclass(frozen=True)
class Named:
    """A requirement id at a place of the owners' files."""

    requirement: str
    kind: str
    place: str


def _element(definitions: Definitions, process: str, name: str) -> Element | None:
    found: Process | None = definitions.processes.get(process)
    return found.elements.get(name) if found is not None else None


def elements_naming(definitions: Definitions) -> Iterator[tuple[Process, Element]]:
    """Every element with its process, in file order."""
    for process in definitions.processes.values():
        for element in process.elements.values():
            yield process, element


def by_requirement(found: Iterable[Named]) -> Mapping[str, list[Named]]:
    """Grouped, in order."""
    grouped: dict[str, list[Named]] = {}
    for one in found:
        grouped.setdefault(one.requirement, []).append(one)
    return grouped
