from __future__ import annotations

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from runner.definitions.sheets import SheetsRefused
from runner.definitions.sheets.layout import FIRST, ROWS
from runner.definitions.sheets.typed import as_typed, grouped_number, quoted, type_of, words_in
from tests.definitions.sheets.books import grids, imported, put_cell, triage

PLACES = {name: row for row, name in enumerate(ROWS, 1)}


@pytest.mark.parametrize(
    ("typed", "type_ref", "text"),
    [
        ("TRUE", "boolean", "true"),
        ("False", "feel:boolean", "false"),
        ("是", "boolean", "true"),
        ("否", "boolean", "false"),
        ("-", "boolean", "-"),
        ("是", "string", "是"),
        ("2026-11-20", "date", 'date("2026-11-20")'),
        ("2026/11/20", "date", 'date("2026-11-20")'),
        ("2026年11月2日", "date", 'date("2026-11-02")'),
        (">= 2026-11-20", "date", '>= date("2026-11-20")'),
        ("[2026/1/1..2026/12/31]", "date", '[date("2026-01-01")..date("2026-12-31")]'),
        ('date("2026-11-20")', "date", 'date("2026-11-20")'),
        ("2026-11-20 8:30", "dateTime", 'date and time("2026-11-20T08:30:00")'),
        ('@"2026-11-20T08:30:00"', "dateTime", '@"2026-11-20T08:30:00"'),
        ("< 8:30", "time", '< time("08:30:00")'),
        ("2026-11-20", "number", "2026-11-20"),
    ],
)  # fmt: skip
def test_values_of_the_columns_type_become_feel(typed: str, type_ref: str, text: str) -> None:
    assert as_typed(typed, type_ref) == text


@pytest.mark.parametrize("typed", ["2026-13-01", "2026年2月30日"])
def test_a_day_that_there_is_not_is_refused_with_its_cell(typed: str) -> None:
    with pytest.raises(SheetsRefused, match=rf"分级!C14: .*no such date or time as \"{typed}\""):
        imported(triage().replace(b'"number"', b'"date"'), put_cell(1, 0, typed))


def test_what_was_made_of_a_typed_date_is_told() -> None:
    made = imported(triage().replace(b'"number"', b'"date"'), put_cell(1, 0, "2026/11/20"))
    assert grids(made.data)[0].rows[1].cells[0] == 'date("2026-11-20")'
    assert str(made.remarks[0]) == (
        '分级!C14: 按类型 date 读取：2026/11/20 → date("2026-11-20") / '
        'read as date: 2026/11/20 → date("2026-11-20")'
    )


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,000", "1,000"),
        ("> 12,000,000", "12,000,000"),
        ("1, 000", ""),
        ('"1,000"', ""),
        ("1,20", ""),
        ("1,2000", ""),
        ("1000", ""),
    ],
)
def test_a_number_with_commas_between_its_thousands_is_noticed(text: str, number: str) -> None:
    assert grouped_number(text) == number


@pytest.mark.parametrize("typed", ["> 1,000", "> １，０００"])
def test_it_is_told_that_such_a_number_is_several(typed: str) -> None:
    made = imported(triage(), put_cell(1, 0, typed))
    assert any("Leave the commas out" in one.en for one in made.remarks)


@pytest.mark.parametrize(
    ("text", "made"),
    [("a", '"a"'), ('a,"b"', '"a","b"'), ("a, b", '"a","b"'), ("a,z", "a,z"), ('"a"', '"a"')],
)
def test_words_get_the_quotes_that_they_lack(text: str, made: str) -> None:
    assert quoted(text, ('"a"', '"b"')) == made


def test_several_allowed_values_get_their_quotes_too() -> None:
    made = imported(triage(), put_cell(1, 1, "a，b"))
    assert grids(made.data)[0].rows[1].cells[1] == '"a","b"'


def test_without_allowed_values_those_of_the_other_cells_count() -> None:
    made = imported(triage(), put_cell(1, 2, "low"))
    assert grids(made.data)[0].rows[1].cells[2] == '"low"'
    assert [one.place for one in made.remarks] == ["分级!E14"]


def test_a_word_that_nobody_knows_is_told_to_be_a_variable() -> None:
    made = imported(triage(), put_cell(1, 2, "严重"))
    assert grids(made.data)[0].rows[1].cells[2] == "严重"
    assert made.remarks[0].en == (
        '"严重" has no quotes and is read as a variable. If it is text, write "严重".'
    )


def test_words_are_told_from_everything_else() -> None:
    assert words_in("serious, very bad") == ("serious", "very bad")
    for text in ('"a"', "true", "a.b", "-", "not(a)", "5", ""):
        assert words_in(text) == ()


def test_allowed_values_and_default_get_their_quotes() -> None:
    def change(sheet: Worksheet) -> None:
        sheet.cell(PLACES["allowed"], FIRST + 2).value = "high，middle,low"
        sheet.cell(PLACES["default"], FIRST + 2).value = "low"

    made = imported(triage(), change)
    column = grids(made.data)[0].columns[2]
    assert (column.allowed, column.default) == ('"high","middle","low"', '"low"')
    assert made.changes["分级"] == [
        '~ 分级!E11 “级别 / Level”, 允许的值 / allowed values: ∅ → "high","middle","low"',
        '~ 分级!E12 “级别 / Level”, 默认值 / default: ∅ → "low"',
    ]


def test_a_type_may_be_named_in_chinese() -> None:
    assert (type_of("文字"), type_of("日期时间"), type_of("tGrade")) == (
        "string", "dateTime", "tGrade",
    )  # fmt: skip

    def change(sheet: Worksheet) -> None:
        sheet.cell(PLACES["type"], FIRST).value = "是否"

    made = imported(triage().replace(b"&gt;= 3", b"true").replace(b">5<", b">false<"), change)
    assert grids(made.data)[0].columns[0].type_ref == "boolean"
    assert "~ 分级!C10 “数量 / Amount”, 类型 / type: number → boolean" in made.changes["分级"]


def test_a_type_that_there_is_not_is_told_at_its_own_cell() -> None:
    def change(sheet: Worksheet) -> None:
        sheet.cell(PLACES["type"], FIRST).value = "amounts"

    assert [one.place for one in imported(triage(), change).remarks] == ["分级!C10"]
