"""One site: database, keys, clock, handlers, and what its releases define."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from runner.clock import Clock, SystemClock
from runner.definitions.model import Element
from runner.definitions.release import Definitions, load_definitions
from runner.engine.frontier import Frontier
from runner.engine.handlers import load_handlers
from runner.engine.live_cases import LiveCases
from runner.engine.spiff.procedure import Procedure
from runner.errors import NotFound
from runner.settings import Settings
from runner.store.database import Database
from runner.store.keys import KeyFolder, Vault
from runner.store.releases import ReleaseRow, effective_release, read_release_files
from service_tasks.contract import Handler


@dataclass
class Site:
    """One per process; thread-safe. ``clock`` is the procedure's, ``machine_clock`` the machine's:
    they differ only while simulated cases are made. ``typesets`` is off where cases are only
    tried: documents are then filled, but kept as their data instead of typeset."""

    database: Database
    vault: Vault
    clock: Clock
    keys: KeyFolder
    name: str
    public_url: str
    demo: bool
    zone: ZoneInfo
    title: str = "Ombud"
    handlers: Mapping[str, Handler] = field(default_factory=load_handlers)
    default_policy: str = ""
    typesets: bool = True
    machine_clock: Clock = field(default_factory=SystemClock)
    live: LiveCases = field(default_factory=LiveCases)
    tree_edge: Frontier | None = None
    _definitions: dict[str, Definitions] = field(default_factory=dict)
    _procedures: dict[str, Procedure] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def definitions(self, connection: Connection, digest: str) -> Definitions:
        """What a release defines, read once per process. Raises ``NotFound``."""
        found = self._definitions.get(digest)
        if found is not None:
            return found
        with self._lock:  # one thread reads, the others wait: after a start all ask at once
            found = self._definitions.get(digest)
            if found is None:
                files = read_release_files(connection, digest)
                if not files:
                    raise NotFound("没有这个发布版本。 / There is no such release.")
                found = self._definitions[digest] = load_definitions(files)
        return found

    def procedure(self, connection: Connection, digest: str) -> Procedure:
        """The compiled diagrams of a release, compiled once per process."""
        found = self._procedures.get(digest)
        if found is not None:
            return found
        definitions = self.definitions(connection, digest)
        with self._lock:
            found = self._procedures.get(digest)
            if found is None:
                found = self._procedures[digest] = Procedure.compile(definitions.processes)
        return found

    def effective_release(self, connection: Connection) -> ReleaseRow:
        """The release new cases follow. Raises ``NotFound`` while there is none."""
        found = effective_release(connection)
        if found is None:
            raise NotFound(
                "还没有生效的发布版本。用 ombud release 发布。 / "
                "No release is effective yet. Publish one with ombud release."
            )
        return found

    def start_event(self, connection: Connection, start_element: str) -> Element:
        """The start event of the effective release with this id; its ``form_id`` names the form to
        fill. Raises ``NotFound``."""
        definitions = self.definitions(connection, self.effective_release(connection).digest)
        for process in definitions.processes.values():
            element = process.elements.get(start_element)
            if element is not None and element.kind == "startEvent":
                return element
        raise NotFound(
            f"没有名为 {start_element} 的开始事件。 / There is no start event {start_element}."
        )

    def derived(self, purpose: str, text: str) -> bytes:
        """32 bytes nobody can compute without the master key: HMAC-SHA256 of purpose and text."""
        return hmac.new(self.keys.master(), f"{purpose}\n{text}".encode(), hashlib.sha256).digest()

    def local_time(self, moment: datetime) -> str:
        """``2026-11-20 14:02`` in the site's zone, for sentences people read."""
        return moment.astimezone(self.zone).strftime("%Y-%m-%d %H:%M")


def open_site(settings: Settings, clock: Clock | None = None) -> Site:
    """Opens the database and the keys, and makes what is missing of both."""
    queue = settings.executor != "embedded"
    database = Database(settings.url, pool_size=settings.threads + 8, queue=queue)
    database.create()
    keys = KeyFolder(settings.keys)
    keys.create()
    return Site(
        database=database,
        vault=Vault(keys.master()),
        clock=clock or SystemClock(),
        keys=keys,
        name=settings.site_name,
        title=settings.site_title,
        public_url=settings.public_url,
        demo=settings.demo,
        zone=settings.zone,
        default_policy=settings.policy,
    )
