"""What every event is made of, and the catalogue the events of ``runner.events`` enter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import ClassVar, TypeVar, dataclass_transform

Values = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Event:
    """What every event may say about its place."""

    type: ClassVar[str]
    element: str | None = None
    token: str | None = None
    process: str | None = None
    instance: str | None = None

    def facts(self) -> Iterator[tuple[str, object]]:
        """(name, value) of every fact that is set, place included."""
        for name in _field_names(self)[0]:
            value = getattr(self, name)
            if value is not None:
                yield name, value

    def values(self) -> Iterator[tuple[str, object]]:
        """(name, value) of everything committed to; the name is ``field.key``."""
        for name in _field_names(self)[1]:
            for key, value in getattr(self, name).items():
                yield f"{name}.{key}", value


_Names = tuple[tuple[str, ...], tuple[str, ...]]
_NAMES: dict[str, _Names] = {}


def _field_names(event: Event) -> _Names:
    """The names of an event's facts and of its values, found out once for each type."""
    known = _NAMES.get(event.type)
    if known is None:
        parts = fields(event)
        known = _NAMES[event.type] = (
            tuple(part.name for part in parts if part.type != "Values"),
            tuple(part.name for part in parts if part.type == "Values"),
        )
    return known


E = TypeVar("E", bound=Event)
_CATALOGUE: dict[str, type[Event]] = {}


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def event_type(name: str) -> Callable[[type[E]], type[E]]:
    def register(cls: type[E]) -> type[E]:
        made = dataclass(frozen=True, kw_only=True)(cls)
        made.type = name
        _CATALOGUE[name] = made
        return made

    return register


def catalogue() -> Mapping[str, type[Event]]:
    """Every event type by name."""
    return _CATALOGUE
