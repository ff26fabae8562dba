"""Decision tables: which rules match, and what the hit policy makes of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from runner.definitions.dmn.logic import (
    DecisionRecord,
    DecisionRun,
    Local,
    MatchedRule,
    Notes,
    Source,
)
from runner.definitions.dmn.types import ItemType, converted
from runner.feel import BUILTINS, Evaluation, Expression, UnaryTests, Value
from runner.feel.builtins import invoke_builtin
from runner.feel.operators import equal

SINGLE_HIT = frozenset({"UNIQUE", "ANY", "PRIORITY", "FIRST"})
MULTI_HIT = frozenset({"RULE ORDER", "OUTPUT ORDER", "COLLECT"})
AGGREGATIONS = frozenset({"SUM", "MIN", "MAX", "COUNT"})
assert {"sum", "min", "max"} <= BUILTINS.keys()
_NOT_ALLOWED = object()


class DecisionError(Exception):
    """A decision cannot be evaluated. `zh` and `en` say why; the text of the error is English."""

    def __init__(self, en: str, zh: str = "") -> None:
        super().__init__(en)
        self.en, self.zh = en, zh or en


class DecisionViolation(DecisionError):
    """Several rules match where the hit policy allows one answer only.

    `rules` are the rules that collide, `rule_ids` their ids, `hit_policy` is UNIQUE or ANY;
    `records` are of the decisions made before, and of the one that has no answer.
    """

    records: tuple[DecisionRecord, ...] = ()

    def __init__(self, decision_id: str, hit_policy: str, rules: tuple[MatchedRule, ...]) -> None:
        self.decision_id = decision_id
        self.hit_policy = hit_policy
        self.rules = rules
        self.rule_ids = tuple(rule.id for rule in rules)
        en = " and ".join(_named(rule, "rule {} '{}'", " ({})") for rule in rules)
        zh = "、".join(_named(rule, "第 {} 条“{}”", "（{}）") for rule in rules)
        super().__init__(
            f"Expected one answer of the decision '{decision_id}' ({hit_policy}), but {en}"
            f" {'all match' if hit_policy == 'UNIQUE' else 'contradict'}",
            f"决策“{decision_id}”（{hit_policy}）只应有一个答案，但规则{zh}"
            f"{'同时命中' if hit_policy == 'UNIQUE' else '互相矛盾'}",
        )


def _named(rule: MatchedRule, pattern: str, more: str) -> str:
    described = " ".join(rule.description.split())[:80]
    return pattern.format(rule.number, rule.id) + (more.format(described) if described else "")


def _told(rule: Rule) -> MatchedRule:
    return MatchedRule(rule.id, rule.number, rule.description)


@dataclass(frozen=True, slots=True)
class Input:
    """An input column; `allowed` are its allowed values, `label` what people read, `type_ref` the
    name of its type as the file says it ("" where it does not)."""

    id: str
    label: str
    source: Source
    allowed: UnaryTests | None
    type_ref: str = ""
    type: ItemType | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """An output column; `ranking` are its allowed values, best first, where they are listed."""

    id: str
    name: str
    label: str
    allowed: UnaryTests | None
    ranking: Expression | None
    default: Source | None
    type_ref: str = ""
    type: ItemType | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: a test for each input (None passes all) and an expression for each output.

    `description` is what its author says of it: the description, else the annotations. `number`
    is its place in the table, counted from 1.
    """

    id: str
    description: str
    tests: tuple[Source | None, ...]
    outputs: tuple[Source, ...]
    annotations: tuple[str, ...] = ()
    number: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table."""

    decision_id: str
    hit_policy: str
    aggregation: str | None
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]

    def evaluate(self, run: DecisionRun, local: Local, notes: Notes) -> Value:
        """The value by the hit policy; null for an input outside of the allowed values.

        Raises DecisionViolation.
        """
        evaluation = run.evaluation
        seen = local or None  # an empty set of names costs something with each cell
        values: list[Value] = []
        for column in self.inputs:
            value = self._read(evaluation, column, seen, notes)
            if value is _NOT_ALLOWED:
                return None
            values.append(value)
        matched = self._matching(evaluation, values, seen)
        if self.hit_policy == "UNIQUE" and len(matched) > 1:
            notes.rules = tuple(_told(rule) for rule in matched)
            raise DecisionViolation(self.decision_id, self.hit_policy, notes.rules)
        rows = [self._answer(evaluation, rule, seen) for rule in matched]
        notes.rules = tuple(
            MatchedRule(
                rule.id, rule.number, rule.description, dict(zip(self._names, row, strict=True))
            )
            for rule, row in zip(matched, rows, strict=True)
        )
        if not rows:
            return self._nothing(evaluation, seen)
        if self.hit_policy == "ANY":
            for row in rows[1:]:
                same = all(one is other for one, other in zip(row, rows[0], strict=True))
                if not same and equal(evaluation, row, rows[0]) is not True:
                    raise DecisionViolation(self.decision_id, self.hit_policy, notes.rules)
        if self.hit_policy in ("PRIORITY", "OUTPUT ORDER"):
            rows = self._ranked(evaluation, rows, seen)
        if self.hit_policy in SINGLE_HIT:
            return self._shape(rows[0])
        if self.aggregation:
            return self._aggregate(evaluation, [row[0] for row in rows])
        return [self._shape(row) for row in rows]

    @property
    def _names(self) -> Iterator[str]:
        return (column.name or column.label for column in self.outputs)

    def _read(
        self, evaluation: Evaluation, column: Input, local: Local | None, notes: Notes
    ) -> Value:
        compiled = column.source.compiled
        assert isinstance(compiled, Expression)
        text = compiled.text.strip()
        value = compiled.evaluate_in(evaluation, local)
        if column.type is not None:
            value = converted(evaluation, value, column.type, text)
        notes.inputs[text] = value
        if (
            column.allowed
            and value is not None
            and not column.allowed.matches_in(evaluation, value, local)
        ):
            message = f"The value of '{text}' is not an allowed one, so the table gives null"
            evaluation.warn("not_allowed", message, column.id)
            return _NOT_ALLOWED
        return value

    def _matching(
        self, evaluation: Evaluation, values: list[Value], local: Local | None
    ) -> list[Rule]:
        matched: list[Rule] = []
        # Cells of one text are one object, and give one answer for one value.
        known: list[dict[object, bool]] = [{} for _ in values]
        for rule in self.rules:
            evaluation.spend()
            for test, value, answers in zip(rule.tests, values, known, strict=True):
                if test is None:
                    continue
                compiled = test.compiled
                passes = answers.get(compiled)
                if passes is None:
                    assert isinstance(compiled, UnaryTests)
                    passes = compiled.matches_in(evaluation, value, local)
                    answers[compiled] = passes
                if not passes:
                    break
            else:
                matched.append(rule)
                if self.hit_policy == "FIRST":
                    break
        return matched

    def _answer(self, evaluation: Evaluation, rule: Rule, local: Local | None) -> list[Value]:
        row: list[Value] = []
        for source, column in zip(rule.outputs, self.outputs, strict=True):
            assert isinstance(source.compiled, Expression)
            value = source.compiled.evaluate_in(evaluation, local)
            if column.type is not None:
                value = converted(evaluation, value, column.type, column.name or column.label)
            if (
                column.allowed
                and value is not None
                and not column.allowed.matches_in(evaluation, value, local)
            ):
                message = f"Rule {rule.number} '{rule.id}' gives a value that is not allowed"
                evaluation.warn("not_allowed", f"{message}, so it is null", rule.id)
                value = None
            row.append(value)
        return row

    def _nothing(self, evaluation: Evaluation, local: Local | None) -> Value:
        """The answer when no rule matched: the default outputs, else null or an empty list."""
        row: list[Value] = []
        for column in self.outputs:
            compiled = column.default.compiled if column.default else None
            value = None
            if isinstance(compiled, Expression):
                value = compiled.evaluate_in(evaluation, local)
                value = converted(evaluation, value, column.type, column.name or column.label)
            row.append(value)
        if any(column.default for column in self.outputs):
            several = self.hit_policy in MULTI_HIT and not self.aggregation
            return [self._shape(row)] if several else self._shape(row)
        if self.hit_policy in SINGLE_HIT:
            return None
        if self.aggregation:
            return Decimal(0) if self.aggregation == "COUNT" else None
        return []

    def _shape(self, row: list[Value]) -> Value:
        if len(self.outputs) == 1:
            return row[0]
        return {column.name: value for column, value in zip(self.outputs, row, strict=True)}

    def _ranked(
        self, evaluation: Evaluation, rows: list[list[Value]], local: Local | None
    ) -> list[list[Value]]:
        """The rows by the rank of their values among the allowed ones, column by column."""
        rankings = [
            column.ranking.evaluate_in(evaluation, local) if column.ranking else []
            for column in self.outputs
        ]

        def rank(row: list[Value]) -> tuple[int, ...]:
            return tuple(
                next(
                    (i for i, one in enumerate(ranking) if equal(evaluation, one, value) is True),
                    len(ranking),
                )
                for value, ranking in zip(row, rankings, strict=True)
            )

        return sorted(rows, key=rank)

    def _aggregate(self, evaluation: Evaluation, values: list[Value]) -> Value:
        if self.aggregation == "COUNT":
            return Decimal(len(values))
        assert self.aggregation is not None
        return invoke_builtin(evaluation, self.aggregation.lower(), [values], None)

    def sources(self) -> Iterator[Source]:
        """Every expression and cell."""
        yield from (column.source for column in self.inputs)
        yield from (column.default for column in self.outputs if column.default)
        for rule in self.rules:
            yield from (test for test in rule.tests if test)
            yield from rule.outputs
