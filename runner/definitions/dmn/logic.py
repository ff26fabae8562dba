"""What gives a decision its value, how that is recorded, and the state of one evaluation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from runner.definitions.dmn.types import ItemType, converted
from runner.feel import Evaluation, Expression, Function, UnaryTests, Value, Warning_

if TYPE_CHECKING:
    from runner.definitions.dmn.model import DecisionModel

Local = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class MatchedRule:
    """A rule that matched: its id, its number in the table counted from 1, what its author says
    of it (description, else annotations) and its own outputs by column."""

    id: str
    number: int
    description: str = ""
    outputs: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """How one decision was made: evidence, in the order of evaluation.

    `inputs` maps each input expression to its value; `matched_rules` are the ids of the rules that
    matched, `rules` says more of each; `outputs` is the decision's value; `warnings` say why
    something became null.
    """

    decision_id: str
    inputs: Mapping[str, Value]
    matched_rules: tuple[str, ...]
    outputs: Value
    warnings: tuple[Warning_, ...] = ()
    rules: tuple[MatchedRule, ...] = ()


@dataclass(slots=True)
class DecisionRun:
    """One evaluation of a decision with everything it requires.

    `model` is the one that was asked. `values` are the decisions made, `given` the values of input
    data and input decisions that a decision service was called with, both by model and id;
    `inputs` are the input data read so far.
    """

    evaluation: Evaluation
    model: DecisionModel
    values: dict[tuple[DecisionModel, str], Value] = field(default_factory=dict)
    records: list[DecisionRecord] = field(default_factory=list)
    given: dict[tuple[DecisionModel, str], Value] = field(default_factory=dict)
    inputs: dict[tuple[DecisionModel, str], Value] = field(default_factory=dict)
    functions: dict[tuple[DecisionModel, str], Function] = field(default_factory=dict)


@dataclass(slots=True)
class Notes:
    """What a logic tells about how it came to its value."""

    inputs: dict[str, Value] = field(default_factory=dict)
    rules: tuple[MatchedRule, ...] = ()


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
class Typed:
    """A logic whose value becomes one of a type; `element` says in warnings where that was."""

    inner: Logic
    type: ItemType
    element: str

    def evaluate(self, run: DecisionRun, local: Local, notes: Notes) -> Value:
        value = self.inner.evaluate(run, local, notes)
        return converted(run.evaluation, value, self.type, self.element)

    def sources(self) -> Iterator[Source]:
        return self.inner.sources()


def typed(logic: Logic, type_: ItemType | None, element: str) -> Logic:
    """The logic with this type, where there is one."""
    return logic if type_ is None else Typed(logic, type_, element)


def value_of(logic: Logic, run: DecisionRun, local: Local) -> Value:
    """The value of a part, whose notes nobody asked for."""
    return logic.evaluate(run, local, Notes())
