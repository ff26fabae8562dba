"""What is wrong inside one decision table: overlaps, gaps, rules that can never fire.

The table is looked at as boxes: each rule is one, each input column an axis (columns with the same
input expression are one axis together). Rules and columns are numbered from 0 here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from runner.definitions.dmn.axes import Axis, axis
from runner.definitions.dmn.cells import Constants, constant, read_cell
from runner.definitions.dmn.coverage import Box, Cover, Work, common
from runner.definitions.dmn.logic import Source
from runner.definitions.dmn.regions import Domain
from runner.definitions.dmn.table import SINGLE_HIT, Output, Rule, Table
from runner.feel import Value, kind

MAX_GAPS = 30
MAX_PAIRS = 500_000
_FEW = 40


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two rules that hold together in the box `where`. Not `certain`: only if a condition holds
    that one of the two asks for. `differ`: their outputs do, None where that cannot be known."""

    first: int
    second: int
    where: Box
    certain: bool
    differ: bool | None


@dataclass(frozen=True, slots=True)
class Gaps:
    """What no rule covers. Not `certain`: the rules `unless` may cover it, if their conditions
    hold. Not `whole`: there is more."""

    boxes: tuple[Box, ...]
    certain: bool
    whole: bool
    unless: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Shadowed:
    """A rule that is never the answer, as the rules `by` always answer before it."""

    rule: int
    by: tuple[int, ...]


