"""Boxed expressions: logic made of other logic."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from runner.definitions.dmn.logic import DecisionRun, Local, Logic, Notes, Source, value_of
from runner.definitions.dmn.types import ItemType, converted
from runner.feel import Evaluation, Function, Range, Value, compile_expression, kind
from runner.feel.calls import call_value
from runner.feel.evaluation import used

_ITEMS = compile_expression("for item in items return item")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a function or a column of a relation; `type` None takes any value."""

    name: str
    type: ItemType | None = None


@dataclass(frozen=True, slots=True)
class Boxed:
    """A logic made of other ones: `combine` evaluates the parts it needs.

    `local` are names that the parts see and the case does not have.
    """

    parts: tuple[Logic, ...]
    combine: Callable[[tuple[Logic, ...], DecisionRun, Local], Value]
    local: frozenset[str] = frozenset()

    def evaluate(self, run: DecisionRun, local: Local, notes: Notes) -> Value:
        return self.combine(self.parts, run, local)

    def sources(self) -> Iterator[Source]:
        for part in self.parts:
            for source in part.sources():
                names = source.local | self.local
                yield Source(source.element_id, source.element_name, source.compiled, names)


def boxed_context(names: tuple[str | None, ...], parts: tuple[Logic, ...]) -> Boxed:
    """Entries that see those before them; an entry without a name is the result."""

    def combine(parts: tuple[Logic, ...], run: DecisionRun, local: Local) -> Value:
        made: dict[str, Value] = {}
        for name, part in zip(names, parts, strict=True):
            run.evaluation.spend(1 + (len(made) >> 4))
            value = value_of(part, run, {**local, **made})
            if name is None:
                return value
            made[name] = value
        return made

    return Boxed(parts, combine, frozenset(name for name in names if name))


def boxed_list(parts: tuple[Logic, ...]) -> Boxed:
    """The list of the parts' values."""
    return Boxed(parts, lambda parts, run, local: [value_of(part, run, local) for part in parts])


def boxed_relation(columns: tuple[Parameter, ...], parts: tuple[Logic, ...]) -> Boxed:
    """A list of contexts, one for each row; the parts are the cells, row by row."""
    width = len(columns)

    def combine(parts: tuple[Logic, ...], run: DecisionRun, local: Local) -> Value:
        rows: list[Value] = []
        for start in range(0, len(parts), width):
            row: dict[str, Value] = {}
            for column, cell in zip(columns, parts[start : start + width], strict=True):
                value = value_of(cell, run, local)
                row[column.name] = converted(run.evaluation, value, column.type, column.name)
            rows.append(row)
        return rows

    return Boxed(parts, combine)


def boxed_conditional(parts: tuple[Logic, ...]) -> Boxed:
    """If, then, else: null counts as false, anything that is no truth value makes null."""

    def combine(parts: tuple[Logic, ...], run: DecisionRun, local: Local) -> Value:
        condition, then, otherwise = parts
        answer = used(value_of(condition, run, local))
        if answer is not None and not isinstance(answer, bool):
            run.evaluation.warn("type", f"A condition must be true or false, not a {kind(answer)}")
            return None
        return value_of(then if answer is True else otherwise, run, local)

    return Boxed(parts, combine)


def boxed_invocation(parameters: tuple[Parameter, ...], parts: tuple[Logic, ...]) -> Boxed:
    """The first part gives the function, the others its arguments by name."""
    names = tuple(item.name for item in parameters)

    def combine(parts: tuple[Logic, ...], run: DecisionRun, local: Local) -> Value:
        function = used(value_of(parts[0], run, local))
        values = [
            converted(run.evaluation, value_of(part, run, local), item.type, item.name)
            for item, part in zip(parameters, parts[1:], strict=True)
        ]
        if not isinstance(function, Function):
            run.evaluation.warn("function", "What is invoked is not a function")
            return None
        return call_value(run.evaluation, function, values, names)

    return Boxed(parts, combine)


def boxed_function(parameters: tuple[Parameter, ...], body: Logic) -> Boxed:
    """A function value with this body, which sees the names around it."""

    def combine(parts: tuple[Logic, ...], run: DecisionRun, local: Local) -> Value:
        def call(_run: Evaluation, values: list[Value]) -> Value:
            named = arguments(run.evaluation, parameters, values)
            return None if named is None else value_of(parts[0], run, {**local, **named})

        return Function("", tuple(item.name for item in parameters), call)

    return Boxed((body,), combine, frozenset(item.name for item in parameters))


def arguments(
    run: Evaluation, parameters: tuple[Parameter, ...], values: list[Value]
) -> dict[str, Value] | None:
    """The arguments by name; None, with a warning, where one is not of its parameter's type."""
    named: dict[str, Value] = {}
    for item, value in zip(parameters, values, strict=True):
        made = converted(run, value, item.type, item.name)
        if made is None and value is not None:
            return None
        named[item.name] = made
    return named


def boxed_iteration(kind_: str, name: str, parts: tuple[Logic, ...]) -> Boxed:
    """`for`, `some` or `every`: the first part is what is iterated, the second the body."""
    reads_partial = any("partial" in source.compiled.names for source in parts[1].sources())

    def combine(parts: tuple[Logic, ...], run: DecisionRun, local: Local) -> Value:
        items = _items(run, value_of(parts[0], run, local))
        if items is None:
            return None
        answers: list[Value] = []
        for item in items:
            run.evaluation.spend()
            inner = {**local, name: item}
            if kind_ == "for" and reads_partial:
                run.evaluation.spend_on(answers)
                inner["partial"] = list(answers)
            answers.append(value_of(parts[1], run, inner))
        return answers if kind_ == "for" else _quantified(run, kind_ == "every", answers)

    return Boxed(parts, combine, frozenset({name, "partial"} if kind_ == "for" else {name}))


def _quantified(run: DecisionRun, every: bool, answers: list[Value]) -> Value:
    for answer in answers:
        if used(answer) is not None and not isinstance(answer, bool):
            run.evaluation.warn("type", f"A condition must be true or false, not a {kind(answer)}")
            return None
    if (not every) in answers:
        return not every
    return None if None in answers else every


def boxed_filter(parts: tuple[Logic, ...]) -> Boxed:
    """The items for which the second part is true; it sees the item and its entries."""

    def combine(parts: tuple[Logic, ...], run: DecisionRun, local: Local) -> Value:
        items = used(value_of(parts[0], run, local))
        if not isinstance(items, list):
            items = [] if items is None else [items]
        kept: list[Value] = []
        for item in items:
            run.evaluation.spend()
            entries = item if isinstance(item, dict) else {}
            answer = used(value_of(parts[1], run, {**local, "item": item, **entries}))
            if answer is not None and not isinstance(answer, bool):
                message = f"A filter must be true or false, not a {kind(answer)}"
                run.evaluation.warn("type", message)
                return None
            if answer is True:
                kept.append(item)
        return kept

    return Boxed(parts, combine, frozenset({"item"}))


def _items(run: DecisionRun, value: Value) -> list[Value] | None:
    """What an iteration walks over, as FEEL's `for` does; None, with a warning, for null."""
    if isinstance(value, list):
        return value
    if isinstance(value, Range):
        found = _ITEMS.evaluate_in(run.evaluation, {"items": value})
        return found if isinstance(found, list) else None
    if used(value) is None:
        run.evaluation.warn("type", "null cannot be iterated")
        return None
    return [value]
