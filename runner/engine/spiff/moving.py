"""Moving a token by hand: the work here is withdrawn, and a token begins at another element.

Only within one process instance, into and out of its embedded sub-processes. A sub-process that is
left empty ends with the move; one that is not open yet is opened, without its start event.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from SpiffWorkflow.util.task import TaskState

from runner.definitions.model import ACTIVITY_KINDS, Element, Process
from runner.engine.spiff.containers import ContainerSpec
from runner.engine.spiff.specs import NodeSpec
from runner.engine.spiff.workflow import (
    ARMED,
    ARRIVED,
    DONE,
    ENTERED,
    FIRED,
    INSIDE,
    NOBODYS,
    PASSIVE,
    UNDOING,
    RootFlow,
    SubFlow,
    TokenTask,
)

_EVENTS = frozenset({"intermediateCatchEvent", "intermediateThrowEvent", "endEvent"})
STARTABLE = ACTIVITY_KINDS | _EVENTS
"""The kinds of elements a token can be moved to."""


class NotMovable(Exception):
    """This token cannot go there. ``reason`` is one word, ``element_id`` what stands in the way."""

    def __init__(self, reason: str, element_id: str) -> None:
        super().__init__(f"{reason}: {element_id}")
        self.reason = reason
        self.element_id = element_id


@dataclass(frozen=True, slots=True)
class Position:
    """One live token as a picture shows it. ``flow`` is the one it came by, where it waits at a
    join; ``resting`` tells it from a running container, ``watching`` an armed event."""

    token_id: str
    instance_id: str
    process_id: str
    element_id: str
    loop: int | None = None
    attached_to: str | None = None
    flow: str | None = None
    resting: bool = True
    watching: bool = False


@dataclass(frozen=True)
class Way:
    """What a move does: ``withdrawn`` goes with everything in it, then the sub-processes ``opens``
    are opened inside ``flow``, and a token begins at ``target``."""

    withdrawn: TokenTask
    left: tuple[str, ...]
    flow: RootFlow | SubFlow
    opens: tuple[ContainerSpec, ...]
    target: NodeSpec


def positions(root: RootFlow) -> list[Position]:
    """Every live token, in the order of birth."""
    return [
        Position(
            token_id=task.id,
            instance_id=task.workflow.instance_id,
            process_id=task.task_spec.element.process_id,
            element_id=task.task_spec.element.id,
            loop=task.loop,
            attached_to=task.attached,
            flow=task.flow if task.phase == ARRIVED else None,
            resting=task.phase not in NOBODYS,
            watching=task.phase == ARMED,
        )
        for task in root.live.values()
        if task.phase != DONE
    ]


def find_way(task: TokenTask, target: str) -> Way:
    """How ``task`` gets to the element ``target``. Changes nothing; raises ``NotMovable``."""
    process: Process = task.workflow.spec.process
    element = process.elements.get(target)
    if element is None:
        raise NotMovable("not_in_process", target)
    if element.kind not in STARTABLE or element.triggered_by_event:
        raise NotMovable("cannot_start", target)
    token = _whole(task)
    chain = list(_around(process, element))
    flow: RootFlow | SubFlow = task.workflow
    left: list[str] = []
    while flow.spec.parent != process.id and flow.spec.parent not in chain:
        container = flow.container
        assert container is not None  # only a sub-process has another parent than its process
        if container.loop is not None:
            raise NotMovable("inside_multi_instance", container.task_spec.element.id)
        if all(other is token or other.phase in PASSIVE for other in flow.task_tree.inner):
            token = container
            left.append(container.task_spec.element.id)
        flow = container.workflow
    inside = chain[chain.index(flow.spec.parent) + 1 :] if flow.spec.parent in chain else chain
    opens: list[ContainerSpec] = []
    scope = flow.spec
    for sub_process in inside:
        spec = scope.node(sub_process)
        if not isinstance(spec, ContainerSpec) or spec.element.triggered_by_event:
            raise NotMovable("inside_multi_instance", sub_process)
        scope = task.root.procedure.specs[spec.inside]
        there = [] if opens else _open(flow, spec, token)
        if len(there) > 1:
            raise NotMovable("open_twice", sub_process)
        if there:
            flow = task.root.subprocesses[there[0].id]
        else:
            opens.append(spec)
    return Way(token, tuple(left), flow, tuple(opens), scope.node(target))


def withdrawn_with(way: Way) -> list[TokenTask]:
    """Everything the move cancels, innermost last."""
    return list(_inside(way.withdrawn))


def move(way: Way) -> None:
    """Withdraws and begins; whoever calls lets the queue run. Raises ``NotMovable`` where a
    sub-process cannot be opened; the execution is unusable then."""
    way.withdrawn.withdraw()
    flow = way.flow
    for spec in way.opens:
        container = flow.task_tree.spawn(spec)
        container.phase = ENTERED
        container._set_state(TaskState.STARTED)
        if not container.host.enter(container.token):
            raise NotMovable("does_not_open", spec.element.id)
        spec._arm(container)
        container.phase = INSIDE
        flow = spec.open(container)
        flow.watch()
    flow.begin(way.target)


def _whole(task: TokenTask) -> TokenTask:
    """What must be withdrawn for ``task``: with an event behind an event-based gateway the gateway,
    which waits for one of all its events."""
    undoing = task.phase == UNDOING or task.task_spec.undoes or task.phase == FIRED
    if task.phase in PASSIVE or undoing:
        raise NotMovable("watches", task.task_spec.element.id)
    if task.loop is not None:
        raise NotMovable("one_of_many", task.task_spec.element.id)
    top = task.workflow.task_tree
    while task.parent is not top:
        task = task.parent
    return task


def _around(process: Process, element: Element) -> Iterator[str]:
    """The sub-processes around an element, outermost first."""
    if element.parent != process.id:
        yield from _around(process, process.elements[element.parent])
        yield element.parent


def _open(flow: RootFlow | SubFlow, spec: NodeSpec, gone: TokenTask) -> list[TokenTask]:
    return [
        task
        for task in flow.task_tree.inner
        if task.task_spec is spec and task is not gone and task.phase == INSIDE
    ]


def _inside(task: TokenTask) -> Iterator[TokenTask]:
    yield task
    for child in task.inner:
        yield from _inside(child)
    flow = task.root.subprocesses.get(task.id)
    if flow is not None:
        for child in flow.task_tree.inner:
            yield from _inside(child)
