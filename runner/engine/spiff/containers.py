"""Sub-processes, call activities and multi-instance bodies: activities with an inside."""

from __future__ import annotations

from runner.definitions.model import Element
from runner.engine.spiff.specs import NodeSpec
from runner.engine.spiff.workflow import (
    ARRIVED,
    ENTERED,
    INSIDE,
    ITEMS,
    JUDGING,
    LEAVING,
    SubFlow,
    TokenTask,
)


class ContainerSpec(NodeSpec):
    """An embedded sub-process, or a call activity (``called``) whose inside is its own instance."""

    def __init__(
        self, scope: object, element: Element, inside: str, *, called: bool, suffix: str = ""
    ) -> None:
        super().__init__(scope, element, suffix=suffix)
        self.inside = inside
        self.called = called

    def _run_hook(self, task: TokenTask) -> bool | None:
        if task.phase == LEAVING:
            return self._leave(task)
        first = task.phase == ARRIVED
        task.phase = ENTERED
        entered = task.host.enter(task.token)
        if first:
            self._arm(task)
        if entered:
            task.phase = INSIDE
            inside = self.open(task)
            inside.begin(inside.spec.none_start())
        return None

    def open(self, task: TokenTask) -> SubFlow:
        """The inside of ``task``, still without a token."""
        return SubFlow(task.root.procedure.specs[self.inside], task, called=self.called)


class BodySpec(NodeSpec):
    """A multi-instance activity around its inner instances, which are tokens at ``each``."""

    def __init__(self, scope: object, element: Element, each: NodeSpec) -> None:
        super().__init__(scope, element)
        assert element.multi_instance is not None
        self.each = each
        self.sequential = element.multi_instance.sequential
        self.conditional = element.multi_instance.completion_condition is not None

    def _run_hook(self, task: TokenTask) -> bool | None:
        if task.phase == LEAVING:
            return self._leave(task)
        if task.phase == JUDGING:
            return self._leave(task) if self._finished(task) else None
        task.phase = ITEMS
        count = task.host.items(task.token)
        if count is None:
            return None
        if count == 0:
            return self._leave(task)
        if count < 0:
            raise ValueError(f"{count} instances at {self.name}")
        task.count = count
        task.phase = INSIDE
        self._arm(task)
        for _ in range(1 if self.sequential else count):
            self._begin(task)
        return None

    def _begin(self, body: TokenTask) -> None:
        inner = body.spawn(self.each)
        inner.loop = body.begun
        body.begun += 1
        self.each._update(inner)

    def inner_ended(self, body: TokenTask, inner: TokenTask) -> None:
        body.done += 1
        if body.phase == INSIDE and self._finished(body):
            body.phase = LEAVING
            body._ready()

    def _finished(self, body: TokenTask) -> bool:
        """Whether no more instances are needed; begins the next one where it is."""
        if body.done < body.count:
            enough = body.host.enough(body.token) if self.conditional else False
            if not enough:
                body.phase = JUDGING if enough is None else INSIDE
                if self.sequential and body.phase == INSIDE:
                    self._begin(body)
                return False
        for other in body.inner:
            if other.loop is not None:
                other.withdraw()
        return True
