"""SpiffWorkflow's tasks and workflows as a live token game.

Differences from the library: a finished task leaves the tree (history is the event log's business),
so size and cost do not grow with a case's past; nothing is predicted; no data is held or copied;
work that is ready stands in one queue instead of being searched for in the tree.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, NoReturn
from uuid import uuid4

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from runner.engine.spiff.host import Host, Token

if TYPE_CHECKING:
    from runner.engine.spiff.procedure import Procedure, ScopeSpec
    from runner.engine.spiff.specs import NodeSpec

ROOT = ""
"""The id of each workflow's root task, the parent of all its tokens."""

# What a token last asked of the host or waits for. A token at a join has none.
ARRIVED = ""
ENTERED = "enter"  # entered; rests until complete or retry
ARMED = "armed"  # a boundary event that watches its activity
JUDGING = "enough"  # a body whose completion condition could not be decided
ITEMS = "items"  # a body that does not know its number of instances yet
INSIDE = "inside"  # a container or event-based gateway whose inside decides
CHOOSING = "choose"  # a gateway whose conditions could not be decided
LEAVING = "leave"  # its work is done; its output mappings are not
UNCAUGHT = "uncaught"  # an error end event nobody catches


class NoPython:
    """The script engine of every workflow: refuses, since expressions are FEEL in the host."""

    environment: Any = None

    def evaluate(self, *args: object, **kwargs: object) -> NoReturn:
        raise RuntimeError("Python from a diagram is never evaluated")

    execute = call_service = evaluate


class TokenTask(Task):  # type: ignore[misc]
    """A live token. ``task.data`` and ``task.internal_data`` stay empty."""

    id: str
    task_spec: NodeSpec
    workflow: RootFlow | SubFlow

    def __init__(
        self,
        workflow: RootFlow | SubFlow,
        spec: NodeSpec,
        parent: TokenTask | None,
        *,
        task_id: str | None = None,
        state: int = TaskState.FUTURE,
    ) -> None:
        # not the library's constructor: it reads the clock and looks up the parent twice
        self.workflow = workflow
        self.task_spec = spec
        self.id = uuid4().hex if task_id is None else task_id
        self._parent = None if parent is None else parent.id
        self._children: list[str] = []
        self._state = state
        self.triggered = False
        self.thread_id = 0
        self.last_state_change = 0.0
        self.data: dict[str, object] = {}
        self.internal_data: dict[str, object] = {}
        self.phase = ARRIVED
        self.flow: str | None = None  # the sequence flow it came by
        self.loop: int | None = None  # position in its multi-instance body
        self.attached: str | None = None  # the activity its boundary event watches
        self.count = self.begun = self.done = 0  # a body's inner instances
        self.taken: tuple[str, ...] = ()  # the flows it leaves by, once decided
        self._token: Token | None = None
        workflow.tasks[self.id] = self
        if parent is not None:
            parent._children.append(self.id)
            workflow.top_workflow.live[self.id] = self

    def _set_state(self, value: int) -> None:
        self._state = value  # without the library's clock reading and log record

    def _inherit_data(self) -> None:
        """Nothing to inherit: variables live in the host's scopes."""

    @property
    def root(self) -> RootFlow:
        top: RootFlow = self.workflow.top_workflow
        return top

    @property
    def host(self) -> Host:
        return self.root.host

    @property
    def token(self) -> Token:
        if self._token is None:
            flow = self.workflow
            scope = flow.scope_id if self.loop is None else self._parent
            assert scope is not None
            self._token = Token(
                id=self.id,
                element=self.task_spec.element,
                instance_id=flow.instance_id,
                scope_id=scope,
                loop=self.loop,
                attached_to=self.attached,
            )
        return self._token

    @property
    def inner(self) -> list[TokenTask]:
        """The tasks below it: boundary events, inner instances, events of an event gateway."""
        tasks = self.workflow.tasks
        return [tasks[child] for child in self._children]

    def around(self) -> TokenTask | None:
        """The body, sub-process or call activity directly around this token; None at the top."""
        if self.loop is not None:
            body: TokenTask = self.parent
            return body
        return self.workflow.container

    def spawn(self, spec: NodeSpec, flow: str | None = None) -> TokenTask:
        """A new token below this one; it starts when ``task_spec._update`` is called."""
        child = TokenTask(self.workflow, spec, self)
        child.flow = flow
        return child

    def to_root(self) -> None:
        """Makes it independent of the task it hangs below."""
        root = self.workflow.task_tree
        self.parent._children.remove(self.id)
        self._parent = root.id
        root._children.append(self.id)

    def splice(self) -> None:
        """Takes a finished task out of the tree; what it started moves up to its parent."""
        parent = self.parent
        parent._children.remove(self.id)
        for child in self.inner:
            child._parent = parent.id
            parent._children.append(child.id)
        self.forget()

    def forget(self) -> None:
        del self.workflow.tasks[self.id]
        del self.root.live[self.id]

    def withdraw(self) -> None:
        """Cancels it with everything in it, innermost first, and tells the host of each."""
        for child in self.inner:
            child.withdraw()
        inside = self.root.subprocesses.pop(self.id, None)
        if inside is not None:
            inside.withdraw_all()
        self.parent._children.remove(self.id)
        self.forget()
        if self._state & TaskState.NOT_FINISHED_MASK:
            self._state = TaskState.CANCELLED
            if self.phase != ARRIVED and self.task_spec.announces(self):
                self.host.cancelled(self.token)


