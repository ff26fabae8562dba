"""A migrated case put back exactly where it was, inside the transaction of a command."""

from __future__ import annotations

from runner.engine import pausing
from runner.engine.case_change import CaseChange
from runner.engine.case_clocks import restore_clocks
from runner.engine.case_migration import pin_to, set_due, withdraw
from runner.engine.case_repointing import Pins, repoint, restore_waiting
from runner.engine.case_snapshot import Snapshot
from runner.engine.migration_words import went_on_by_itself
from runner.engine.pictures import fact_of, moved_fact, place_of
from runner.engine.spiff.execution import Execution
from runner.engine.spiff.host import Token
from runner.engine.spiff.moving import Position
from runner.errors import InvalidState
from runner.events import ElementActivated
from runner.events_changes import MigrationReverted
from runner.reports.label_words import MESSAGES
from runner.store.event_log import Recorded, read_chain
from runner.store.people import display_name

HARMLESS = frozenset({"command_refused", "case_suspended", "message_held", "attachment_added"})
"""Events after a migration that do not stand in the way of its revert."""


def revert(
    change: CaseChange, before: Snapshot, *, event_number: int, plan: str, batch: str, reason: str
) -> None:
    """Raises ``InvalidState`` saying what happened in the case since its migration, by whom and
    when. Ids of tokens, tasks and jobs are those from before; a timer or subscription that the
    migration withdrew gets a new row, due when the old one was."""
    _check_untouched(change, event_number)
    now, case = change.case.execution, change.case
    assert now is not None
    procedure = change.site.procedure(change.connection, before.release)
    there = Execution.look(procedure, before.state)
    old = {position.token_id: position for position in there.positions()}
    here = {position.token_id: position for position in now.positions()}
    gone = [position for key, position in here.items() if key not in old]
    back = [position for key, position in old.items() if key not in here]
    if now.completed or not all(p.watching or _may_end(now, p) for p in gone):
        raise went_on_by_itself()
    if not all(p.watching or _may_end(there, p) for p in back):
        raise went_on_by_itself()
    withdraw(change, [now.token(p.token_id) for p in gone if p.watching])
    change.record(
        MigrationReverted(
            instance=case.id,
            before=case.row.release_digest,
            after=before.release,
            plan=plan,
            batch=batch,
            migration=str(event_number),
            policy_before=case.row.policy_digest,
            policy_after=before.policy_digest,
            positions=tuple(
                moved_fact(position, here) for key, position in old.items() if key in here
            ),
            ended=tuple(fact_of(p) for p in reversed(gone) if not p.watching),
            begun=tuple(fact_of(p) for p in back if not p.watching),
            reason={"text": reason},
        )
    )
    pin_to(change, before.release, before.policy_digest, there)
    for position in back:
        if not position.watching:
            _open_again(change, before, position.token_id)
    for position in back:
        _begin_again(change, there.token(position.token_id))
    repoint(change, Pins(before.tasks, before.jobs, before.calls, before.scopes))
    for scope in list(case.scopes.all()):
        if scope.id not in before.scopes:
            case.scopes.close(scope.id)
    restore_waiting(change, before, there)
    for task in list(case.tasks.open.values()):
        set_due(change, there.token(task.id), before.dues[task.id])
    restore_clocks(change, before.pauses)
    pausing.settle(change)


def _may_end(execution: Execution, position: Position) -> bool:
    """Whether it is a sub-process, which a migration and its revert may end and begin."""
    element = execution.token(position.token_id).element
    return element.kind == "subProcess" and not position.resting


def _open_again(change: CaseChange, before: Snapshot, scope_id: str) -> None:
    """The scope of a sub-process that the migration ended: empty, else it had not been ended."""
    pin = before.scopes.get(scope_id)
    if pin is not None:
        change.case.scopes.open(
            scope_id,
            parent_id=pin.parent_id,
            instance_id=pin.instance_id,
            element_id=pin.element_id,
            kind=pin.kind,
        )


def _begin_again(change: CaseChange, token: Token) -> None:
    change.record(
        ElementActivated(
            **place_of(token),
            loop=None if token.loop is None else str(token.loop),
            attached_to=token.attached_to,
            within=token.within,
        )
    )


def _check_untouched(change: CaseChange, event_number: int) -> None:
    later = read_chain(change.connection, change.case.id, change.site.vault, after=event_number)
    found = next((event for event in later if event.type not in HARMLESS), None)
    if found is None:
        return
    zh, _, en = MESSAGES.get(found.type, found.type).partition(" / ")
    who, when = _who(change, found), change.site.local_time(found.at)
    raise InvalidState(
        f"迁移之后本案有了变化（{when}，{who}：{zh}），不能撤回。 / "
        f"The case moved on since its migration ({when}, {who}: {en or zh}), "
        "so it cannot be put back."
    )


def _who(change: CaseChange, event: Recorded) -> str:
    actor = str(event.header.get("actor"))
    return display_name(change.connection, actor) or actor
