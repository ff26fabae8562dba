"""Commands on user tasks: claim, give back, save a draft, complete."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection

from runner.definitions.findings import half
from runner.definitions.forms import Form
from runner.encoding import NotStorable, dumps
from runner.engine.access import Person, may_complete, may_take
from runner.engine.attachments import Upload, check_attachment_ids, keep_submitted
from runner.engine.case_change import CaseChange
from runner.engine.elements.host import moving
from runner.engine.elements.mappings import take_result
from runner.engine.instances import end_if_completed
from runner.engine.site import Site
from runner.engine.task_forms import FormContext, form_context, no_such_task
from runner.engine.transaction import change_case
from runner.errors import InvalidInput, InvalidState, NotAllowed
from runner.events import UserTaskClaimed, UserTaskCompleted, UserTaskUnclaimed
from runner.store.cases import find_case
from runner.store.people import display_name
from runner.store.user_tasks import (
    UserTask,
    assign_user_task,
    find_user_task,
    lock_case_of_user_task,
    people_who_completed,
    save_draft_row,
    sitting,
)

__all__ = [
    "Completed",
    "FormContext",
    "claim_user_task",
    "complete_user_task",
    "form_context",
    "save_draft",
    "unclaim_user_task",
]

MAX_DRAFT_BYTES = 500_000


@dataclass(frozen=True, slots=True)
class Completed:
    """``next_tasks``: the open tasks this completion created that the actor may do."""

    case_id: str
    next_tasks: tuple[str, ...] = ()


def claim_user_task(site: Site, *, actor: Person, task_id: str) -> None:
    """Takes an open task of the actor's groups; taking one's own again changes nothing."""
    with _open_task(site, actor, task_id, "claim_user_task") as (change, task):
        if task.assignee == actor.id:
            return
        check_may_take(change.connection, site, actor, task)
        _check_four_eyes(change, actor, _four_eyes(change, task))
        assigned = assign_user_task(change.connection, task, actor.id, change.at)
        change.record(UserTaskClaimed(**_place(task)))
        change.case.tasks.replace(assigned)


def unclaim_user_task(site: Site, *, actor: Person, task_id: str) -> None:
    """Gives the actor's own task back to its groups."""
    with _open_task(site, actor, task_id, "unclaim_user_task") as (change, task):
        if task.assignee is None:
            return
        if task.assignee != actor.id or not task.groups:
            raise NotAllowed(
                "只能退回您自己领取的任务。 / You can only give back a task you took yourself.",
                reason="not_assignee",
            )
        given_back = assign_user_task(change.connection, task, None, None)
        change.record(UserTaskUnclaimed(**_place(task)))
        change.case.tasks.replace(given_back)


def save_draft(site: Site, *, actor: Person, task_id: str, data: Mapping[str, object]) -> None:
    """Keeps the actor's unfinished form, raw as it was typed. Nothing of it enters the case."""
    try:
        written = dumps(dict(data))
    except NotStorable as error:
        raise InvalidInput(f"草稿无法保存：{error} / The draft cannot be kept: {error}") from error
    if len(written) > MAX_DRAFT_BYTES:
        raise InvalidInput("草稿太长。 / The draft is too long.")
    with site.database.write() as connection:
        row = lock_case_of_user_task(connection, task_id)  # the task may end at this moment
        task = find_user_task(connection, task_id)
        if row is None or task is None or not may_take(actor, task):
            raise no_such_task()
        require_open(connection, site, task)
        sealed = site.vault.encrypt(connection, row.subject_id, written)
        save_draft_row(connection, task_id, actor.id, sealed, site.clock.now())


def complete_user_task(
    site: Site,
    *,
    actor: Person,
    task_id: str,
    submission: Mapping[str, object],
    attachments: Sequence[Upload] = (),
) -> Completed:
    """Validates the submission by the task's form, keeps it, and lets the case go on.

    Raises ``InvalidInput`` with errors by field path, ``InvalidState`` naming who was first and
    when, ``NotAllowed``, ``NotFound``. Nothing changed in each of these.
    """
    with _open_task(site, actor, task_id, "complete_user_task") as (change, task):
        check_may_take(change.connection, site, actor, task)
        _check_four_eyes(change, actor, _four_eyes(change, task))
        raw = dict(submission)
        kept = keep_submitted(change, attachments, raw)
        form = form_of(change, task)
        values = _validated(change, task, form, raw)
        change.case.tasks.end(task_id, "completed", actor.id)
        change.record(
            UserTaskCompleted(
                **_place(task),
                form=task.form_id,
                form_digest=None if form is None else _form_digest(change, form),
                attachments=tuple(kept),
                late=task.due_at is not None and change.at > task.due_at,
                submission=values,
            )
        )
        execution = moving(change)
        take_result(change, execution.token(task_id), values)
        execution.complete(task_id)
        end_if_completed(change)
        tasks = change.case.tasks
        created = [tasks.open[t.id] for t in tasks.added if t.id in tasks.open]
        mine = tuple(
            t.id
            for t in created
            if may_complete(actor, t) and task.element_id not in _four_eyes(change, t)
        )
    return Completed(change.case.id, mine)


