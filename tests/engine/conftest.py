"""A site on a real SQLite database, a clock that tests set, diagrams written in the test."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from runner.clock import SetClock
from runner.engine import people, releases
from runner.engine.access import SYSTEM, Person
from runner.engine.instances import Started, start_complaint
from runner.engine.site import Site
from runner.store.database import Database
from runner.store.event_log import Recorded, read_chain
from runner.store.keys import KeyFolder, Vault
from service_tasks.contract import Handler

ROLES = """groups:
  - {id: office, name: 办公室 / Office, duties: 受理 / Receives}
  - {id: leader, name: 领导 / Leader, duties: 批准 / Approves}
  - {id: process_owner, name: 流程负责人 / Process owner, duties: 维护 / Keeps it}
"""
POLICY = """id: plain
name: 制度 / Policy
owner: [process_owner]
roles: {window: [office], leader: [leader]}
records: {visibility: need_to_know}
ack: {message: true, first_response_due: unset}
resolution:
  due: {quick: {amount: 2, unit: day, from: received, certainty: owner}}
follow_up: {enabled: false}
"""
SECTION = {"type": "object", "additionalProperties": {}}
POLICY_SCHEMA = {
    "type": "object",
    "properties": {
        "roles": SECTION,
        "records": SECTION,
        "ack": SECTION,
        "follow_up": SECTION,
        "resolution": {"type": "object", "properties": {"due": SECTION}},
    },
}
START = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


class House:
    """What a test needs of a site: release files, people, start cases, read events."""

    def __init__(self, site: Site, clock: SetClock) -> None:
        self.site = site
        self.clock = clock
        self.ann = self.person("ann", "office")
        self.bob = self.person("bob", "office")
        self.lea = self.person("lea", "leader")
        self.owner = self.person("olga", "process_owner")
        self._starts = 0

    def person(self, name: str, *groups: str) -> Person:
        return people.add_person(
            self.site, actor=SYSTEM, username=name, display_name=name.title(), groups=groups
        )

    def release(self, *diagrams: bytes, **files: bytes) -> str:
        """Publishes diagrams and ``<name>__<ending>`` files together with the test's policy."""
        found: dict[str, bytes] = {
            "processes/roles.yaml": ROLES.encode(),
            "processes/policies/plain.yaml": POLICY.encode(),
            "processes/policies/policy.schema.json": json.dumps(POLICY_SCHEMA).encode(),
        }
        for number, content in enumerate(diagrams):
            found[f"processes/d{number}.bpmn"] = content
        for name, content in files.items():
            stem, ending = name.rsplit("__", 1)
            folder = "forms" if ending == "form" else "processes"
            found[f"{folder}/{stem}.{ending}"] = content
        row = releases.make_release(self.site, actor=self.owner, files=found, reason="test")
        releases.approve_release(self.site, actor=self.owner, digest=row.digest)
        return releases.make_effective(self.site, actor=self.owner, digest=row.digest).digest

    def start(self, variables: Mapping[str, object] | None = None, element: str = "s") -> Started:
        self._starts += 1
        return start_complaint(
            self.site,
            actor=self.ann,
            variables=variables or {},
            channel="phone",
            start_element=element,
            policy_id="plain",
            idempotency_key=f"test {self._starts}",
        )

    def tasks(self, case_id: str) -> dict[str, str]:
        """Element id to task id of the open tasks (the last one where there are several)."""
        from runner.store.user_tasks import open_user_tasks

        with self.site.database.read() as connection:
            return {t.element_id: t.id for t in open_user_tasks(connection, case_id)}

    def variables(self, case_id: str) -> dict[str, object]:
        from runner.engine.scopes import read_case_variables

        with self.site.database.read() as connection:
            return read_case_variables(self.site, connection, case_id)

    def events(self, chain: str, *types: str) -> list[Recorded]:
        with self.site.database.read() as connection:
            return list(read_chain(connection, chain, self.site.vault, types=types))

    def types(self, chain: str) -> list[str]:
        return [event.type for event in self.events(chain)]


@pytest.fixture
def make_house(database: Database, tmp_path: Path) -> Callable[..., House]:
    """Makes the house, once on SQLite and once on PostgreSQL; ``handlers`` are the service tasks it
    knows."""

    def make(handlers: Mapping[str, Handler] | None = None) -> House:
        database.create()
        keys = KeyFolder(tmp_path / "engine keys")
        keys.create()
        clock = SetClock(START)
        site = Site(
            database=database,
            vault=Vault(keys.master()),
            clock=clock,
            keys=keys,
            name="test",
            public_url="http://test",
            demo=False,
            zone=ZoneInfo("Asia/Shanghai"),
            handlers=handlers or {},
        )
        return House(site, clock)

    return make


@pytest.fixture
def house(make_house: Callable[..., House]) -> House:
    return make_house()
