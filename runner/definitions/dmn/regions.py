"""One column's values cut into the regions that its cells can tell apart.

Every cell is then a set of regions, kept as the bits of an int. What a region's sample value gives
by the evaluator itself holds for the whole region, so that the analysis and the running table
cannot disagree.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from runner.definitions.dmn.between import between
from runner.definitions.dmn.cells import Condition, Constants, Reading, Test, read_tests
from runner.feel import Evaluation, UnaryTests, Value, kind

ORDERED = frozenset(
    {
        "number",
        "date",
        "time",
        "date and time",
        "days and time duration",
        "years and months duration",
    }
)
_NOW = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_BUDGET = 1_000_000_000

Form = Literal["null", "value", "between", "other", "condition"]


@dataclass(frozen=True, slots=True)
class Domain:
    """What a column can hold apart from null. `kind` is a FEEL type ("" where nothing says it),
    `whole`: whole numbers only; `allowed` its allowed values; `options` all texts it can be."""

    kind: str = ""
    whole: bool = False
    allowed: tuple[UnaryTests, ...] = ()
    options: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Region:
    """Values that no cell of the column tells apart.

    `value`: only `low`; `between`: above `low` and below `high` (None: no end); `other`: any value
    of the kind that no cell mentions; `condition`: where a condition with this base holds, or with
    `holds` False does not. `sample` is one of the values.
    """

    form: Form
    kind: str = ""
    low: Value = None
    high: Value = None
    sample: Value = None
    base: Hashable = None
    holds: bool = True
    text: str = ""


@dataclass(frozen=True, slots=True)
class Axis:
    """A column, or several that ask the same, cut into regions.

    `cells` is for each rule the regions it wants; `space` all that can occur; `expected` those that
    a complete table covers; `doubtful` the rules whose cell may be true of more than its regions.
    """

    columns: tuple[int, ...]
    regions: tuple[Region, ...]
    space: int
    expected: int
    cells: tuple[int, ...]
    doubtful: frozenset[int]

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of value that the column can hold."""
        return frozenset(region.kind for region in self.regions if region.kind)

    def mask(self, cell: Constants) -> int:
        """The regions a cell of constants wants, were it in this column."""
        return _wanted(cell.compiled, self.regions)


def axis(columns: Sequence[int], rules: Sequence[Sequence[Reading]], domain: Domain) -> Axis:
    """The axis of columns with the same input expression; `rules` has their cells, rule by rule."""
    readings = [reading for cells in rules for reading in cells if reading is not None]
    constants = [item for item in readings if isinstance(item, Constants)]
    joined = [_joined(cells) for cells in rules]
    conditions = {item.base: item for item in joined if item is not None}
    both = {item.base for item in joined if item is not None and not item.holds}
    alone = len(conditions) == 1 and not constants
    regions = [Region("null")]
    if not alone:
        regions += _value_regions(constants, domain)
    known = (1 << len(regions)) - 1
    for base, item in conditions.items():
        regions.append(Region("condition", base=base, text=item.text))
        if alone or base in both:
            regions.append(Region("condition", base=base, holds=False, text=item.text))
    space = _possible(regions, domain)
    expected = space & ~1 if alone else space & known & ~1
    if not alone and any(test.value is None for item in constants for test in item.tests):
        expected |= 1
    masks: list[int] = []
    doubtful: set[int] = set()
    for number, (cells, condition) in enumerate(zip(rules, joined, strict=True)):
        mask = (1 << len(regions)) - 1
        if condition is not None:
            mask = _bits(
                region.form == "condition"
                and (region.base, region.holds) == (condition.base, condition.holds)
                for region in regions
            )
            if not alone:
                doubtful.add(number)
        else:
            for cell in cells:
                if isinstance(cell, Constants):
                    mask &= _wanted(cell.compiled, regions)
        masks.append(mask)
    return Axis(tuple(columns), tuple(regions), space, expected, tuple(masks), frozenset(doubtful))


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


def _value_regions(constants: Sequence[Constants], domain: Domain) -> Iterator[Region]:
    """The regions of every kind that the column can hold, in order."""
    ends: dict[str, set[Value]] = {}
    for item in constants:
        for test in item.tests:
            for end in test.ends:
                ends.setdefault(kind(end), set()).add(end)
    for allowed in domain.allowed:
        for end in _ends(allowed):
            ends.setdefault(kind(end), set()).add(end)
    if domain.options is not None:
        ends.setdefault("string", set()).update(domain.options)
    kinds = [domain.kind] if domain.kind else sorted(ends)
    if not kinds:
        yield Region("other", sample={})
    for name in kinds:
        found = sorted(ends.get(name, ()))
        if name == "boolean":
            for value in (True, False):
                yield Region("value", name, value, value, value)
        elif name in ORDERED or (name == "string" and _texts_ordered(constants, domain)):
            yield from _ordered(name, found, domain.whole)
        else:
            for value in found:
                yield Region("value", name, value, value, value)
            yield Region("other", name, sample=_another(name, found))


def _ordered(name: str, ends: list[Value], whole: bool) -> Iterator[Region]:
    lows: list[Value] = [None, *ends]
    highs: list[Value] = [*ends, None]
    for low, high in zip(lows, highs, strict=True):
        if low is not None:
            fits = not whole or low == low.to_integral_value()
            yield Region("value", name, low, low, low if fits else None)
        sample = between(name, low, high, whole)
        if sample is not None:
            yield Region("between", name, low, high, sample)


def _another(name: str, mentioned: Sequence[Value]) -> Value:
    if name != "string":
        return {}
    found = "other"
    while found in mentioned:
        found += "'"
    return found


def _texts_ordered(constants: Sequence[Constants], domain: Domain) -> bool:
    tests = [test for item in constants for test in item.tests]
    for allowed in domain.allowed:
        tests += _tests(allowed)
    return any(
        test.operator not in ("=", "!=") and any(isinstance(end, str) for end in test.ends)
        for test in tests
    )


def _tests(allowed: UnaryTests) -> list[Test]:
    reading = read_tests(allowed)
    return list(reading.tests) if isinstance(reading, Constants) else []


def _ends(allowed: UnaryTests) -> Iterator[Value]:
    for test in _tests(allowed):
        yield from test.ends


def _possible(regions: Sequence[Region], domain: Domain) -> int:
    """The regions that can occur: null and conditions always, values as the domain says."""
    found = (1 << len(regions)) - 1
    for allowed in domain.allowed:
        if isinstance(read_tests(allowed), Constants):
            wanted = _wanted(allowed, regions)
            found &= wanted | _bits(region.form in ("null", "condition") for region in regions)
    return found & _bits(
        region.form in ("null", "condition")
        or (
            region.sample is not None
            and (
                domain.options is None
                or region.kind != "string"
                or (region.form == "value" and region.low in domain.options)
            )
        )
        for region in regions
    )


def _wanted(compiled: UnaryTests, regions: Sequence[Region]) -> int:
    run = Evaluation({}, _NOW, None, _BUDGET)
    return _bits(
        region.form != "condition"
        and (region.form == "null" or region.sample is not None)
        and compiled.matches_in(run, region.sample)
        for region in regions
    )


def _bits(answers: Iterable[bool]) -> int:
    found = 0
    for number, answer in enumerate(answers):
        if answer:
            found |= 1 << number
    return found
