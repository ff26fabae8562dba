"""What a declared type means for the cells of a column: one kind of value, and tests to pass."""

from __future__ import annotations

from dataclasses import dataclass

from runner.definitions.dmn.types import SIMPLE, ItemType
from runner.feel import UnaryTests

_WHOLE = frozenset({"integer", "int", "long", "short"})
_KINDS = frozenset(SIMPLE.values())


@dataclass(frozen=True, slots=True)
class DeclaredType:
    """`kind` is a FEEL type, or "" where anything fits; `whole`: whole numbers only; `allowed` are
    the tests that each of its values passes."""

    kind: str = ""
    whole: bool = False
    allowed: tuple[UnaryTests, ...] = ()


def declared_type(type_: ItemType | None) -> DeclaredType:
    """What the type says, by whatever names it is called; of None nothing."""
    allowed: tuple[UnaryTests, ...] = ()
    while type_ is not None and type_.base == "named":
        allowed += type_.tests
        type_ = type_.of
    if type_ is None:
        return DeclaredType(allowed=allowed)
    kind = type_.base if type_.base in _KINDS else ""
    return DeclaredType(kind, type_.name in _WHOLE, allowed + type_.tests)
