"""The logic of decisions apart from tables, and the state of one evaluation of a model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from runner.feel import Evaluation, Expression, Function, UnaryTests, Value, Warning_
from runner.feel.calls import call_value

Local = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """How one decision was made: evidence, in the order of evaluation.

    `inputs` maps each input expression to its value; `matched_rules` are the ids of the rules that
    matched; `outputs` is the decision's value.
    """

    decision_id: str
    inputs: Mapping[str, Value]
    matched_rules: tuple[str, ...]
    outputs: Value
    warnings: tuple[Warning_, ...] = ()


@dataclass(slots=True)
class DecisionRun:
    """One evaluation of a decision with everything it requires."""

    evaluation: Evaluation
    values: dict[str, Value] = field(default_factory=dict)
    records: list[DecisionRecord] = field(default_factory=list)


@dataclass(slots=True)
class Notes:
    """What a logic tells about how it came to its value."""

    inputs: dict[str, Value] = field(default_factory=dict)
    matched_rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """An expression or cell with the element it stands in, for those who check it."""

    element_id: str
    element_name: str
    compiled: Expression | UnaryTests
    local: frozenset[str] = frozenset()


class Logic(Protocol):
    """What gives a decision its value."""

    def evaluate(self, run: DecisionRun, local: Local, notes: Notes) -> Value: ...

    def sources(self) -> Iterator[Source]: ...


@dataclass(frozen=True, slots=True)
class Literal:
    """A literal expression."""

    source: Source

    def evaluate(self, run: DecisionRun, local: Local, notes: Notes) -> Value:
        compiled = self.source.compiled
        assert isinstance(compiled, Expression)
        return compiled.evaluate_in(run.evaluation, local)

    def sources(self) -> Iterator[Source]:
        yield self.source


@dataclass(frozen=True, slots=True)
class Boxed:
    """A logic made of other ones: `combine` evaluates the parts it needs."""

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


def value_of(logic: Logic, run: DecisionRun, local: Local) -> Value:
    """The value of a part, whose notes nobody asked for."""
    return logic.evaluate(run, local, Notes())


def boxed_context(names: tuple[str | None, ...], parts: tuple[Logic, ...]) -> Boxed:
    """Entries that see those before them; an entry without a name is the result."""

    def combine(parts: tuple[Logic, ...], run: DecisionRun, local: Local) -> Value:
        made: dict[str, Value] = {}
        for name, part in zip(names, parts, strict=True):
            value = value_of(part, run, {**local, **made})
            if name is None:
                return value
            made[name] = value
        return made

    return Boxed(parts, combine, frozenset(name for name in names if name))


def boxed_list(parts: tuple[Logic, ...]) -> Boxed:
    """The list of the parts' values."""
    return Boxed(parts, lambda parts, run, local: [value_of(part, run, local) for part in parts])


def boxed_relation(columns: tuple[str, ...], parts: tuple[Logic, ...]) -> Boxed:
    """A list of contexts, one for each row; the parts are the cells, row by row."""
    width = len(columns)

    def combine(parts: tuple[Logic, ...], run: DecisionRun, local: Local) -> Value:
        values = [value_of(part, run, local) for part in parts]
        rows = [values[start : start + width] for start in range(0, len(values), width)]
        return [dict(zip(columns, row, strict=True)) for row in rows]

    return Boxed(parts, combine)


def boxed_conditional(parts: tuple[Logic, ...]) -> Boxed:
    """If, then, else."""

    def combine(parts: tuple[Logic, ...], run: DecisionRun, local: Local) -> Value:
        condition, then, otherwise = parts
        chosen = then if value_of(condition, run, local) is True else otherwise
        return value_of(chosen, run, local)

    return Boxed(parts, combine)


def boxed_invocation(names: tuple[str, ...], parts: tuple[Logic, ...]) -> Boxed:
    """The first part gives the function, the others its arguments by name."""

    def combine(parts: tuple[Logic, ...], run: DecisionRun, local: Local) -> Value:
        function = value_of(parts[0], run, local)
        values = [value_of(part, run, local) for part in parts[1:]]
        if not isinstance(function, Function):
            run.evaluation.warn("function", "What is invoked is not a function")
            return None
        return call_value(run.evaluation, function, values, names)

    return Boxed(parts, combine)


def boxed_function(parameters: tuple[str, ...], body: Logic) -> Boxed:
    """A function value with this body."""

    def combine(parts: tuple[Logic, ...], run: DecisionRun, local: Local) -> Value:
        def call(_run: Evaluation, values: list[Value]) -> Value:
            named = dict(zip(parameters, values, strict=True))
            return value_of(parts[0], run, {**local, **named})

        return Function("", parameters, call)

    return Boxed((body,), combine, frozenset(parameters))


def boxed_iteration(kind: str, name: str, parts: tuple[Logic, ...]) -> Boxed:
    """`for`, `some`, `every` or `filter`: the first part is the list, the second the body."""

    def combine(parts: tuple[Logic, ...], run: DecisionRun, local: Local) -> Value:
        items = value_of(parts[0], run, local)
        if items is None:
            run.evaluation.warn("type", "null cannot be iterated")
            return None
        made: list[Value] = []
        answers: list[Value] = []
        for item in items if isinstance(items, list) else [items]:
            run.evaluation.spend()
            entries = item if kind == "filter" and isinstance(item, dict) else {}
            answer = value_of(parts[1], run, {**local, **entries, name: item})
            answers.append(answer)
            if kind == "filter" and answer is True:
                made.append(item)
        if kind == "for":
            return answers
        if kind == "filter":
            return made
        decisive = kind == "some"
        if any(answer is decisive for answer in answers):
            return decisive
        return (not decisive) if all(isinstance(answer, bool) for answer in answers) else None

    return Boxed(parts, combine, frozenset({name}))