class _Flow:
    """What root and sub-process instances share."""

    tasks: dict[str, TokenTask]
    task_tree: TokenTask
    spec: ScopeSpec
    completed: bool
    container: TokenTask | None
    instance_id: str
    scope_id: str

    def _task_completed_notify(self, task: TokenTask) -> None:
        if task.id not in self.tasks:  # withdrawn by what its own completion threw
            return
        body = task.parent if task.loop is not None else None
        task.splice()
        if body is not None:
            body.task_spec.inner_ended(body, task)
        elif len(self.tasks) == 1:
            self.close()

    def update_waiting_tasks(self) -> None:
        """Nothing polls: joins are asked when a token arrives or the queue is empty."""

    def begin(self, spec: NodeSpec) -> None:
        start = self.task_tree.spawn(spec)
        spec._update(start)

    def close(self) -> None:
        """The last token is gone."""
        self.completed = True
        container = self.container
        if container is not None:
            del container.root.subprocesses[container.id]
            container.phase = LEAVING
            container._ready()

    def withdraw_all(self, but: TokenTask | None = None) -> None:
        self.completed = True
        for task in self.task_tree.inner:
            # an earlier withdrawal never takes a sibling with it, so all are still there
            if task is not but:
                task.withdraw()


class RootFlow(_Flow, BpmnWorkflow):  # type: ignore[misc]
    """The workflow of one root process instance, with all that it calls."""

    container = None

    def __init__(self, procedure: Procedure, spec: ScopeSpec, instance_id: str) -> None:
        self.procedure = procedure
        self.live: dict[str, TokenTask] = {}  # every token, in the order of birth
        self.queue: deque[TokenTask] = deque()
        self.host: Host
        self.instance_id = self.scope_id = instance_id
        super().__init__(spec, procedure.specs, script_engine=NoPython(), deserializing=True)
        self.task_tree = TokenTask(self, spec.start, None, task_id=ROOT, state=TaskState.COMPLETED)


class SubFlow(_Flow, BpmnSubWorkflow):  # type: ignore[misc]
    """The inside of one sub-process or called process."""

    def __init__(self, spec: ScopeSpec, container: TokenTask, *, called: bool) -> None:
        self.container = container
        self.scope_id = container.id
        self.instance_id = container.id if called else container.workflow.instance_id
        super().__init__(
            spec, parent_task_id=container.id, top_workflow=container.root, deserializing=True
        )
        self.task_tree = TokenTask(self, spec.start, None, task_id=ROOT, state=TaskState.COMPLETED)
        container.root.subprocesses[container.id] = self

    @property
    def parent_workflow(self) -> RootFlow | SubFlow:
        assert self.container is not None
        return self.container.workflow


def catcher(start: TokenTask | None, kind: str, code: str) -> TokenTask | None:
    """The armed boundary event that catches ``kind`` with ``code``, thrown by or inside ``start``.

    The nearest activity around wins; on one activity an event with this very code wins over one
    without a code. Never a neighbour's: the library would broadcast to every boundary event.
    """
    task = start
    while task is not None:
        any_code: TokenTask | None = None
        for child in task.inner:
            event = child.task_spec.element.event
            if child.phase == ARMED and event.kind == kind:
                if event.code == code:
                    return child
                if not event.code:
                    any_code = any_code or child
        if any_code is not None:
            return any_code
        task = task.around()
    return None