class TableAnalysis:
    """One table with what its columns can hold. Each question raises TooManyCombinations where the
    answer would take too long."""

    def __init__(self, table: Table, domains: Sequence[Domain]) -> None:
        self.table = table
        self.readings = [[read_cell(test) for test in rule.tests] for rule in table.rules]
        self.axes = tuple(self._axes(domains))
        self.axis_of = {column: item for item in self.axes for column in item.columns}
        self.boxes: tuple[Box, ...] = tuple(
            tuple(item.cells[number] & item.space for item in self.axes)
            for number in range(len(table.rules))
        )

    def _axes(self, domains: Sequence[Domain]) -> Iterator[Axis]:
        together: dict[str, list[int]] = {}
        for number, column in enumerate(self.table.inputs):
            text = " ".join(column.source.compiled.text.split())
            together.setdefault(text, []).append(number)
        for columns in together.values():
            rules = [[cells[number] for number in columns] for cells in self.readings]
            yield axis(columns, rules, _narrowest([domains[number] for number in columns]))

    @cached_property
    def empty(self) -> frozenset[int]:
        """The rules that hold for nothing at all, for whatever reason."""
        return frozenset(n for n, box in enumerate(self.boxes) if not all(box))

    def overlaps(self) -> Iterator[Overlap]:
        """Every pair of rules that can hold together, in the order of the table."""
        work = Work(MAX_PAIRS)
        for second in range(len(self.boxes)):
            for first in range(second):
                work.spend(1)
                where = common(self.boxes[first], self.boxes[second])
                if where:
                    certain = all(
                        box & item.values or item.cells[first] == item.cells[second]
                        for item, box in zip(self.axes, where, strict=True)
                    )
                    yield Overlap(first, second, where, certain, self._differ(first, second))

    def _differ(self, first: int, second: int) -> bool | None:
        rules = self.table.rules
        answers = [
            False if one.compiled.node == other.compiled.node else _different(said, meant)
            for one, other, said, meant in zip(
                rules[first].outputs,
                rules[second].outputs,
                self._answers[first],
                self._answers[second],
                strict=True,
            )
        ]
        if True in answers:
            return True
        return None if None in answers else False

    @cached_property
    def _answers(self) -> list[list[tuple[Value] | None]]:
        return [[output_value(cell) for cell in rule.outputs] for rule in self.table.rules]

    def gaps(self) -> Gaps:
        """What no rule covers, in a table where every combination should have an answer."""
        work = Work()
        space = tuple(item.expected for item in self.axes)
        wide = [
            tuple(
                item.space if number in item.doubtful else item.cells[number] & item.space
                for item in self.axes
            )
            for number in range(len(self.boxes))
        ]
        boxes, whole = Cover(wide, work).gaps(space, MAX_GAPS)
        doubtful = frozenset[int]().union(*(item.doubtful for item in self.axes))
        if boxes or not doubtful:
            return Gaps(tuple(boxes), True, whole)
        boxes, whole = Cover(self.boxes, work).gaps(space, MAX_GAPS)
        unless = [n for n in sorted(doubtful) if any(common(wide[n], box) for box in boxes)]
        return Gaps(tuple(boxes), False, whole, tuple(unless))

    def shadowed(self) -> Iterator[Shadowed]:
        """The rules that are never the answer, where the order of rules or outputs decides."""
        ranks = self._ranks()
        if ranks is None:
            return
        work = Work()
        cover = Cover(self.boxes, work)
        before = 0
        for rank, number in sorted((rank, n) for n, rank in enumerate(ranks) if rank is not None):
            assert rank is not None
            box = self.boxes[number]
            if number not in self.empty:
                near = cover.meeting(box) & before
                if near and cover.uncovered(box, near) is None:
                    yield Shadowed(number, tuple(self._enough(cover, box, near)))
            before |= 1 << number

    def _enough(self, cover: Cover, box: Box, rules: int) -> list[int]:
        """Those of the rules that are needed to cover the box; of very many, all."""
        if rules.bit_count() <= _FEW:
            for number in reversed(range(rules.bit_length())):
                rest = rules & ~(1 << number)
                if rest != rules and rest and cover.uncovered(box, rest) is None:
                    rules = rest
        return [number for number in range(rules.bit_length()) if rules >> number & 1]

    def _ranks(self) -> list[tuple[int, ...] | None] | None:
        """For each rule what is tried first, None where only a case can tell; None altogether where
        no order decides."""
        numbers = range(len(self.table.rules))
        if self.table.hit_policy == "FIRST":
            return [(number,) for number in numbers]
        if self.table.hit_policy != "PRIORITY":
            return None
        rankings = [_ranking(column) for column in self.table.outputs]
        if None in rankings:
            return None
        return [self._rank(rule, number, rankings) for number, rule in enumerate(self.table.rules)]

    def _rank(
        self, rule: Rule, number: int, rankings: Sequence[list[Value] | None]
    ) -> tuple[int, ...] | None:
        found: list[int] = []
        for cell, ranking in zip(rule.outputs, rankings, strict=True):
            value = output_value(cell)
            if value is None or ranking is None:
                return None
            found.append(ranking.index(value[0]) if value[0] in ranking else len(ranking))
        return (*found, number)

    def repeated(self) -> Iterator[tuple[int, int]]:
        """Rules (earlier, later) that ask for the same and answer the same."""
        seen: dict[object, int] = {}
        for number, (rule, box) in enumerate(zip(self.table.rules, self.boxes, strict=True)):
            if number in self.empty:
                continue
            key = (box, tuple(cell.compiled.node for cell in rule.outputs))
            if key in seen:
                yield seen[key], number
            else:
                seen[key] = number

    def contradictions(self) -> Iterator[tuple[int, tuple[int, ...]]]:
        """(rule, columns) where cells ask for what nothing is: `[5..1]`, or `> 5` and `< 3` in two
        columns that ask the same. Values of a wrong kind or outside the column are not meant."""
        for number in sorted(self.empty):
            for item in self.axes:
                cells = [self.readings[number][column] for column in item.columns]
                fitting = all(self.fits(column, number) for column in item.columns)
                if not item.cells[number] and fitting and any(cells):
                    yield number, tuple(c for c in item.columns if self.readings[number][c])

    def fits(self, column: int, rule: int) -> bool:
        """Whether the cell's constants are of a kind that the column holds."""
        return not self.misfits(column, rule)

    def misfits(self, column: int, rule: int) -> list[Value]:
        """The cell's constants that are of a kind that the column never holds."""
        reading = self.readings[rule][column]
        kinds = self.axis_of[column].kinds
        if not isinstance(reading, Constants) or not kinds:
            return []
        ends = [end for test in reading.tests for end in test.ends]
        return [end for end in ends if kind(end) not in kinds]

    def outside(self, column: int, rule: int) -> tuple[list[Value], bool]:
        """The cell's values that the column never holds though they are of its kind, and whether
        the cell wants nothing else (then, of ranges, no value is given)."""
        reading = self.readings[rule][column]
        item = self.axis_of[column]
        if not isinstance(reading, Constants) or reading.negated or not self.fits(column, rule):
            return [], False
        wanted = item.parts.wanted(reading)
        asked = [end for test in reading.tests if test.operator == "=" for end in test.ends]
        found = [value for value in asked if not item.parts.at(value) & item.space]
        return found, bool(wanted) and not wanted & item.space

    def possible(self, column: int) -> tuple[Value, ...]:
        """The single values that the column can hold."""
        return self.axis_of[column].single_values

    @property
    def single_hit(self) -> bool:
        return self.table.hit_policy in SINGLE_HIT


def _narrowest(domains: Sequence[Domain]) -> Domain:
    """What columns can hold that ask the same: what any of them says."""
    name = next((domain.kind for domain in domains if domain.kind), "")
    options = next((d.options for d in domains if d.options is not None), None)
    allowed = tuple(dict.fromkeys(tests for domain in domains for tests in domain.allowed))
    return Domain(name, any(domain.whole for domain in domains), allowed, options)


def output_value(cell: Source) -> tuple[Value] | None:
    """The value of an output cell in a tuple, None where only a case can tell."""
    found = constant(cell.compiled.node)
    return None if found is None else (found.value,)


def _different(first: tuple[Value] | None, second: tuple[Value] | None) -> bool | None:
    if first is None or second is None:
        return None
    return kind(first[0]) != kind(second[0]) or first != second


def _ranking(column: Output) -> list[Value] | None:
    if column.ranking is None:
        return []
    found = constant(column.ranking.node)
    return found.value if found is not None and isinstance(found.value, list) else None
