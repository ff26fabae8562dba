"""Batches of cases that move to another release: begun, put back, and confirmed by a colleague
where the policy asks for four eyes (``changes.four_eyes: [migrate_cases]``)."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import Connection

from runner.engine.access import SYSTEM, Person, require_group
from runner.engine.instances import require_reason
from runner.engine.migration import MAY_MIGRATE, both_releases, read_kept_plan
from runner.engine.migration_plan import Plan
from runner.engine.repair_words import already
from runner.engine.repairs import needs_four_eyes
from runner.engine.site import Site
from runner.engine.transaction import ChainChange, change_chain
from runner.errors import InvalidInput, InvalidState, NotAllowed, NotFound
from runner.events_changes import (
    MigrationDeclined,
    MigrationRequested,
    MigrationRevertStarted,
    MigrationStarted,
)
from runner.store.migration_batches import (
    Batch,
    begin_revert,
    count_items,
    find_batch,
    insert_batch,
    refuse_all,
    turn_batch,
)
from runner.store.running_cases import Selection, policies_of_running, running_ids

KIND = "migrate_cases"
GOING, BACK = "migration", "revert"
WAITS = ("asked", "revert_asked")
"""States of a batch that wait for a colleague."""


def start_migration(
    site: Site, *, actor: Person, plan_digest: str, selection: Selection, reason: str
) -> str:
    """Begins a batch over the selected cases that run now; workers do them, once a colleague has
    confirmed it where a policy of these cases asks for four eyes. Returns its id. Raises
    ``InvalidInput`` where nothing is selected."""
    require_reason(reason)
    with change_chain(site, "releases", actor=actor) as change:
        require_group(actor, *MAY_MIGRATE)
        plan = read_kept_plan(change.connection, plan_digest)
        both_releases(site, change.connection, plan.source, plan.target)
        if selection.release_digest != plan.source:
            raise InvalidInput(
                "选中的投诉不在方案的起始版本上。 / "
                "The selected cases are not on the release the plan begins at."
            )
        case_ids = running_ids(change.connection, selection)
        if not case_ids:
            raise InvalidInput("没有选中任何投诉。 / No case is selected.")
        asks = _four_eyes(site, change.connection, plan)
        batch = Batch(
            id=uuid4().hex,
            plan_digest=plan_digest,
            state="asked" if asks else "running",
            reason=reason.strip(),
            started_by=actor.id,
            started_at=change.at,
        )
        insert_batch(change.connection, batch, case_ids)
        if asks:
            _ask(change, batch, GOING, len(case_ids))
        else:
            _started(change, batch, plan, len(case_ids))
    return batch.id


def revert_migration(site: Site, *, actor: Person, batch_id: str, reason: str) -> None:
    """Has every migrated case of a finished batch put back; workers do it, once a colleague has
    confirmed it where four eyes are asked for. A case in which something happened since stays, and
    its row says what."""
    require_reason(reason)
    with change_chain(site, "releases", actor=actor) as change:
        require_group(actor, *MAY_MIGRATE)
        batch = _batch(change.connection, batch_id)
        if batch.state != "done":
            raise InvalidState(
                f"应撤回一次已完成的迁移，但它是 {batch.state}。 / "
                f"Expected to revert a migration that is done, but it is {batch.state}."
            )
        plan = read_kept_plan(change.connection, batch.plan_digest)
        asks = _four_eyes(site, change.connection, plan)
        turn_batch(
            change.connection,
            batch_id,
            "done",
            "revert_asked" if asks else "reverting",
            revert_reason=reason.strip(),
            reverted_by=actor.id,
            ended_at=batch.ended_at if asks else None,
        )
        if asks:
            migrated = count_items(change.connection, batch_id).get("migrated", 0)
            _ask(change, batch, BACK, migrated)
        else:
            begin_revert(change.connection, batch_id)
            change.record(MigrationRevertStarted(batch=batch_id, plan=batch.plan_digest))


def decide_migration(
    site: Site, *, actor: Person, batch_id: str, confirm: bool, reason: str = ""
) -> None:
    """A colleague of the one who asked confirms a migration or its revert, which is then done in
    the colleague's name, or declines it with a reason. One's own can only be declined."""
    with change_chain(site, "releases", actor=actor) as change:
        require_group(actor, *MAY_MIGRATE)
        batch = _batch(change.connection, batch_id)
        if batch.state not in WAITS:
            raise already()
        asker = batch.started_by if batch.state == "asked" else batch.reverted_by
        if not confirm:
            require_reason(reason)
            _decline(change, batch, reason.strip())
            return
        if actor.id in (asker, SYSTEM.id):
            raise NotAllowed(
                "四眼原则：提出更改的人不能自己确认。 / "
                "Four eyes: who asked for a change cannot confirm it.",
                reason="four_eyes",
            )
        if batch.state == "asked":
            plan = read_kept_plan(change.connection, batch.plan_digest)
            both_releases(site, change.connection, plan.source, plan.target)
            turn_batch(change.connection, batch_id, "asked", "running", confirmed_by=actor.id)
            total = sum(count_items(change.connection, batch_id).values())
            _started(change, batch, plan, total, requested_by=asker)
            return
        turn_batch(
            change.connection,
            batch_id,
            "revert_asked",
            "reverting",
            revert_confirmed_by=actor.id,
            ended_at=None,
        )
        begin_revert(change.connection, batch_id)
        change.record(
            MigrationRevertStarted(batch=batch_id, plan=batch.plan_digest, requested_by=asker)
        )


def _decline(change: ChainChange, batch: Batch, reason: str) -> None:
    what = GOING if batch.state == "asked" else BACK
    if what == GOING:
        turn_batch(change.connection, batch.id, "asked", "declined", ended_at=change.at)
        shown = reason.replace(" / ", "/")
        message = f"复核未通过：{shown} / Declined: {shown}"
        refuse_all(change.connection, batch.id, message, change.at)
    else:
        turn_batch(
            change.connection,
            batch.id,
            "revert_asked",
            "done",
            revert_reason=None,
            reverted_by=None,
        )
    change.record(MigrationDeclined(batch=batch.id, plan=batch.plan_digest, what=what))


def _ask(change: ChainChange, batch: Batch, what: str, cases: int) -> None:
    change.record(
        MigrationRequested(batch=batch.id, plan=batch.plan_digest, what=what, cases=str(cases))
    )


def _started(
    change: ChainChange, batch: Batch, plan: Plan, cases: int, requested_by: str | None = None
) -> None:
    change.record(
        MigrationStarted(
            batch=batch.id,
            plan=batch.plan_digest,
            before=plan.source,
            after=plan.target,
            cases=str(cases),
            requested_by=requested_by,
        )
    )


def _four_eyes(site: Site, connection: Connection, plan: Plan) -> bool:
    """Whether a policy that cases follow, on either release, asks for a second person."""
    followed: set[str] = set()
    for release in (plan.source, plan.target):
        followed |= policies_of_running(connection, release)
    return any(
        needs_four_eyes(found.values, KIND)
        for release in (plan.source, plan.target)
        for policy_id, found in site.definitions(connection, release).policies.items()
        if policy_id in followed
    )


def _batch(connection: Connection, batch_id: str) -> Batch:
    batch = find_batch(connection, batch_id)
    if batch is None:
        raise NotFound("没有这个迁移。 / There is no such migration.")
    return batch
