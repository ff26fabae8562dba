"""One case moved to another release, inside the transaction of a command.

Tokens, ids, assignees, drafts, variables, due times, jobs and subscriptions stay; what changes is
the release they belong to and the elements they point to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from runner.clock import to_text
from runner.definitions.model import Element
from runner.engine.case_change import CaseChange
from runner.engine.case_snapshot import Snapshot, take_snapshot
from runner.engine.elements import mappings, messages, timers, user_tasks
from runner.engine.elements.expressions import evaluate
from runner.engine.elements.host import CaseHost, moving
from runner.engine.migration_plan import Plan
from runner.engine.migration_words import not_migratable
from runner.engine.open_rows import OpenRows
from runner.engine.pictures import fact_of
from runner.engine.scopes import LOCAL, PASSING
from runner.engine.spiff.execution import Execution
from runner.engine.spiff.host import Token
from runner.engine.spiff.migrating import NotMigratable, Translated
from runner.engine.spiff.moving import Position
from runner.errors import Failure, InvalidState
from runner.events_changes import CaseMigrated, DeadlineRenewed
from runner.feel import FeelError, UnsetValue
from runner.store.repinning import (
    ScopePins,
    TaskPins,
    repin_calls,
    repin_case,
    repin_rows,
    repin_scopes,
    repin_tasks,
)
from runner.store.suspensions import NewDue, move_task_dues

_CONTAINERS = frozenset({"callActivity", "subProcess"})


def migrate(change: CaseChange, plan: Plan, *, batch: str, reason: str) -> Snapshot:
    """Moves the case to the plan's target. Returns what a revert needs. Raises ``InvalidState``
    with everything that stands in the way."""
    execution = _running(change, plan.source)
    source = change.definitions
    target = change.site.definitions(change.connection, plan.target)
    policy = target.policies.get(change.case.row.policy_id)
    if policy is None:
        raise InvalidState(
            f"新版本没有制度“{change.case.row.policy_id}”。 / "
            f"The other release has no policy '{change.case.row.policy_id}'."
        )
    procedure = change.site.procedure(change.connection, plan.target)
    try:
        translated = execution.translated(procedure, plan.target_of)
    except NotMigratable as refused:
        raise not_migratable(refused.misfits, source, target) from refused
    before = take_snapshot(change)
    old = {position.token_id: position for position in execution.positions()}
    withdraw(change, [execution.token(token) for token in translated.vanished])
    there = Execution.look(procedure, translated.state)
    change.record(
        CaseMigrated(
            instance=change.case.id,
            before=plan.source,
            after=plan.target,
            plan=plan.digest,
            batch=batch,
            policy_before=change.case.row.policy_digest,
            policy_after=policy.digest,
            positions=tuple(moved_fact(p, old) for p in there.positions()),
            reason={"text": reason},
        )
    )
    pin_to(change, plan.target, policy.digest, there)
    _repoint(change, translated)
    try:
        _open_scopes(change, translated)
        _appear(change, translated)
        _renew(change, plan)
    except Failure as failure:
        raise InvalidState(failure.message) from failure
    except (FeelError, UnsetValue) as error:
        raise InvalidState(
            f"新版本的表达式算不出来：{error} / An expression of the other release fails: {error}"
        ) from error
    return before


def withdraw(change: CaseChange, tokens: list[Token]) -> None:
    """What belongs to these tokens is cancelled, and said so, before they are gone."""
    host = CaseHost(change)
    for token in tokens:
        host.cancelled(token)


def moved_fact(position: Position, before: Mapping[str, Position]) -> dict[str, str]:
    """Where a token stands, and where it was."""
    return {**fact_of(position), "was": before[position.token_id].element_id}


def pin_to(change: CaseChange, release: str, policy_digest: str, execution: Execution) -> None:
    """From the next event on the case follows ``release``, with these tokens."""
    row = change.case.row
    repin_case(
        change.connection,
        row.id,
        before=row.release_digest,
        after=release,
        policy_digest=policy_digest,
    )
    change.repin(replace(row, release_digest=release, policy_digest=policy_digest))
    change.case.execution = execution
    moving(change)


def _running(change: CaseChange, source: str) -> Execution:
    execution = change.case.execution
    if execution is None or execution.completed:
        raise InvalidState(
            "应迁移一起进行中的投诉，但它已经结束。 / "
            "Expected to migrate a running case, but it has ended."
        )
    if change.case.row.release_digest != source:
        raise InvalidState(
            "本案已不在方案的起始版本上。 / "
            "The case is no longer on the release the plan begins at."
        )
    return execution


def _repoint(change: CaseChange, translated: Translated) -> None:
    """Every row that names an element names its counterpart."""
    case, targets, connection = change.case, translated.targets, change.connection
    tasks: list[TaskPins] = []
    for task in list(case.tasks.open.values()):
        element = targets[task.id]
        name = " ".join(element.name.split()) or element.id
        pins = TaskPins(task.id, element.id, name, element.form_id)
        if pins != TaskPins(task.id, task.element_id, task.name, task.form_id):
            tasks.append(pins)
            case.tasks.replace(
                replace(task, element_id=element.id, name=name, form_id=element.form_id)
            )
    repin_tasks(connection, tasks)
    kinds: tuple[tuple[str, OpenRows[Any]], ...] = (
        ("timers", case.timers), ("message_subscriptions", case.subscriptions),
        ("jobs", case.jobs), ("incidents", case.incidents),
    )  # fmt: skip
    for noun, rows in kinds:
        changed: list[tuple[str, str]] = []
        for row in list(rows.open.values()):
            element = targets[row.token_id]
            if element.id != row.element_id:
                changed.append((row.id, element.id))
                rows.replace(replace(row, element_id=element.id))
        repin_rows(connection, noun, changed)
    calls: list[tuple[str, str | None]] = []
    for instance in list(case.instances.open.values()):
        called_by = targets.get(instance.id)
        if called_by is not None and called_by.id != instance.call_element_id:
            calls.append((instance.id, called_by.id))
            case.instances.replace(replace(instance, call_element_id=called_by.id))
    repin_calls(connection, calls)
    scopes: list[ScopePins] = []
    for scope in case.scopes.all():
        at = targets.get(scope.id)
        if at is None:
            continue
        kind = scope.kind
        if kind == PASSING and at.outputs and at.kind not in _CONTAINERS:
            kind = LOCAL  # results stay with the element until its outputs are mapped
        if (at.id, kind) != (scope.element_id, scope.kind):
            scope.element_id, scope.kind = at.id, kind
            if scope.stored:
                scopes.append(ScopePins(scope.id, at.id, kind))
    repin_scopes(connection, scopes)


def _open_scopes(change: CaseChange, translated: Translated) -> None:
    """Elements that have mappings on the other release get what those need."""
    execution = change.case.execution
    assert execution is not None
    for position in execution.positions():
        element = translated.targets[position.token_id]
        if position.watching or not position.resting or not (element.inputs or element.outputs):
            continue
        token = execution.token(position.token_id)
        scope = change.case.scopes.get(token.id)
        if scope is None:
            if element.kind not in _CONTAINERS and element.multi_instance is None:
                mappings.open_scope(change, token)
            continue
        for mapping in element.inputs:
            if mapping.target not in scope.values and "." not in mapping.target:
                value = evaluate(change, token, mapping.source)
                change.declare(token, token.id, {mapping.target: value})


def _appear(change: CaseChange, translated: Translated) -> None:
    """Boundary events that only the other release has begin to watch now."""
    for token_id, event in translated.appearing:
        moving(change).arm(token_id, event)


def _renew(change: CaseChange, plan: Plan) -> None:
    """Deadlines and subscriptions that somebody chose to have computed anew."""
    execution = change.case.execution
    assert execution is not None
    for position in execution.positions():
        if (position.process_id, position.element_id) not in plan.renew:
            continue
        token = execution.token(position.token_id)
        if token.id in change.case.tasks.open:
            _renew_due(change, token)
        if token.id in change.case.timers.open:
            timers.withdraw(change, token)
            timers.arm(change, token)
        if token.id in change.case.subscriptions.open:
            messages.subscribe(change, token)


def _renew_due(change: CaseChange, token: Token) -> None:
    task = change.case.tasks.open[token.id]
    due_at, follow_up_at = user_tasks.due_times(change, token)
    set_due(change, token.element, NewDue(task.id, due_at, follow_up_at), token.instance_id)


def set_due(change: CaseChange, element: Element, new: NewDue, instance_id: str) -> None:
    """Another due time for an open task, and the event that says so; nothing where it is the
    same."""
    task = change.case.tasks.open[new.id]
    if (task.due_at, task.follow_up_at) == (new.due_at, new.follow_up_at):
        return
    move_task_dues(change.connection, [new])
    change.case.tasks.replace(replace(task, due_at=new.due_at, follow_up_at=new.follow_up_at))
    change.record(
        DeadlineRenewed(
            element=element.id,
            token=task.id,
            process=element.process_id,
            instance=instance_id,
            task=task.id,
            due_before=None if task.due_at is None else to_text(task.due_at),
            due_after=None if new.due_at is None else to_text(new.due_at),
        )
    )
