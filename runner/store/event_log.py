"""The event log: appends chained headers, keeps values beside them, reads them back.

The bytes are fixed in docs/formats.md, "Events". Nothing here updates or deletes; triggers made by
``append_only`` refuse it in the database as well.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Select, select, text

from runner.clock import to_text
from runner.encoding import Encoded, canonical, decode, encode
from runner.events import Event
from runner.store.keys import Erased, Vault
from runner.store.prepared import prepared_insert
from runner.store.tables import event_values, events

SCHEMA = "1"
GENESIS = hashlib.sha256(b"ombud event log").digest()
_SALT = 16
_PLACES = ("element", "token", "process", "instance")
_INSERT = prepared_insert(events, ["chain", "number", "type", "at", "header", "leaf"])
_INSERT_VALUES = prepared_insert(event_values)


@dataclass(frozen=True)
class Stamp:
    """Who and when: the actor is an opaque id, ``system``, ``customer`` or ``worker``."""

    actor: str
    at: datetime
    recorded_at: datetime
    release: str | None = None


@dataclass
class ChainHead:
    """Where a chain stands: how many events it has and the digest of the last header."""

    chain: str
    count: int = 0
    digest: bytes = GENESIS


@dataclass(frozen=True)
class Recorded:
    """One event read back. ``values`` maps ``field.key`` to a value, or is None once erased."""

    id: int
    number: int
    type: str
    at: datetime
    header: Mapping[str, object]
    header_bytes: bytes
    values: Mapping[str, object] | None = None
    salts: Mapping[str, str] = field(default_factory=dict)


def leaf_hash(header: bytes) -> bytes:
    """RFC 9162 section 2.1.1: the hash of a Merkle tree leaf."""
    return hashlib.sha256(b"\x00" + header).digest()


def commitment(salt: bytes, value: Encoded) -> str:
    """HMAC-SHA256 over the value's canonical bytes, keyed by its random salt."""
    return hmac.new(salt, canonical(value), hashlib.sha256).hexdigest()


class EventWriter:
    """Collects the events of one transaction and writes them in one go.

    The caller holds the chain's lock and stores the new ``head`` in the same transaction; the
    uniqueness of (chain, number) is the second net under that lock.
    """

    def __init__(
        self, connection: Connection, head: ChainHead, vault: Vault, subject_id: str | None
    ) -> None:
        self.head = head
        self._connection = connection
        self._vault = vault
        self._subject = subject_id
        self._rows: list[dict[str, object]] = []
        self._values: list[tuple[int, bytes]] = []
        self._stamp: Stamp | None = None
        self._stamp_members: dict[str, Encoded] = {}

    def append(self, event: Event, stamp: Stamp) -> int:
        """Adds one event and returns its number in the chain (1 first)."""
        values = {name: encode(value, name) for name, value in event.values()}
        if values and self._subject is None:
            raise ValueError(f"{event.type}: a chain without a data subject takes no values")
        salts = os.urandom(_SALT * len(values)) if values else b""
        commitments: dict[str, Encoded] = {}
        opened: dict[str, Encoded] = {}
        for index, (name, value) in enumerate(values.items()):
            salt = salts[index * _SALT : (index + 1) * _SALT]
            commitments[name] = commitment(salt, value)
            opened[name] = [salt.hex(), value]
        facts = {name: _fact(value) for name, value in event.facts()}
        document: dict[str, Encoded] = {
            "schema": SCHEMA,
            "chain": self.head.chain,
            "number": str(self.head.count + 1),
            "previous": self.head.digest.hex(),
            "type": event.type,
            **self._stamped(stamp),
        }
        for place in _PLACES:
            if place in facts:
                document[place] = facts.pop(place)
        document["facts"] = facts
        document["commitments"] = commitments
        header = canonical(document)
        self.head.count += 1
        self.head.digest = hashlib.sha256(header).digest()
        self._rows.append(
            {
                "chain": self.head.chain,
                "number": self.head.count,
                "type": event.type,
                "at": stamp.at,
                "header": header,
                "leaf": leaf_hash(header),
            }
        )
        if opened:
            self._values.append((self.head.count, canonical(opened)))
        return self.head.count

    def _stamped(self, stamp: Stamp) -> Mapping[str, Encoded]:
        """The members a stamp gives: written once, as all events of a command share it."""
        if stamp is not self._stamp:
            self._stamp = stamp
            self._stamp_members = {
                "at": to_text(stamp.at),
                "recorded_at": to_text(stamp.recorded_at),
                "actor": stamp.actor,
            }
            if stamp.release:
                self._stamp_members["release"] = stamp.release
        return self._stamp_members

    def flush(self) -> None:
        """Inserts what was appended. Raises the database's integrity error if the chain moved."""
        if not self._rows:
            return
        _INSERT.each(self._connection, self._rows)
        if self._values and self._subject is not None:
            _INSERT_VALUES.each(
                self._connection,
                [
                    {
                        "chain": self.head.chain,
                        "number": number,
                        "subject_id": self._subject,
                        "data": self._vault.encrypt(self._connection, self._subject, data),
                    }
                    for number, data in self._values
                ],
            )
        self._rows.clear()
        self._values.clear()


