"""What pages show of a case's past, added up from its events' headers: where it has been and is,
which events tell of what. No values are read, and nothing here names a person but by id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

BLOCK = 1_000
"""Events by kind are counted in blocks of this many; a command that begins a new block writes the
outline, so that a page never adds up more than one block."""
WRITES_KEPT, WARNED_KEPT = 6, 100
_CLOCKS = frozenset({"deadline_paused", "deadline_resumed"})
_CLOCK_OVER = frozenset({"timer_fired", "timer_cancelled"})
_TASK_OVER = frozenset({"user_task_completed", "user_task_cancelled"})
_MOVED = frozenset({"case_migrated", "migration_reverted"})
_WAITING = frozenset({"watching", "flow"})


@dataclass(frozen=True, slots=True)
class Header:
    """One event without its values."""

    number: int
    type: str
    header: Mapping[str, Any]


@dataclass
class Path:
    """One process instance. ``done`` maps an element to when it last ended (as the event says it),
    ``taken`` elements and flows to how often, ``people`` elements to who completed them last."""

    done: dict[str, str] = field(default_factory=dict)
    taken: dict[str, int] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)

    def add(self, event: Header) -> None:
        header = event.header
        element = header.get("element")
        if not isinstance(element, str):
            return
        if event.type == "element_completed":
            self.done[element] = str(header["at"])
            for key in (element, *header["facts"].get("flows", ())):
                self.taken[key] = self.taken.get(key, 0) + 1
        elif event.type == "user_task_completed":
            self.people[element] = str(header["actor"])


@dataclass
class Outline:
    """The case as a whole, up to event ``number``.

    ``active``: how many tokens rest, by instance and element. ``kinds``: how many events of a type
    there are in each block. ``writes``: the last events that wrote a variable, ``submitted``:
    the last that completed an element's task, ``clocks``: the last that stopped or started a
    deadline that is still to come, by token. ``warned``: the last gateways where a condition met
    a problem. ``messages`` are those that came, alike ones once (``message_of``). ``actors`` is
    everybody who did something, with the event of their first.
    """

    number: int = 0
    active: dict[str, dict[str, int]] = field(default_factory=dict)
    kinds: dict[str, dict[str, int]] = field(default_factory=dict)
    writes: dict[str, list[int]] = field(default_factory=dict)
    submitted: dict[str, int] = field(default_factory=dict)
    clocks: dict[str, int] = field(default_factory=dict)
    warned: list[int] = field(default_factory=list)
    messages: list[list[Any]] = field(default_factory=list)
    actors: dict[str, int] = field(default_factory=dict)

    def add(self, event: Header) -> None:
        self.number = event.number
        header, kind = event.header, event.type
        blocks = self.kinds.setdefault(kind, {})
        block = str(block_of(event.number))
        blocks[block] = blocks.get(block, 0) + 1
        self.actors.setdefault(str(header.get("actor")), event.number)
        element, token = header.get("element"), str(header.get("token", ""))
        if kind == "variables_written":
            for name in header["facts"]["names"]:
                self.writes[name] = [*self.writes.get(name, ()), event.number][-WRITES_KEPT:]
        elif kind == "conditions_evaluated":
            if any(name.startswith("warnings.") for name in header["commitments"]):
                self.warned = [*self.warned, event.number][-WARNED_KEPT:]
        elif kind in ("message_received", "mail_received"):
            message = message_of(header)
            self.messages += [message] if message not in self.messages else []
        elif kind in _CLOCKS:
            self.clocks[token] = event.number
        elif kind in _CLOCK_OVER or kind in _TASK_OVER:
            self.clocks.pop(token, None)
            if kind == "user_task_completed" and isinstance(element, str):
                self.submitted[element] = event.number
        elif kind in _MOVED:
            self.active = _stand_now(header["facts"])
        elif isinstance(element, str):
            self._step(kind, str(header.get("instance")), element, header)

    def _step(self, kind: str, instance: str, element: str, header: Mapping[str, Any]) -> None:
        if kind == "element_activated":
            # A boundary event that only waits is not where the case is.
            if "attached_to" not in header["facts"]:
                here = self.active.setdefault(instance, {})
                here[element] = here.get(element, 0) + 1
        elif kind in {"element_completed", "element_cancelled"}:
            here = self.active.get(instance, {})
            left = here.get(element, 0) - 1
            if left > 0:
                here[element] = left
            elif here.pop(element, None) is not None and not here:
                del self.active[instance]

    def count(self, kinds: Iterable[str] = ()) -> int:
        """How many events there are of these kinds; of all where none is named."""
        chosen = tuple(kinds) or tuple(self.kinds)
        return sum(sum(self.kinds.get(kind, {}).values()) for kind in chosen)

    def ranges(
        self, kinds: Iterable[str], wanted: int, *, before: int = 0, after: int = 0
    ) -> list[tuple[int, int]]:
        """Ranges of event numbers in which the ``wanted`` events of these kinds lie that are the
        latest below ``before`` (of all where it is 0) or, where ``after`` is given, the first above
        it. Blocks that hold none are left out."""
        counts: dict[int, int] = {}
        for kind in kinds:
            for key, count in self.kinds.get(kind, {}).items():
                counts[int(key)] = counts.get(int(key), 0) + count
        found: list[tuple[int, int]] = []
        floor, ceiling = after + 1, (before or self.number + 1) - 1
        for block in sorted(counts, reverse=not after):
            whole = (block * BLOCK + 1, (block + 1) * BLOCK)
            part = (max(whole[0], floor), min(whole[1], ceiling))
            if part[0] > part[1]:
                continue
            found.append(part)
            # nobody knows how many of a block's events lie in a part of it
            wanted -= counts[block] if part == whole else 0
            if wanted <= 0:
                break
        return _joined(sorted(found))

    def document(self) -> dict[str, Any]:
        return asdict(self)


def message_of(header: Mapping[str, Any]) -> list[Any]:
    """Its name, whether an element took it, and who sent it. A mail that began the case is taken;
    one that answers is for people to read."""
    facts, actor = header["facts"], str(header.get("actor"))
    if "mail" in facts:
        return ["mail_received", facts.get("answered") is not True, actor]
    return [str(facts["message"]), facts.get("correlated") is True, actor]


def block_of(number: int) -> int:
    return (number - 1) // BLOCK


def _joined(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ranges in order, neighbours as one."""
    found: list[tuple[int, int]] = []
    for first, last in ranges:
        if found and found[-1][1] == first - 1:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return found


def _stand_now(facts: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """Where every token stands on the release the case was moved to."""
    found: dict[str, dict[str, int]] = {}
    for place in facts["positions"]:
        # what watches and what waits for others is not where the case is
        if not _WAITING & place.keys():
            here = found.setdefault(place["instance"], {})
            here[place["element"]] = here.get(place["element"], 0) + 1
    return found


def by_instance(events: Iterable[Header]) -> Iterator[tuple[str, Header]]:
    """Events that belong to the path of a process instance, with its id."""
    for event in events:
        instance = event.header.get("instance")
        if isinstance(instance, str) and event.type in {"element_completed", "user_task_completed"}:
            yield instance, event
