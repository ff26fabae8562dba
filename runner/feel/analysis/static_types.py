"""What a value can be, said before anything is evaluated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from runner.feel.values import Function, Range, Value, kind

_SCALARS = frozenset({"string", "number", "boolean"})
_ZERO = Decimal(0)
MANY = 200
"""A closed set with more values than this counts as open."""


@dataclass(frozen=True, slots=True)
class Type:
    """What a value can be when it is not null; any value may be null besides.

    `kinds` are names of FEEL types as `kind` gives them; None: anything, empty: always null.
    `values`: all that a string, number or boolean can be; None: any. `low` and `high` bound numbers
    (both ends included). `item`: what lists hold, or lie between the ends of a range. `entries`:
    what a context has; None: anything; `open`: there may be others. `parameters` and `result` are
    those of a function.
    """

    kinds: frozenset[str] | None = None
    values: frozenset[Value] | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    item: Type | None = None
    entries: Mapping[str, Type] | None = None
    open: bool = False
    parameters: tuple[str, ...] | None = None
    result: Type | None = None

    def __str__(self) -> str:
        if self.kinds is None:
            return "Any"
        if self.is_only("list") and self.item is not None:
            return f"list<{self.item}>"
        return " or ".join(sorted(self.kinds)) or "null"

    def is_only(self, kind_name: str) -> bool:
        """Whether the value, if there is one, is certainly of this kind."""
        return self.kinds is not None and self.kinds == frozenset({kind_name})

    @property
    def is_zero(self) -> bool:
        """Whether it is certainly the number 0."""
        return self.is_only("number") and self.values == frozenset({_ZERO})

    @property
    def items(self) -> Type:
        """What a list of this type, or a single value taken for a list, holds."""
        if self.kinds is None or not self.kinds:
            return ANY
        if "list" not in self.kinds:
            return self
        inner = self.item or ANY
        rest = self.kinds - {"list"}
        return inner.joined(replace(self, kinds=rest, item=None)) if rest else inner

    def joined(self, other: Type) -> Type:
        """The type of a value that is of one of both types."""
        if self.kinds is None or other.kinds is None:
            return ANY
        if self == other or not other.kinds:
            return self
        if not self.kinds:
            return other
        return Type(
            self.kinds | other.kinds,
            _joined_values(self, other),
            _bound(self, other, self.low, other.low, min),
            _bound(self, other, self.high, other.high, max),
            _joined_items(self, other),
            *_joined_entries(self, other),
        )


ANY = Type()
NULL = Type(frozenset())
BOOLEAN = Type(frozenset({"boolean"}))


def of_kind(*kinds: str) -> Type:
    """Any value of these kinds."""
    return Type(frozenset(kinds))


def one_of(kind_name: str, values: Iterable[Value]) -> Type:
    """A string, number or boolean out of a closed set."""
    found = frozenset(values)
    return Type(frozenset({kind_name}), found if len(found) <= MANY else None)


def list_of(item: Type) -> Type:
    """A list of such items."""
    return Type(frozenset({"list"}), item=item)


def context_of(entries: Mapping[str, Type], *, open: bool = False) -> Type:
    """A context with these entries, and others if it is open."""
    return Type(frozenset({"context"}), entries=dict(entries), open=open)


def function_of(parameters: tuple[str, ...] | None, result: Type = ANY) -> Type:
    """A function with these parameters; None: any."""
    return Type(frozenset({"function"}), parameters=parameters, result=result)


def of_value(value: Value) -> Type:
    """The type with exactly this value, or close to it."""
    if value is None:
        return NULL
    name = kind(value)
    if name in _SCALARS:
        return Type(frozenset({name}), frozenset({value}))
    if isinstance(value, list):
        if len(value) > MANY:
            return list_of(of_kind(*{kind(item) for item in value if item is not None}))
        return list_of(union(of_value(item) for item in value))
    if isinstance(value, Range):
        ends = [of_value(end) for end in (value.low, value.high) if end is not None]
        item = replace(union(ends), values=None)
        if item.is_only("number"):
            item = replace(item, low=value.low, high=value.high)
        return Type(frozenset({"range"}), item=item)
    if isinstance(value, dict):
        return context_of({key: of_value(item) for key, item in value.items()})
    if isinstance(value, Function):
        return function_of(None if value.variadic else value.parameters)
    return of_kind(name)


def union(types: Iterable[Type]) -> Type:
    """What a value is that is of one of the types; NULL for none."""
    found = NULL
    for item in types:
        found = found.joined(item)
    return found


def _joined_values(one: Type, other: Type) -> frozenset[Value] | None:
    """Both sets of values. Kinds are not mixed: true and 1 would be the same value of a set."""
    if one.values is None or other.values is None or one.kinds != other.kinds:
        return None
    both = one.values | other.values
    return both if len(both) <= MANY else None


def _bound(
    one: Type,
    other: Type,
    first: Decimal | None,
    second: Decimal | None,
    pick: object,
) -> Decimal | None:
    """The wider of two bounds, where every number of both types has one."""
    assert one.kinds is not None
    assert other.kinds is not None
    if "number" not in one.kinds:
        return second
    if "number" not in other.kinds:
        return first
    if first is None or second is None:
        return None
    return min(first, second) if pick is min else max(first, second)


def _joined_items(one: Type, other: Type) -> Type | None:
    holders = [t for t in (one, other) if t.kinds and t.kinds & {"list", "range"}]
    if any(holder.item is None for holder in holders) or not holders:
        return None
    return union(holder.item for holder in holders if holder.item is not None)


def _joined_entries(one: Type, other: Type) -> tuple[Mapping[str, Type] | None, bool]:
    holders = [t for t in (one, other) if t.kinds and "context" in t.kinds]
    if any(holder.entries is None for holder in holders) or not holders:
        return None, False
    found: dict[str, Type] = {}
    for holder in holders:
        for name, entry in (holder.entries or {}).items():
            others = [t for t in holders if name not in (t.entries or {})]
            known = found.get(name, NULL).joined(entry)
            found[name] = ANY if any(t.open for t in others) else known
    return found, any(holder.open for holder in holders)
