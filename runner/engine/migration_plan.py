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
from runner.engine.spiff.fitting import misfit
from runner.errors import InvalidInput

FORMAT = "1"
Place = tuple[str, str]
"""(process id, element id)"""


@dataclass(frozen=True)
class Plan:
    """``processes`` maps every process that goes on to its counterpart, ``elements`` every flow
    node of those (by the source's process) to its target, or None. ``renew`` are the places on the
    target whose deadlines and subscriptions are computed anew; everywhere else they are kept."""

    source: str
    target: str
    processes: Mapping[str, str]
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
                "processes": dict(self.processes),
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
            processes={str(p): str(other) for p, other in found["processes"].items()},
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


def propose(
    source: Definitions, target: Definitions, chosen: Mapping[str, str] | None = None
) -> Plan:
    """Processes by id, else by name, else where they share most elements; ``chosen`` by a person
    come first. Elements by id where the two fit, else by name and kind where only one does; None
    elsewhere. What is inside a sub-process is looked for inside its counterpart, then anywhere in
    the process."""
    processes = _processes(source, target, chosen or {})
    elements = {
        process: dict(_pairs(source.processes[process], target.processes[other], processes))
        for process, other in processes.items()
    }
    return Plan(source.digest, target.digest, processes, elements)


def _processes(
    source: Definitions, target: Definitions, chosen: Mapping[str, str]
) -> dict[str, str]:
    here = {p.id: p for p in source.processes.values() if p.executable}
    there = {p.id: p for p in target.processes.values() if p.executable}
    for wanted, given in chosen.items():
        if wanted not in here or given not in there:
            raise InvalidInput(
                f"流程“{wanted}”不能对应“{given}”：两个版本里没有。 / "
                f"The process '{wanted}' cannot become '{given}': the releases do not have them."
            )
    found = dict(chosen)
    found.update((p, p) for p in here if p in there and p not in found)
    for alike in (_same_name, _mostly_same):
        for process in here.values():
            taken = set(found.values())
            fitting = [o.id for o in there.values() if o.id not in taken and alike(process, o)]
            if process.id not in found and len(fitting) == 1:
                found[process.id] = fitting[0]
    return {process: found[process] for process in here if process in found}


def _same_name(process: Process, other: Process) -> bool:
    return bool(process.name.strip()) and process.name.split() == other.name.split()


def _mostly_same(process: Process, other: Process) -> bool:
    shared = process.elements.keys() & other.elements.keys()
    return len(shared) * 2 > max(len(process.elements), len(other.elements))


def check_plan(plan: Plan, source: Definitions, target: Definitions) -> None:
    """Raises ``InvalidInput`` for elements that the releases do not have or that do not fit."""
    errors: dict[str, list[str]] = {}
    for process_id, pairs in plan.elements.items():
        process = source.processes.get(process_id)
        other = target.processes.get(plan.processes.get(process_id, ""))
        for element_id, target_id in pairs.items():
            if target_id is None:
                continue
            element = process.elements.get(element_id) if process else None
            there = other.elements.get(target_id) if other else None
            if element is None or there is None or misfit(element, there, plan.processes):
                errors[f"{process_id}.{element_id}"] = [
                    f"“{element_id}”不能对应“{target_id}”。 / "
                    f"'{element_id}' cannot become '{target_id}'."
                ]
    if errors:
        first = next(iter(errors.values()))[0]
        raise InvalidInput(first, errors)


def candidates(plan: Plan, element: Element, other: Process) -> list[Element]:
    """What an element could become in the other release's process, in file order."""
    return [
        there for there in other.elements.values() if misfit(element, there, plan.processes) is None
    ]


def _pairs(
    process: Process, other: Process, processes: Mapping[str, str]
) -> Iterator[tuple[str, str | None]]:
    found: dict[str, str | None] = {}
    taken: set[str] = set()
    todo = sorted(
        process.elements.values(), key=lambda e: (_depth(process, e), e.kind == "boundaryEvent")
    )
    for by_id, anywhere in ((True, False), (False, False), (True, True), (False, True)):
        for element in todo:
            if found.get(element.id) is not None:
                continue
            around = None if anywhere else _around(element, process, other, found)
            target = _find(element, process, other, found, taken, processes, around, by_id=by_id)
            found[element.id] = target
            taken |= {target} if target else set()
    for element_id in process.elements:
        yield element_id, found[element_id]


def _around(
    element: Element, process: Process, other: Process, found: Mapping[str, str | None]
) -> str:
    """Where on the other release an element belongs; empty where its sub-process is gone."""
    return other.id if element.parent == process.id else found.get(element.parent) or ""


def _find(
    element: Element,
    process: Process,
    other: Process,
    found: Mapping[str, str | None],
    taken: set[str],
    processes: Mapping[str, str],
    around: str | None,
    *,
    by_id: bool,
) -> str | None:
    """The one element that fits inside ``around``; None: anywhere in the process."""
    host = found.get(element.attached_to) if element.attached_to else None
    fitting = [
        there.id
        for there in other.elements.values()
        if around in (None, there.parent)
        and there.id not in taken
        and (element.attached_to is None or there.attached_to == host)
        and misfit(element, there, processes) is None
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
