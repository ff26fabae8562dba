"""Variables of a case: scopes, where a name is read and where a write goes (docs/formats.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

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
POLICY = "policy"  # what people decided for this case where the policy was unset
_ENDS_WRITES = frozenset({CASE, LOCAL, CLOSED})


@dataclass
class Scope:
    """One set of variables. ``encoded`` is kept beside ``values`` so that a write encodes only what
    it changes."""

    id: str
    parent_id: str | None
    instance_id: str
    element_id: str
    kind: str
    values: dict[str, object] = field(default_factory=dict)
    encoded: dict[str, Encoded] = field(default_factory=dict)
    stored: bool = False
    dirty: bool = False


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
        for row in scopes_of_case(connection, case_id):
            encoded = orjson.loads(vault.decrypt(connection, subject_id, row.data))
            scopes._scopes[row.id] = Scope(
                id=row.id,
                parent_id=row.parent_id,
                instance_id=row.instance_id,
                element_id=row.element_id,
                kind=row.kind,
                values={name: decode(value) for name, value in encoded.items()},
                encoded=encoded,
                stored=True,
            )
        return scopes

    def open(
        self, scope_id: str, *, parent_id: str | None, instance_id: str, element_id: str, kind: str
    ) -> Scope:
        """A new, empty scope, also in the place of one that an attempt before this one left."""
        known = self._scopes.get(scope_id)
        stored = (known is not None and known.stored) or scope_id in self._closed
        if scope_id in self._closed:
            self._closed.remove(scope_id)
        scope = Scope(scope_id, parent_id, instance_id, element_id, kind, stored=stored, dirty=True)
        self._scopes[scope_id] = scope
        return scope

    def close(self, scope_id: str) -> None:
        """Forgets a scope, where there is one."""
        scope = self._scopes.pop(scope_id, None)
        if scope is not None and scope.stored:
            self._closed.append(scope_id)

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
            new[name] = scope.values[name] = value
            scope.encoded[name] = encoded
            scope.dirty = True
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
            data = vault.encrypt(connection, subject_id, canonical(scope.encoded))
            if scope.stored:
                changed.append((scope.id, data))
            else:
                new.append(
                    ScopeRow(
                        id=scope.id,
                        root_id=self.case_id,
                        parent_id=scope.parent_id,
                        instance_id=scope.instance_id,
                        element_id=scope.element_id,
                        kind=scope.kind,
                        data=data,
                    )
                )
            scope.stored, scope.dirty = True, False
        insert_scopes(connection, new)
        write_scopes(connection, changed)
        delete_scopes(connection, self._closed)
        self._closed.clear()


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
