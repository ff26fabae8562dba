"""The demonstration's complaints as they are written down: ``stories/*.yaml``, ``causes.yaml``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
STORIES = HERE / "stories"
CAUSES = HERE / "causes.yaml"


@dataclass(frozen=True)
class Cause:
    """One cause analysis. ``occurrence`` and ``escape`` are chains of (why, evidence); ``possible``
    rows are (aspect, cause, main); ``laboratory``: appearance, dimensions, performance, chemistry.
    """

    survey: str
    findings: str
    possible: Sequence[tuple[str, str, bool]]
    occurrence: Sequence[tuple[str, str]]
    escape: Sequence[tuple[str, str]]
    occurrence_cause: str
    escape_cause: str
    category: str
    link: str
    lot: str
    unit: str
    operators: str
    made: int
    laboratory: Sequence[str]
    records: str
    plain: str
    basis: str
    document: Sequence[str]
    stop: str = ""
    similar: Sequence[tuple[str, str, int]] = ()


@dataclass(frozen=True)
class Story:
    """One complaint. ``begins`` is working days before the end of the demonstration; ``arrives`` a
    local time of that day instead of an hour of work; ``until`` the element nobody completes.

    ``said`` holds what the forms need beyond that (solution, reply, recall, ...), as written.
    """

    id: str
    policy: str
    language: str
    begins: float
    channel: str
    customer: Mapping[str, Any]
    what: str
    wants: str
    product: Mapping[str, Any] = field(default_factory=dict)
    arrives: str = ""
    kind: str = "complaint"
    missed_call: bool = False
    subject: str = "product"
    demands: Sequence[str] = ()
    photo: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    group: Sequence[str] = ()
    talk: Sequence[str] = ()
    cause: Cause | None = None
    liability: str = "company"
    until: str = ""
    until_visit: int = 0
    wait: Mapping[str, int] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)
    withdraw: Mapping[str, str] = field(default_factory=dict)
    cancel: Mapping[str, str] = field(default_factory=dict)
    recurrence_of: str = ""
    mail_fails: str = ""
    said: Mapping[str, Any] = field(default_factory=dict)

    @property
    def web(self) -> bool:
        """Whether the customer files it on the public page."""
        return self.channel == "web_form" and not self.recurrence_of

    @property
    def english(self) -> bool:
        return self.language == "en"


_FIELDS = frozenset(Story.__dataclass_fields__) - {"said"}


def load_stories() -> list[Story]:
    """All stories, oldest first. Raises ``ValueError`` naming a story that cannot be used."""
    causes = {
        name: Cause(**entry)
        for name, entry in yaml.safe_load(CAUSES.read_text(encoding="utf-8")).items()
    }
    found: dict[str, Story] = {}
    for file in sorted(STORIES.glob("*.yaml")):
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
        for entry in document["stories"]:
            story = _story({"policy": document["policy"], **entry}, document["language"], causes)
            if story.id in found:
                raise ValueError(f"{file.name}: there are two stories named {story.id}")
            found[story.id] = story
    return sorted(found.values(), key=lambda story: -story.begins)


def _story(entry: dict[str, Any], language: str, causes: Mapping[str, Cause]) -> Story:
    known = {name: value for name, value in entry.items() if name in _FIELDS}
    said = {name: value for name, value in entry.items() if name not in _FIELDS}
    cause = known.pop("cause", "")
    if cause and cause not in causes:
        raise ValueError(f"story {entry.get('id')}: there is no cause named {cause}")
    try:
        return Story(
            **{"language": language, **known}, cause=causes.get(cause) if cause else None, said=said
        )
    except TypeError as error:
        raise ValueError(f"story {entry.get('id')}: {error}") from error


def pick(stories: Sequence[Story], count: int) -> list[Story]:
    """``count`` stories spread evenly over all of them; a recurrence brings the case it follows."""
    if count >= len(stories):
        return list(stories)
    chosen = {stories[index * len(stories) // count].id for index in range(max(count, 0))}
    chosen |= {s.recurrence_of for s in stories if s.id in chosen and s.recurrence_of}
    return [story for story in stories if story.id in chosen]
