"""The diagrams of one release, compiled once to SpiffWorkflow specs that all instances share."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from runner.definitions.model import Process
from runner.engine.spiff.compiling import Compiler
from runner.engine.spiff.containers import BodySpec, ContainerSpec, EventSubSpec
from runner.engine.spiff.gateways import InclusiveSpec
from runner.engine.spiff.scope import ScopeSpec, UnsupportedDiagram


class Procedure:
    """Immutable after ``compile``; safe to share between instances and threads. ``conditional``:
    whether any event in it waits for a condition; ``inclusive``: whether it has inclusive joins."""

    def __init__(self, specs: Mapping[str, ScopeSpec]) -> None:
        self.specs = MappingProxyType(dict(specs))
        nodes = [spec for scope in specs.values() for spec in scope.nodes()]
        self.conditional = any(spec.conditional for spec in nodes)
        self.inclusive = any(isinstance(spec, InclusiveSpec) for spec in nodes)

    @classmethod
    def compile(cls, processes: Mapping[str, Process]) -> Procedure:
        """All executable processes of one release. Raises ``UnsupportedDiagram``."""
        specs: dict[str, ScopeSpec] = {}
        runnable = {key: process for key, process in processes.items() if process.executable}
        for process in runnable.values():
            for scope in Compiler(process, runnable).scopes():
                specs[scope.name] = scope
        for scope in specs.values():
            for spec in scope.nodes():
                _check_inside(spec, specs)
        for scope in specs.values():
            for spec in scope.nodes():
                spec.remembers = _remembers(spec, specs)
                each = spec.each if isinstance(spec, BodySpec) else spec
                each.remembers = spec.remembers
        return cls(specs)

    def scope(self, process_id: str) -> ScopeSpec:
        """The spec of a whole process. Raises ``KeyError`` for one the release does not have."""
        return self.specs[process_id]


def _check_inside(spec: object, specs: Mapping[str, ScopeSpec]) -> None:
    """Raises ``UnsupportedDiagram`` where a container's inside cannot begin."""
    each = spec.each if isinstance(spec, BodySpec) else spec
    if not isinstance(each, ContainerSpec) or isinstance(each, EventSubSpec):
        return
    inside = specs[each.inside]
    inside.none_start()
    if not each.called and len(inside.start_events()) > 1:
        reason = "an embedded sub-process has one start event"
        raise UnsupportedDiagram(inside.process.id, inside.parent, reason)
    each.undoing = next(
        (s for s in inside.nodes() if isinstance(s, EventSubSpec) and s.undoes), None
    )


def _remembers(spec: object, specs: Mapping[str, ScopeSpec]) -> bool:
    """Whether something inside an embedded sub-process can still be undone when it is over. What
    is undone as a whole, by a handler of its own, forgets its inside."""
    each = spec.each if isinstance(spec, BodySpec) else spec
    if not isinstance(each, ContainerSpec) or each.called or each.undoes:
        return False
    if each.undo is not None or (isinstance(spec, BodySpec) and spec.undo is not None):
        return False
    return each.undoing is not None or any(
        inner.undo is not None or _remembers(inner, specs) for inner in specs[each.inside].nodes()
    )


__all__ = ["Procedure", "ScopeSpec", "UnsupportedDiagram"]
