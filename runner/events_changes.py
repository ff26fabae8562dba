"""Events of what people change in a running case (docs/changing_running_cases.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from runner.event_base import Event, Values, event_type

Positions = Sequence[Mapping[str, str]]
"""Where tokens stand: ``token``, ``instance``, ``process`` and ``element`` of each."""


@event_type("case_suspended")
class CaseSuspended(Event):
    """A person stopped the case: nothing in it can be done, fires or is sent until it resumes."""

    reason: Values = field(default_factory=dict)


@event_type("case_resumed")
class CaseResumed(Event):
    """The case goes on; its deadlines ran meanwhile, or were moved by the time it stood still."""

    deadlines: str
    seconds: str
    moved: Sequence[Mapping[str, str]] = ()
    reason: Values = field(default_factory=dict)


@event_type("message_held")
class MessageHeld(Event):
    """A message came while the case was suspended; it is delivered when the case goes on."""

    message: str
    payload: Values = field(default_factory=dict)


@event_type("token_moved")
class TokenMoved(Event):
    """A person cancels the work here and starts it at ``target``; ``positions`` are those before,
    ``entered`` and ``left`` the sub-processes that begin and end with it."""

    target: str
    positions: Positions
    entered: Sequence[str] = ()
    left: Sequence[str] = ()
    reason: Values = field(default_factory=dict)


@event_type("positions_noted")
class PositionsNoted(Event):
    """Where every token stands after a person moved one."""

    positions: Positions


@event_type("variable_edited")
class VariableEdited(Event):
    """A person corrects a variable, and why; the values are in the write that follows."""

    scope: str
    name: str
    reason: Values = field(default_factory=dict)


@event_type("repair_requested")
class RepairRequested(Event):
    """A person asks a colleague to confirm a change of the running case (four eyes)."""

    request: str
    kind: str
    reason: Values = field(default_factory=dict)


@event_type("repair_declined")
class RepairDeclined(Event):
    """A colleague refused to confirm the change; nothing of it was done."""

    request: str
    kind: str
    reason: Values = field(default_factory=dict)


@event_type("case_migrated")
class CaseMigrated(Event):
    """From the next event on the case follows release ``after``; ``positions`` say where each token
    stands on it and where it ``was``, ``ended`` and ``begun`` which sub-processes around them go
    and come. The plan is found by its digest."""

    before: str
    after: str
    plan: str
    batch: str
    policy_before: str
    policy_after: str
    positions: Positions
    ended: Positions = ()
    begun: Positions = ()
    reason: Values = field(default_factory=dict)


@event_type("migration_reverted")
class MigrationReverted(Event):
    """The case is back on release ``after``, exactly where it was before event ``migration``."""

    before: str
    after: str
    plan: str
    batch: str
    migration: str
    policy_before: str
    policy_after: str
    positions: Positions
    ended: Positions = ()
    begun: Positions = ()
    reason: Values = field(default_factory=dict)


@event_type("deadline_renewed")
class DeadlineRenewed(Event):
    """The due time of an open task was computed anew, as somebody chose explicitly."""

    task: str
    due_before: str | None = None
    due_after: str | None = None


@event_type("migration_started")
class MigrationStarted(Event):
    """A person has cases moved from one release to another by a plan, one transaction each."""

    batch: str
    plan: str
    before: str
    after: str
    cases: str
    requested_by: str | None = None


@event_type("migration_requested")
class MigrationRequested(Event):
    """A person asks a colleague to confirm a migration, or its revert (four eyes)."""

    batch: str
    plan: str
    what: str
    cases: str


@event_type("migration_declined")
class MigrationDeclined(Event):
    """A colleague refused to confirm a migration, or its revert; no case was changed."""

    batch: str
    plan: str
    what: str


@event_type("migration_revert_started")
class MigrationRevertStarted(Event):
    """A person has the cases of a batch put back where nothing happened in them since."""

    batch: str
    plan: str
    requested_by: str | None = None
