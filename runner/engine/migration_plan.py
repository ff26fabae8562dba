"""A migration plan: which element of one release becomes which of another.

A plan is immutable and known by the SHA-256 of its canonical bytes, which every event of a migrated
case names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import orjson

from runner.definitions.model import Element, Process
from runner.definitions.release import Definitions
from runner.encoding import Encoded, canonical
from runner.engine.spiff.migrating import misfit
from runner.errors import InvalidInput

FORMAT = "1"
Place = tuple[str, str]
"""(process id, element id)"""


@dataclass(frozen=True)
class Plan:
    """``elements`` maps every flow node of every process that both releases have to its target, or
    None. ``renew`` are the places on the target whose deadlines and subscriptions are computed
    anew; everywhere else they are kept as stored."""

    source: str
    target: str
    elements: Mapping[str, Mapping[str, str | None]]
    renew: frozenset[Place] = field(default_factory=frozenset)

    def target_of(self, element: Element) -> str | None:
        return self.elements.get(element.process_id, {}).get(element.id)

    def with_choices(self, chosen: Mapping[Place, str | None], renew: frozenset[Place]) -> Plan:
        """The plan with some targets chosen by a person."""
        elements = {process: dict(found) for process, found in self.elements.items()}
        for (process, element), target in chosen.items():
            if element in elements.get(process, {}):
                elements[process][element] = target
        return replace(self, elements=elements, renew=renew)

    def written(self) -> bytes:
        """The canonical bytes: the same plan always gives the same."""
        renew: list[Encoded] = []
        renew.extend(sorted(f"{process} {element}" for process, element in self.renew))
        return canonical(
            {
                "format": FORMAT,
                "source": self.source,
                "target": self.target,
                "elements": {p: dict(found) for p, found in self.elements.items()},
                "renew": renew,
            }
        )

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.written()).hexdigest()


def read_plan(data: bytes) -> Plan:
    """The plan that ``written`` gave. Raises ``InvalidInput`` for anything else."""
    try:
        found = orjson.loads(data)
        if found["format"] != FORMAT:
            raise ValueError(f"format {found['format']}")
        return Plan(
            source=str(found["source"]),
            target=str(found["target"]),
            elements={
                str(process): {str(s): None if t is None else str(t) for s, t in pairs.items()}
                for process, pairs in found["elements"].items()
            },
            renew=frozenset((p, e) for p, e in (text.split(" ", 1) for text in found["renew"])),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidInput(
            f"这不是迁移方案：{error} / This is not a migration plan: {error}"
        ) from error


def propose(source: Definitions, target: Definitions) -> Plan:
    """By element id where the two fit, else by name and kind where only one does; None elsewhere.
    What is inside a sub-process is looked for inside its counterpart."""
    elements: dict[str, dict[str, str | None]] = {}
    for process in source.processes.values():
        other = target.processes.get(process.id)
        if other is not None and process.executable:
            elements[process.id] = dict(_pairs(process, other))
    return Plan(source.digest, target.digest, elements)


def check_plan(plan: Plan, source: Definitions, target: Definitions) -> None:
    """Raises ``InvalidInput`` for elements that the releases do not have or that do not fit."""
    errors: dict[str, list[str]] = {}
    for process_id, pairs in plan.elements.items():
        process, other = source.processes.get(process_id), target.processes.get(process_id)
        for element_id, target_id in pairs.items():
            if target_id is None:
                continue
            element = process.elements.get(element_id) if process else None
            there = other.elements.get(target_id) if other else None
            if element is None or there is None or misfit(element, there) is not None:
                errors[f"{process_id}.{element_id}"] = [
                    f"“{element_id}”不能对应“{target_id}”。 / "
                    f"'{element_id}' cannot become '{target_id}'."
                ]
    if errors:
        first = next(iter(errors.values()))[0]
        raise InvalidInput(first, errors)


def candidates(element: Element, other: Process) -> list[Element]:
    """What an element could become in the other release's process, in file order."""
    return [there for there in other.elements.values() if misfit(element, there) is None]


def _pairs(process: Process, other: Process) -> Iterator[tuple[str, str | None]]:
    found: dict[str, str | None] = {}
    taken: set[str] = set()
    todo = sorted(
        process.elements.values(), key=lambda e: (_depth(process, e), e.kind == "boundaryEvent")
    )
    for by_id in (True, False):
        for element in todo:
            if found.get(element.id) is not None:
                continue
            target = _find(element, process, other, found, taken, by_id=by_id)
            found[element.id] = target
            taken |= {target} if target else set()
    for element_id in process.elements:
        yield element_id, found[element_id]


def _find(
    element: Element,
    process: Process,
    other: Process,
    found: Mapping[str, str | None],
    taken: set[str],
    *,
    by_id: bool,
) -> str | None:
    inside = other.id if element.parent == process.id else found.get(element.parent)
    host = found.get(element.attached_to) if element.attached_to else None
    fitting = [
        there.id
        for there in other.elements.values()
        if there.parent == inside
        and there.id not in taken
        and (element.attached_to is None or there.attached_to == host)
        and misfit(element, there) is None
        and (there.id == element.id if by_id else _name(there) == _name(element) != "")
        and (by_id or there.id not in process.elements)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _name(element: Element) -> str:
    return " ".join(element.name.split())


def _depth(process: Process, element: Element) -> int:
    depth = 0
    while element.parent != process.id:
        element = process.elements[element.parent]
        depth += 1
    return depth
