"""SpiffWorkflow's tasks and workflows as a live token game.

Differences from the library: a finished task leaves the tree (history is the event log's business),
so size and cost do not grow with a case's past; nothing is predicted; no data is held or copied;
work that is ready stands in one queue instead of being searched for in the tree.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NoReturn
from uuid import uuid4

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from runner.engine.spiff.host import Host, Token

if TYPE_CHECKING:
    from runner.engine.spiff.procedure import Procedure
    from runner.engine.spiff.scope import ScopeSpec
    from runner.engine.spiff.specs import NodeSpec

ROOT = ""
"""The id of each workflow's root task, the parent of all its tokens."""

# What a token last asked of the host or waits for. A token at a join has none.
ARRIVED = ""
ENTERED = "enter"  # entered; rests until complete or retry
ARMED = "armed"  # a boundary event that watches its activity, or an event sub-process its scope
FIRED = "fired"  # the start of an event sub-process that happened, until its inside begins
JUDGING = "enough"  # a body whose completion condition could not be decided
ITEMS = "items"  # a body that does not know its number of instances yet
INSIDE = "inside"  # a container or event-based gateway whose inside decides
CHOOSING = "choose"  # a gateway whose conditions could not be decided
LEAVING = "leave"  # its work is done; its output mappings are not
UNCAUGHT = "uncaught"  # an error end event nobody catches
UNDOING = "undo"  # a compensation event while what it undoes is being undone
DONE = "done"  # no token any more: an activity that is completed and can still be undone

PASSIVE = frozenset({ARMED, DONE})
"""What may be left in a scope that has come to its end."""
NOBODYS = frozenset({ARRIVED, INSIDE, FIRED, UNDOING, DONE})
"""Nobody outside can do anything with a token at one of these."""


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
        self.attached: str | None = None  # what it watches, or which compensation event began it
        self.count = self.begun = self.done = 0  # a body's inner instances; the order of DONE
        self.taken: tuple[str, ...] = ()  # the flows it leaves by, once decided
        self.code: str | None = None  # what it throws, once worked out
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
                kept=self.task_spec.remembers,
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
        self.to(self.workflow.task_tree)

    def to(self, parent: TokenTask) -> None:
        """Hangs it below another task, maybe of another workflow."""
        self.parent._children.remove(self.id)
        if parent.workflow is not self.workflow:
            del self.workflow.tasks[self.id]
            self.workflow = parent.workflow
            self.workflow.tasks[self.id] = self
            self._token = None
        self._parent = parent.id
        parent._children.append(self.id)

    def younger(self) -> None:
        """Puts it behind all others, so that what it now hangs below stands before it."""
        live = self.root.live
        live[self.id] = live.pop(self.id)

    def splice(self) -> None:
        """Takes a finished task out of the tree; what it started moves up to its parent."""
        for child in self.inner:
            child.to(self.parent)
        self.parent._children.remove(self.id)
        self.forget()

    def keep(self) -> None:
        """Remembers a finished task as one that can be undone, instead of taking it out."""
        for child in self.inner:
            if child.phase != DONE:
                child.to(self.parent)
        self.phase = DONE
        self.begun = self.done = 0
        self.root.undoable += 1
        self.count = self.root.undoable

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
        if self.phase == UNDOING:  # what it began lies beside it
            for other in list(self.root.live.values()):
                if other.attached == self.id and other.id in self.root.live:
                    other.withdraw()
        self.parent._children.remove(self.id)
        self.forget()
        if self._state & TaskState.NOT_FINISHED_MASK:
            self._state = TaskState.CANCELLED
            if self.phase != ARRIVED and self.task_spec.announces(self):
                self.host.cancelled(self.token)
        elif self.phase == DONE and self.task_spec.remembers:
            self.host.forgotten(self.token)


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
        if task.task_spec.can_be_undone(task):
            task.keep()
        else:
            task.splice()
            if task.task_spec.remembers:
                task.host.forgotten(task.token)
        if body is not None:
            body.task_spec.inner_ended(body, task)
            return
        if task.attached is not None and task.task_spec.undoes:
            thrower = task.root.live.get(task.attached)
            if thrower is not None:
                thrower._ready()
        self.ended()

    def update_waiting_tasks(self) -> None:
        """Nothing polls: joins are asked when a token arrives or the queue is empty."""

    def watch(self) -> None:
        """Arms the event sub-processes of a scope that begins."""
        assert isinstance(self, RootFlow | SubFlow)
        for watch in self.spec.watches:
            watch.arm(self)

    def begin(self, spec: NodeSpec) -> None:
        start = self.task_tree.spawn(spec)
        spec._update(start)

    def ended(self) -> None:
        """A token is gone: closes where it was the last that could go on by itself."""
        tasks = self.tasks
        for child in self.task_tree._children:
            if tasks[child].phase not in PASSIVE:
                return
        container = self.container
        if container is None or container.phase != DONE:  # else something in it was undone
            self.close()

    def close(self) -> None:
        """The last token is gone. What was completed inside may still be undone later."""
        container = self.container
        keeps = container is not None and container.task_spec.remembers
        for task in self.task_tree.inner:
            if task.phase == ARMED or not keeps:
                task.withdraw()
        self.completed = True
        if container is not None:
            if len(self.tasks) == 1:
                del container.root.subprocesses[container.id]
            container.phase = LEAVING
            container._ready()

    def withdraw_all(self, but: TokenTask | None = None, *, done: bool = True) -> None:
        """``done``: with what could still be undone."""
        for task in self.task_tree.inner:
            if task is not but and task.id in self.tasks and (done or task.phase != DONE):
                task.withdraw()


class RootFlow(_Flow, BpmnWorkflow):  # type: ignore[misc]
    """The workflow of one root process instance, with all that it calls."""

    container = None

    def __init__(self, procedure: Procedure, spec: ScopeSpec, instance_id: str) -> None:
        self.procedure = procedure
        self.live: dict[str, TokenTask] = {}  # every token, in the order of birth
        self.queue: deque[TokenTask] = deque()
        self.fresh: set[str] = set()  # conditional events nobody has asked yet
        self.undoable = 0  # how many activities were completed that can be undone
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
    """The armed event that catches ``kind`` with ``code``, thrown by or inside ``start``.

    The nearest wins: the boundary events of the activity itself, the event sub-processes of the
    scope it is in, the boundary events of what is around that, and so on; in one place an event
    with this very code wins over one without a code. Never a neighbour's: the library would
    broadcast to every boundary event. An event sub-process does not catch what comes out of itself.
    """
    task = start
    while task is not None:
        found = _matching(task.inner, kind, code)
        if found is None and task.loop is None:
            own = task.task_spec
            watches = (t for t in task.workflow.task_tree.inner if t.task_spec.begins is not own)
            found = _matching(watches, kind, code)
        if found is not None:
            return found
        task = task.around()
    return None


def _matching(tasks: Iterable[TokenTask], kind: str, code: str) -> TokenTask | None:
    any_code: TokenTask | None = None
    for task in tasks:
        event = task.task_spec.element.event
        if task.phase == ARMED and event.kind == kind:
            if event.code == code:
                return task
            if not event.code:
                any_code = any_code or task
    return any_code
