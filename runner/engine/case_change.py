"""What one command changes of one case, and how it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import Connection

from runner.calendars import Calendar
from runner.definitions.model import is_expression
from runner.definitions.release import Definitions
from runner.engine import dead_ends, pausing, projection
from runner.engine.access import Person
from runner.engine.live_cases import LiveCase
from runner.engine.open_signals import OpenSignals
from runner.engine.scopes import Written
from runner.engine.site import Site
from runner.engine.spiff.execution import Execution
from runner.engine.spiff.host import Host, Token
from runner.engine.variables import Variables
from runner.events import Event, VariablesWritten
from runner.feel import Result, compile_expression
from runner.store.attachments import AttachmentRow, insert_attachments
from runner.store.case_pages import keep_outline
from runner.store.cases import (
    CaseRow,
    advance_case,
    end_instances,
    insert_instances,
    read_execution,
)
from runner.store.documents import DocumentRow, insert_documents
from runner.store.event_log import EventWriter, Stamp
from runner.store.incidents import end_incidents, insert_incidents
from runner.store.jobs import cancel_jobs, insert_jobs
from runner.store.subscriptions import end_subscriptions, insert_subscriptions
from runner.store.timers import end_timers, insert_timers
from runner.store.user_tasks import end_user_tasks, insert_user_tasks


class CaseChange:
    """One command's view of a case: reads, and collects what ``finish`` writes.

    ``at`` is the procedure's time of the whole command. ``touched`` says whether the live case
    differs from what is stored, so that it must be dropped if the command fails.
    """

    def __init__(
        self, site: Site, connection: Connection, actor: Person, case: LiveCase, command: str
    ) -> None:
        self.site = site
        self.connection = connection
        self.actor = actor
        self.case = case
        self.command = command
        self.at = site.clock.now()
        self.element: str | None = None  # what a refusal is about
        self.touched = False
        self.written: list[tuple[str, str, bool]] = []  # scope, name, whether it is new
        self.considered: dict[str, int] = {}  # how many of these a conditional event has heard of
        self.signals = OpenSignals()
        self.attachments: list[tuple[AttachmentRow, bytes, bytes]] = []
        self.documents: list[DocumentRow] = []
        self._stepped = False
        self._stamp = Stamp(actor.id, self.at, site.machine_clock.now(), case.row.release_digest)
        self._writer = EventWriter(connection, case.head, site.vault, case.row.subject_id)
        self._counted = case.head.count  # events there were before

    # --- what the case is pinned to ---

    @property
    def definitions(self) -> Definitions:
        return self.site.definitions(self.connection, self.case.row.release_digest)

    @property
    def policy(self) -> Mapping[str, object]:
        """The pinned policy, with what was decided for this case."""
        return self.case.policy(self.definitions.policy(self.case.row.policy_id))

    @property
    def calendar(self) -> Calendar | None:
        """The policy's calendar, else the only one of the release."""
        calendars = self.definitions.calendars
        wanted = self.definitions.policies[self.case.row.policy_id].calendar
        if wanted is not None and wanted in calendars:
            return calendars[wanted]
        return next(iter(calendars.values())) if len(calendars) == 1 else None

    def repin(self, row: CaseRow) -> None:
        """From the next event on the case follows the release and policy of ``row``."""
        self.touched = True
        self.case.repin(row)
        self._stamp = replace(self._stamp, release=row.release_digest)

    # --- tokens ---

    def load_execution(self) -> None:
        """Restores the tokens of a case that was not in the cache."""
        state = read_execution(self.connection, self.case.id)
        procedure = self.site.procedure(self.connection, self.case.row.release_digest)
        self.case.execution = Execution.load(procedure, state, _NO_HOST)

    def stepping(self, host: Host) -> Execution:
        """The tokens, ready to be moved; what happens is told to ``host``."""
        execution = self.case.execution
        assert execution is not None
        execution.host = host
        self.touched = self._stepped = True
        return execution

    # --- reading ---

    def variables(self, token: Token, extras: Mapping[str, object] | None = None) -> Variables:
        """What expressions of this token's element see: from its own scope, where it has one."""
        own = self.case.scopes.get(token.id)
        return self.visible_from(
            token.scope_id if own is None else token.id, token.instance_id, token.id, extras
        )

    def visible_from(
        self,
        scope_id: str,
        instance_id: str,
        token_id: str | None = None,
        extras: Mapping[str, object] | None = None,
    ) -> Variables:
        tasks = self.case.tasks.open
        task = tasks.get(token_id) if token_id is not None else None
        return Variables(
            self.case.scopes,
            scope_id,
            policy=self.policy,
            since=self.at if task is None else task.created_at,
            open_tasks=lambda: sum(1 for t in tasks.values() if t.instance_id != instance_id),
            extras=extras,
        )

    def evaluate(self, text: str, variables: Mapping[str, object]) -> Result:
        """The value of an attribute: FEEL after ``=``, else the text. Raises what FEEL does."""
        if not is_expression(text):
            return Result(text)
        expression = compile_expression(text[1:])
        return expression.evaluate(variables, now=self.at, calendar=self.calendar)

    # --- changing ---

    def record(self, event: Event) -> None:
        """Appends to the case's event chain."""
        self.touched = True
        self._writer.append(event, self._stamp)

    def write(self, token: Token, scope_id: str, values: Mapping[str, object]) -> None:
        """Writes variables where they belong, seen from ``scope_id``. Raises ``NotStorable``."""
        self.touched = True
        for written in self.case.scopes.write(scope_id, values):
            self.record_written(written, token)

    def declare(self, token: Token, scope_id: str, values: Mapping[str, object]) -> None:
        """Sets variables in exactly that scope. Raises ``NotStorable``."""
        self.touched = True
        written = self.case.scopes.declare(scope_id, values)
        if written.new:
            self.record_written(written, token)

    def record_written(self, written: Written, token: Token | None) -> None:
        """The event of a write. Names beginning with ``#`` are the engine's own."""
        names = tuple(name for name in written.new if not name.startswith("#"))
        if not names:
            return
        self.written += [(written.scope_id, name, name not in written.old) for name in names]
        self.record(
            VariablesWritten(
                element=None if token is None else token.element.id,
                token=None if token is None else token.id,
                process=None if token is None else token.element.process_id,
                instance=None if token is None else token.instance_id,
                scope=written.scope_id,
                names=names,
                new={name: written.new[name] for name in names},
                old={name: written.old[name] for name in names if name in written.old},
            )
        )

    def finish(self) -> None:
        """Writes all that changed, the case's next revision last; nothing where nothing changed."""
        if not self.touched:
            return
        case, connection = self.case, self.connection
        if self.written and case.execution is not None and case.execution.conditional:
            from runner.engine.settling import reconsider  # commands lie above what they change

            reconsider(self)
        if self._stepped or self.written:
            projection.refresh(self)
        if self._stepped:
            pausing.settle(self)
            dead_ends.settle(self)
        insert_instances(connection, case.instances.added)
        insert_attachments(connection, self.attachments)
        insert_documents(connection, self.documents)
        insert_user_tasks(connection, case.tasks.added)
        insert_timers(connection, case.timers.added)
        insert_subscriptions(connection, case.subscriptions.added)
        insert_jobs(connection, case.jobs.added)
        insert_incidents(connection, case.incidents.added)
        end_user_tasks(connection, case.tasks.ended, self.at)
        end_timers(connection, ((row.id, state) for row, state, _ in case.timers.ended), self.at)
        end_subscriptions(
            connection, ((row.id, state) for row, state, _ in case.subscriptions.ended)
        )
        # a completed job's row was written by the command, guarded by its attempt
        cancel_jobs(
            connection,
            [row.id for row, state, _ in case.jobs.ended if state == "cancelled"],
            self.at,
        )
        end_incidents(
            connection, ((row.id, state, by) for row, state, by in case.incidents.ended), self.at
        )
        end_instances(
            connection, ((row.id, state) for row, state, _ in case.instances.ended), self.at
        )
        pausing.write(self)
        self.signals.flush(connection)
        case.scopes.flush(connection, self.site.vault, case.row.subject_id)
        self._writer.flush()
        keep_outline(connection, case.id, self._counted, case.head.count)
        execution = case.execution.dump() if self._stepped and case.execution else None
        advance_case(
            connection,
            case.id,
            revision=case.revision,
            event_count=case.head.count,
            event_head=case.head.digest,
            execution=execution,
        )
        for rows in (
            case.instances, case.tasks, case.timers, case.subscriptions, case.jobs, case.incidents
        ):  # fmt: skip
            rows.stored()
        case.revision += 1
        case.row = replace(case.row, revision=case.revision)


class _NoHost:
    """Stands in until a command moves tokens; loading asks nothing of it."""


_NO_HOST: Host = _NoHost()  # type: ignore[assignment]
