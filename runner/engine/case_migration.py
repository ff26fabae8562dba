"""One case moved to another release, inside the transaction of a command.

Tokens, ids, assignees, drafts, variables, due times, jobs and subscriptions stay; what changes is
the release they belong to and the elements they point to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from runner.clock import to_text
from runner.engine import pausing
from runner.engine.case_change import CaseChange
from runner.engine.case_clocks import forget_clock, resume_what_stays_no_longer
from runner.engine.case_repointing import CONTAINERS, pins_on, repoint, repoint_waiting
from runner.engine.case_snapshot import Snapshot, take_snapshot
from runner.engine.elements import mappings, messages, signals, timers, user_tasks
from runner.engine.elements.expressions import evaluate
from runner.engine.elements.host import CaseHost, moving
from runner.engine.instances import end_if_completed
from runner.engine.migration_plan import Plan
from runner.engine.migration_words import data_would_be_lost, not_migratable, nothing_could_go_on
from runner.engine.pictures import fact_of, moved_fact, place_of
from runner.engine.spiff.execution import Execution
from runner.engine.spiff.host import Token
from runner.engine.spiff.migrating import NotMigratable, Translated
from runner.errors import Failure, InvalidState
from runner.events_changes import CaseMigrated, DeadlineRenewed
from runner.feel import FeelError, UnsetValue
from runner.store.repinning import repin_case, signals_awaited
from runner.store.suspensions import NewDue, move_task_dues


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
        translated = execution.translated(procedure, plan)
    except NotMigratable as refused:
        raise not_migratable(refused.misfits, source, target) from refused
    before = take_snapshot(change)
    old = {position.token_id: position for position in execution.positions()}
    _check_nothing_is_lost(change, translated)
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
            positions=tuple(moved_fact(p, old) for p in there.positions() if p.token_id in old),
            ended=tuple(fact_of(old[key]) for key in translated.ended),
            begun=tuple(fact_of(p) for p in there.positions() if p.token_id not in old),
            reason={"text": reason},
        )
    )
    pin_to(change, plan.target, policy.digest, there)
    repoint(change, pins_on(change, translated, there))
    repoint_waiting(change, translated)
    for key in translated.ended:
        change.case.scopes.close(key)
    try:
        _begin(change, translated.begun)
        _open_scopes(change, translated)
        for token_id, event in translated.appearing:
            moving(change).arm(token_id, event)
        _renew(change, plan)
    except Failure as failure:
        raise InvalidState(failure.message) from failure
    except (FeelError, UnsetValue) as error:
        raise InvalidState(
            f"新版本的表达式算不出来：{error} / An expression of the other release fails: {error}"
        ) from error
    resume_what_stays_no_longer(change)
    there.complete_joins()
    if there.stuck:
        raise nothing_could_go_on()
    if there.completed:
        end_if_completed(change)
    pausing.settle(change)  # here: what it records belongs to the migration
    return before


def _check_nothing_is_lost(change: CaseChange, translated: Translated) -> None:
    """A sub-process may end by a migration only where nothing is kept in it alone."""
    execution = change.case.execution
    assert execution is not None
    for key in translated.ended:
        scope = change.case.scopes.get(key)
        names = [] if scope is None else [n for n in scope.values if not n.startswith("#")]
        if names:
            raise data_would_be_lost(execution.token(key).element, names)


def _begin(change: CaseChange, begun: Sequence[str]) -> None:
    """Sub-processes of the other release that are now around tokens."""
    for key in begun:
        execution = moving(change)
        token = execution.token(key)
        if not execution.host.enter(token):
            incident = change.case.incidents.open[key]
            raise InvalidState(incident.message)


def withdraw(change: CaseChange, tokens: list[Token]) -> None:
    """What belongs to these tokens is cancelled, and said so, before they are gone."""
    host = CaseHost(change)
    for token in tokens:
        host.cancelled(token)


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
            if element.kind not in CONTAINERS and element.multi_instance is None:
                mappings.open_scope(change, token)
            continue
        for mapping in element.inputs:
            if mapping.target not in scope.values and "." not in mapping.target:
                value = evaluate(change, token, mapping.source)
                change.declare(token, token.id, {mapping.target: value})


def _renew(change: CaseChange, plan: Plan) -> None:
    """Deadlines and awaited messages that somebody chose to have computed anew, and signals that
    have another name on the other release: those carry nothing of the case, and under the old name
    nobody throws them any more."""
    case = change.case
    assert case.execution is not None
    awaited = {row.token_id: row for row in signals_awaited(change.connection, case.id)}
    for position in case.execution.positions():
        token = case.execution.token(position.token_id)
        signal = awaited.get(token.id)
        chosen = (position.process_id, position.element_id) in plan.renew
        if signal is not None and token.id not in change.signals.opened:
            named = signals.name_of(change, token)
            if named != signal.name:
                change.signals.withdraw(token.id)
                signals.subscribe(change, token, signal)
        if not chosen:
            continue
        if token.id in case.tasks.open:
            _renew_due(change, token)
        if token.id in case.timers.open:
            forget_clock(change, token.id)
            timers.withdraw(change, token)
            timers.arm(change, token)
        if token.id in case.subscriptions.open:
            messages.subscribe(change, token)


def _renew_due(change: CaseChange, token: Token) -> None:
    forget_clock(change, token.id)
    due_at, follow_up_at = user_tasks.due_times(change, token)
    set_due(change, token, NewDue(token.id, due_at, follow_up_at))


def set_due(change: CaseChange, token: Token, new: NewDue) -> None:
    """Another due time for an open task, and the event that says so; nothing where it is the
    same."""
    task = change.case.tasks.open[new.id]
    if (task.due_at, task.follow_up_at) == (new.due_at, new.follow_up_at):
        return
    move_task_dues(change.connection, [new])
    change.case.tasks.replace(replace(task, due_at=new.due_at, follow_up_at=new.follow_up_at))
    change.record(
        DeadlineRenewed(
            **place_of(token),
            task=task.id,
            due_before=None if task.due_at is None else to_text(task.due_at),
            due_after=None if new.due_at is None else to_text(new.due_at),
        )
    )
