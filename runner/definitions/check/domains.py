"""What the input columns of a decision table can hold, as the whole procedure knows it."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runner.definitions.check.decision_types import decision_scope
from runner.definitions.dmn import Decision, Table
from runner.definitions.dmn.declared_types import declared_type
from runner.definitions.dmn.regions import Domain
from runner.definitions.dmn.table import Input
from runner.definitions.dmn.types import SIMPLE
from runner.feel import Expression, UnaryTests, compile_unary_tests, nodes
from runner.feel.analysis.inference import infer
from runner.feel.analysis.static_types import ANY, Type

if TYPE_CHECKING:
    from runner.definitions.check.subject import Subject

_KINDS = frozenset(SIMPLE.values())
_COUNTS = (nodes.Name("count"), nodes.Name("string length"))


@dataclass(frozen=True)
class Known:
    """A column's domain. `by_forms`: its options come from what the case can hold, so that the
    rule `unknown_option` already speaks of texts that are none of them."""

    domain: Domain
    by_forms: bool = False


class Domains:
    """Says of any column what it can hold."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject

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
        if alone != kind:
            return Known(Domain(kind, declared.whole, allowed))
        whole = declared.whole or _counts(column.source.compiled.node)
        allowed += tuple(_limits(found))
        if kind == "string" and found.values is not None:
            return Known(Domain(kind, whole, allowed, frozenset(found.values)), True)
        return Known(Domain(kind, whole, allowed))

    def _inferred(self, decision: Decision, table: Table, column: Input) -> Type:
        """What the column's expression can give, as far as the procedure tells."""
        compiled = column.source.compiled
        if table is not decision.table or not isinstance(compiled, Expression):
            return ANY
        subject = self._subject
        given = dict.fromkeys(subject.names.decision_inputs | column.source.local, ANY)
        return infer(
            compiled, decision_scope(decision, ChainMap(given, subject.variables.case))
        ).type


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
