"""States and allowed transitions of every noun, one table each.

The database's check constraints are made from these tables (``runner/store/tables.py``), so a
state outside them cannot be stored; guarded writes name the states they accept.
"""

from __future__ import annotations

from collections.abc import Mapping

RELEASE: Mapping[str, frozenset[str]] = {
    "draft": frozenset({"checked"}),
    "checked": frozenset({"approved"}),
    "approved": frozenset({"effective"}),
    "effective": frozenset({"superseded"}),
    "superseded": frozenset({"effective"}),  # roll-back makes an old release effective again
}
PROCESS_INSTANCE: Mapping[str, frozenset[str]] = {
    "active": frozenset({"completed", "cancelled"}),
    "completed": frozenset(),
    "cancelled": frozenset(),
}
USER_TASK: Mapping[str, frozenset[str]] = {
    "created": frozenset({"completed", "cancelled"}),  # claimed = created with an assignee
    "completed": frozenset(),
    "cancelled": frozenset(),
}
TIMER: Mapping[str, frozenset[str]] = {
    "armed": frozenset({"fired", "cancelled", "paused"}),
    "paused": frozenset({"armed", "cancelled"}),  # the clock stands still, by the policy
    "fired": frozenset(),
    "cancelled": frozenset(),
}
START_TIMER: Mapping[str, frozenset[str]] = {
    "armed": frozenset({"fired", "cancelled", "refused"}),  # cancelled = by another release
    "refused": frozenset({"armed", "cancelled"}),  # the case could not begin: a person decides
    "fired": frozenset(),
    "cancelled": frozenset(),
}
MESSAGE_SUBSCRIPTION: Mapping[str, frozenset[str]] = {
    "open": frozenset({"correlated", "cancelled"}),
    "correlated": frozenset(),
    "cancelled": frozenset(),
}
SIGNAL_SUBSCRIPTION: Mapping[str, frozenset[str]] = {
    "open": frozenset({"received", "cancelled"}),
    "received": frozenset(),
    "cancelled": frozenset(),
}
SIGNAL_DELIVERY: Mapping[str, frozenset[str]] = {
    "waiting": frozenset({"delivered", "discarded", "refused"}),  # discarded = nobody waits now
    "refused": frozenset({"waiting", "discarded"}),  # the case could not begin: a person decides
    "delivered": frozenset(),
    "discarded": frozenset(),
}
JOB: Mapping[str, frozenset[str]] = {
    "created": frozenset({"activated", "cancelled"}),
    "activated": frozenset({"created", "completed", "failed", "cancelled"}),
    "failed": frozenset({"created", "cancelled"}),  # failed = retries exhausted, incident open
    "completed": frozenset(),
    "cancelled": frozenset(),
}
INCIDENT: Mapping[str, frozenset[str]] = {
    "open": frozenset({"resolved", "cancelled"}),
    "resolved": frozenset(),
    "cancelled": frozenset(),
}
MAIL: Mapping[str, frozenset[str]] = {
    "waiting": frozenset({"sent", "withdrawn"}),
    "sent": frozenset(),
    "withdrawn": frozenset(),
}
RECEIVED_MAIL: Mapping[str, frozenset[str]] = {
    "waiting": frozenset({"began", "attached", "ignored", "refused"}),  # to be tried again
    "refused": frozenset({"waiting", "discarded"}),  # a person decides
    "began": frozenset(),
    "attached": frozenset(),
    "ignored": frozenset(),
    "discarded": frozenset(),
}
REPAIR_REQUEST: Mapping[str, frozenset[str]] = {
    "open": frozenset({"done", "declined"}),
    "done": frozenset(),
    "declined": frozenset(),
}
MIGRATION_BATCH: Mapping[str, frozenset[str]] = {
    "asked": frozenset({"running", "declined"}),  # four eyes: a colleague decides
    "declined": frozenset(),
    "running": frozenset({"done"}),
    "done": frozenset({"reverting", "revert_asked"}),
    "revert_asked": frozenset({"reverting", "done"}),
    "reverting": frozenset({"reverted"}),
    "reverted": frozenset(),
}
MIGRATION_ITEM: Mapping[str, frozenset[str]] = {
    "pending": frozenset({"migrated", "refused"}),
    "migrated": frozenset({"reverting"}),
    "refused": frozenset(),
    "reverting": frozenset({"reverted", "kept"}),  # kept = something happened since: not reverted
    "reverted": frozenset(),
    "kept": frozenset(),
}

INCIDENT_KINDS = frozenset(
    {
        "job_failed",  # an external handler failed and has no retries left
        "service_failed",  # a pure service task raised
        "expression_failed",  # an expression raised, or ran over its budget
        "decision_failed",  # a decision violated its hit policy or gave no answer
        "policy_unset",  # a policy value the owner has not decided is needed now
        "no_candidates",  # a user task whose candidate groups are empty or unknown
        "no_flow",  # no condition was true and there is no default
        "halted",  # what was due could not be done by the machine alone, however often it tried
        "error_uncaught",  # an error end event that nothing around it catches
    }
)


def allowed(table: Mapping[str, frozenset[str]], state: str, target: str) -> bool:
    """Whether ``target`` may follow ``state``. Raises ``KeyError`` for an unknown state."""
    return target in table[state]
