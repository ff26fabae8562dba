"""One finding for each thing that is not there, however many elements name it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.definitions.model import Element, Process
from runner.definitions.wording import named

SHOWN = 3


def named_by(
    subject: Subject, name_of: Callable[[Element], str | None]
) -> Iterator[tuple[str, list[tuple[Process, Element]]]]:
    """Every name that ``name_of`` gives, with the elements that name it, in file order."""
    found: dict[str, list[tuple[Process, Element]]] = {}
    for process, element in subject.elements():
        name = name_of(element)
        if name is not None:
            found.setdefault(name, []).append((process, element))
    yield from found.items()


def with_others(finding: Finding, others: list[tuple[Process, Element]]) -> Finding:
    """The finding on the first element, telling which other ones name the same thing."""
    if not others:
        return finding
    words = [named(element.name, element.id) for _, element in others[:SHOWN]]
    more = len(others) - len(words)
    zh = "、".join(word.zh for word in words) + (f"等 {len(others)} 处" if more else "")
    en = ", ".join(word.en for word in words) + (f" and {more} more" if more else "")
    return replace(finding, zh=f"{finding.zh}还有：{zh}。", en=f"{finding.en} So do {en}.")
