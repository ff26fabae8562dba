"""Which completed activity a compensation event undoes next.

Activities that can be undone stay in the tree as ``DONE``: in their scope, those of a sub-process
below it when it is completed itself. ``count`` is the order in which they were completed. Undoing
takes them out, so that each is undone once. An activity with a compensation event on its border is
undone by that event's handler; a sub-process without one by the compensation event sub-process in
it, or else by undoing all that was completed in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from runner.engine.spiff.specs import NodeSpec
from runner.engine.spiff.workflow import DONE, RootFlow, SubFlow, TokenTask


def limit(thrower: TokenTask) -> int:
    """What is completed from now on is not undone by ``thrower``."""
    return thrower.root.undoable


def undo_next(thrower: TokenTask) -> bool:
    """Begins to undo what was completed last. False: nothing is left to undo."""
    wanted = thrower.task_spec.element.event.activity
    for flow in _flows(thrower):
        while True:
            last = _last(flow.task_tree.inner, thrower.count, wanted)
            if last is None:
                break
            if _undo(thrower, last):
                return True
    return False


def _flows(thrower: TokenTask) -> Iterator[RootFlow | SubFlow]:
    """The scope of ``thrower``; from an event sub-process also the scope that it watches."""
    flow = thrower.workflow
    yield flow
    while flow.container is not None and flow.container.task_spec.element.triggered_by_event:
        flow = flow.container.workflow
        yield flow


def _last(tasks: Iterable[TokenTask], latest: int, wanted: str = "") -> TokenTask | None:
    found = [
        task
        for task in tasks
        if task.phase == DONE and task.count <= latest and wanted in ("", task.task_spec.element.id)
        and not _being_undone(task)
    ]  # fmt: skip
    return max(found, key=lambda task: task.count, default=None)


def _being_undone(done: TokenTask) -> bool:
    """Whether a compensation event is in the middle of undoing it: that one also finishes it."""
    inside = done.root.subprocesses.get(done.id)
    tasks = done.inner if inside is None else inside.task_tree.inner
    return any(task.phase != DONE or _being_undone(task) for task in tasks)


def _undo(thrower: TokenTask, done: TokenTask) -> bool:
    """False: there was nothing in it to undo, and it is forgotten."""
    spec = done.task_spec
    if spec.undo is not None:
        flow = done.workflow
        done.withdraw()
        _begin(thrower, flow, spec.undo)
        return True
    inside = done.root.subprocesses.get(done.id)
    own = spec.undone_by()
    if own is not None and not done.begun:
        done.begun = 1  # it is undone once; what it leaves undone stays so
        _begin(thrower, inside or spec.open(done), own)
        return True
    if not done.begun:
        tasks = done.inner if inside is None else inside.task_tree.inner
        while (last := _last(tasks, thrower.count)) is not None:
            if _undo(thrower, last):
                return True
            tasks = done.inner if inside is None else inside.task_tree.inner
    done.withdraw()
    return False


def _begin(thrower: TokenTask, flow: RootFlow | SubFlow, spec: NodeSpec) -> None:
    task = flow.task_tree.spawn(spec)
    task.attached = thrower.id
    spec._update(task)
