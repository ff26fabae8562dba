"""What the input columns of a decision table can hold, as the whole procedure knows it."""

from __future__ import annotations

import datetime as dt
from collections import ChainMap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runner.definitions.check.decision_types import Types, decision_scope
from runner.definitions.dmn import Decision, Table
from runner.definitions.dmn.cells import Constants, read_tests
from runner.definitions.dmn.declared_types import declared_type
from runner.definitions.dmn.regions import Domain
from runner.definitions.dmn.table import Input
from runner.definitions.dmn.types import SIMPLE
from runner.feel import Evaluation, Expression, UnaryTests, Value, compile_unary_tests, nodes
from runner.feel.analysis.inference import infer
from runner.feel.analysis.static_types import ANY, Type

if TYPE_CHECKING:
    from runner.definitions.check.subject import Subject

_KINDS = frozenset(SIMPLE.values())
_NOW = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_COUNTS = (nodes.Name("count"), nodes.Name("string length"))


@dataclass(frozen=True)
class Known:
    """A column's domain. `by_forms`: its options come from what the case can hold, so that the
    rule `unknown_option` already speaks of texts that are none of them. `found`: what its
    expression can give. `misfit`: that is never of the type that the column says. `refused`: values
    that the expression can give and the column does not allow."""

    domain: Domain
    by_forms: bool = False
    found: Type = ANY
    misfit: bool = False
    refused: tuple[Value, ...] = ()


class Domains:
    """Says of any column what it can hold."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._scopes: dict[str, Types] = {}

    def of(self, decision: Decision, table: Table) -> tuple[Known, ...]:
        """For each input column of the table what it can hold."""
        return tuple(self._known(decision, table, column) for column in table.inputs)

    def _known(self, decision: Decision, table: Table, column: Input) -> Known:
        declared = declared_type(column.type)
        allowed = (
            declared.allowed if column.allowed is None else (*declared.allowed, column.allowed)
        )
        found = self._inferred(decision, table, column)
        (alone,) = found.kinds if found.kinds is not None and len(found.kinds) == 1 else ("",)
        kind = declared.kind or (alone if alone in _KINDS else "")
        if declared.kind and _never(found, declared.kind):
            # The cells are written for what is given: the type is what is wrong.
            return Known(Domain(alone if alone in _KINDS else ""), found=found, misfit=True)
        if alone != kind:
            return Known(Domain(kind, declared.whole, allowed), found=found)
        refused = tuple(_refused(found, allowed))
        if refused:
            texts = frozenset(found.values or ()) if kind == "string" else None
            return Known(Domain(kind, options=texts), True, found, refused=refused)
        whole = declared.whole or _counts(column.source.compiled.node)
        allowed += tuple(_limits(found))
        if kind == "string" and found.values is not None:
            return Known(Domain(kind, whole, allowed, frozenset(found.values)), True, found)
        return Known(Domain(kind, whole, allowed), found=found)

    def _inferred(self, decision: Decision, table: Table, column: Input) -> Type:
        """What the column's expression can give, as far as the procedure tells."""
        compiled = column.source.compiled
        if table is not decision.table or not isinstance(compiled, Expression):
            return ANY
        scope = self._scope(decision)
        near = dict.fromkeys(column.source.local - scope.keys(), ANY)
        return infer(compiled, ChainMap(near, scope)).type  # type: ignore[arg-type]

    def _scope(self, decision: Decision) -> Types:
        """What the expressions of the decision see, worked out once for all columns."""
        if decision.id not in self._scopes:
            given = dict.fromkeys(self._subject.names.decision_inputs, ANY)
            case = ChainMap(given, self._subject.variables.case)
            self._scopes[decision.id] = decision_scope(decision, case)
        return self._scopes[decision.id]


def _never(found: Type, wanted: str) -> bool:
    """Whether nothing the expression gives becomes a value of the wanted kind."""
    if not found.kinds or wanted == "list" or wanted in found.kinds:
        return False
    if "list" in found.kinds:  # a list of one stands for its item
        return bool(found.items.kinds) and wanted not in (found.items.kinds or ())
    return not (wanted == "date and time" and "date" in found.kinds)


def _refused(found: Type, allowed: Sequence[UnaryTests]) -> Iterator[Value]:
    """Of the values that are all the expression can give, those that a test refuses."""
    readings = [reading for test in allowed if isinstance(reading := read_tests(test), Constants)]
    for value in sorted(found.values or (), key=str):
        run = Evaluation({}, _NOW)
        if not all(reading.compiled.matches_in(run, value) for reading in readings):
            yield value


def _counts(node: nodes.Node) -> bool:
    """Whether the expression counts something."""
    return isinstance(node, nodes.Call) and node.function in _COUNTS


def _limits(found: Type) -> Iterator[UnaryTests]:
    """The bounds of a number as tests."""
    if found.kinds == frozenset({"number"}):
        if found.low is not None:
            yield compile_unary_tests(f">= {found.low:f}")
        if found.high is not None:
            yield compile_unary_tests(f"<= {found.high:f}")
