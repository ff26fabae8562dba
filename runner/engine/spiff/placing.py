"""Where each token of a case would stand on another release, and in what.

First what keeps its surroundings, then what leaves a sub-process or enters one: a sub-process whose
last token leaves ends, one that is not open yet begins. Neither is possible across a multi-instance
activity, an event sub-process or a call, whose insides are work of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

from runner.definitions.model import Element, Process
from runner.engine.spiff.containers import BodySpec, ContainerSpec, EventSubSpec
from runner.engine.spiff.fitting import Course, Misfit, NotMigratable, misfit
from runner.engine.spiff.procedure import Procedure, ScopeSpec
from runner.engine.spiff.specs import NodeSpec
from runner.engine.spiff.workflow import (
    ARMED,
    DONE,
    FIRED,
    INSIDE,
    PASSIVE,
    UNDOING,
    RootFlow,
    TokenTask,
)


class Places:
    """``specs`` and ``around`` (the id of the container, empty for the process) of every token that
    goes on; ``begun`` tokens are new, ``ended`` and ``vanished`` go."""

    def __init__(self, root: RootFlow, target: Procedure, course: Course) -> None:
        self.root = root
        self.target = target
        self.course = course
        self.specs: dict[str, NodeSpec] = {}
        self.around: dict[str, str] = {}
        self.begun: dict[str, ContainerSpec] = {}
        self.vanished: list[str] = []
        self.ended: list[str] = []
        self.misfits: list[Misfit] = []
        self._opened: dict[tuple[str, str], str] = {}
        self._dissolving: set[str] = set()
        self._joined: dict[str, str] = {}  # what enters a sub-process that is open, and where
        self._movers: list[TokenTask] = []

    def find(self) -> None:
        """Raises ``NotMigratable`` where the other release lacks the whole process."""
        process_id = self.course.processes.get(self.root.spec.name)
        if process_id is None or process_id not in self.target.specs:
            raise NotMigratable([Misfit("process", self.root.spec.name)])
        self._home = self.target.specs[process_id]
        later: list[TokenTask] = []
        for task in self.root.live.values():
            if self._waits_for_a_mover(task):
                later.append(task)
            else:
                self._place(task)
        for task in later:
            self._place(task)
            if self._movers and self._movers[-1] is task:
                self._relocate(task)
        self._end_what_is_empty()

    def inside(self, around: NodeSpec) -> ScopeSpec:
        """The inside of a container of the other release."""
        each = around.each if isinstance(around, BodySpec) else around
        assert isinstance(each, ContainerSpec)
        return self.target.specs[each.inside]

    def _misfit(self, task: TokenTask, reason: str, wanted: str = "") -> None:
        self.misfits.append(Misfit(reason, task.task_spec.element.id, wanted))

    def _waits_for_a_mover(self, task: TokenTask) -> bool:
        """Whether it, or what it is in or hangs below, changes its surroundings."""
        above = _above(task)
        if above is not None:
            return self._waits_for_a_mover(above)
        container = task.workflow.container
        if container is not None and self._waits_for_a_mover(container):
            return True
        return self._leaves(task)

    def _leaves(self, task: TokenTask) -> bool:
        """Whether the target of a token lies in another sub-process than that of its container."""
        if task.phase == ARMED:
            return False
        source = task.task_spec.element
        wanted = self.course.target_of(source)
        process = self.target.specs.get(self.course.processes.get(source.process_id, ""))
        if wanted is None or process is None or wanted not in process.process.elements:
            return False
        parent = process.process.elements[wanted].parent
        container = task.workflow.container
        if container is None or container.task_spec.element.process_id != source.process_id:
            return parent != process.process.id
        return parent != self.course.target_of(container.task_spec.element)

    def _place(self, task: TokenTask) -> None:
        source = task.task_spec.element
        wanted = self.course.target_of(source)
        above, container = _above(task), task.workflow.container
        if above is not None and above.id not in self.specs:
            if task.phase == ARMED and above.id in self._dissolving:
                self.vanished.append(task.id)
            return  # else what it hangs below has no place: said there
        if task.phase == ARMED and (wanted is None or _id(container) in self._dissolving):
            self.vanished.append(task.id)
        elif wanted is None:
            if self._may_dissolve(task):
                self._dissolving.add(task.id)
            else:
                self._misfit(task, "nothing_chosen")
        elif above is not None:
            self._stand(task, wanted, self.around[above.id])
        elif self._leaves(task):
            self._movers.append(task)
        elif container is None or container.id in self.specs:
            self._stand(task, wanted, _id(container))

    def _stand(self, task: TokenTask, wanted: str, around: str) -> None:
        """The token stands at ``wanted``, in the scope of ``around``, or is a misfit."""
        scope, source = self._scope(around), task.task_spec.element
        try:
            spec = scope.node(wanted + task.task_spec.name.removeprefix(source.id))
        except KeyError:
            self._misfit(task, self._why_not_there(scope, wanted, source), wanted)
            return
        reason = misfit(source, spec.element, self.course.processes)
        if reason is None and type(spec) is not type(task.task_spec):
            reason = "kind"
        above = _above(task)
        host = None if above is None or task.phase != ARMED else self.specs[above.id].element.id
        if reason is None and host is not None and spec.element.attached_to != host:
            reason = "attached"
        if reason is not None:
            self._misfit(task, reason, wanted)
            return
        self.specs[task.id] = spec
        self.around[task.id] = around

    def _scope(self, around: str) -> ScopeSpec:
        if not around:
            return self._home
        return self.inside(self.specs[around])

    def _why_not_there(self, scope: ScopeSpec, wanted: str, source: Element) -> str:
        element = scope.process.elements.get(wanted)
        if element is None:
            return "missing"
        if element.parent != scope.parent:
            return "elsewhere"
        return misfit(source, element, self.course.processes) or "kind"

    def _may_dissolve(self, task: TokenTask) -> bool:
        """Whether it is a plain running sub-process, which can end when all in it moves out."""
        return type(task.task_spec) is ContainerSpec and _plain(task) and task.phase == INSIDE

    def _relocate(self, task: TokenTask) -> None:
        source = task.task_spec.element
        wanted = self.course.target_of(source)
        assert wanted is not None
        if task.phase == DONE:
            self._misfit(task, "undoable", wanted)
            return
        undoes = task.phase in (UNDOING, FIRED) or task.task_spec.undoes
        if undoes or isinstance(task.task_spec, EventSubSpec) or task.attached is not None:
            self._misfit(task, "elsewhere", wanted)
            return
        process = self.target.specs[self.course.processes[source.process_id]].process
        chain = [process.id, *_chain(process, process.elements[wanted])]
        container = task.workflow.container
        while container is not None:
            spec = self.specs.get(container.id)
            if spec is not None and self.inside(spec).parent in chain:
                break
            if not (_plain(container) and type(container.task_spec) is ContainerSpec):
                self._misfit(task, "barred", wanted)
                return
            if spec is None and container.id not in self._dissolving:
                return  # what is around it has no place: said there
            container = container.workflow.container
        around = _id(container)
        scope = self._scope(around)
        for sub_process in chain[chain.index(scope.parent) + 1 :]:
            entered = self._enter(task, scope, around, sub_process, wanted)
            if entered is None:
                return
            around = entered
            scope = self.inside(scope.node(sub_process))
        self._stand(task, wanted, around)

    def _enter(
        self, task: TokenTask, scope: ScopeSpec, around: str, sub_process: str, wanted: str
    ) -> str | None:
        """The id of the sub-process there, open or to be begun; None where it cannot be."""
        spec = scope.node(sub_process)
        if type(spec) is not ContainerSpec or spec.called:
            self._misfit(task, "barred", wanted)
            return None
        if (around, sub_process) in self._opened:
            return self._opened[around, sub_process]
        there = [
            other.id
            for other in self.root.live.values()
            if self.specs.get(other.id) is spec
            and self.around[other.id] == around
            and other.phase == INSIDE
        ]
        if len(there) > 1:
            self._misfit(task, "open_twice", wanted)
            return None
        if there:
            self._joined[task.id] = wanted
            return there[0]
        key = self._opened[around, sub_process] = uuid4().hex
        self.specs[key] = self.begun[key] = spec
        self.around[key] = around
        return key

    def _end_what_is_empty(self) -> None:
        """Sub-processes out of which the last token moved, and what only watched in them."""
        left = {_id(task.workflow.container) for task in self._movers} | self._dissolving
        movers = {task.id for task in self._movers}
        for task in reversed(list(self.root.live.values())):
            if task.id not in left or not (task.id in self.specs or task.id in self._dissolving):
                continue
            if any(self.around[key] == task.id and self._goes_on(key) for key in self.specs):
                continue
            inner = self.root.subprocesses[task.id].task_tree.inner
            for other in inner:
                if other.phase == DONE and other.id not in movers:
                    self._misfit(other, "undoable")
            for mover in self._movers:
                if mover.workflow.container is task and mover.id in self._joined:
                    self._misfit(mover, "merges", self._joined[mover.id])
            watching = [other for other in inner if self.around.get(other.id) == task.id]
            for other in (*task.inner, *watching):
                if self.specs.pop(other.id, None) is not None:
                    self.vanished.append(other.id)
            self.specs.pop(task.id, None)
            self.ended.append(task.id)
            left.add(_id(task.workflow.container))

    def _goes_on(self, key: str) -> bool:
        task = self.root.live.get(key)
        return task is None or task.phase not in PASSIVE


def _above(task: TokenTask) -> TokenTask | None:
    """The token it hangs below: its activity, body or event-based gateway."""
    parent: TokenTask = task.parent
    return None if parent is task.workflow.task_tree else parent


def _id(task: TokenTask | None) -> str:
    return "" if task is None else task.id


def _plain(task: TokenTask) -> bool:
    """A sub-process that is embedded and neither one of several nor begun by something else."""
    spec = task.task_spec
    plain = isinstance(spec, ContainerSpec) and not spec.called and not spec.undoes
    return plain and task.loop is None and task.attached is None


def _chain(process: Process, element: Element) -> Iterator[str]:
    """The sub-processes around an element, outermost first."""
    if element.parent != process.id:
        yield from _chain(process, process.elements[element.parent])
        yield element.parent
