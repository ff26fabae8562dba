"""Reading a case: who may, and what pages ask for beside their own queries."""

from __future__ import annotations

from sqlalchemy import Connection

from runner.engine.access import CUSTOMER, SYSTEM, WORKER, Person, may_see_case, visibility_of
from runner.engine.site import Site
from runner.errors import NotFound
from runner.store.cases import find_case
from runner.store.complaints import find_complaint
from runner.store.user_tasks import worked_in_case


def can_see_case(connection: Connection, site: Site, actor: Person, case_id: str) -> bool:
    """Whether ``actor`` may read the case. A customer's right comes from their private link, which
    the page has checked; here ``CUSTOMER`` may read."""
    row = find_case(connection, case_id)
    if row is None:
        return False
    if actor in (SYSTEM, WORKER, CUSTOMER):
        return True
    definitions = site.definitions(connection, row.release_digest)
    owner = find_complaint(connection, case_id).get("owner_group")
    return may_see_case(
        actor,
        visibility=visibility_of(definitions.policy(row.policy_id)),
        groups_with_tasks=worked_in_case(connection, case_id, actor.candidate_as),
        owner_group=owner if isinstance(owner, str) else None,
    )


def check_visible(connection: Connection, site: Site, actor: Person, case_id: str) -> None:
    """Raises ``NotFound`` for a case the actor may not see: they may not know that it exists."""
    if not can_see_case(connection, site, actor, case_id):
        raise NotFound("没有这起投诉。 / There is no such case.")
