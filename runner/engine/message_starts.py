"""Message start events of the effective release: which there are, and beginning a case at one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from sqlalchemy import Connection

from runner.definitions.model import Element
from runner.definitions.release import Definitions
from runner.engine.access import Person
from runner.engine.case_change import CaseChange
from runner.engine.instances import start_complaint
from runner.engine.site import Site
from runner.errors import NotFound
from runner.events import MessageReceived
from runner.store.kept_messages import note_start


def start_for(site: Site, connection: Connection, name: str) -> Element | None:
    """The start event that a message of this name begins a case at, if the effective release has
    one; of several the first by file."""
    return next((e for e in _starts(site, connection) if e.event.message_name == name), None)


def processes_by_message(site: Site, connection: Connection) -> dict[str, str]:
    """The names of the messages that begin cases now, and which process each begins."""
    found: dict[str, str] = {}
    for element in _starts(site, connection):
        found.setdefault(element.event.message_name, element.process_id)
    return found


def begin_by_message(
    site: Site,
    actor: Person,
    start: Element,
    values: Mapping[str, object],
    unique: str,
    within: Callable[[CaseChange], None],
) -> str:
    """Begins a case at ``start``, with ``values`` as its variables, and gives its id; ``within``
    adds to the same transaction. The case that began under ``unique`` before is not begun again."""
    channel = values.get("channel")
    started = start_complaint(
        site,
        actor=actor,
        variables=values,
        channel=channel if isinstance(channel, str) and len(channel) <= 40 else "message",
        start_element=start.id,
        process_id=start.process_id,
        idempotency_key=hashlib.sha256(unique.encode()).hexdigest(),
        within=within,
    )
    return started.case_id


def note_begun(change: CaseChange, start: Element, key: str, kept: str | None = None) -> None:
    """Notes which case the message began: no other begins for its key while this one runs."""
    if key:
        note_start(change.connection, start.process_id, key, change.case.id)
    change.record(
        MessageReceived(
            element=start.id,
            process=start.process_id,
            instance=change.case.id,
            message=start.event.message_name,
            correlated=True,
            kept=kept,
        )
    )


def _starts(site: Site, connection: Connection) -> list[Element]:
    try:
        release = site.effective_release(connection)
    except NotFound:
        return []
    return message_starts_of(site.definitions(connection, release.digest))


def message_starts_of(definitions: Definitions) -> list[Element]:
    """The message start events of processes, in the order of the files."""
    return [
        element
        for process in definitions.processes.values()
        if process.executable
        for element in process.elements.values()
        if element.kind == "startEvent"
        and element.event.kind == "message"
        and element.parent == process.id
    ]