def check_may_take(connection: Connection, site: Site, actor: Person, task: UserTask) -> None:
    """Raises ``NotAllowed`` outside the task's groups, ``InvalidState`` while another holds it."""
    if not may_take(actor, task):
        zh, en = _groups(connection, site, task, "zh"), _groups(connection, site, task, "en")
        named = any(map(sitting, task.groups))
        raise NotAllowed(
            f"这个任务属于其他{'人' if named else '小组'}：{'、'.join(zh)}。 / "
            f"This task belongs to other{'s' if named else ' groups'}: {', '.join(en)}.",
            reason="not_a_candidate",
        )
    if task.assignee is not None and task.assignee != actor.id:
        name = display_name(connection, task.assignee) or task.assignee
        when = site.local_time(task.claimed_at) if task.claimed_at else ""
        raise InvalidState(
            f"任务“{_zh(task)}”已由 {name} 于 {when} 领取。 / "
            f"The task '{_en(task)}' was taken by {name} at {when}.",
            person=name,
            at=task.claimed_at,
        )


def _groups(connection: Connection, site: Site, task: UserTask, language: str) -> list[str]:
    """The names of the task's groups by the release its case is pinned to, and of candidates."""
    row = find_case(connection, task.root_id)
    known = site.definitions(connection, row.release_digest).groups if row is not None else {}
    found = []
    for group in task.groups:
        person = sitting(group)
        name = display_name(connection, person) if person else None
        found.append(half(name or (known[group].name if group in known else group), language))
    return sorted(found)


def require_open(connection: Connection, site: Site, task: UserTask) -> None:
    """Raises ``InvalidState`` naming who completed the task and when, in the site's local time."""
    if task.state == "created":
        return
    when = site.local_time(task.ended_at) if task.ended_at else ""
    if task.state == "completed":
        name = display_name(connection, task.completed_by) or str(task.completed_by)
        raise InvalidState(
            f"任务“{_zh(task)}”已由 {name} 于 {when} 完成。 / "
            f"Expected to complete the task '{_en(task)}', but {name} completed it at {when}.",
            person=name,
            at=task.ended_at,
        )
    raise InvalidState(
        f"任务“{_zh(task)}”已于 {when} 取消，不再需要。 / "
        f"The task '{_en(task)}' was withdrawn at {when}; it is no longer needed.",
        at=task.ended_at,
    )


def form_of(change: CaseChange, task: UserTask) -> Form | None:
    """The form of the task in the case's release. Raises ``InvalidState`` when it is not there."""
    if task.form_id is None:
        return None
    form = change.definitions.forms.get(task.form_id)
    if form is None:
        raise InvalidState(
            f"发布版本里没有表单“{task.form_id}”。 / The release has no form '{task.form_id}'."
        )
    return form


@contextmanager
def _open_task(
    site: Site, actor: Person, task_id: str, command: str
) -> Iterator[tuple[CaseChange, UserTask]]:
    """The boundary of a command on one open task: the case locked, the task still open."""
    with change_case(
        site,
        actor=actor,
        case=lambda connection: lock_case_of_user_task(connection, task_id),
        command=command,
    ) as change:
        task = change.case.tasks.open.get(task_id)
        if task is None:
            ended = find_user_task(change.connection, task_id)
            if ended is None or not may_take(actor, ended):
                raise no_such_task()
            require_open(change.connection, site, ended)
            raise no_such_task()
        change.element = task.element_id
        yield change, task


def _four_eyes(change: CaseChange, task: UserTask) -> tuple[str, ...]:
    """The elements whose authors may not do this task."""
    execution = change.case.execution
    assert execution is not None
    named = execution.token(task.id).element.properties.get("four_eyes", "")
    return tuple(part.strip() for part in named.split(",") if part.strip())


def _check_four_eyes(change: CaseChange, actor: Person, named: tuple[str, ...]) -> None:
    for element in named:
        if actor.id in people_who_completed(change.connection, change.case.id, element):
            raise NotAllowed(
                "四眼原则：您在本案完成了前一步，这一步必须由另一位同事完成。 / "
                "Four eyes: you completed the step before in this case, so a colleague must "
                "complete this one.",
                reason="four_eyes",
                element=element,
            )


def _validated(
    change: CaseChange, task: UserTask, form: Form | None, raw: Mapping[str, object]
) -> dict[str, object]:
    if form is None:
        return {}
    execution = change.case.execution
    assert execution is not None
    variables = change.variables(execution.token(task.id))
    checked = form.validate(raw, variables, change.at, change.site.zone)
    if checked.errors:
        raise InvalidInput(
            "有些内容需要更正。 / Some answers need correcting.", errors=checked.errors
        )
    check_attachment_ids(change, form, checked.values)
    return dict(checked.values)


def _form_digest(change: CaseChange, form: Form) -> str:
    return hashlib.sha256(change.definitions.files[form.file]).hexdigest()


def _place(task: UserTask) -> dict[str, str]:
    return {
        "element": task.element_id,
        "token": task.id,
        "process": task.process_id,
        "instance": task.instance_id,
    }


def _zh(task: UserTask) -> str:
    return half(task.name, "zh")


def _en(task: UserTask) -> str:
    return half(task.name, "en")
