"""The command boundary: begin, lock the case first, commit at the end or nothing at all.

``change_case`` yields a ``CaseChange``; what a command changes in it is written when the block ends
without an exception: rows, variables, the projection, events and, last, the case's next revision.
Only then the case goes back into the cache.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from runner.engine.access import Person
from runner.engine.case_change import CaseChange
from runner.engine.live_cases import LiveCase
from runner.engine.pausing import may_pause
from runner.engine.scopes import Scopes
from runner.engine.site import Site
from runner.engine.spiff.execution import EndlessLoop
from runner.engine.suspended import check_goes_on
from runner.errors import Endless, NotAllowed, NotFound
from runner.events import CommandRefused, Event
from runner.store.cases import CaseRow, active_instances, lock_case
from runner.store.chains import advance_chain, lock_chain
from runner.store.complaints import complaint_language, find_complaint
from runner.store.event_log import ChainHead, EventWriter, Stamp
from runner.store.incidents import open_incidents
from runner.store.jobs import open_jobs
from runner.store.pauses import open_pauses
from runner.store.subscriptions import open_subscriptions
from runner.store.timers import armed_timers
from runner.store.user_tasks import open_user_tasks

_log = logging.getLogger(__name__)

CaseOf = Callable[[Connection], str | CaseRow | None]


@contextmanager
def change_case(
    site: Site, *, actor: Person, case: str | CaseOf, command: str
) -> Iterator[CaseChange]:
    """One command on one case. ``case`` is its id, or finds it by something in it: its id, or its
    row as ``lock_case`` gives it.

    Raises ``NotFound``. A ``NotAllowed`` raised inside is logged in a transaction of its own, then
    raised again, also where it could not be logged.
    """
    change: CaseChange | None = None
    try:
        with site.database.write() as connection:
            change = _begin(site, connection, actor, case, command)
            with endless_loops_refused():  # conditions are asked again at the very end
                yield change
                change.finish()
    except NotAllowed as refusal:
        if change is not None:
            _keep_if_untouched(site, change)
            try:
                _log_refusal(site, actor, change, str(refusal.details.get("reason", "not_allowed")))
            except Exception:  # what could not be noted must not hide why nothing was done
                _log.exception("the refusal of %s could not be noted", change.command)
        raise
    except Exception:
        if change is not None:
            _keep_if_untouched(site, change)
        raise
    site.live.put(change.case)


@contextmanager
def endless_loops_refused() -> Iterator[None]:
    """A diagram that never rests is the owner's mistake, not the person's who meets it."""
    try:
        yield
    except EndlessLoop as loop:
        raise Endless(
            "流程图在这里无休止地循环，什么都没有改变。请联系流程负责人。 / "
            "The diagram goes round without end here; nothing was changed. Tell the process owner."
        ) from loop


def begin_case(
    site: Site, connection: Connection, actor: Person, row: CaseRow, language: str
) -> CaseChange:
    """The change of a case whose first row is being written in this transaction."""
    case = LiveCase(
        row=row,
        language=language,
        head=ChainHead(row.id, row.event_count, row.event_head),
        scopes=Scopes(row.id),
        revision=row.revision,
    )
    return CaseChange(site, connection, actor, case, "start_complaint")


@contextmanager
def change_chain(site: Site, chain: str, *, actor: Person) -> Iterator[ChainChange]:
    """One command outside cases; its events go to ``access`` or ``releases``."""
    with site.database.write() as connection:
        change = ChainChange(site, connection, chain, actor)
        yield change
        change.finish()


class ChainChange:
    """A transaction whose events belong to no case. The chain is locked with its first event, so
    that reading costs nothing; commands that decide by what they read ask for the ``lock`` first.
    """

    def __init__(self, site: Site, connection: Connection, chain: str, actor: Person) -> None:
        self.site = site
        self.connection = connection
        self.actor = actor
        self.at = site.clock.now()
        self._chain = chain
        self._writer: EventWriter | None = None

    def lock(self) -> EventWriter:
        """From here on no other command that locks this chain goes on until this one has ended."""
        if self._writer is None:
            head = lock_chain(self.connection, self._chain)
            self._writer = EventWriter(self.connection, head, self.site.vault, None)
        return self._writer

    def record(self, event: Event, *, by: str | None = None) -> None:
        """Appends an event, of the actor or of the person ``by``."""
        recorded = self.site.machine_clock.now()
        self.lock().append(event, Stamp(by or self.actor.id, self.at, recorded))

    def finish(self) -> None:
        if self._writer is not None:
            self._writer.flush()
            advance_chain(self.connection, self._writer.head)


def _begin(
    site: Site, connection: Connection, actor: Person, case: str | CaseOf, command: str
) -> CaseChange:
    found = case if isinstance(case, str) else case(connection)
    row = lock_case(connection, found) if isinstance(found, str) else found
    if row is None:
        raise NotFound(
            "没有找到，或者它不属于您能看的投诉。 / Not found, or not in a case you may know about."
        )
    if row.suspended:
        check_goes_on(site, connection, row, command)
    live = site.live.take(row.id, row.revision) or _load(site, connection, row)
    change = CaseChange(site, connection, actor, live, command)
    if live.execution is None:
        change.load_execution()
    return change


def _load(site: Site, connection: Connection, row: CaseRow) -> LiveCase:
    case = LiveCase(
        row=row,
        language=complaint_language(connection, row.id),
        head=ChainHead(row.id, row.event_count, row.event_head),
        scopes=Scopes.load(connection, site.vault, row.id, row.subject_id),
        revision=row.revision,
        projection=dict(find_complaint(connection, row.id)),
    )
    case.instances.load(active_instances(connection, row.id))
    case.tasks.load(open_user_tasks(connection, row.id))
    case.timers.load(armed_timers(connection, row.id))
    case.subscriptions.load(open_subscriptions(connection, row.id))
    case.jobs.load(open_jobs(connection, row.id))
    if may_pause(site.definitions(connection, row.release_digest)):
        case.pauses.load(open_pauses(connection, row.id))
    case.incidents.load(open_incidents(connection, row.id))
    return case


def _keep_if_untouched(site: Site, change: CaseChange) -> None:
    """A command refused before it changed anything need not cost the next one a load."""
    if not change.touched:
        site.live.put(change.case)


def _log_refusal(site: Site, actor: Person, refused: CaseChange, reason: str) -> None:
    with site.database.write() as connection:
        change = _begin(site, connection, actor, refused.case.id, refused.command)
        change.record(
            CommandRefused(element=refused.element, command=refused.command, reason=reason)
        )
        change.finish()
    site.live.put(change.case)
