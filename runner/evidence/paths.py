"""Where a case has been and where it is, by process, from its events."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from runner.store.event_log import Recorded

RELEASE_CHANGES = ("case_migrated", "migration_reverted")


@dataclass
class Walked:
    """``taken`` counts completions of elements and passages of flows; ``active`` are the elements
    where a token rests now."""

    taken: Counter[str] = field(default_factory=Counter)
    active: Counter[str] = field(default_factory=Counter)


def before_each_migration(events: Sequence[Recorded]) -> Iterator[tuple[str, Sequence[Recorded]]]:
    """(release, events) up to each change of release: what the case had walked when it left."""
    for index, event in enumerate(events):
        if event.type in RELEASE_CHANGES:
            facts = event.header["facts"]
            assert isinstance(facts, Mapping)
            yield str(facts["before"]), events[:index]


def walked(events: Iterable[Recorded]) -> Mapping[str, Walked]:
    """By process id, in the order the processes were entered. Reads headers only, so it works for
    erased cases too."""
    found: dict[str, Walked] = defaultdict(Walked)
    resting: dict[str, tuple[str, str]] = {}
    for event in events:
        header = event.header
        process, element = str(header.get("process", "")), str(header.get("element", ""))
        token = str(header.get("token", ""))
        if event.type == "element_activated":
            found[process]
            resting[token] = (process, element)
        elif event.type == "element_completed":
            resting.pop(token, None)
            facts = header["facts"]
            assert isinstance(facts, Mapping)
            found[process].taken[element] += 1
            found[process].taken.update(str(flow) for flow in facts.get("flows", ()))
        elif event.type == "element_cancelled":
            resting.pop(token, None)
        elif event.type in RELEASE_CHANGES:
            facts = header["facts"]
            assert isinstance(facts, Mapping)
            for place in facts.get("ended", ()):
                resting.pop(place["token"], None)
            for place in facts["positions"]:
                if place["token"] in resting:
                    resting[place["token"]] = (place["process"], place["element"])
    for process, element in resting.values():
        found[process].active[element] += 1
    return found
