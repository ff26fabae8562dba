"""The demonstration's people: read from ``people.yaml``, added as accounts, chosen for tasks."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import yaml

from runner.demo.stories import HERE, Story
from runner.engine.access import SYSTEM, Person, may_take
from runner.engine.people import add_person
from runner.engine.site import Site
from runner.store.user_tasks import UserTask

PEOPLE = HERE / "people.yaml"


@dataclass(frozen=True)
class Cast:
    """Everybody who works in the demonstration, in the order of the file."""

    people: Sequence[Person]

    def colleagues(self, story: Story) -> Mapping[str, Sequence[str]]:
        """Display names by group, those who share the story's language first."""
        found: dict[str, list[str]] = {}
        for person in sorted(self.people, key=lambda p: p.language != story.language):
            for group in person.groups:
                found.setdefault(group, []).append(person.display_name)
        return found

    def choose(
        self, story: Story, task: UserTask, taken: Iterable[str], forbidden: frozenset[str]
    ) -> Person | None:
        """Who does a task: somebody who already works on the case, else a candidate by place (a
        shop's complaints are the shop's) and language; always the same for the same story. None
        when four eyes leave nobody."""
        able = [p for p in self.people if may_take(p, task) and p.id not in forbidden]
        if not able:
            return None
        known = set(taken)
        rank = zlib.crc32(story.id.encode())

        def order(position: int) -> tuple[bool, bool, bool, int]:
            person = able[position]
            turn = (position + rank) % len(able)
            elsewhere = ("store" in person.groups) != (story.channel == "store")
            return (person.id not in known, elsewhere, person.language != story.language, turn)

        return able[min(range(len(able)), key=order)]

    def member(self, *groups: str) -> Person:
        """Somebody of one of the groups. Raises ``LookupError``."""
        for group in groups:
            for person in self.people:
                if group in person.groups:
                    return person
        raise LookupError(f"nobody is in {', '.join(groups)}")


def add_cast(site: Site) -> Cast:
    """Adds the accounts, without passwords: a demonstration is signed in to by a button."""
    entries = yaml.safe_load(PEOPLE.read_text(encoding="utf-8"))["people"]
    return Cast([
        add_person(
            site,
            actor=SYSTEM,
            username=entry["username"],
            display_name=entry["name"],
            groups=entry["groups"],
            email=f"{entry['username']}@example.com",
            language=entry.get("language", "zh"),
            demo=True,
        )
        for entry in entries
    ])  # fmt: skip
