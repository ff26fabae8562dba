"""The same tokens on another release: every token keeps its id and phase and stands at the element
its own is mapped to. Sub-processes around it may begin or end; events that only watch may vanish;
nothing else may."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from runner.definitions.model import Element, Process
from runner.engine.spiff import codec
from runner.engine.spiff.compiling import Compiler
from runner.engine.spiff.fitting import Course, Misfit, NotMigratable, misfit
from runner.engine.spiff.gateways import EventGatewaySpec, ParallelSpec
from runner.engine.spiff.placing import Places
from runner.engine.spiff.procedure import Procedure, ScopeSpec
from runner.engine.spiff.specs import NodeSpec
from runner.engine.spiff.workflow import (
    ARMED,
    ARRIVED,
    ENTERED,
    INSIDE,
    JUDGING,
    PASSIVE,
    RootFlow,
    SubFlow,
    TokenTask,
)

_NAME, _CONTAINER, _PARENT, _FLOW = 1, 2, 3, 5
_RUNNING = frozenset({ENTERED, INSIDE, JUDGING})


@dataclass(frozen=True)
class Translated:
    """The tokens as a state of the other release. ``targets`` maps each token that goes on to its
    element there. ``vanished`` are watching events without a counterpart; ``ended`` sub-processes
    that are left behind, innermost first; ``begun`` new tokens of sub-processes that are now
    around others, outermost first. ``appearing`` (token of the activity or, of an event
    sub-process, of what is around it; element) are to be armed. The process itself has no token:
    there the first is empty."""

    state: bytes
    targets: Mapping[str, Element]
    vanished: tuple[str, ...]
    ended: tuple[str, ...]
    begun: tuple[str, ...]
    appearing: tuple[tuple[str, str], ...]


def translate(root: RootFlow, target: Procedure, course: Course) -> Translated:
    """Raises ``NotMigratable`` naming everything that has no place."""
    return _Translation(root, target, course).run()


class _Translation:
    def __init__(self, root: RootFlow, target: Procedure, course: Course) -> None:
        self.root = root
        self.target = target
        self.course = course
        self.places = Places(root, target, course)
        self.specs = self.places.specs
        self.misfits = self.places.misfits
        self.appearing: list[tuple[str, str]] = []

    def run(self) -> Translated:
        self.places.find()
        self._refuse()
        version, instance_id, _, completed, rows = orjson.loads(codec.dump(self.root))
        written = self._written(dict(zip(self.root.live, rows, strict=True)))
        for task in self.root.live.values():
            if task.id in self.specs:
                self._events(task)
        process_id = self.course.processes[self.root.spec.name]
        self._watches("", self.root, self.target.specs[process_id])
        for key, flow in self.root.subprocesses.items():
            if key in self.specs:
                self._watches(key, flow, self.places.inside(self.specs[key]))
        for key, spec in self.places.begun.items():
            self.appearing += [(key, event.element.id) for event in spec.boundary]
            self.appearing += [(key, w.element.id) for w in self.places.inside(spec).watches]
        self._joins()
        self._refuse()
        return Translated(
            state=orjson.dumps([version, instance_id, process_id, completed, written]),
            targets={key: spec.element for key, spec in self.specs.items()},
            vanished=tuple(reversed(self.places.vanished)),
            ended=tuple(self.places.ended),
            begun=tuple(self.places.begun),
            appearing=tuple(self.appearing),
        )

    def _refuse(self) -> None:
        if self.misfits:
            raise NotMigratable(self.misfits)

    def _written(self, rows: Mapping[str, list[Any]]) -> list[list[Any]]:
        """The rows of the other state: what is around a token, or above it, stands before it."""
        written: list[list[Any]] = []
        at: dict[str, int] = {"": codec.NOWHERE}

        def write(key: str) -> None:
            if key in at:
                return
            around = self.places.around[key]
            write(around)
            task = self.root.live.get(key)
            if task is None:
                row: list[Any] = [key, self.specs[key].name, at[around], codec.NOWHERE, INSIDE]
            else:
                above = "" if task.parent is task.workflow.task_tree else task.parent.id
                write(above)
                row = rows[key]
                row[_NAME] = self.specs[key].name
                row[_CONTAINER], row[_PARENT] = at[around], at[above]
                if len(row) > _FLOW and row[_FLOW] is not None:
                    row[_FLOW] = self._flow(task, row[_FLOW])
            at[key] = len(written)
            written.append(row)

        for key in (*self.places.begun, *self.root.live):
            if key in self.specs:
                write(key)
        return written

    def _misfit(self, task: TokenTask, reason: str, wanted: str) -> None:
        self.misfits.append(Misfit(reason, task.task_spec.element.id, wanted))

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
        wanted = self.course.target_of(source)
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
        known = {self.course.target_of(event.element) for event in source.boundary}
        for event in spec.boundary:
            if event.element.id not in known:
                self.appearing.append((task.id, event.element.id))

    def _watches(self, key: str, flow: RootFlow | SubFlow, scope: ScopeSpec) -> None:
        """Event sub-processes that only the other release has begin to wait, unless one that
        interrupts has begun already: then nothing waits in this scope any more."""
        waiting = {task.task_spec for task in flow.task_tree.inner if task.phase == ARMED}
        if flow.spec.watches and not waiting & set(flow.spec.watches):
            return
        known = {self.course.target_of(watch.element) for watch in flow.spec.watches}
        for watch in scope.watches:
            if watch.element.id not in known:
                self.appearing.append((key, watch.element.id))

    def _joins(self) -> None:
        """A parallel join that lacks a token must be able to get it: else what waits there would
        wait for ever."""
        for task in self.root.live.values():
            spec = self.specs.get(task.id)
            if task.phase != ARRIVED or not isinstance(spec, ParallelSpec):
                continue
            beside = list(self._beside(task))
            came = {flow for flow, other in beside if other is spec}
            elsewhere = {
                other.element.id for flow, other in beside if other is not spec or flow is None
            }
            reach = Compiler(self._process(spec), {}).reach(spec.element)
            for flow in spec.element.incoming:
                if flow not in came and not any(flow in reach.get(e, ()) for e in elsewhere):
                    self._misfit(task, "starves", spec.element.id)
                    break

    def _beside(self, join: TokenTask) -> Iterator[tuple[str | None, NodeSpec]]:
        """The tokens in the scope of ``join`` that can go on: the flow each waits with, if it does,
        and where it stands."""
        around = self.places.around
        for key, spec in self.places.begun.items():
            if around[key] == around[join.id]:
                yield None, spec
        for task in self.root.live.values():
            top = task.parent is task.workflow.task_tree and task.phase not in PASSIVE
            if top and task.id in self.specs and around[task.id] == around[join.id]:
                spec = self.specs[task.id]
                waits = task.phase == ARRIVED and task.flow is not None
                yield self._counterpart(task, task.flow or "", spec) if waits else None, spec


def complete_joins(root: RootFlow) -> None:
    """Parallel joins that wait for less on this release, and have all of it, go on."""
    for task in list(root.live.values()):
        spec = task.task_spec
        waiting = task.phase == ARRIVED and isinstance(spec, ParallelSpec)
        if waiting and task.id in root.live and spec._update_hook(task):
            task._ready()


__all__ = [
    "Course",
    "Misfit",
    "NotMigratable",
    "Translated",
    "complete_joins",
    "misfit",
    "translate",
]
