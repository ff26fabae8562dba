"""What an expression of a case sees: its scopes, and the read-only ``policy``, ``clock`` and
``open_tasks``, each made only when it is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal

from runner.engine.scopes import Scopes
from runner.feel import Unset

_READ_ONLY = frozenset({"policy", "clock", "open_tasks"})
READ_ONLY = _READ_ONLY
"""Names no form, mapping or handler can write."""


class Variables(Mapping[str, object]):
    """Read-only view from one scope. ``since`` is when the asking element became active;
    ``extras`` are seen before everything else."""

    def __init__(
        self,
        scopes: Scopes,
        scope_id: str,
        *,
        policy: Mapping[str, object],
        since: datetime,
        open_tasks: Callable[[], int],
        extras: Mapping[str, object] | None = None,
    ) -> None:
        self._scopes = scopes
        self._scope_id = scope_id
        self._policy = policy
        self._since = since
        self._open_tasks = open_tasks
        self._made: dict[str, object] = dict(extras) if extras else {}

    def __getitem__(self, name: str) -> object:
        if name in self._made:
            return self._made[name]
        if name in _READ_ONLY:
            value = self._make(name)
            self._made[name] = value
            return value
        for scope in self._scopes.outwards(self._scope_id):
            if name in scope.values:
                return scope.values[name]
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        if name in self._made or name in _READ_ONLY:
            return True
        return any(name in scope.values for scope in self._scopes.outwards(self._scope_id))

    def __iter__(self) -> Iterator[str]:
        names = dict.fromkeys(self._made)
        names.update(dict.fromkeys(sorted(_READ_ONLY)))
        names.update(dict.fromkeys(self._scopes.visible(self._scope_id)))
        return iter(names)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _make(self, name: str) -> object:
        if name == "policy":
            return self._policy
        if name == "open_tasks":
            return Decimal(self._open_tasks())
        return self._clock()

    def _clock(self) -> dict[str, object]:
        found: dict[str, object] = {}
        for scope in self._scopes.outwards(self._scope_id):
            for name, value in scope.values.items():
                if name.endswith("_at") and isinstance(value, date):  # datetime is a date
                    found.setdefault(name[:-3], value)
        found["now"] = self._since
        return found


def with_decisions(
    policy: Mapping[str, object], decided: Mapping[str, object]
) -> Mapping[str, object]:
    """The policy with values people decided for one case: dotted path to value."""
    for path, value in decided.items():
        policy = _replaced(policy, _parts(path), value)  # type: ignore[assignment]
    return policy


def is_unset(policy: Mapping[str, object], path: str) -> bool:
    """Whether the policy has an undecided value at this path (``team.members[2].group``)."""
    found: object = policy
    for part in _parts(path):
        if isinstance(part, str) and isinstance(found, Mapping):
            found = found.get(part)
        elif isinstance(part, int) and isinstance(found, list) and part < len(found):
            found = found[part]
        else:
            return False
    return isinstance(found, Unset)


def _parts(path: str) -> list[str | int]:
    """Keys, and positions counted from 0; the path counts them from 1, as people do."""
    return [
        int(position) - 1 if position else key
        for key, position in re.findall(r"([^.\[\]]+)(?![^\[]*\])|\[(\d+)\]", path)
    ]


def _replaced(node: object, parts: list[str | int], value: object) -> object:
    if not parts:
        return value
    part, rest = parts[0], parts[1:]
    if isinstance(part, int):
        items = list(node) if isinstance(node, list) else []
        if part < len(items):
            items[part] = _replaced(items[part], rest, value)
        return items
    copy = dict(node) if isinstance(node, Mapping) else {}
    copy[part] = _replaced(copy.get(part), rest, value)
    return copy
