"""Decisions: DMN files in, evaluable decisions and findings out. DMN 1.1 to 1.5."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from runner.definitions.dmn.logic import (
    DecisionRecord,
    DecisionRun,
    Local,
    Logic,
    Notes,
    Source,
)
from runner.definitions.dmn.table import DecisionError, DecisionViolation, Table
from runner.feel import Evaluation, Function, Value, Warning_, WorkingTime

__all__ = [
    "Decided",
    "Decision",
    "DecisionError",
    "DecisionModel",
    "DecisionRecord",
    "DecisionViolation",
    "Knowledge",
    "Table",
]


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision's value, the records of it and of what it required, and what was noticed.

    `reads` maps each variable path read from the scope to the value found.
    """

    value: Value
    records: tuple[DecisionRecord, ...]
    warnings: tuple[Warning_, ...] = ()
    reads: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A business knowledge model: a function that decisions may call by its name."""

    id: str
    name: str
    parameters: tuple[str, ...]
    logic: Logic
    knowledge: tuple[str, ...] = ()


@dataclass(frozen=True)
class Decision:
    """One decision. `logic` is None where its findings say why it cannot be evaluated.

    `names` are the names under which decisions that require this one read its value.
    """

    id: str
    name: str
    file: str
    logic: Logic | None
    names: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    knowledge: tuple[str, ...] = ()
    model: DecisionModel = field(repr=False, compare=False, default=None)  # type: ignore[assignment]

    @property
    def table(self) -> Table | None:
        """The decision table, where the decision is one."""
        return self.logic if isinstance(self.logic, Table) else None

    def evaluate(
        self,
        scope: Mapping[str, object],
        *,
        now: dt.datetime,
        calendar: WorkingTime | None = None,
        budget: int = 100_000,
    ) -> Decided:
        """As `DecisionModel.evaluate` for this decision."""
        return self.model.evaluate(self.id, scope, now=now, calendar=calendar, budget=budget)

    @property
    def sources(self) -> tuple[Source, ...]:
        """Every expression of this decision, with the names that are not variables of the case."""
        if self.logic is None:
            return ()
        provided = frozenset(
            name for other in self.required for name in self.model.decisions[other].names
        ) | frozenset(self.model.knowledge[other].name for other in self.knowledge)
        return tuple(
            Source(item.element_id, item.element_name, item.compiled, item.local | provided)
            for item in self.logic.sources()
        )

    @property
    def reads(self) -> frozenset[str]:
        """The variable paths that this decision, and those it requires, read from the case."""
        own = {
            path
            for source in self.sources
            for path in source.compiled.names
            if path.split(".")[0] not in source.local
        }
        return frozenset(own).union(*(self.model.decisions[other].reads for other in self.required))


class DecisionModel:
    """The decisions of one file. Immutable after loading and safe to share by threads.

    Iterating gives the decisions. `knowledge` are its business knowledge models, by id.
    """

    def __init__(
        self, decisions: Mapping[str, Decision], knowledge: Mapping[str, Knowledge]
    ) -> None:
        owned = {key: _owned(decision, self) for key, decision in decisions.items()}
        self.decisions: Mapping[str, Decision] = MappingProxyType(owned)
        self.knowledge: Mapping[str, Knowledge] = MappingProxyType(dict(knowledge))

    def __iter__(self) -> Iterator[Decision]:
        return iter(self.decisions.values())

    def __len__(self) -> int:
        return len(self.decisions)

    def evaluate(
        self,
        decision_id: str,
        scope: Mapping[str, object],
        *,
        now: dt.datetime,
        calendar: WorkingTime | None = None,
        budget: int = 100_000,
    ) -> Decided:
        """The decision's value in this scope, with everything it requires evaluated first.

        One output column makes a value, several a context; hit policies that allow several answers
        make a list of those. Raises DecisionViolation where rules of a UNIQUE or ANY table
        contradict, DecisionError for a decision that is not there or has errors, and what FEEL
        raises (UnsetValue, BudgetExceeded).
        """
        run = DecisionRun(Evaluation(scope, now, calendar, budget))
        value = self._decide(run, decision_id)
        evaluation = run.evaluation
        return Decided(value, tuple(run.records), tuple(evaluation.warnings), evaluation.reads)

    def _decide(self, run: DecisionRun, decision_id: str) -> Value:
        decision = self.decisions.get(decision_id)
        if decision is None or decision.logic is None:
            problem = "is not there" if decision is None else "has errors"
            raise DecisionError(
                f"Expected to evaluate the decision '{decision_id}', but it {problem}"
            )
        local: dict[str, Value] = {}
        for other in decision.knowledge:
            self._provide(run, other, local)
        for other in decision.required:
            if other not in run.values:
                run.values[other] = self._decide(run, other)
            local.update(dict.fromkeys(self.decisions[other].names, run.values[other]))
        return self._record(run, decision_id, decision.logic, local)

    def _record(self, run: DecisionRun, name: str, logic: Logic, local: Local) -> Value:
        notes = Notes()
        before = len(run.evaluation.warnings)
        value = logic.evaluate(run, local, notes)
        warnings = tuple(run.evaluation.warnings[before:])
        run.records.append(DecisionRecord(name, notes.inputs, notes.matched_rules, value, warnings))
        return value

    def _provide(self, run: DecisionRun, knowledge_id: str, local: dict[str, Value]) -> None:
        """Make the function of a knowledge model, and those it uses itself, known."""
        item = self.knowledge[knowledge_id]
        inner: dict[str, Value] = {}
        for other in item.knowledge:
            self._provide(run, other, inner)

        def call(_run: Evaluation, values: list[Value]) -> Value:
            named = dict(zip(item.parameters, values, strict=True))
            logic = item.logic
            if isinstance(logic, Table):
                return self._record(run, item.id, logic, {**inner, **named})
            return logic.evaluate(run, {**inner, **named}, Notes())

        local[item.name] = Function(item.name, item.parameters, call)


def _owned(decision: Decision, model: DecisionModel) -> Decision:
    return Decision(
        decision.id,
        decision.name,
        decision.file,
        decision.logic,
        decision.names,
        decision.required,
        decision.knowledge,
        model,
    )
