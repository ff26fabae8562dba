"""Who may do what. Commands ask here; pages ask the same to hide what would be refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from runner.errors import NotAllowed
from runner.store.user_tasks import UserTask, seat_of

ADMINISTRATOR = "administrator"
COMPLIANCE = "compliance"
PROCESS_OWNER = "process_owner"
# Groups whose duty is the whole of complaint handling: they read every case.
# process_owner and administrator repair incidents, for which they must see the case.
READERS = frozenset(
    {
        COMPLIANCE,
        PROCESS_OWNER,
        ADMINISTRATOR,
        "complaint_management",
        "superior",
        "company_leader",
        "quality_manager",
    }
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who acts: an account, or one of the three actors without one."""

    id: str
    username: str = ""
    display_name: str = ""
    groups: frozenset[str] = frozenset()
    language: str = "zh"
    email: str | None = None
    active: bool = True

    @property
    def has_account(self) -> bool:
        return self.id not in _WITHOUT_ACCOUNT

    @property
    def candidate_as(self) -> frozenset[str]:
        """What tasks may call this person as a candidate: the groups, and by name."""
        return self.groups | {seat_of(self.id)} if self.has_account else self.groups


SYSTEM = Person("system", "system", "系统 / System")
WORKER = Person("worker", "worker", "系统 / System")
CUSTOMER = Person("customer", "customer", "客户 / Customer")
_WITHOUT_ACCOUNT = frozenset({"system", "worker", "customer"})
OPEN = "all_departments"


def may_take(actor: Person, task: UserTask) -> bool:
    """Whether the task is the actor's work: assignee, candidate, or of a candidate group."""
    mine = task.assignee == actor.id or bool(actor.candidate_as & task.groups)
    return actor.active and mine


def may_complete(actor: Person, task: UserTask, forbidden: frozenset[str] = frozenset()) -> bool:
    """``may_take``, nobody else holds the task, and the actor is not in ``forbidden``: the people
    who did the element that four eyes name."""
    free = task.assignee is None or task.assignee == actor.id
    return free and actor.id not in forbidden and may_take(actor, task)


def may_see_case(
    actor: Person,
    *,
    visibility: str,
    groups_with_tasks: Iterable[str],
    owner_group: str | None,
) -> bool:
    """Whether a member of staff may read a case.

    ``visibility`` is ``policy.records.visibility``: ``all_departments`` lets every member of staff
    read; anything else (``need_to_know``) asks for a group that has or had a task in the case, that
    owns it, or whose duty is every case; or that a task names or named the person as a candidate.
    """
    if not actor.active:
        return False
    if actor.candidate_as & set(groups_with_tasks):
        return True
    if not actor.groups:
        return False
    if visibility == OPEN or actor.groups & READERS:
        return True
    return owner_group in actor.groups


def may_see_document(actor: Person, seen_by: str) -> bool:
    """Whether somebody who may see the case may read a produced document for these groups, blanks
    between them; empty for all. Compliance reads every record."""
    groups = frozenset(seen_by.split())
    if not groups or actor in (SYSTEM, WORKER):
        return True
    return actor is not CUSTOMER and bool(actor.groups & (groups | {COMPLIANCE}))


def visibility_of(policy: Mapping[str, object]) -> str:
    """``policy.records.visibility``; the narrow one where the owner has not decided."""
    records = policy.get("records")
    found = records.get("visibility") if isinstance(records, Mapping) else None
    return found if isinstance(found, str) else "need_to_know"


def require_group(actor: Person, *groups: str) -> None:
    """Raises ``NotAllowed`` unless the actor is active and in one of ``groups``, or ``SYSTEM``."""
    if actor is SYSTEM or (actor.active and actor.groups & set(groups)):
        return
    names = ", ".join(groups)
    raise NotAllowed(
        f"只有这些小组可以这样做：{names}。 / Only members of these groups may do this: {names}.",
        reason="group",
    )
