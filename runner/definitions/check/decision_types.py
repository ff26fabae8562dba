"""What decisions answer: the outputs of tables, and the types of literal expressions."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping

from runner.definitions.dmn import Decision, DecisionModel, Source, Table
from runner.definitions.dmn.logic import Literal, Typed
from runner.definitions.dmn.model import Link
from runner.definitions.dmn.types import ANY_NAMES, SIMPLE
from runner.feel import Expression
from runner.feel.analysis.inference import infer
from runner.feel.analysis.static_types import (
    ANY,
    Type,
    context_of,
    function_of,
    list_of,
    of_kind,
    union,
)

Types = Mapping[str, Type]
_SINGLE = frozenset({"UNIQUE", "FIRST", "ANY", "PRIORITY"})
_COUNTED = frozenset({"SUM", "COUNT"})
_DEEP = 20


def decision_type(decision: Decision, case: Types, depth: int = 0) -> Type:
    """What the decision answers in a case with these variables."""
    seen = decision_scope(decision, case, depth)
    logic = decision.logic.inner if isinstance(decision.logic, Typed) else decision.logic
    if isinstance(logic, Table):
        found = _table(logic, seen)
    elif isinstance(logic, Literal):
        found = _source(logic.source, seen)
    else:
        return ANY
    if decision.type is None:
        return found
    base = decision.type.plain().base  # what lists and contexts hold may become something else
    return ANY if base in ("list", "context") else declared(base, found)


def decision_scope(decision: Decision, case: Types, depth: int = 0) -> Types:
    """What the expressions of a decision see: the answers of decisions it requires, its own names
    (of which nothing is known), and the case."""
    near = {name: ANY for source in decision.sources for name in source.local}
    for link in decision.required:
        if not link.space and depth < _DEEP:
            required = decision.model.decisions[link.id]
            near |= dict.fromkeys(required.names, decision_type(required, case, depth + 1))
    near |= functions_of(decision.model, decision.knowledge)
    return ChainMap(near, case)  # type: ignore[arg-type]


def functions_of(model: DecisionModel, links: Iterable[Link]) -> dict[str, Type]:
    """The functions that knowledge models of the same file are, by name."""
    found: dict[str, Type] = {}
    for link in links:
        item = model.knowledge.get(link.id) if not link.space else None
        if item is not None:
            names = tuple(parameter.name for parameter in item.parameters)
            found[item.name] = function_of(names)
    return found


def _table(table: Table, seen: Types) -> Type:
    columns = [_column(table, number, seen) for number in range(len(table.outputs))]
    names = [output.name for output in table.outputs]
    if len(columns) == 1:
        answer = columns[0]
    else:
        answer = context_of(dict(zip(names, columns, strict=True)))
    if table.hit_policy in _SINGLE:
        return answer
    if table.aggregation is None:
        return list_of(answer)
    return of_kind("number") if table.aggregation in _COUNTED else answer


def _column(table: Table, number: int, seen: Types) -> Type:
    output = table.outputs[number]
    found = union(_source(rule.outputs[number], seen) for rule in table.rules)
    if output.default is not None:
        found = found.joined(_source(output.default, seen))
    return declared(output.type_ref, found)


def declared(type_ref: str, found: Type) -> Type:
    """What becomes of such values in a column that says its type: others are converted to it."""
    if type_ref in ANY_NAMES or not found.kinds:
        return found
    return found if found.is_only(SIMPLE.get(type_ref, "")) else ANY


def _source(source: Source, seen: Types) -> Type:
    compiled = source.compiled
    return infer(compiled, seen).type if isinstance(compiled, Expression) else ANY
