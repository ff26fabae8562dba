"""Variables of a case: scopes, where a name is read and where a write goes (docs/formats.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from zlib import crc32

import orjson
from sqlalchemy import Connection

from runner.encoding import Encoded, canonical, decode, encode
from runner.errors import NotFound
from runner.feel import to_feel
from runner.store.cases import find_case
from runner.store.keys import Vault
from runner.store.scopes import (
    ScopeRow,
    delete_scopes,
    insert_scopes,
    scopes_of_case,
    write_scopes,
)

if TYPE_CHECKING:
    from runner.engine.site import Site

CASE = "case"
PASSING = "passing"
LOCAL = "local"
CLOSED = "closed"  # a call that does not see its caller's variables
PART = "part"  # a row with some variables of a large scope, which is its parent
POLICY = "policy"  # what people decided for this case where the policy was unset
SPLIT_BYTES = 48_000
"""A scope that is larger is kept in parts, so that a write costs what it changes."""
_PARTS = 64
_NOTHING = canonical({})
_ENDS_WRITES = frozenset({CASE, LOCAL, CLOSED})


@dataclass
class Scope:
    """One set of variables. ``encoded`` is kept beside ``values`` so that a write encodes only what
    it changes. ``parts`` are the names in each part of a large scope, None of a small one;
    ``stale`` are the parts to write."""

    id: str
    parent_id: str | None
    instance_id: str
    element_id: str
    kind: str
    values: dict[str, object] = field(default_factory=dict)
    encoded: dict[str, Encoded] = field(default_factory=dict)
    stored: bool = False
    dirty: bool = False
    parts: dict[str, set[str]] | None = None
    stored_parts: set[str] = field(default_factory=set)
    stale: set[str] = field(default_factory=set)

    def put(self, name: str, value: object, encoded: Encoded) -> None:
        self.values[name] = value
        self.encoded[name] = encoded
        self.dirty = True
        if self.parts is not None:
            self._place(name)

    def split(self) -> None:
        """From now on in parts, all of which are to be written."""
        self.parts = {}
        for name in self.encoded:
            self._place(name)

    def _place(self, name: str) -> None:
        assert self.parts is not None
        part = f"{self.id}#{crc32(name.encode()) % _PARTS}"
        self.parts.setdefault(part, set()).add(name)
        self.stale.add(part)


@dataclass(frozen=True, slots=True)
class Written:
    """What one write changed in one scope; ``old`` has only names that existed."""

    scope_id: str
    new: Mapping[str, object]
    old: Mapping[str, object]


class Scopes:
    """All scopes of one case, with what changed since they were stored."""

    def __init__(self, case_id: str) -> None:
        self.case_id = case_id
        self._scopes: dict[str, Scope] = {}
        self._closed: list[str] = []

    @classmethod
    def load(cls, connection: Connection, vault: Vault, case_id: str, subject_id: str) -> Scopes:
        """Raises ``Erased`` when the person's key was destroyed."""
        scopes = cls(case_id)
        rows = scopes_of_case(connection, case_id)
        for row in rows:
            if row.kind != PART:
                scopes._scopes[row.id] = Scope(
                    id=row.id,
                    parent_id=row.parent_id,
                    instance_id=row.instance_id,
                    element_id=row.element_id,
                    kind=row.kind,
                    stored=True,
                )
        for row in rows:
            scope = scopes._scopes[(row.parent_id or "") if row.kind == PART else row.id]
            encoded = orjson.loads(vault.decrypt(connection, subject_id, row.data))
            scope.encoded.update(encoded)
            scope.values.update((name, decode(value)) for name, value in encoded.items())
            if row.kind == PART:
                scope.parts = scope.parts or {}
                scope.parts[row.id] = set(encoded)
                scope.stored_parts.add(row.id)
        return scopes

    def open(
        self, scope_id: str, *, parent_id: str | None, instance_id: str, element_id: str, kind: str
    ) -> Scope:
        """A new, empty scope, also in the place of one that an attempt before this one left."""
        known = self._scopes.get(scope_id)
        stored = (known is not None and known.stored) or scope_id in self._closed
        before = set() if known is None else known.stored_parts
        before |= {row_id for row_id in self._closed if row_id.startswith(f"{scope_id}#")}
        self._closed = [row for row in self._closed if row != scope_id and row not in before]
        scope = Scope(scope_id, parent_id, instance_id, element_id, kind, stored=stored, dirty=True)
        if before:  # rows are written over, not removed and made again
            scope.parts, scope.stored_parts = {part: set() for part in before}, before
            scope.stale = set(before)
        self._scopes[scope_id] = scope
        return scope

    def close(self, scope_id: str) -> None:
        """Forgets a scope, where there is one."""
        scope = self._scopes.pop(scope_id, None)
        if scope is not None and scope.stored:
            self._closed += [scope_id, *sorted(scope.stored_parts)]

    def get(self, scope_id: str) -> Scope | None:
        return self._scopes.get(scope_id)

    def all(self) -> tuple[Scope, ...]:
        """Every scope of the case."""
        return tuple(self._scopes.values())

    def outwards(self, scope_id: str | None) -> Iterator[Scope]:
        """The scopes that are read from ``scope_id``, nearest first."""
        while scope_id is not None:
            scope = self._scopes[scope_id]
            yield scope
            if scope.kind == CLOSED:
                return
            scope_id = scope.parent_id

    def declare(self, scope_id: str, values: Mapping[str, object]) -> Written:
        """Sets variables in exactly this scope. Raises ``NotStorable``; nothing was set then."""
        return self._set(scope_id, _written(values))

    def write(self, scope_id: str, values: Mapping[str, object]) -> list[Written]:
        """Sets variables where they belong, seen from ``scope_id``; unchanged ones are left out.
        Raises ``NotStorable``; nothing was set then."""
        places: dict[str, dict[str, tuple[object, Encoded]]] = {}
        for name, given in _written(values).items():
            places.setdefault(self._home(scope_id, name), {})[name] = given
        written = [self._set(place, part) for place, part in places.items()]
        return [part for part in written if part.new]

    def _set(self, scope_id: str, values: Mapping[str, tuple[object, Encoded]]) -> Written:
        scope = self._scopes[scope_id]
        new: dict[str, object] = {}
        old: dict[str, object] = {}
        for name, (value, encoded) in values.items():
            if name in scope.values:
                if scope.encoded[name] == encoded:
                    continue
                old[name] = scope.values[name]
            new[name] = value
            scope.put(name, value, encoded)
        return Written(scope_id, new, old)

    def _home(self, scope_id: str, name: str) -> str:
        for scope in self.outwards(scope_id):
            if name in scope.values or scope.kind in _ENDS_WRITES:
                return scope.id
        return self.case_id

    def visible(self, scope_id: str) -> dict[str, object]:
        """Every variable that is read from ``scope_id``, by name."""
        found: dict[str, object] = {}
        for scope in reversed(list(self.outwards(scope_id))):
            found.update((n, v) for n, v in scope.values.items() if not n.startswith("#"))
        return found

    def flush(self, connection: Connection, vault: Vault, subject_id: str) -> None:
        """Writes what changed, encrypted for the person."""
        new: list[ScopeRow] = []
        changed: list[tuple[str, bytes]] = []
        for scope in self._scopes.values():
            if not scope.dirty:
                continue
            for row, stored in _rows_of(scope, self.case_id):
                data = vault.encrypt(connection, subject_id, row.data)
                if stored:
                    changed.append((row.id, data))
                else:
                    new.append(replace(row, data=data))
            scope.stored, scope.dirty = True, False
            scope.stored_parts |= scope.stale
            scope.stale.clear()
        insert_scopes(connection, new)
        write_scopes(connection, changed)
        delete_scopes(connection, self._closed)
        self._closed.clear()


