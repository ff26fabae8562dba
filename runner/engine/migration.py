"""Moving running cases to another release: plans, batches, and the work on them in slices.

A batch is one row for each case. Each case is one transaction, in which its row is finished too: a
worker that dies half-way has done some cases and not others, and the next one goes on.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from runner.definitions.release import Definitions
from runner.engine import case_migration, case_revert
from runner.engine.access import ADMINISTRATOR, PROCESS_OWNER, Person, require_group
from runner.engine.case_snapshot import read_snapshot
from runner.engine.migration_plan import Place, Plan, check_plan, propose, read_plan
from runner.engine.site import Site
from runner.engine.transaction import change_case, change_chain
from runner.errors import InvalidInput, InvalidState, NotFound, Refusal
from runner.store.keys import Erased
from runner.store.migration_batches import (
    Batch,
    PlanRow,
    end_batch,
    find_item,
    find_plan,
    finish_item,
    insert_plan,
    next_items,
    open_batch,
)
from runner.store.releases import ReleaseRow, find_release

MAY_MIGRATE = (PROCESS_OWNER, ADMINISTRATOR)
TARGETS = ("approved", "effective")
SLICE = 20
_log = logging.getLogger(__name__)


class _Taken(Exception):
    """Another worker has done this case in the meantime."""


def proposed_plan(
    site: Site,
    connection: Connection,
    source: str,
    target: str,
    processes: Mapping[str, str] | None = None,
) -> Plan:
    """The plan by id and name between two releases (digests). Reads only; raises ``NotFound``, and
    ``InvalidState`` where the target is not approved."""
    one, other = both_releases(site, connection, source, target)
    return propose(one, other, processes)


def make_plan(
    site: Site,
    *,
    actor: Person,
    source: str,
    target: str,
    chosen: Mapping[Place, str | None] | None = None,
    renew: frozenset[Place] = frozenset(),
    processes: Mapping[str, str] | None = None,
) -> Plan:
    """Keeps the proposed plan with what a person chose: ``processes`` that have another id, and the
    targets of elements. The same choices give the same plan."""
    with change_chain(site, "releases", actor=actor) as change:
        require_group(actor, *MAY_MIGRATE)
        one, other = both_releases(site, change.connection, source, target)
        plan = propose(one, other, processes).with_choices(chosen or {}, renew)
        check_plan(plan, one, other)
        row = PlanRow(plan.digest, source, target, plan.written(), actor.id, change.at)
        insert_plan(change.connection, row)
        return plan


def read_kept_plan(connection: Connection, digest: str) -> Plan:
    """Raises ``NotFound``."""
    row = find_plan(connection, digest)
    if row is None:
        raise NotFound("没有这个迁移方案。 / There is no such migration plan.")
    return read_plan(row.data)


def work_migrations(site: Site, limit: int = SLICE) -> int:
    """Does up to ``limit`` cases of the oldest batch that has any left; how many were done. One
    SQL statement when there is nothing to do. May run in several workers at once."""
    with site.database.read() as connection:
        batch = open_batch(connection)
        if batch is None:
            return 0
        plan = read_kept_plan(connection, batch.plan_digest)
        case_ids = next_items(connection, batch, limit)
    for case_id in case_ids:
        _work(site, batch, plan, case_id)
    if len(case_ids) < limit:
        with site.database.write() as connection:
            if not next_items(connection, batch, 1):
                end_batch(connection, batch, site.clock.now())
    return max(1, len(case_ids))


def _work(site: Site, batch: Batch, plan: Plan, case_id: str) -> None:
    going = batch.state == "running"
    try:
        (_migrate if going else _revert)(site, batch, plan, case_id)
    except _Taken:
        return
    except Refusal as refused:
        message = refused.message
    except Erased:
        message = "个人数据已删除，不能更改。 / The personal data was erased; it cannot be changed."
    except SQLAlchemyError:  # the database, not the case: it is tried again
        raise
    except Exception as error:
        _log.exception("case %s could not be migrated", case_id)
        name = type(error).__name__
        message = f"意外的错误：{name}。什么都没有改变。 / Unexpected: {name}. Nothing was changed."
    else:
        return
    before, after = ("pending", "refused") if going else ("reverting", "kept")
    with site.database.write() as connection:
        now = site.clock.now()
        finish_item(connection, batch.id, case_id, before, after, now, message=message)


def _migrate(site: Site, batch: Batch, plan: Plan, case_id: str) -> None:
    actor = Person(batch.confirmed_by or batch.started_by)
    with change_case(site, actor=actor, case=case_id, command="migrate_case") as change:
        _require_item(change.connection, batch, case_id, "pending")
        snapshot = case_migration.migrate(change, plan, batch=batch.id, reason=batch.reason)
        sealed = site.vault.encrypt(
            change.connection, change.case.row.subject_id, snapshot.written()
        )
        number = change.case.head.count
        done = finish_item(
            change.connection, batch.id, case_id, "pending", "migrated", change.at,
            event_number=number, before=sealed,
        )  # fmt: skip
        if not done:
            raise _Taken


def _revert(site: Site, batch: Batch, plan: Plan, case_id: str) -> None:
    actor = Person(batch.revert_confirmed_by or batch.reverted_by or batch.started_by)
    with change_case(site, actor=actor, case=case_id, command="revert_migration") as change:
        _require_item(change.connection, batch, case_id, "reverting")
        item = find_item(change.connection, batch.id, case_id)
        assert item is not None
        assert item.before is not None
        assert item.event_number is not None
        opened = site.vault.decrypt(change.connection, change.case.row.subject_id, item.before)
        case_revert.revert(
            change,
            read_snapshot(opened),
            event_number=item.event_number,
            plan=plan.digest,
            batch=batch.id,
            reason=batch.revert_reason or "",
        )
        if not finish_item(
            change.connection, batch.id, case_id, "reverting", "reverted", change.at
        ):
            raise _Taken


def _require_item(connection: Connection, batch: Batch, case_id: str, state: str) -> None:
    """Under the lock of the case: nobody else has done it."""
    item = find_item(connection, batch.id, case_id)
    if item is None or item.state != state:
        raise _Taken


def both_releases(
    site: Site, connection: Connection, source: str, target: str
) -> tuple[Definitions, Definitions]:
    """What a plan goes from and to. Raises ``NotFound``, ``InvalidInput``, ``InvalidState``."""
    if source == target:
        raise InvalidInput("两个版本相同。 / The two releases are the same.")
    _release(connection, source)
    other = _release(connection, target)
    if other.state not in TARGETS:
        raise InvalidState(
            f"第 {other.number} 版现在是 {other.state}，只能迁移到已批准或生效的版本。 / "
            f"Release {other.number} is {other.state}; cases move only to one that is approved "
            "or in force."
        )
    return site.definitions(connection, source), site.definitions(connection, target)


def _release(connection: Connection, digest: str) -> ReleaseRow:
    row = find_release(connection, digest)
    if row is None:
        raise NotFound("没有这个发布版本。 / There is no such release.")
    return row
