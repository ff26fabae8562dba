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

from runner.definitions.model import Element, Flow
from runner.engine.spiff.workflow import (
    ARMED,
    ARRIVED,
    ENTERED,
    LEAVING,
    UNCAUGHT,
    TokenTask,
    catcher,
)


class RootSpec(StartTask):  # type: ignore[misc]
    """What every workflow's root task is of: the parent of its tokens, without a meaning."""

    def happened(self, task: TokenTask, event: TokenTask) -> None:
        """An independent token's work is done: nobody else to tell."""


class NodeSpec(BpmnSpecMixin):  # type: ignore[misc]
    """A flow node. ``exits`` maps each outgoing flow's id, in file order, to where it leads."""

    element: Element
    name: str

    def __init__(self, scope: object, element: Element, *, suffix: str = "") -> None:
        super().__init__(scope, element.id + suffix, bpmn_name=element.name, lane=element.lane)
        self.bpmn_id = element.id
        self.element = element
        self.flows: tuple[Flow, ...] = ()
        self.exits: Mapping[str, NodeSpec] = {}
        self.boundary: tuple[BoundarySpec, ...] = ()

    def test(self) -> None:
        """Checked once by ``Procedure.compile``, not at every step."""

    def _predict(self, *args: object, **kwargs: object) -> None:
        """Nothing is predicted."""

    def _update_hook(self, task: TokenTask) -> bool:
        return True

    def _on_ready(self, task: TokenTask) -> None:
        task.root.queue.append(task)

    def _on_complete_hook(self, task: TokenTask) -> None:
        for child in task.inner:  # boundary events that did not happen
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

    def happened(self, task: TokenTask, event: TokenTask) -> None:
        """The token ``event``, which hangs below ``task``, was the one to happen."""

    def inner_ended(self, body: TokenTask, inner: TokenTask) -> None:
        raise AssertionError(f"{self.name} is not a multi-instance body")

    def _leave(self, task: TokenTask) -> bool | None:
        task.phase = LEAVING
        if not task.host.leave(task.token):
            return None
        task.taken = tuple(self.exits)
        return True

    def _arm(self, task: TokenTask) -> None:
        for spec in self.boundary:
            spec.arm(task)


class WorkSpec(NodeSpec):
    """A task or event in the flow: entered, worked on or waited for by somebody else, left."""

    def completable(self, task: TokenTask) -> bool:
        return task.phase == ENTERED

    def _run_hook(self, task: TokenTask) -> bool | None:
        if task.phase != LEAVING:
            first = task.phase == ARRIVED
            task.phase = ENTERED
            if not task.host.enter(task.token):
                if first:
                    self._arm(task)
                return None
        above = task.parent
        above.task_spec.happened(above, task)
        return self._leave(task)


class ThrowSpec(NodeSpec):
    """An end or intermediate throw event. Errors, escalations and terminations act here; what else
    is thrown (a message, a signal) is the host's business at ``enter``."""

    def completable(self, task: TokenTask) -> bool:
        return task.phase in (ENTERED, UNCAUGHT)

    def _run_hook(self, task: TokenTask) -> bool | None:
        if task.phase in (ARRIVED, ENTERED):
            task.phase = ENTERED
            if not task.host.enter(task.token):
                return None
        event = self.element.event
        if (
            task.phase != LEAVING
            and event.kind == "error"
            and catcher(task.around(), "error", event.code) is None
        ):
            task.phase = UNCAUGHT
            task.host.uncaught(task.token, event.code)
            return None
        return self._leave(task)

    def _on_complete_hook(self, task: TokenTask) -> None:
        super()._on_complete_hook(task)
        event = self.element.event
        if event.kind == "terminate":
            task.workflow.withdraw_all(but=task)
        elif event.kind in ("error", "escalation"):
            # after its own completion: what it sets off may withdraw it with all around it
            caught = catcher(task.around(), event.kind, event.code)
            if caught is not None:
                caught.task_spec.fire(caught)


class BoundarySpec(NodeSpec):
    """A boundary event. Its token hangs below the activity's and rests until it is fired."""

    def __init__(self, scope: object, element: Element) -> None:
        super().__init__(scope, element)
        event = element.event
        self.interrupting = element.interrupting or event.kind == "error"
        self.again = event.kind in ("message", "signal", "escalation") or (
            event.kind == "timer" and event.timer_kind == "cycle"
        )

    def arm(self, activity: TokenTask) -> None:
        task = activity.spawn(self)
        task.attached = activity.id
        task.phase = ARMED
        task._state = TaskState.STARTED
        task.host.enter(task.token)

    def fire(self, task: TokenTask) -> None:
        activity = task.parent
        task.to_root()  # from here on it outlives its activity
        if self.interrupting:
            activity.withdraw()
        elif self.again:
            self.arm(activity)
        task.phase = LEAVING
        task._ready()

    def _run_hook(self, task: TokenTask) -> bool | None:
        if task.phase == LEAVING:
            return self._leave(task)
        task.host.enter(task.token)
        return None
