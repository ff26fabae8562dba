"""The same tokens on another release: every token keeps its id and phase and stands at the element
its own is mapped to, in the same nesting. Events that only watch may vanish; nothing else may."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from runner.definitions.model import Element, Process
from runner.engine.spiff import codec
from runner.engine.spiff.containers import BodySpec, ContainerSpec
from runner.engine.spiff.gateways import EventGatewaySpec
from runner.engine.spiff.procedure import Procedure, ScopeSpec
from runner.engine.spiff.specs import NodeSpec
from runner.engine.spiff.workflow import (
    ARMED,
    ENTERED,
    INSIDE,
    JUDGING,
    RootFlow,
    SubFlow,
    TokenTask,
)

TargetOf = Callable[[Element], str | None]
_NAME, _CONTAINER, _PARENT, _PHASE, _FLOW = 1, 2, 3, 4, 5
_RUNNING = frozenset({ENTERED, INSIDE, JUDGING})
_JOBS = frozenset({"serviceTask", "sendTask"})


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


@dataclass(frozen=True)
class Translated:
    """The tokens as a state of the other release. ``targets`` maps each token that goes on to its
    element there; ``vanished`` are watching events without a counterpart, ``appearing`` (token of
    the activity or, of an event sub-process, of what is around it; element) are to be armed. The
    process itself has no token: there the first is empty."""

    state: bytes
    targets: Mapping[str, Element]
    vanished: tuple[str, ...]
    appearing: tuple[tuple[str, str], ...]


def misfit(source: Element, target: Element) -> str | None:
    """One word for why a token at ``source`` cannot stand at ``target``; None where it can."""
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
    if source.called_process != target.called_process:
        return "called_process"
    if source.triggered_by_event != target.triggered_by_event:
        return "kind"
    return None


def translate(root: RootFlow, target: Procedure, target_of: TargetOf) -> Translated:
    """Raises ``NotMigratable`` naming everything that has no place."""
    return _Translation(root, target, target_of).run()


class _Translation:
    def __init__(self, root: RootFlow, target: Procedure, target_of: TargetOf) -> None:
        self.root = root
        self.target = target
        self.target_of = target_of
        self.misfits: list[Misfit] = []
        self.specs: dict[str, NodeSpec] = {}
        self.vanished: list[str] = []
        self.appearing: list[tuple[str, str]] = []

    def run(self) -> Translated:
        process_id = self.root.spec.name
        if process_id not in self.target.specs:
            raise NotMigratable([Misfit("process", process_id)])
        version, instance_id, _, completed, rows = orjson.loads(codec.dump(self.root))
        kept: dict[int, int] = {}
        written: list[list[Any]] = []
        for number, (row, task) in enumerate(zip(rows, self.root.live.values(), strict=True)):
            if not self._place(task):
                continue
            kept[number] = len(written)
            row[_NAME] = self.specs[task.id].name
            for column in (_CONTAINER, _PARENT):
                if row[column] != codec.NOWHERE:
                    row[column] = kept[row[column]]
            if len(row) > _FLOW and row[_FLOW] is not None:
                row[_FLOW] = self._flow(task, row[_FLOW])
            written.append(row)
        if self.misfits:
            raise NotMigratable(self.misfits)
        for task in self.root.live.values():
            if task.id in self.specs:
                self._events(task)
        self._watches("", self.root, self.target.specs[process_id])
        for key, flow in self.root.subprocesses.items():
            scope = self._inside(self.specs[key]) if key in self.specs else None
            if scope is not None:
                self._watches(key, flow, scope)
        if self.misfits:
            raise NotMigratable(self.misfits)
        state = orjson.dumps([version, instance_id, process_id, completed, written])
        targets = {key: spec.element for key, spec in self.specs.items()}
        return Translated(state, targets, tuple(self.vanished), tuple(self.appearing))

    def _place(self, task: TokenTask) -> bool:
        """Finds where the token stands; False where it vanishes or has no place."""
        source = task.task_spec.element
        wanted = self.target_of(source)
        watching = task.phase == ARMED
        if wanted is None:
            if watching:
                self.vanished.append(task.id)
            else:
                self.misfits.append(Misfit("nothing_chosen", source.id))
            return False
        scope = self._scope(task)
        if scope is None:  # what is around it has no place: said there
            return False
        try:
            spec = scope.node(wanted + task.task_spec.name.removeprefix(source.id))
        except KeyError:
            self._misfit(task, self._why_not_there(scope, wanted, source), wanted)
            return False
        reason = misfit(source, spec.element)
        if reason is None and type(spec) is not type(task.task_spec):
            reason = "kind"
        if reason is None and watching and task.parent.id in self.specs:
            host = self.specs[task.parent.id].element.id
            if spec.element.attached_to != host:
                reason = "attached"
        if reason is not None:
            self._misfit(task, reason, wanted)
            return False
        self.specs[task.id] = spec
        return True

    def _misfit(self, task: TokenTask, reason: str, wanted: str) -> None:
        self.misfits.append(Misfit(reason, task.task_spec.element.id, wanted))

    def _scope(self, task: TokenTask) -> ScopeSpec | None:
        """The (sub-)process of the other release the token is in."""
        container = task.workflow.container
        if container is None:
            return self.target.specs[self.root.spec.name]
        around = self.specs.get(container.id)
        return None if around is None else self._inside(around)

    def _inside(self, around: NodeSpec) -> ScopeSpec:
        each = around.each if isinstance(around, BodySpec) else around
        assert isinstance(each, ContainerSpec)
        return self.target.specs[each.inside]

    @staticmethod
    def _why_not_there(scope: ScopeSpec, wanted: str, source: Element) -> str:
        element = scope.process.elements.get(wanted)
        if element is None:
            return "missing"
        if element.parent != scope.parent:
            return "elsewhere"
        return misfit(source, element) or "kind"

    def _flow(self, task: TokenTask, flow: str) -> str:
        """The flow a token waits with at a join, or by which an event hangs at its gateway."""
        spec = self.specs[task.id]
        found = self._counterpart(task, flow, spec)
        if found is None:
            self._misfit(task, "flow", spec.element.id)
            return flow
        return found

    def _counterpart(self, task: TokenTask, flow: str, spec: NodeSpec) -> str | None:
        flows = self._process(spec).flows
        if flow in flows and flows[flow].target == spec.element.id:
            return flow
        old = task.workflow.spec.process
        source = old.elements[old.flows[flow].source]
        wanted = self.target_of(source)
        ways = [
            f for f in spec.element.incoming if wanted is not None and flows[f].source == wanted
        ]
        return ways[0] if len(ways) == 1 else None

    def _process(self, spec: NodeSpec) -> Process:
        return self.target.specs[spec.element.process_id].process

    def _events(self, task: TokenTask) -> None:
        """Events around the token that its counterpart has and it has not."""
        source, spec = task.task_spec, self.specs[task.id]
        if isinstance(spec, EventGatewaySpec) and task.inner:
            there = {exit_.element.id for exit_ in spec.exits.values()}
            here = {self.specs[c.id].element.id for c in task.inner if c.id in self.specs}
            if there != here:
                self._misfit(task, "gateway_events", spec.element.id)
        if task.phase not in _RUNNING or not spec.boundary:
            return
        known = {self.target_of(event.element) for event in source.boundary}
        for event in spec.boundary:
            if event.element.id not in known:
                self.appearing.append((task.id, event.element.id))

    def _watches(self, key: str, flow: RootFlow | SubFlow, scope: ScopeSpec) -> None:
        """Event sub-processes that only the other release has begin to wait, unless one that
        interrupts has begun already: then nothing waits in this scope any more."""
        waiting = {task.task_spec for task in flow.task_tree.inner if task.phase == ARMED}
        if flow.spec.watches and not waiting & set(flow.spec.watches):
            return
        known = {self.target_of(watch.element) for watch in flow.spec.watches}
        for watch in scope.watches:
            if watch.element.id not in known:
                self.appearing.append((key, watch.element.id))
