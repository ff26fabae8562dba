"""The analysis of decision tables against the tables themselves, asked for every point."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.definitions.dmn import DecisionModel, Table, load_decisions
from runner.definitions.dmn.analysis import TableAnalysis
from runner.definitions.dmn.axes import Axis
from runner.definitions.dmn.cells import Constants
from runner.definitions.dmn.coverage import Box
from runner.definitions.dmn.regions import Domain, Region
from runner.feel import Value, compile_unary_tests

NOW = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)
HALVES = [Decimal(n) / 2 for n in range(-1, 12)]
DAYS = [dt.date(2026, 1, n) for n in range(1, 8)]


@dataclass(frozen=True)
class Column:
    """What a generated column can hold; `points` meets every region that cells can make."""

    name: str
    domain: Domain
    cells: st.SearchStrategy[str]
    points: Sequence[Value]


def _lists(one: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(one, min_size=1, max_size=3).map(", ".join)
    return st.one_of(
        st.just("-"), one, several, several.map(lambda text: f"not({text})"), st.just("null")
    )


def _ranges(values: Sequence[str]) -> st.SearchStrategy[str]:
    end = st.sampled_from(values)
    compared = st.tuples(st.sampled_from(["<", "<=", ">", ">=", "!=", "="]), end).map(" ".join)
    ranged = st.tuples(
        st.sampled_from("[(]"), end, end, st.sampled_from("])[")
    ).map(lambda parts: f"{parts[0]}{parts[1]}..{parts[2]}{parts[3]}")  # fmt: skip
    return _lists(st.one_of(end, compared, ranged))


NUMBERS = _ranges(["0", "1", "2", "3", "5"])
TEXTS = _lists(st.sampled_from(['"a"', '"b"', '"c"', '!= "a"', '["a", "c"]']))
COLUMNS = [
    Column("number", Domain("number"), NUMBERS, HALVES),
    Column("untyped", Domain(), NUMBERS, HALVES),
    Column("whole", Domain("number", whole=True), NUMBERS, [Decimal(n) for n in range(-1, 7)]),
    Column(
        "limited",
        Domain("number", allowed=(compile_unary_tests("[1..4)"),)),
        NUMBERS,
        [half for half in HALVES if 1 <= half < 4],
    ),
    Column("text", Domain("string"), TEXTS, ["a", "b", "c", "z"]),
    Column("choice", Domain("string", options=frozenset("ab")), TEXTS, ["a", "b"]),
    Column(
        "listed",
        Domain("string", allowed=(compile_unary_tests('"a", "c"'),)),
        TEXTS,
        ["a", "c"],
    ),
    Column("truth", Domain("boolean"), _lists(st.sampled_from(["true", "false"])), [True, False]),
    Column(
        "day",
        Domain("date"),
        _ranges([f'date("2026-01-0{n}")' for n in (2, 3, 4, 6)]),
        DAYS,
    ),
    Column("same", Domain("number"), NUMBERS, HALVES),
    Column("sorted", Domain("string"), _ranges(['"a"', '"b"', '"bb"']), ["", "a", "ab", "b", "ba",
           "bb", "bc", "z"]),
]  # fmt: skip


def collecting(columns: Sequence[Column], rules: Sequence[Sequence[str]]) -> DecisionModel:
    """A table that answers the numbers of the rules that hold."""
    inputs = "".join(
        f"<input><inputExpression><text>{column.name}</text></inputExpression></input>"
        for column in columns
    )
    rows = "".join(
        "<rule>"
        + "".join(
            f"<inputEntry><text>{cell.replace('<', '&lt;')}</text></inputEntry>" for cell in cells
        )
        + f"<outputEntry><text>{number}</text></outputEntry></rule>"
        for number, cells in enumerate(rules)
    )
    model, findings = load_decisions(
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d"'
        f' namespace="x"><decision id="t" name="t"><decisionTable hitPolicy="COLLECT">{inputs}'
        f'<output id="o" name="o"/>{rows}</decisionTable></decision></definitions>'.encode(),
        "t.dmn",
    )
    assert findings == []
    return model


def holds_in(region: Region, value: Value) -> bool:
    """Whether the value belongs to the region."""
    if region.form == "null" or value is None:
        return region.form == "null" and value is None
    if region.form == "value":
        return bool(region.low == value)
    if region.form == "between":
        above = region.low is None or region.low < value
        return bool(above and (region.high is None or value < region.high))
    return True


def box_of(axes: Iterable[Axis], point: dict[str, Value], names: Sequence[str]) -> Box:
    """The regions that a point lies in."""
    found: list[int] = []
    for axis in axes:
        value = point[names[axis.columns[0]]]
        number = next(n for n, region in enumerate(axis.regions) if holds_in(region, value))
        found.append(1 << number)
    return tuple(found)


def inside(point: Box, box: Box) -> bool:
    return all(a & b for a, b in zip(point, box, strict=True))


def compare(columns: Sequence[Column], rules: Sequence[Sequence[str]]) -> None:
    """The analysis says of overlaps, gaps and dead rules exactly what the points show."""
    model = collecting(columns, rules)
    table = model.decisions["t"].table
    assert isinstance(table, Table)
    analysis = TableAnalysis(
        replace(table, hit_policy="FIRST"), [column.domain for column in columns]
    )
    names = [column.name for column in columns]
    distinct = {column.name: column for column in columns}
    matched: dict[Box, list[int]] = {}
    for values in product(*([*column.points, None] for column in distinct.values())):
        point = dict(zip(distinct, values, strict=True))
        answer = model.evaluate("t", point, now=NOW).value
        assert isinstance(answer, list)
        found = [int(number) for number in answer]
        place = box_of(analysis.axes, point, names)
        assert matched.setdefault(place, found) == found
    pairs = {(a, b) for hits in matched.values() for a in hits for b in hits if a < b}
    assert {(item.first, item.second) for item in analysis.overlaps()} == pairs
    for item in analysis.overlaps():
        assert item.certain
        for place, hits in matched.items():
            assert inside(place, item.where) == ({item.first, item.second} <= set(hits))
    expected = tuple(axis.expected for axis in analysis.axes)
    gaps = analysis.gaps()
    if gaps.whole:
        for place, hits in matched.items():
            uncovered = any(inside(place, box) for box in gaps.boxes)
            assert uncovered == (not hits and inside(place, expected))
    fired = {number for hits in matched.values() for number in hits}
    assert analysis.empty == set(range(len(rules))) - fired
    first = {hits[0] for hits in matched.values() if hits}
    shadowed = list(analysis.shadowed())
    assert {item.rule for item in shadowed} == fired - first
    for item in shadowed:
        for hits in matched.values():
            assert item.rule not in hits or set(item.by) & set(hits)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[Column], list[list[str]]]:
    columns = draw(st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=3))
    rule = st.tuples(*(column.cells for column in columns)).map(list)
    rules = draw(st.lists(rule, min_size=1, max_size=6))
    for number, column in enumerate(columns):
        mentioned = [cells[number] for cells in rules]
        if not column.domain.kind and all(cell in ("-", "null", "not(null)") for cell in mentioned):
            rules.append([*(["-"] * number), "1", *(["-"] * (len(columns) - number - 1))])
    return columns, rules


@settings(max_examples=60, deadline=None)
@given(tables())
def test_the_analysis_says_what_asking_every_point_says(
    case: tuple[list[Column], list[list[str]]],
) -> None:
    compare(*case)


@pytest.mark.parametrize(
    ("cell", "holds"),
    [("[5..1]", []), ("(1..2)", [Decimal("1.5")]), ("not(null)", [*HALVES]), ("null", [None])],
)
def test_a_cell_holds_for_the_regions_it_means(cell: str, holds: list[Value]) -> None:
    column = COLUMNS[0]
    model = collecting([column], [[cell], ["1"], ["2"]])
    table = model.decisions["t"].table
    assert table is not None
    analysis = TableAnalysis(table, [column.domain])
    assert isinstance(analysis.readings[0][0], Constants)
    for value in [*column.points, None]:
        place = box_of(analysis.axes, {"number": value}, ["number"])
        assert inside(place, analysis.boxes[0]) == (value in holds)
