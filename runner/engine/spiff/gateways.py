"""Gateways. Joins count tokens by the flow they came by, as BPMN defines it.

The library's joins look for finished predecessors in the tree of all past tasks and so take those
of an earlier pass of a loop for those of the present one. Here a token that arrived stands at the
join as a WAITING task and is consumed when the join fires: a later pass starts from nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from SpiffWorkflow.util.task import TaskState

from runner.definitions.model import Element
from runner.engine.spiff.specs import NodeSpec
from runner.engine.spiff.workflow import (
    CHOOSING,
    ENTERED,
    INSIDE,
    LEAVING,
    PASSIVE,
    RootFlow,
    SubFlow,
    TokenTask,
)


class GatewaySpec(NodeSpec):
    """Any gateway: passes through, or splits to all its flows."""

    def announces(self, task: TokenTask) -> bool:
        return task.phase == CHOOSING

    def _run_hook(self, task: TokenTask) -> bool | None:
        task.taken = tuple(self.exits)
        return True

    def _arrived(self, flow: RootFlow | SubFlow) -> dict[str | None, TokenTask]:
        """The first token on each incoming flow, in the order of arrival."""
        first: dict[str | None, TokenTask] = {}
        for task in flow.tasks.values():
            if task.task_spec is self and task._state == TaskState.WAITING:
                first.setdefault(task.flow, task)
        return first

    @staticmethod
    def _merge(tokens: Iterable[TokenTask]) -> None:
        """The first token goes on for all of them."""
        survivor, *others = tokens
        for other in others:
            other._set_state(TaskState.COMPLETED)
            other.splice()
        survivor._ready()


class ParallelSpec(GatewaySpec):
    def _update_hook(self, task: TokenTask) -> bool:
        incoming = self.element.incoming
        if len(incoming) < 2:
            return True
        task._set_state(TaskState.WAITING)
        arrived = self._arrived(task.workflow)
        if len(arrived) == len(incoming):
            self._merge(arrived.values())
        return False


class ExclusiveSpec(GatewaySpec):
    """One token in, one token out; several incoming flows are just ways to come."""

    many = False

    def _run_hook(self, task: TokenTask) -> bool | None:
        if len(self.flows) < 2 and not any(flow.condition for flow in self.flows):
            return super()._run_hook(task)
        return self._choose(task, many=self.many)


class InclusiveSpec(ExclusiveSpec):
    """Fires when no token elsewhere can still bring one on an incoming flow that has none.

    ``reach`` maps an element's id to the incoming flows a token there can come by without passing
    this gateway. A token that can also come by a flow that has one already holds nothing up (BPMN
    2.0, 13.4.3).
    """

    many = True

    def __init__(self, scope: object, element: Element) -> None:
        super().__init__(scope, element)
        self.reach: Mapping[str, frozenset[str]] = {}

    def _update_hook(self, task: TokenTask) -> bool:
        if len(self.element.incoming) < 2:
            return True
        task._set_state(TaskState.WAITING)
        return False

    def awaited(self, flow: RootFlow | SubFlow) -> list[TokenTask]:
        """The tokens this join still waits for."""
        arrived = self._arrived(flow)
        missing = set(self.element.incoming).difference(filter(None, arrived))
        found = []
        for task in flow.task_tree.inner if missing else ():
            if task.task_spec is not self and task.phase not in PASSIVE:
                reach = self.reach.get(task.task_spec.element.id, frozenset())
                if reach & missing and not reach & arrived.keys():
                    found.append(task)
        return found

    def fire(self, flow: RootFlow | SubFlow) -> None:
        self._merge(self._arrived(flow).values())


def settle(root: RootFlow) -> bool:
    """Lets one inclusive join fire that need not wait. Asked when nothing else can move.

    Joins that wait only for each other, on a loop through both, would wait for ever: the first of
    them fires.
    """
    if not root.procedure.inclusive:
        return False
    waiting: dict[tuple[InclusiveSpec, RootFlow | SubFlow], list[TokenTask]] = {}
    for task in root.live.values():
        spec = task.task_spec
        if task._state != TaskState.WAITING or not isinstance(spec, InclusiveSpec):
            continue
        join = (spec, task.workflow)
        if join not in waiting:
            waiting[join] = spec.awaited(task.workflow)
            if not waiting[join]:
                spec.fire(task.workflow)
                return True
    free = dict(waiting)
    while held := [
        join for join, tokens in free.items() if any(_key(task) not in free for task in tokens)
    ]:
        for join in held:
            del free[join]
    for spec, flow in free:
        spec.fire(flow)
        return True
    return False


def dead_ends(root: RootFlow) -> Iterator[tuple[TokenTask, tuple[str, ...]]]:
    """Joins where tokens wait while nothing but such tokens is left in their (sub-)process: one
    of the tokens, and the flows that have none."""
    dead: dict[RootFlow | SubFlow, bool] = {}
    seen: set[tuple[NodeSpec, RootFlow | SubFlow]] = set()
    for task in root.live.values():
        if task._state != TaskState.WAITING:
            continue
        flow, spec = task.workflow, task.task_spec
        if flow not in dead:
            dead[flow] = all(
                other._state == TaskState.WAITING or other.phase in PASSIVE
                for other in flow.task_tree.inner
            )
        if dead[flow] and (spec, flow) not in seen and isinstance(spec, GatewaySpec):
            seen.add((spec, flow))
            arrived = spec._arrived(flow)
            yield task, tuple(f for f in spec.element.incoming if f not in arrived)


def _key(task: TokenTask) -> tuple[NodeSpec, RootFlow | SubFlow] | None:
    """The join a token waits at; None where it can move or rests for somebody."""
    return (task.task_spec, task.workflow) if task._state == TaskState.WAITING else None


class EventGatewaySpec(GatewaySpec):
    """Its events hang below it and are entered together; the first to happen withdraws the rest."""

    def _run_hook(self, task: TokenTask) -> bool | None:
        task.phase = INSIDE
        for flow, spec in self.exits.items():
            event = task.spawn(spec, flow)
            event.phase = ENTERED
            event._set_state(TaskState.STARTED)
            if spec.conditional:
                task.root.fresh.add(event.id)
            if task.host.enter(event.token):
                event.phase = LEAVING
                self._decide(task, event)
                event._ready()
                return True
        return None

    def _decide(self, task: TokenTask, event: TokenTask) -> None:
        event.to_root()
        for other in task.inner:
            other.withdraw()
        assert event.flow is not None
        task.taken = (event.flow,)

    def happened(self, task: TokenTask, event: TokenTask) -> None:
        self._decide(task, event)
        task.complete()

    def _on_complete_hook(self, task: TokenTask) -> None:
        task.host.took(task.token, task.taken)
