"""Random work on the sheet gives the table that the sheet shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from runner.definitions.dmn import load_decisions
from runner.definitions.sheets import import_workbook
from runner.definitions.sheets.elements import Ids
from runner.definitions.sheets.grid import Grid, Row
from runner.definitions.sheets.merging import match
from runner.definitions.sheets.spans import Document
from runner.definitions.sheets.tables import tables_of
from tests.definitions.sheets.books import (
    CORPUS,
    PROCESSES,
    edited,
    grids,
    imported,
    rule_rows,
    set_rule_rows,
    triage,
)
from tests.hanging import not_hanging

NOW = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)
X = st.sampled_from(["", "-", "5", ">= 3", "< 3", "[1..4]", "not(5)", "1,2"])
Y = st.sampled_from(["", "-", '"a"', '"b"', '"a","b"', 'not("a")'])
LEVEL = st.sampled_from(['"high"', '"low"', "x + 1", "null", "y"])
REASON = st.sampled_from([None, "because", "因为 <&>", " two\nlines "])
EDIT = st.one_of(
    st.tuples(st.just("change"), st.integers(0, 9), st.tuples(X, Y, LEVEL), REASON),
    st.tuples(st.just("add"), st.integers(0, 9), st.tuples(X, Y, LEVEL), REASON),
    st.tuples(st.just("copy"), st.integers(0, 9), st.integers(0, 9), REASON),
    st.tuples(st.just("move"), st.integers(0, 9), st.integers(0, 9), REASON),
    st.tuples(st.just("delete"), st.integers(0, 9), st.just(0), REASON),
)


def apply(rows: list[list[object]], edits: Sequence[tuple[str, int, object, object]]) -> None:
    for name, place, content, reason in edits:
        at = place % (len(rows) + 1)
        if name == "add":
            assert isinstance(content, tuple)
            rows.insert(at, [None, None, *content, reason])
        elif rows:
            at = place % len(rows)
            if name == "change":
                assert isinstance(content, tuple)
                rows[at] = [*rows[at][:2], *content, reason]
            elif name == "delete":
                del rows[at]
            else:
                assert isinstance(content, int)
                row = list(rows[at]) if name == "copy" else rows.pop(at)
                rows.insert(content % (len(rows) + 1), row)


def texts(grid: Grid) -> list[tuple[str, ...]]:
    return [(*row.cells, row.description) for row in grid.rows]


@settings(max_examples=30, deadline=None)
@given(st.lists(EDIT, max_size=6))
def test_the_table_is_what_the_sheet_shows(
    edits: list[tuple[str, int, object, object]],
) -> None:
    shown: list[list[object]] = []

    def change(sheet: Worksheet) -> None:
        shown[:] = rule_rows(sheet)
        apply(shown, edits)
        set_rule_rows(sheet, shown)

    data = triage()
    made = imported(data, change)
    wanted = [
        tuple("" if value is None else str(value) for value in row[2:6])
        for row in shown
        if any(value not in (None, "") for value in row)
    ]
    grid = grids(made.data)[0]
    assert texts(grid) == wanted
    keys = [row.key for row in grid.rows]
    assert len(set(keys)) == len(keys)
    source = made.data.decode()
    for comment in ("<!-- before -->", "<!-- the urgent ones -->", "<!-- all others -->"):
        assert source.count(comment) == 1
    assert '<unknown:thing xmlns:unknown="urn:x"  b=\'1\'   a="2"/>' in source
    again = import_workbook(edited(made.data, lambda sheet: None), "w.xlsx", made.data, "f.dmn")
    assert again.data == made.data
    model, findings = load_decisions(made.data, "f.dmn")
    assert not [one for one in findings if one.severity == "error"]
    reference, _ = load_decisions(written(wanted), "f.dmn")
    for x in (None, 1, 2, 3, 4, 5, 6):
        for y in ("a", "b", "c", None):
            scope = {"x": x, "y": y}
            assert (
                model.evaluate("triage", scope, now=NOW).value
                == reference.evaluate("triage", scope, now=NOW).value
            )


def written(rows: Sequence[Sequence[str]]) -> bytes:
    """The table of `triage` with these rules, written anew."""
    source = triage().decode()
    head, tail = (
        source[: source.index("<!-- the urgent")],
        source[source.index("</decisionTable>") :],
    )
    rules = ""
    for number, cells in enumerate(rows):
        x, y, level = (
            cell.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            for cell in cells[:3]
        )
        rules += (
            f'<rule id="n{number}"><inputEntry><text>{x}</text></inputEntry>'
            f"<inputEntry><text>{y}</text></inputEntry>"
            f"<outputEntry><text>{level}</text></outputEntry></rule>"
        )
    return (head + rules + tail).encode()


@pytest.mark.parametrize("path", sorted(PROCESSES.glob("*.dmn")), ids=lambda path: path.stem)
def test_moving_a_rule_moves_its_bytes_alone(path: Path) -> None:
    data = path.read_bytes()

    def change(sheet: Worksheet) -> None:
        rows = rule_rows(sheet)
        set_rule_rows(sheet, [rows[-1], *rows[:-1]])

    made = imported(data, change)
    old, new = grids(data)[0], grids(made.data)[0]
    assert new.rows == (old.rows[-1], *old.rows[:-1])
    assert sorted(made.data.splitlines()) == sorted(data.splitlines())


@pytest.mark.parametrize("path", CORPUS, ids=[path.stem for path in CORPUS])
def test_rules_of_every_known_table_are_moved_copied_added_and_removed(path: Path) -> None:
    data = path.read_bytes()
    for number, located in enumerate(tables_of(Document(data, "f.dmn"))[0]):
        shown: list[list[object]] = []

        def change(sheet: Worksheet) -> None:
            rows = rule_rows(sheet)
            added = [None, *rows[0][1:]]
            rows = [rows[-1], *rows[:-1], added, rows[0]]
            if len(rows) > 4:
                del rows[2]
            shown[:] = rows  # noqa: B023 - as above
            set_rule_rows(sheet, rows)

        made = imported(data, change, sheet=number + 1)
        assert made.data != data
        again = tables_of(Document(made.data, "f.dmn"))[0]
        width = len(located.grid.columns) + 3
        assert texts(again[number].grid) == [
            tuple("" if value is None else str(value) for value in row[2:width]) for row in shown
        ]
        first, last = located.rules[0].start, located.rules[-1].end
        source = Document(data, "f.dmn").source
        result = Document(made.data, "f.dmn").source
        assert result.startswith(source[:first].rstrip())
        assert result.endswith(source[last:])
        others = [one.grid for one in again if one.grid.address != located.grid.address]
        assert others == [one for one in grids(data) if one.address != located.grid.address]


def test_thousands_of_new_rules_in_thousands_of_old_ones_are_taken_at_once() -> None:
    def rules(texts: Sequence[object]) -> Grid:
        (grid,) = grids(triage())
        return replace(grid, rows=tuple(Row("", (str(t), "", "1")) for t in texts))

    with not_hanging(20):
        matched = match(rules(range(40_000)), rules([*range(39_999, -1, -1), 5, "x"]))
        ids = Ids()
        made = [ids.numbered("rule") for _ in range(40_000)]
    assert matched.rows == (*range(39_999, -1, -1), None, None)
    assert made[-1] == "rule_40000"
    assert ids.new("rule_7") == "rule_7_2"


def reordered(order: list[int]) -> list[str]:
    """What is told where the rules r1 ... stand in this order."""
    many = triage()
    start, end = many.index(b'<rule id="r2">'), many.index(b"<!-- all others -->")
    extra = b"".join(
        many[start:end].replace(b"r2", b"r%d" % number).replace(b">5<", b">%d<" % number)
        for number in range(4, 8)
    )
    data = many.replace(b"</decisionTable>", extra + b"</decisionTable>")

    def change(sheet: Worksheet) -> None:
        rows = rule_rows(sheet)
        set_rule_rows(sheet, [rows[number] for number in order])

    return [line.split(" ", 2)[2] for line in imported(data, change).changes.get("分级", ())]


def test_two_rules_that_changed_places_are_both_told_and_no_other() -> None:
    assert reordered([2, 1, 0, 3, 4, 5, 6]) == [
        "规则 / rule 1 (r3): 3 → 1",
        "规则 / rule 3 (r1): 1 → 3",
    ]
    assert reordered([0, 1, 5, 3, 4, 2, 6]) == [
        "规则 / rule 3 (r6): 6 → 3",
        "规则 / rule 6 (r3): 3 → 6",
    ]


def test_a_rule_that_moved_far_is_told_alone() -> None:
    assert reordered([6, 0, 1, 2, 3, 4, 5]) == ["规则 / rule 1 (r7): 7 → 1"]
    assert reordered([1, 0, 2, 3, 6, 4, 5]) == [
        "规则 / rule 1 (r2): 2 → 1",
        "规则 / rule 5 (r7): 7 → 5",
    ]


def test_the_changes_are_told_in_one_language_on_demand() -> None:
    def change(sheet: Worksheet) -> None:
        rows = rule_rows(sheet)
        rows[1][4] = None
        set_rule_rows(sheet, [rows[1], rows[0], rows[2], [None, "4", "1", None, '"low"']])

    book = edited(triage(), change)
    chinese = import_workbook(book, "w.xlsx", triage(), "f.dmn", "zh").changes["分级"]
    english = import_workbook(book, "w.xlsx", triage(), "f.dmn", "en").changes["分级"]
    assert chinese == [
        "⇅ 分级!C13 规则 1 (r2): 2 → 1",
        '~ 分级!E13 规则 1 (r2), “级别”: "middle" → ∅',
        '+ 分级!C16 规则 4: 1 | ∅ → "low"',
    ]
    assert english[1] == '~ 分级!E13 rule 1 (r2), “Level”: "middle" → ∅'
