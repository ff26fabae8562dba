"""The input columns of a decision table as axes: for each rule the regions that its cells want."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from runner.definitions.dmn.cells import Condition, Constants, Reading
from runner.definitions.dmn.regions import Domain, Region, Regions, value_regions
from runner.feel import Value


@dataclass(frozen=True)
class Axis:
    """A column, or several that ask the same, cut into regions.

    `cells` is for each rule the regions it wants; `space` all that can occur; `expected` those that
    a complete table covers; `doubtful` the rules whose cell may be true of more than its regions.
    """

    columns: tuple[int, ...]
    parts: Regions
    space: int
    expected: int
    cells: tuple[int, ...]
    doubtful: frozenset[int]

    @property
    def regions(self) -> tuple[Region, ...]:
        return self.parts.all

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of value that the column can hold; none where anything may come."""
        return frozenset(region.kind for region in self.regions if region.kind)

    @cached_property
    def single_values(self) -> tuple[Value, ...]:
        """The values that are regions of their own and can occur."""
        occurs = reversed(format(self.space, f"0{len(self.regions)}b"))
        return tuple(
            region.low
            for region, bit in zip(self.regions, occurs, strict=True)
            if region.form == "value" and bit == "1"
        )

    @property
    def values(self) -> int:
        """The regions that are no conditions."""
        return self.parts.full & ~self.parts.conditions


def axis(columns: Sequence[int], rules: Sequence[Sequence[Reading]], domain: Domain) -> Axis:
    """The axis of columns with the same input expression; `rules` has their cells, rule by rule."""
    if _mixed(rules, domain):
        rules = [[_taken_as_it_is(cell) for cell in cells] for cells in rules]
        domain = replace(domain, allowed=())
    joined = [_joined(cells) for cells in rules]
    constants = [cell for cells in rules for cell in cells if isinstance(cell, Constants)]
    conditions = [item for item in joined if item is not None]
    exact = _exact(conditions, constants)
    values = () if exact else tuple(value_regions(constants, domain))
    regions = Regions([Region("null"), *values, *_condition_regions(conditions, exact)])
    space = regions.possible(domain)
    expected = space & ~1 if exact else space & ~1 & ~regions.conditions
    if any(test.value is None for cell in constants for test in cell.tests):
        expected |= 1
    places = {
        (region.base, region.holds): 1 << number
        for number, region in enumerate(regions.all)
        if region.form == "condition"
    }
    masks: list[int] = []
    for cells, condition in zip(rules, joined, strict=True):
        if condition is not None:
            masks.append(places[condition.base, condition.holds])
            continue
        mask = regions.full
        for cell in cells:
            if isinstance(cell, Constants):
                mask &= regions.wanted(cell)
        masks.append(mask)
    doubtful = frozenset(n for n, item in enumerate(joined) if item is not None and not exact)
    return Axis(tuple(columns), regions, space, expected, tuple(masks), doubtful)


def _exact(conditions: Sequence[Condition], constants: Sequence[Constants]) -> bool:
    """Whether the column asks for one condition only, its contrary, or null: then a value either
    meets it or does not, and nothing about the column is in doubt."""
    nulls = all(
        not cell.negated and all((t.operator, t.value) == ("=", None) for t in cell.tests)
        for cell in constants
    )
    return nulls and len({item.base for item in conditions}) == 1


def _condition_regions(conditions: Sequence[Condition], exact: bool) -> Iterator[Region]:
    texts: dict[Hashable, dict[bool, str]] = {}
    for item in conditions:
        texts.setdefault(item.base, {}).setdefault(item.holds, item.text)
    for base, said in texts.items():
        for holds in (True, False):
            if holds in said:
                yield Region("condition", base=base, holds=holds, text=said[holds])
            elif exact:
                text = said[not holds]
                yield Region("condition", base=base, holds=holds, text=text, contrary=True)


def _joined(cells: Sequence[Reading]) -> Condition | None:
    """The condition that one rule's cells of an axis come to; None if they are all constants."""
    conditions = [cell for cell in cells if isinstance(cell, Condition)]
    asking = [cell for cell in cells if cell is not None]
    if not conditions:
        return None
    if len(asking) == 1:
        return conditions[0]
    parts = [(cell.base, cell.holds) for cell in conditions]
    texts = [cell.compiled.text.strip() for cell in asking if isinstance(cell, Constants)]
    text = ", ".join([*(cell.text for cell in conditions), *texts])
    return Condition((frozenset(parts), frozenset(texts)), True, text)


def _mixed(rules: Sequence[Sequence[Reading]], domain: Domain) -> bool:
    """Whether dates and times with a zone and without one stand in the same column: only the site
    knows how they are ordered."""
    cells = [cell for row in rules for cell in row if isinstance(cell, Constants)]
    ends = (end for cell in (*cells, *domain.tests) for test in cell.tests for end in test.ends)
    return len({end.tzinfo is None for end in ends if isinstance(end, dt.datetime)}) > 1


def _taken_as_it_is(cell: Reading) -> Reading:
    if not isinstance(cell, Constants):
        return cell
    return Condition(cell.compiled.node, True, " ".join(cell.compiled.text.split()))
