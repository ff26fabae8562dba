"""Cases that a signal, a kept message or a timer should have begun and could not: told once, then
left to a person, who tries again when the cause is repaired, or gives the start up."""

from __future__ import annotations

from runner.engine.access import SYSTEM, Person, require_group
from runner.engine.halting import said_of
from runner.engine.instances import require_reason
from runner.engine.site import Site
from runner.engine.transaction import ChainChange, change_chain
from runner.errors import InvalidState, NotFound
from runner.events import StartDecided, StartRefused
from runner.store import refused_starts as rows

MAY_DECIDE = ("process_owner", "administrator", "complaint_management", "quality_manager")
CHAIN = "releases"


def refuse_start(site: Site, source: str, start_id: str, element_id: str, why: Exception) -> bool:
    """No case began, for this reason; it is not tried again until a person says so. False where it
    is not due any more."""
    with change_chain(site, CHAIN, actor=SYSTEM) as change:
        return note_refused(change, source, start_id, element_id, why)


def note_refused(
    change: ChainChange, source: str, start_id: str, element_id: str, why: Exception
) -> bool:
    """The same within a transaction."""
    message = said_of(why)
    if not rows.refuse_start(change.connection, source, start_id, element_id, message):
        return False
    change.record(StartRefused(element=element_id, source=source, start=start_id, message=message))
    return True


def retry_start(site: Site, *, actor: Person, start_id: str, reason: str) -> None:
    """The start is due again, and is made by the worker. Raises ``NotAllowed``, ``NotFound``,
    ``InvalidInput``, ``InvalidState``."""
    _decide(site, actor, start_id, "retried", reason)


def give_up_start(site: Site, *, actor: Person, start_id: str, reason: str) -> None:
    """No case is begun; what a signal or message brought cannot be read any more. Raises as
    ``retry_start`` does."""
    _decide(site, actor, start_id, "given_up", reason)


def _decide(site: Site, actor: Person, start_id: str, decision: str, reason: str) -> None:
    require_group(actor, *MAY_DECIDE)
    require_reason(reason)
    with change_chain(site, CHAIN, actor=actor) as change:
        found = rows.find_refused_start(change.connection, start_id)
        if found is None:
            raise NotFound(
                "没有这个等待处理的开始，或者已经处理。 / "
                "There is no such start to decide, or it is decided already."
            )
        if decision == "retried":
            release = site.effective_release(change.connection).digest
            done = rows.try_start_again(
                change.connection, found.source, found.id, release, change.at
            )
        else:
            done = rows.give_up_start(change.connection, found.source, found.id, change.at)
            if done and found.subject_id is not None:
                site.vault.erase(change.connection, found.subject_id, site.clock)
        if not done:
            raise InvalidState("已经处理。 / It is decided already.")
        change.record(
            StartDecided(
                element=found.element_id,
                source=found.source,
                start=found.id,
                decision=decision,
                reason=reason.strip(),
            )
        )
