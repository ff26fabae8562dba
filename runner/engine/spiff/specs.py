"""Tasks and events of a diagram as SpiffWorkflow task specs: what a token does at each kind.

Specs are shared by all instances and threads and never change after ``Procedure.compile``.
SpiffWorkflow drives them: ``_update_hook`` decides whether a task is ready, ``_run_hook`` does its
work (None: it rests), ``_on_complete_hook`` sends tokens on.
"""

from __future__ import annotations

from collections.abc import Mapping

from SpiffWorkflow.bpmn.specs.mixins import BpmnSpecMixin
from SpiffWorkflow.specs.StartTask import StartTask
from SpiffWorkflow.util.task import TaskState

from runner.definitions.model import Element, EventDefinition, Flow
from runner.engine.spiff.workflow import (
    ARMED,
    ARRIVED,
    CHOOSING,
    DONE,
    ENTERED,
    LEAVING,
    TokenTask,
)


class RootSpec(StartTask):  # type: ignore[misc]
    """What every workflow's root task is of: the parent of its tokens, without a meaning."""

    def happened(self, task: TokenTask, event: TokenTask) -> None:
        """An independent token's work is done: nobody else to tell."""


class NodeSpec(BpmnSpecMixin):  # type: ignore[misc]
    """A flow node. ``exits`` maps each outgoing flow's id, in file order, to where it leads.

    ``undo`` is the compensation event on its border; ``undoes`` says that a compensation event
    begins it. ``remembers`` says that what is completed inside can be undone when it is over.
    ``begins`` is the event sub-process that an event of its own scope begins.
    """

    element: Element
    name: str

    def __init__(self, scope: object, element: Element, *, suffix: str = "") -> None:
        super().__init__(scope, element.id + suffix, bpmn_name=element.name, lane=element.lane)
        self.bpmn_id = element.id
        self.element = element
        self.flows: tuple[Flow, ...] = ()
        self.exits: Mapping[str, NodeSpec] = {}
        self.chooses = False
        self.boundary: tuple[BoundarySpec, ...] = ()
        self.undo: NodeSpec | None = None
        self.undoes = False
        self.remembers = False
        self.begins: NodeSpec | None = None
        self.conditional = element.event.kind == "conditional"

    def test(self) -> None:
        """Checked once by ``Procedure.compile``, not at every step."""

    def _predict(self, *args: object, **kwargs: object) -> None:
        """Nothing is predicted."""

    def _update_hook(self, task: TokenTask) -> bool:
        return True

    def _on_ready(self, task: TokenTask) -> None:
        task.root.queue.append(task)

    def _run_hook(self, task: TokenTask) -> bool | None:
        if task.phase == CHOOSING:
            return self._choose(task)
        if task.phase == LEAVING:
            return self._leave(task)
        return self._work(task)

    def _work(self, task: TokenTask) -> bool | None:
        raise NotImplementedError

    def _on_complete_hook(self, task: TokenTask) -> None:
        for child in task.inner:  # boundary events that did not happen
            if child.phase != DONE:
                child.withdraw()
        if task.loop is not None:  # its body hears of it once it is out of the tree
            return
        task.host.took(task.token, task.taken)
        for flow in task.taken:
            task.spawn(self.exits[flow], flow)

    def announces(self, task: TokenTask) -> bool:
        """Whether the host knows ``task`` and is to hear of its withdrawal."""
        return task.phase != ARRIVED

    def completable(self, task: TokenTask) -> bool:
        """Whether ``Execution.complete`` may end ``task``'s work now."""
        return False

    def can_be_undone(self, task: TokenTask) -> bool:
        """Whether ``task``, just completed, must be remembered for a compensation event."""
        return self.undo is not None

    def undone_by(self) -> NodeSpec | None:
        """The compensation event sub-process inside."""
        return None

    def happened(self, task: TokenTask, event: TokenTask) -> None:
        """The token ``event``, which hangs below ``task``, was the one to happen."""

    def inner_ended(self, body: TokenTask, inner: TokenTask) -> None:
        raise AssertionError(f"{self.name} is not a multi-instance body")

    def _leave(self, task: TokenTask) -> bool | None:
        task.phase = LEAVING
        if not task.host.leave(task.token):
            return None
        if self.chooses:
            return self._choose(task)
        task.taken = tuple(self.exits)
        return True

    def _choose(self, task: TokenTask, *, many: bool = True) -> bool | None:
        task.phase = CHOOSING
        chosen = task.host.choose(task.token, self.flows)
        if chosen is None:
            return None
        task.taken = tuple(flow for flow in self.exits if flow in chosen)
        if len(task.taken) != len(chosen) or not chosen or (len(chosen) > 1 and not many):
            raise ValueError(f"impossible choice at {self.name}: {list(chosen)}")
        return True

    def _arm(self, task: TokenTask) -> None:
        for spec in self.boundary:
            spec.arm(task)


class WorkSpec(NodeSpec):
    """A task or event in the flow: entered, worked on or waited for by somebody else, left."""

    def completable(self, task: TokenTask) -> bool:
        return task.phase == ENTERED

    def _work(self, task: TokenTask) -> bool | None:
        first = task.phase == ARRIVED
        task.phase = ENTERED
        if task.host.enter(task.token):
            return self._leave(task)
        if self.conditional:
            task.root.fresh.add(task.id)
        if first:
            self._arm(task)
        return None

    def _leave(self, task: TokenTask) -> bool | None:
        above = task.parent
        above.task_spec.happened(above, task)
        return super()._leave(task)


class BoundarySpec(NodeSpec):
    """A boundary event. Its token hangs below the activity's and rests until it is fired."""

    def __init__(self, scope: object, element: Element) -> None:
        super().__init__(scope, element)
        self.interrupting = element.interrupting or element.event.kind == "error"
        self.again = can_happen_again(element.event)

    def arm(self, activity: TokenTask, *, again: bool = False) -> None:
        wait(activity.spawn(self), activity.id, again=again)

    def fire(self, task: TokenTask) -> None:
        activity = task.parent
        task.to_root()  # from here on it outlives its activity
        if self.interrupting:
            activity.withdraw()
        elif self.again:
            self.arm(activity, again=True)
        task.phase = LEAVING
        task._ready()

    def _work(self, task: TokenTask) -> bool | None:
        task.host.enter(task.token)
        if self.conditional:
            task.root.fresh.add(task.id)
        return None


def can_happen_again(event: EventDefinition) -> bool:
    """Whether an event that interrupts nothing is armed anew when it happened."""
    return event.kind in ("message", "signal", "escalation", "conditional") or (
        event.kind == "timer" and event.timer_kind == "cycle"
    )


def wait(task: TokenTask, watched: str, *, again: bool) -> None:
    """Lets ``task`` rest until its event happens to what it watches."""
    task.attached = watched
    task.phase = ARMED
    task._state = TaskState.STARTED
    task.host.enter(task.token)
    if task.task_spec.conditional and not again:
        task.root.fresh.add(task.id)
