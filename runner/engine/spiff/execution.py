"""One root process instance with all that it calls, as the commands of the engine see it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import uuid4

from SpiffWorkflow.util.task import TaskState

from runner.engine.spiff import codec, migrating, moving
from runner.engine.spiff.containers import WatchSpec
from runner.engine.spiff.gateways import dead_ends, settle
from runner.engine.spiff.host import Host, Token
from runner.engine.spiff.procedure import Procedure, UnsupportedDiagram
from runner.engine.spiff.specs import BoundarySpec
from runner.engine.spiff.workflow import (
    ARMED,
    CHOOSING,
    ENTERED,
    INSIDE,
    LEAVING,
    NOBODYS,
    RootFlow,
    TokenTask,
    catcher,
)

FROM_INSIDE = frozenset({"error", "escalation"})
"""Events that only what runs inside can set off."""
MAX_STEPS = 5_000
"""Steps of one command before it counts as a loop without an end."""


class NoSuchToken(Exception):
    """The token is not (or no longer) in this execution."""


class NotResting(Exception):
    """The token exists, but this cannot be done with it now. Nothing was changed."""


class EndlessLoop(Exception):
    """The diagram goes round without ever resting. The execution is unusable."""


class Execution:
    """The tokens of one root process instance. Not thread-safe: one command at a time.

    After an exception from the host (or ``EndlessLoop``) it is unusable: throw it away and load it
    again. ``NoSuchToken`` and ``NotResting`` are raised before anything changes.
    """

    def __init__(self, root: RootFlow) -> None:
        self._root = root
        self._broken = False

    @classmethod
    def start(
        cls,
        procedure: Procedure,
        process_id: str,
        host: Host,
        start_element: str | None = None,
        *,
        instance_id: str | None = None,
    ) -> Execution:
        """Starts a process at ``start_element`` (default: its plain start event) and runs until all
        rests. ``instance_id`` names the root instance in tokens and states (default: a new id).

        Raises ``KeyError`` where the release has no such process or start event,
        ``UnsupportedDiagram`` where the process has no single plain start event.
        """
        scope = procedure.scope(process_id)
        spec = scope.none_start() if start_element is None else scope.node(start_element)
        if spec.element.kind != "startEvent" or spec.begins is not None:
            raise KeyError(start_element)
        root = RootFlow(procedure, scope, instance_id or uuid4().hex)
        root.host = host
        execution = cls(root)

        def begin() -> None:
            root.watch()
            root.begin(spec)

        execution._run(begin)
        return execution

    @classmethod
    def load(cls, procedure: Procedure, state: bytes, host: Host) -> Execution:
        """Continues from ``dump``. Asks nothing of the host. Raises ``codec.UnreadableState``."""
        root = codec.load(procedure, state)
        root.host = host
        return cls(root)

    @classmethod
    def look(cls, procedure: Procedure, state: bytes) -> Execution:
        """The tokens of ``state``, to be read only: there is no host that a step could ask."""
        return cls(codec.load(procedure, state))

    def dump(self) -> bytes:
        """The state, to be stored as bytes (never as JSON: its order matters)."""
        self._usable()
        return codec.dump(self._root)

    @property
    def host(self) -> Host:
        return self._root.host

    @host.setter
    def host(self, host: Host) -> None:
        self._root.host = host

    @property
    def instance_id(self) -> str:
        """The id of the root process instance."""
        return self._root.instance_id

    @property
    def process_id(self) -> str:
        return self._root.spec.process.id

    @property
    def completed(self) -> bool:
        """Whether no token is left: ended or cancelled."""
        return self._root.completed

    @property
    def stuck(self) -> bool:
        """Whether tokens are left but none of them can ever move: all wait at joins, or for an
        error or escalation that nobody is left to throw."""
        return not self.completed and not any(
            task.phase not in NOBODYS
            and not (task.phase == ARMED and task.task_spec.element.event.kind in FROM_INSIDE)
            for task in self._root.live.values()
        )

    def dead_ends(self) -> list[tuple[Token, tuple[str, ...]]]:
        """Joins that can never go on, because nothing that could reach them is left in their
        (sub-)process: a token that waits there, and the flows that none will come by."""
        return [(task.token, missing) for task, missing in dead_ends(self._root)]

    def chooses(self, token_id: str) -> bool:
        """Whether the token stands where its conditions decide where it goes on."""
        task = self._root.live.get(token_id)
        return task is not None and task.phase == CHOOSING

    def resting(self) -> list[Token]:
        """The tokens somebody must complete, fire or retry, in the order they arrived.

        Not those of running sub-processes, call activities and bodies, nor those at joins, of
        compensation events while they undo, and of what is completed and could be undone.
        """
        return [task.token for task in self._root.live.values() if task.phase not in NOBODYS]

    def token(self, token_id: str) -> Token:
        """Any live token, also of a running container. Raises ``NoSuchToken``."""
        return self._task(token_id).token

    def complete(self, token_id: str) -> None:
        """The work at a resting task or catch event is done: leave it and go on. The start event of
        an event sub-process is fired."""
        task = self._task(token_id)
        if isinstance(task.task_spec, WatchSpec):
            self.fire(token_id)
            return
        if not task.task_spec.completable(task):
            raise NotResting(self._situation(task, "complete"))
        task.phase = LEAVING
        self._run(task._ready, leaving=True)

    def fire(self, token_id: str) -> None:
        """A boundary event, or the start event of an event sub-process, happened.

        An interrupting one cancels its activity (or all else in its scope) with everything in it;
        another one lets it be, and is re-armed where it can happen again.
        """
        task = self._task(token_id)
        spec = task.task_spec
        if not isinstance(spec, BoundarySpec | WatchSpec) or task.phase != ARMED:
            raise NotResting(self._situation(task, "fire"))
        self._run(lambda: spec.fire(task))

    def catches_error(self, token_id: str, code: str) -> bool:
        """Whether ``throw_error`` would be caught."""
        return catcher(self._task(token_id), "error", code) is not None

    def throw_error(self, token_id: str, code: str) -> bool:
        """Delivers a BPMN error to the boundary events of the token's own activity, else to the
        nearest event sub-process or activity around it that catches it.

        False: nothing catches it, nothing changed.
        """
        caught = catcher(self._task(token_id), "error", code)
        if caught is None:
            return False
        self._run(lambda: caught.task_spec.fire(caught))
        return True

    def catching(self, token_id: str, kind: str, code: str) -> Token | None:
        """The event that catches what is thrown at this token (``error``, ``escalation``)."""
        caught = catcher(self._task(token_id), kind, code)
        return None if caught is None else caught.token

    @property
    def conditional(self) -> bool:
        """Whether anything in it waits for a condition."""
        root = self._root
        return root.procedure.conditional and any(
            task.task_spec.conditional and task.phase in (ENTERED, ARMED)
            for task in root.live.values()
        )

    def reconsider(self) -> None:
        """Variables were written without a step: conditions may hold now."""
        self._run(lambda: None)

    def retry(self, token_id: str) -> None:
        """Asks the host again what it answered with "stay"."""
        task = self._task(token_id)
        if task._state == TaskState.WAITING:  # at a join: it goes on by itself as soon as it can
            self._run(lambda: None)
            return
        if task.phase in NOBODYS:
            raise NotResting(self._situation(task, "retry"))
        self._run(task._ready)

    def positions(self) -> list[moving.Position]:
        """Every live token: those that rest, watch, run inside or wait at joins."""
        self._usable()
        return moving.positions(self._root)

    def way_to(self, token_id: str, target: str) -> moving.Way:
        """How a person can move the token to the element ``target``. Changes nothing.
        Raises ``NoSuchToken``, ``moving.NotMovable``."""
        return moving.find_way(self._task(token_id), target)

    def move(self, way: moving.Way) -> None:
        """Does what ``way_to`` found, with nothing in between."""
        self._run(lambda: moving.move(way))

    def translated(self, target: Procedure, course: migrating.Course) -> migrating.Translated:
        """These tokens on another release. Changes nothing here. Raises ``NotMigratable``."""
        self._usable()
        return migrating.translate(self._root, target, course)

    def complete_joins(self) -> None:
        """Joins that have all they wait for on this release go on."""
        self._run(partial(migrating.complete_joins, self._root))

    def arm(self, token_id: str, event: str) -> None:
        """Arms an event of a running activity or scope that has none of this element yet: a
        boundary event, or the start of an event sub-process (of the process itself where
        ``token_id`` is empty)."""
        task = self._task(token_id) if token_id else None
        for spec in () if task is None else task.task_spec.boundary:
            if task is not None and spec.element.id == event:
                self._run(partial(spec.arm, task))
                return
        flow = self._root.subprocesses[token_id] if token_id else self._root
        watch = next(w for w in flow.spec.watches if w.element.id == event)
        self._run(lambda: watch.arm(flow))

    def cancel(self) -> None:
        """Withdraws every token, innermost first. The instance is completed then."""
        self._run(self._root.withdraw_all)
        self._root.completed = True

    def _task(self, token_id: str) -> TokenTask:
        self._usable()
        task = self._root.live.get(token_id)
        if task is None:
            raise NoSuchToken(f"Expected a live token, but {token_id} is not in this instance")
        return task

    def _usable(self) -> None:
        if self._broken:
            raise RuntimeError("the execution was left in the middle of a step; load it again")

    @staticmethod
    def _situation(task: TokenTask, wish: str) -> str:
        now = task.phase or "waiting for other tokens"
        return f"Expected to {wish} '{task.task_spec.element.id}', but its token is at: {now}"

    def _run(self, first: Callable[[], None], *, leaving: bool = False) -> None:
        """Runs until every token rests. Until then, and after an exception, nothing else may.

        ``leaving``: what a completed activity or event brought comes into being with its end, so
        conditions are asked about it when the events around it no longer wait.
        """
        self._usable()
        self._broken = True
        queue, live = self._root.queue, self._root.live
        conditional = self._root.procedure.conditional
        first()
        for step in range(MAX_STEPS):
            if conditional and (step or not leaving):
                self._consider()
            if queue:
                task = queue.popleft()
                if task._state == TaskState.READY and task.id in live:
                    task.run()
            elif not settle(self._root):
                break
        else:
            raise EndlessLoop(f"{MAX_STEPS} steps without a rest at '{task.task_spec.element.id}'")
        self._broken = False

    def _consider(self) -> None:
        """Lets the conditional events happen whose condition holds now, outer ones first."""
        root = self._root
        waiting = [
            task
            for task in root.live.values()
            if task.task_spec.conditional and task.phase in (ENTERED, ARMED)
        ]
        for task in waiting:
            if task.id not in root.live or task.phase not in (ENTERED, ARMED):
                continue
            if task.phase == ENTERED and _another_happened(task):
                continue
            fresh = task.id in root.fresh
            root.fresh.discard(task.id)
            if not root.host.condition(task.token, fresh=fresh):
                continue
            if task.phase == ARMED:
                task.task_spec.fire(task)
            else:
                task.phase = LEAVING
                task._ready()


def _another_happened(task: TokenTask) -> bool:
    """Whether the event-based gateway it hangs below has been decided already."""
    return any(other.phase == LEAVING for other in task.parent.inner if task.parent.phase == INSIDE)


__all__ = ["EndlessLoop", "Execution", "NoSuchToken", "NotResting", "UnsupportedDiagram"]
