"""The decisions of a file and what they require, and how one is asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from runner.definitions.dmn.boxes import Parameter
from runner.definitions.dmn.logic import DecisionRecord, DecisionRun, Logic, Source, Typed
from runner.definitions.dmn.requirements import asked, called
from runner.definitions.dmn.table import DecisionError, DecisionViolation, Table
from runner.definitions.dmn.types import ItemType
from runner.feel import BudgetExceeded, Evaluation, Value, Warning_, WorkingTime

__all__ = [
    "Decided",
    "Decision",
    "DecisionError",
    "DecisionModel",
    "DecisionRecord",
    "DecisionService",
    "DecisionViolation",
    "InputData",
    "Knowledge",
    "Link",
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
class Link:
    """What something requires: an element of the same file, or of an imported one.

    `space` is the namespace of the imported file, empty for the same file.
    """

    id: str
    space: str = ""


@dataclass(frozen=True, slots=True)
class InputData:
    """A value the caller gives under this name; `type` None takes any."""

    id: str
    name: str
    type: ItemType | None = None


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A business knowledge model: a function that decisions may call by its name."""

    id: str
    name: str
    parameters: tuple[Parameter, ...]
    logic: Logic
    type: ItemType | None = None
    knowledge: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionService:
    """A function whose parameters stand for input data and decisions, and whose result is the
    value of its output decision, or a context of the values of several."""

    id: str
    name: str
    outputs: tuple[Link, ...]
    inputs: tuple[Link, ...] = ()
    input_decisions: tuple[Link, ...] = ()
    type: ItemType | None = None


@dataclass(frozen=True)
class Decision:
    """One decision. `logic` is None where its findings say why it cannot be evaluated.

    `names` are the names under which decisions that require this one read its value, `type` is
    what its value becomes.
    """

    id: str
    name: str
    file: str
    logic: Logic | None
    names: tuple[str, ...] = ()
    required: tuple[Link, ...] = ()
    knowledge: tuple[Link, ...] = ()
    inputs: tuple[Link, ...] = ()
    type: ItemType | None = None
    model: DecisionModel = field(repr=False, compare=False, default=None)  # type: ignore[assignment]

    @property
    def table(self) -> Table | None:
        """The decision table, where the decision is one."""
        logic = self.logic.inner if isinstance(self.logic, Typed) else self.logic
        return logic if isinstance(logic, Table) else None

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
        provided = frozenset(self.model.provided(self))
        return tuple(
            Source(item.element_id, item.element_name, item.compiled, item.local | provided)
            for item in self.logic.sources()
        )

    @property
    def reads(self) -> frozenset[str]:
        """The variable paths that this decision, and those it requires, read from the case."""
        found: set[str] = set()
        seen: set[int] = set()
        waiting = [self]
        while waiting:
            decision = waiting.pop()
            if id(decision) in seen:
                continue
            seen.add(id(decision))
            for source in decision.sources:
                found |= {
                    path for path in source.compiled.names if path.split(".")[0] not in source.local
                }
            for link in decision.required:
                model = decision.model.at(link)
                waiting.append(model.decisions[link.id])
        return frozenset(found)


class DecisionModel:
    """The decisions of one file. Immutable after loading and safe to share by threads.

    Iterating gives the decisions. `knowledge` are its business knowledge models, `services` its
    decision services and `inputs` its input data, each by id; `file` is its path. `imports` are
    the models of other files by namespace, `import_names` the names they have here ("" where
    theirs need none), `types` its item definitions and `names` the names that FEEL would not read
    as one.
    """

    def __init__(
        self,
        decisions: Mapping[str, Decision] = MappingProxyType({}),
        knowledge: Mapping[str, Knowledge] = MappingProxyType({}),
        services: Mapping[str, DecisionService] = MappingProxyType({}),
        inputs: Mapping[str, InputData] = MappingProxyType({}),
        *,
        file: str = "",
        namespace: str = "",
        imports: Mapping[str, DecisionModel] = MappingProxyType({}),
        import_names: Mapping[str, str] = MappingProxyType({}),
        types: Mapping[str, ItemType] = MappingProxyType({}),
        names: Iterable[str] = (),
    ) -> None:
        owned = {key: replace(decision, model=self) for key, decision in decisions.items()}
        self.decisions: Mapping[str, Decision] = MappingProxyType(owned)
        self.knowledge: Mapping[str, Knowledge] = MappingProxyType(dict(knowledge))
        self.services: Mapping[str, DecisionService] = MappingProxyType(dict(services))
        self.inputs: Mapping[str, InputData] = MappingProxyType(dict(inputs))
        self.file = file
        self.namespace = namespace
        self.imports: Mapping[str, DecisionModel] = MappingProxyType(dict(imports))
        self.import_names: Mapping[str, str] = MappingProxyType(dict(import_names))
        self.types: Mapping[str, ItemType] = MappingProxyType(dict(types))
        self.names = frozenset(names)

    def __iter__(self) -> Iterator[Decision]:
        return iter(self.decisions.values())

    def __len__(self) -> int:
        return len(self.decisions)

    def at(self, link: Link) -> DecisionModel:
        """The model that has what the link names."""
        return self.imports[link.space] if link.space else self

    def callable_at(self, link: Link) -> Knowledge | DecisionService:
        """The knowledge model or decision service that the link names."""
        model = self.at(link)
        return model.knowledge.get(link.id) or model.services[link.id]

    def provided(self, decision: Decision) -> Iterator[str]:
        """The first names of what the decision reads but not from the case."""
        for link in decision.required:
            prefix = self.import_names.get(link.space, "")
            yield from (prefix,) if prefix else self.at(link).decisions[link.id].names
        for link in decision.knowledge:
            yield self.import_names.get(link.space, "") or self.callable_at(link).name
        for link in decision.inputs:
            if link.space:
                prefix = self.import_names.get(link.space, "")
                yield prefix or self.at(link).inputs[link.id].name

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
        make a list of those. Input data of imported models are read from the scope by their own
        name, or from the context that has the name of the import. Raises DecisionViolation where
        rules of a UNIQUE or ANY table contradict, DecisionError for a decision that is not there
        or has errors, and what FEEL raises (UnsetValue, BudgetExceeded).
        """
        run = DecisionRun(Evaluation(scope, now, calendar, budget), self)
        return self._decided(run, lambda: asked(run, self, decision_id))

    def call(
        self,
        callable_id: str,
        scope: Mapping[str, object],
        *,
        now: dt.datetime,
        calendar: WorkingTime | None = None,
        budget: int = 100_000,
    ) -> Decided:
        """What a decision service or a business knowledge model gives for the arguments that the
        scope has under the names of its parameters; what is missing or misfits is null.

        Raises as `evaluate` does.
        """
        run = DecisionRun(Evaluation(scope, now, calendar, budget), self)
        return self._decided(run, lambda: called(run, self, callable_id))

    def _decided(self, run: DecisionRun, ask: Callable[[], Value]) -> Decided:
        try:
            value = ask()
        except RecursionError:
            raise BudgetExceeded("The decision calls itself too deeply") from None
        evaluation = run.evaluation
        return Decided(value, tuple(run.records), tuple(evaluation.warnings), evaluation.reads)
