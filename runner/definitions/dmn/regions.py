"""One column's values cut into the regions that its cells can tell apart.

A set of regions is kept as the bits of an int. What a region's sample value gives by the evaluator
itself holds for the whole region, so that analysis and running table cannot disagree.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from runner.definitions.dmn.between import between
from runner.definitions.dmn.cells import Constants, Test, read_tests
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

    @property
    def tests(self) -> Iterator[Constants]:
        """The allowed values, as far as they are constants."""
        for allowed in self.allowed:
            reading = read_tests(allowed)
            if isinstance(reading, Constants):
                yield reading


@dataclass(frozen=True, slots=True)
class Region:
    """Values that no cell of the column tells apart.

    `value`: only `low`; `between`: above `low` and below `high` (None: no end); `other`: any value
    of the kind that no cell mentions; `condition`: where the condition with this base holds, or
    with `holds` False does not; `text` is a cell that says so or, `contrary`, the opposite.
    `sample` is one of the values, None for conditions, null, and regions without any value.
    """

    form: Form
    kind: str = ""
    low: Value = None
    high: Value = None
    sample: Value = None
    base: Hashable = None
    holds: bool = True
    text: str = ""
    contrary: bool = False


class Regions:
    """The regions of one column: null first, then the values kind by kind and in order, then
    conditions."""

    def __init__(self, regions: Iterable[Region]) -> None:
        self.all = tuple(regions)
        self.full = (1 << len(self.all)) - 1
        self.conditions = bits(region.form == "condition" for region in self.all)
        self._usable = bits(region.sample is not None for region in self.all)
        self._number = {
            (region.kind, region.low): number
            for number, region in enumerate(self.all)
            if region.form == "value"
        }
        self._spans = list(self._kinds())

    def _kinds(self) -> Iterator[tuple[int, int]]:
        """Where the regions of each kind begin and end."""
        start = 1
        for number, region in enumerate(self.all):
            if number > start and region.kind != self.all[start].kind:
                yield start, number
                start = number
        yield start, len(self.all)

    def at(self, value: Value) -> int:
        """The region that is this value alone; none if no cell mentions it."""
        number = self._number.get((kind(value), value))
        return 0 if number is None else 1 << number

    def wanted(self, cell: Constants) -> int:
        """The regions for which a cell of constants holds.

        Between two values that the cell mentions its answer is the same everywhere, so that one
        sample there is enough; and apart from those values, if it only lists values.
        """
        run = Evaluation({}, _NOW, None, _BUDGET)
        mentioned = {
            self._number.get((kind(end), end), -1) for test in cell.tests for end in test.ends
        }
        found = 1 if cell.compiled.matches_in(run, None) else 0
        if all(test.operator == "=" for test in cell.tests):
            return found | self._listed(run, cell, mentioned - {-1})
        cuts = sorted(mentioned)
        for start, stop in self._spans:
            ends = [end for cut in cuts if start <= cut < stop for end in (cut, cut + 1)]
            for low, high in zip([start, *ends], [*ends, stop], strict=True):
                stretch = ((1 << high) - (1 << low)) & self._usable
                if stretch:
                    sample = self.all[(stretch & -stretch).bit_length() - 1].sample
                    found |= stretch if cell.compiled.matches_in(run, sample) else 0
        return found

    def _listed(self, run: Evaluation, cell: Constants, mentioned: set[int]) -> int:
        """The regions of values for which a list of values holds: its own, or all but those."""
        own = _set(mentioned, len(self.all)) & self._usable
        found = 0 if cell.negated else own
        for start, stop in self._spans:
            rest = ((1 << stop) - (1 << start)) & self._usable & ~own
            if rest:
                sample = self.all[(rest & -rest).bit_length() - 1].sample
                found |= rest if cell.compiled.matches_in(run, sample) else 0
        return found

    def possible(self, domain: Domain) -> int:
        """The regions that can occur: null and conditions always, values as the domain says."""
        always = self.conditions | 1
        found = always | self._usable
        for tests in domain.tests:
            found &= self.wanted(tests) | always
        if domain.options is not None:
            found &= bits(
                region.kind != "string" or (region.form == "value" and region.low in domain.options)
                for region in self.all
            )
        return found


def value_regions(constants: Sequence[Constants], domain: Domain) -> Iterator[Region]:
    """The regions of every kind that the column can hold, in order."""
    tests = [test for item in (*constants, *domain.tests) for test in item.tests]
    ends: dict[str, set[Value]] = {}
    for test in tests:
        for end in test.ends:
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
        elif name in ORDERED or (name == "string" and _texts_ordered(tests)):
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


def _texts_ordered(tests: Iterable[Test]) -> bool:
    return any(
        test.operator not in ("=", "!=") and any(isinstance(end, str) for end in test.ends)
        for test in tests
    )


def bits(answers: Iterable[bool]) -> int:
    """The set of those that are true."""
    digits = "".join("1" if answer else "0" for answer in answers)
    return int(digits[::-1] or "0", 2)


def _set(numbers: Iterable[int], size: int) -> int:
    """The set of the numbers, all below `size`."""
    found = bytearray(1 + size // 8)
    for number in numbers:
        found[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(found, "little")
