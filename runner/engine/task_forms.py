"""What the page of a task shows: the form, the variables it may read, the person's own draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from runner.definitions.forms import Form
from runner.definitions.model import Element
from runner.definitions.release import Definitions
from runner.encoding import loads
from runner.engine.access import Person, may_take
from runner.engine.cases import can_see_case
from runner.engine.scopes import Scopes
from runner.engine.site import Site
from runner.engine.variables import Variables, with_decisions
from runner.errors import NotFound
from runner.store.cases import CaseRow, find_case
from runner.store.migration_batches import releases_left
from runner.store.user_tasks import UserTask, count_elsewhere, find_draft, find_user_task


@dataclass(frozen=True)
class FormContext:
    """``variables`` is what the form's expressions see. ``draft`` is raw, as it was typed.
    ``may_complete`` says whether the actor is a candidate or the assignee of an open task."""

    task: UserTask
    case: CaseRow
    element: Element
    form: Form | None
    variables: Mapping[str, object]
    draft: Mapping[str, object] | None
    draft_saved_at: datetime | None
    may_complete: bool


def form_context(site: Site, *, actor: Person, task_id: str) -> FormContext:
    """Reads only. Raises ``NotFound`` for a task the actor may neither do nor see."""
    with site.database.read() as connection:
        task = find_user_task(connection, task_id)
        row = None if task is None else find_case(connection, task.root_id)
        if task is None or row is None:
            raise no_such_task()
        mine = may_take(actor, task)
        if not mine and not can_see_case(connection, site, actor, row.id):
            raise no_such_task()
        definitions = site.definitions(connection, row.release_digest)
        there = _release_of(site, connection, definitions, task)
        scopes = Scopes.load(connection, site.vault, row.id, row.subject_id)
        decided = scopes.get(f"{row.id}.policy")
        policy = definitions.policy(row.policy_id)
        elsewhere = count_elsewhere(connection, row.id, task.instance_id)
        scope_id = next(s for s in (task.id, task.scope_id, row.id) if scopes.get(s) is not None)
        found = find_draft(connection, task_id, actor.id)
        draft = None
        if found is not None:
            draft = loads(site.vault.decrypt(connection, row.subject_id, found[0]))
    return FormContext(
        task=task,
        case=row,
        element=there.processes[task.process_id].elements[task.element_id],
        form=None if task.form_id is None else there.forms.get(task.form_id),
        variables=Variables(
            scopes,
            scope_id,
            policy=policy if decided is None else with_decisions(policy, decided.values),
            since=task.created_at,
            open_tasks=lambda: elsewhere,
        ),
        draft=draft if isinstance(draft, dict) else None,
        draft_saved_at=None if found is None else found[1],
        may_complete=mine and task.state == "created",
    )


def _release_of(
    site: Site, connection: Connection, present: Definitions, task: UserTask
) -> Definitions:
    """The release that has the task's element: a task that ended before its case was migrated
    belongs to one that the case has left."""
    if _has(present, task):
        return present
    for digest in releases_left(connection, task.root_id):
        earlier = site.definitions(connection, digest)
        if _has(earlier, task):
            return earlier
    raise no_such_task()


def _has(definitions: Definitions, task: UserTask) -> bool:
    process = definitions.processes.get(task.process_id)
    return process is not None and task.element_id in process.elements


def no_such_task() -> NotFound:
    """The one answer to a task that is not there and to one a person may not know of."""
    return NotFound("没有这个任务，或者它不属于您。 / There is no such task for you.")
