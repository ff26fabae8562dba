"""Whether a token at one element can stand at another, and what is said where it cannot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from runner.definitions.model import Element

_JOBS = frozenset({"serviceTask", "sendTask"})


class Course(Protocol):
    """Which process and which element of one release becomes which of another."""

    @property
    def processes(self) -> Mapping[str, str]: ...

    def target_of(self, element: Element) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a token at ``element_id`` cannot stand at ``target_id`` (empty: nothing was chosen)."""

    reason: str
    element_id: str
    target_id: str = ""


class NotMigratable(Exception):
    """Tokens without a place on the other release. Nothing was changed."""

    def __init__(self, misfits: Iterable[Misfit]) -> None:
        self.misfits = tuple(dict.fromkeys(misfits))
        super().__init__(", ".join(f"{m.element_id}: {m.reason}" for m in self.misfits))


def misfit(source: Element, target: Element, processes: Mapping[str, str]) -> str | None:
    """One word for why a token at ``source`` cannot stand at ``target``; None where it can.
    ``processes`` says which called process became which."""
    if source.kind != target.kind and not {source.kind, target.kind} <= _JOBS:
        return "kind"
    if source.event.kind != target.event.kind:
        return "event"
    if (source.event.timer_kind == "cycle") != (target.event.timer_kind == "cycle"):
        return "event"
    one, other = source.multi_instance, target.multi_instance
    if (one is None) != (other is None):
        return "multi_instance"
    if one is not None and other is not None and one.sequential != other.sequential:
        return "multi_instance"
    if source.called_process is not None:
        called = processes.get(source.called_process)
        if called is None or called != target.called_process:
            return "called_process"
    if source.triggered_by_event != target.triggered_by_event:
        return "kind"
    return None
