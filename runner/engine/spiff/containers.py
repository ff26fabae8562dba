"""Sub-processes, call activities and multi-instance bodies: activities with an inside."""

from __future__ import annotations

from runner.definitions.model import Element
from runner.engine.spiff.specs import NodeSpec, can_happen_again, wait
from runner.engine.spiff.workflow import (
    ARRIVED,
    DONE,
    ENTERED,
    FIRED,
    INSIDE,
    ITEMS,
    JUDGING,
    LEAVING,
    RootFlow,
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
        self.undoing: EventSubSpec | None = None

    def _work(self, task: TokenTask) -> bool | None:
        first = task.phase == ARRIVED
        task.phase = ENTERED
        entered = task.host.enter(task.token)
        if first:
            self._arm(task)
        if entered:
            task.phase = INSIDE
            inside = self.open(task)
            inside.watch()
            self._begin(task, inside)
        return None

    def _begin(self, task: TokenTask, inside: SubFlow) -> None:
        inside.begin(inside.spec.none_start())

    def open(self, task: TokenTask) -> SubFlow:
        """The inside of ``task``, still without a token."""
        return SubFlow(task.root.procedure.specs[self.inside], task, called=self.called)

    def undone_by(self) -> NodeSpec | None:
        return self.undoing

    def can_be_undone(self, task: TokenTask) -> bool:
        if self.undo is not None:
            return True
        kept = task.id in task.root.subprocesses
        return self.remembers and (kept or self.undoing is not None)


class EventSubSpec(ContainerSpec):
    """An event sub-process. It begins with the token that waited for its start event."""

    def __init__(self, scope: object, element: Element, inside: str, start: Element) -> None:
        super().__init__(scope, element, inside, called=False)
        self.start = start.id
        self.undoes = start.event.kind == "compensation"

    def _begin(self, task: TokenTask, inside: SubFlow) -> None:
        start = inside.spec.node(self.start)
        fired = next((child for child in task.inner if child.phase == FIRED), None)
        if fired is None:  # one that undoes: nothing waited for it
            inside.begin(start)
            return
        fired.to(inside.task_tree)
        fired.younger()
        fired.task_spec = start
        fired.phase = LEAVING
        fired._ready()


class WatchSpec(NodeSpec):
    """The start event of an event sub-process while the scope around it runs."""

    begins: EventSubSpec

    def __init__(self, scope: object, start: Element, begins: EventSubSpec, suffix: str) -> None:
        super().__init__(scope, start, suffix=suffix)
        self.begins = begins
        self.interrupting = start.interrupting or start.event.kind == "error"
        self.again = can_happen_again(start.event)

    def arm(self, flow: RootFlow | SubFlow, *, again: bool = False) -> None:
        wait(flow.task_tree.spawn(self), flow.scope_id, again=again)

    def fire(self, task: TokenTask) -> None:
        """An interrupting one ends all else in the scope; what was completed can be undone."""
        flow = task.workflow
        if self.interrupting:
            flow.withdraw_all(but=task, done=False)
        elif self.again:
            self.arm(flow, again=True)
        inside = flow.task_tree.spawn(self.begins)
        task.to(inside)
        task.younger()
        task.phase = FIRED
        self.begins._update(inside)

    def _work(self, task: TokenTask) -> bool | None:
        task.host.enter(task.token)
        if self.conditional:
            task.root.fresh.add(task.id)
        return None


class BodySpec(NodeSpec):
    """A multi-instance activity around its inner instances, which are tokens at ``each``."""

    def __init__(self, scope: object, element: Element, each: NodeSpec) -> None:
        super().__init__(scope, element)
        assert element.multi_instance is not None
        self.each = each
        self.sequential = element.multi_instance.sequential
        self.conditional_end = element.multi_instance.completion_condition is not None

    def can_be_undone(self, task: TokenTask) -> bool:
        return self.undo is not None or any(child.phase == DONE for child in task.inner)

    def _work(self, task: TokenTask) -> bool | None:
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
            self._next(task)
        return None

    def _next(self, body: TokenTask) -> None:
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
            enough = body.host.enough(body.token) if self.conditional_end else False
            if not enough:
                body.phase = JUDGING if enough is None else INSIDE
                if self.sequential and body.phase == INSIDE:
                    self._next(body)
                return False
        for other in body.inner:
            if other.loop is not None and other.phase != DONE:
                other.withdraw()
        return True