def _fact(value: object) -> Encoded:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return {str(key): _fact(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_fact(item) for item in value]
    raise TypeError(f"a fact is text, true/false, a list or a mapping, got {type(value).__name__}")


def read_chain(
    connection: Connection, chain: str, vault: Vault, *, after: int = 0, types: Sequence[str] = ()
) -> Iterator[Recorded]:
    """The events of ``chain`` in order, values decrypted where their key still exists."""
    query = with_values(chain).where(events.c.number > after).order_by(events.c.number)
    if types:
        query = query.where(events.c.type.in_(types))
    for row in connection.execute(query):
        yield recorded(connection, vault, row)


def with_values(chain: str) -> Select[Any]:
    """The rows of a chain that ``recorded`` opens."""
    return (
        select(events, event_values.c.data, event_values.c.subject_id)
        .outerjoin(
            event_values,
            (event_values.c.chain == events.c.chain) & (event_values.c.number == events.c.number),
        )
        .where(events.c.chain == chain)
    )


def recorded(connection: Connection, vault: Vault, row: Row[Any]) -> Recorded:
    """One row of ``with_values``, its values decrypted where their key still exists."""
    values: dict[str, object] | None = {}
    salts: dict[str, str] = {}
    if row.data is not None:
        try:
            opened = orjson.loads(vault.decrypt(connection, row.subject_id, row.data))
            values = {name: decode(pair[1]) for name, pair in opened.items()}
            salts = {name: pair[0] for name, pair in opened.items()}
        except Erased:
            values = None
    return Recorded(
        id=row.id,
        number=row.number,
        type=row.type,
        at=row.at,
        header=orjson.loads(row.header),
        header_bytes=row.header,
        values=values,
        salts=salts,
    )


APPEND_ONLY_TABLES = (
    "events",
    "event_values",
    "event_leaves",
    "checkpoints",
    "attachments",
    "document_revisions",
    "blobs",
    "release_files",
)


def append_only(connection: Connection) -> None:
    """Makes the triggers that refuse UPDATE and DELETE on evidence. Runs once, at creation."""
    postgresql = connection.dialect.name == "postgresql"
    if postgresql:
        connection.execute(
            text(
                "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger AS "
                "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$ "
                "LANGUAGE plpgsql"
            )
        )
    for table in APPEND_ONLY_TABLES:
        for action in ("UPDATE", "DELETE"):
            body = (
                "EXECUTE FUNCTION refuse_change()"
                if postgresql
                else f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
            each = "FOR EACH ROW " if postgresql else ""
            connection.execute(
                text(
                    f"CREATE TRIGGER {table}_refuse_{action.lower()} "
                    f"BEFORE {action} ON {table} {each}{body}"
                )
            )
