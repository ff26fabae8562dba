"""The state of an execution as bytes: its live tokens, and what could still be undone.

No specs (they come from the release), no data (it is in the host's scopes), no past (it is in the
event log): some 100 bytes a token. One JSON array, so that a person can read it in the database,
but stored as bytes: the order of rows matters, parents stand before their children.
"""

from __future__ import annotations

from typing import Any

import orjson
from SpiffWorkflow.util.task import TaskState

from runner.engine.spiff.procedure import Procedure
from runner.engine.spiff.workflow import ARRIVED, DONE, UNDOING, RootFlow, SubFlow, TokenTask

VERSION = 1
LENGTH = 11
NOWHERE = -1
_STATES = {ARRIVED: TaskState.WAITING, DONE: TaskState.COMPLETED}


class UnreadableState(Exception):
    """The bytes are not a state of this version, or name an element the release does not have."""


def dump(root: RootFlow) -> bytes:
    """The same bytes for the same state, before and after any number of loads."""
    index: dict[str, int] = {}
    rows: list[list[Any]] = []
    flow = parent_id = None  # of the token before: neighbours share them
    within = parent = NOWHERE
    for number, task in enumerate(root.live.values()):
        index[task.id] = number
        if task.workflow is not flow:
            flow = task.workflow
            within = NOWHERE if flow.container is None else index[flow.container.id]
        if task._parent != parent_id:
            parent_id = task._parent
            parent = index.get(parent_id or "", NOWHERE)
        row = [task.id, task.task_spec.name, within, parent, task.phase]
        # only joins and event-based gateways still ask by which flow a token came
        came = task.flow if parent != NOWHERE or task.phase == ARRIVED else None
        if task.count or task.begun or task.done:
            counts = (task.count or None, task.begun or None, task.done or None)
            row += [came, task.attached, task.loop, *counts]
            while row[-1] is None:
                row.pop()
        elif task.loop is not None:
            row += (came, task.attached, task.loop)
        elif task.attached is not None:
            row += (came, task.attached)
        elif came is not None:
            row.append(came)
        rows.append(row)
    return orjson.dumps([VERSION, root.instance_id, root.spec.name, root.completed, rows])


def load(procedure: Procedure, state: bytes) -> RootFlow:
    """The workflow ``state`` was made of. Raises ``UnreadableState``."""
    try:
        version, instance_id, process_id, completed, rows = orjson.loads(state)
        if version != VERSION:
            raise UnreadableState(f"state of version {version}, expected {VERSION}")
        root = RootFlow(procedure, procedure.scope(process_id), instance_id)
        root.completed = completed
        tasks: list[TokenTask] = []
        for row in rows:
            tasks.append(_token(root, tasks, row))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise UnreadableState(f"{type(error).__name__}: {error}") from error
    return root


def _token(root: RootFlow, tasks: list[TokenTask], row: list[Any]) -> TokenTask:
    row = row + [None] * (LENGTH - len(row))
    task_id, name, container, parent, phase, flow, attached, loop, count, begun, done = row
    within: RootFlow | SubFlow = root
    if container != NOWHERE:
        around = tasks[container]
        within = root.subprocesses.get(around.id) or around.task_spec.open(around)
    task = TokenTask(
        within,
        within.spec.node(name),
        within.task_tree if parent == NOWHERE else tasks[parent],
        task_id=task_id,
        state=_STATES.get(phase, TaskState.STARTED),
    )
    task.phase = phase
    task.flow, task.attached, task.loop = flow, attached, loop
    task.count, task.begun, task.done = count or 0, begun or 0, done or 0
    if phase in (DONE, UNDOING):
        root.undoable = max(root.undoable, task.count)
    return task
