"""Reading a case: who may, and what pages ask for beside their own queries."""

from __future__ import annotations

from sqlalchemy import Connection

from runner.engine.access import (
    CUSTOMER,
    OPEN,
    SYSTEM,
    WORKER,
    Person,
    may_see_case,
    visibility_of,
)
from runner.engine.site import Site
from runner.errors import NotFound
from runner.store.case_lists import Visible
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


def open_policies(connection: Connection, site: Site) -> frozenset[str]:
    """The policies of the effective release whose cases every member of staff may read."""
    try:
        release = site.effective_release(connection)
    except NotFound:
        return frozenset()
    policies = site.definitions(connection, release.digest).policies.values()
    open_to_all = (p.id for p in policies if visibility_of(p.values) == OPEN)
    return frozenset(open_to_all)


def told_in(connection: Connection, site: Site, case_id: str) -> Visible:
    """The cases that a case may tell its readers of, in lists, figures and comparisons: all where
    it is itself for those who need to know it; where every member of staff reads it, only those
    that everybody may read."""
    row = find_case(connection, case_id)
    assert row is not None
    policy = site.definitions(connection, row.release_digest).policy(row.policy_id)
    if visibility_of(policy) != OPEN:
        return Visible(everything=True, policies=frozenset(), groups=frozenset())
    return Visible(False, open_policies(connection, site), frozenset())
