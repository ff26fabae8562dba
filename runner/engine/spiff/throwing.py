"""End events and intermediate throw events: what they set off in the scopes around them."""

from __future__ import annotations

from runner.definitions.model import Element, is_expression
from runner.engine.spiff.compensation import limit, undo_next
from runner.engine.spiff.specs import NodeSpec
from runner.engine.spiff.workflow import (
    ARRIVED,
    ENTERED,
    UNCAUGHT,
    UNDOING,
    TokenTask,
    catcher,
)


class ThrowSpec(NodeSpec):
    """An end or intermediate throw event. Errors, escalations and terminations act here; what else
    is thrown (a message, a signal) is the host's business at ``enter``."""

    def __init__(self, scope: object, element: Element) -> None:
        super().__init__(scope, element)
        self.fixed = None if is_expression(element.event.code) else element.event.code

    def completable(self, task: TokenTask) -> bool:
        return task.phase in (ENTERED, UNCAUGHT)

    def _run_hook(self, task: TokenTask) -> bool | None:
        if self.element.event.kind in ("error", "escalation") and task.code is None:
            task.code = self.fixed
            if task.code is None:
                if task.phase == ARRIVED:
                    task.phase = ENTERED
                task.code = task.host.code(task.token)
                if task.code is None:
                    return None
        return super()._run_hook(task)

    def _work(self, task: TokenTask) -> bool | None:
        if task.phase in (ARRIVED, ENTERED):
            task.phase = ENTERED
            if not task.host.enter(task.token):
                return None
        if self.element.event.kind == "error":
            assert task.code is not None
            if catcher(task, "error", task.code) is None:
                task.phase = UNCAUGHT
                task.host.uncaught(task.token, task.code)
                return None
        return self._leave(task)

    def _on_complete_hook(self, task: TokenTask) -> None:
        super()._on_complete_hook(task)
        kind = self.element.event.kind
        if kind == "terminate":
            task.workflow.withdraw_all(but=task)
        elif kind in ("error", "escalation"):
            # after its own completion: what it sets off may withdraw it with all around it
            assert task.code is not None
            caught = catcher(task, kind, task.code)
            if caught is not None:
                caught.task_spec.fire(caught)


class LinkSpec(ThrowSpec):
    """A link that goes on at the catch event of its name in the same scope."""

    target: NodeSpec

    def _on_complete_hook(self, task: TokenTask) -> None:
        super()._on_complete_hook(task)
        task.spawn(self.target)


class CompensateSpec(NodeSpec):
    """Undoes what was completed in its scope, one after the other, and goes on when all is."""

    def _work(self, task: TokenTask) -> bool | None:
        if task.phase != UNDOING:
            task.phase = ENTERED
            if not task.host.enter(task.token):
                return None
            task.phase = UNDOING
            task.count = limit(task)
        return None if undo_next(task) else self._leave(task)


class UndoSpec(NodeSpec):
    """A compensation event on an activity's border: it leads to what undoes the activity."""

    handler: NodeSpec

    def _work(self, task: TokenTask) -> bool | None:
        task.phase = ENTERED
        return self._leave(task) if task.host.enter(task.token) else None

    def _on_complete_hook(self, task: TokenTask) -> None:
        super()._on_complete_hook(task)
        task.spawn(self.handler).attached = task.attached