def _rows_of(scope: Scope, case_id: str) -> Iterator[tuple[ScopeRow, bool]]:
    """The rows a changed scope needs written, still readable, and whether they are there."""

    def row(row_id: str, parent_id: str | None, kind: str, data: bytes) -> ScopeRow:
        return ScopeRow(row_id, case_id, parent_id, scope.instance_id, scope.element_id, kind, data)

    if scope.parts is None:
        whole = canonical(scope.encoded)
        if len(whole) <= SPLIT_BYTES:
            yield row(scope.id, scope.parent_id, scope.kind, whole), scope.stored
            return
        scope.split()
        yield row(scope.id, scope.parent_id, scope.kind, _NOTHING), scope.stored
    elif not scope.stored:
        yield row(scope.id, scope.parent_id, scope.kind, _NOTHING), False
    assert scope.parts is not None
    for part in sorted(scope.stale):
        data = canonical({name: scope.encoded[name] for name in sorted(scope.parts[part])})
        yield row(part, scope.id, PART, data), part in scope.stored_parts


def _written(values: Mapping[str, object]) -> dict[str, tuple[object, Encoded]]:
    """Each name's FEEL value with its written form."""
    found = {name: to_feel(given) for name, given in values.items()}
    return {name: (value, encode(value, name)) for name, value in found.items()}


def read_case_variables(site: Site, connection: Connection, case_id: str) -> dict[str, object]:
    """The variables of a case by name, for pages and evidence. Raises ``NotFound``, ``Erased``."""
    row = find_case(connection, case_id)
    if row is None:
        raise NotFound("没有这起投诉。 / There is no such case.")
    return Scopes.load(connection, site.vault, case_id, row.subject_id).visible(case_id)
