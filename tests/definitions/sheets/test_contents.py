from __future__ import annotations

import datetime as dt

import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.worksheet.worksheet import Worksheet

from runner.definitions.sheets import SheetsRefused
from runner.definitions.sheets.contents import listed, narrowed
from runner.definitions.sheets.layout import FIRST, HEAD
from tests.definitions.sheets.books import FIRST_RULE, grids, imported, put_cell, triage


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5, "5"),
        (5.0, "5"),
        (0.1 + 0.2, "0.3"),
        (-2.50, "-2.5"),
        (1e20, "100000000000000000000"),
        (1e-7, "0.0000001"),
        (True, "true"),
        (False, "false"),
        (dt.date(2026, 11, 20), 'date("2026-11-20")'),
        (dt.datetime(2026, 11, 20, 8, 30), 'date and time("2026-11-20T08:30:00")'),  # noqa: DTZ001
        (dt.time(8, 30), 'time("08:30:00")'),
        (dt.timedelta(hours=30), 'duration("PT108000S")'),
        (CellRichText("a + ", TextBlock(InlineFont(b=True), "b")), "a + b"),
    ],
    ids=str,
)
def test_values_that_excel_keeps_become_feel(value: object, text: str) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.cell(FIRST_RULE + 1, FIRST + 2).number_format = "General"
        put_cell(1, 2, value)(sheet)

    assert grids(imported(triage(), change).data)[0].rows[1].cells[2] == text


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("“a”，“b”", '"a","b"'),
        ("not（“a”）", 'not("a")'),
        ("＞＝　３", ">= 3"),
        ("≥3", ">=3"),
        ("［1．．5］", "[1..5]"),
        ("－", "-"),
        ('"你好，（世界）"', '"你好，（世界）"'),
        ('"a” is open"', '"a” is open"'),
        ("5 // 说明，不动", "5 // 说明，不动"),
    ],
)
def test_full_width_signs_become_feels_own(typed: str, text: str) -> None:
    assert narrowed(typed) == text


@pytest.mark.parametrize("typed", ["“a”、“b”", "a；b", "‘a’", "≠ 3", "“open"])
def test_signs_that_could_mean_anything_are_refused_with_their_cell(typed: str) -> None:
    with pytest.raises(SheetsRefused, match=r"分级!D13: .*no sign of FEEL"):
        imported(triage(), put_cell(0, 1, typed))


def test_names_of_the_file_keep_their_full_width_signs() -> None:
    assert narrowed("金额（元） ＞ 5", {"金额（元）"}) == "金额（元） > 5"


def test_rewriting_is_told() -> None:
    made = imported(triage(), put_cell(0, 1, "“a”，“b”"))
    assert [str(one) for one in made.remarks] == [
        '分级!D13: 全角符号已改写：“a”，“b” → "a","b" / full-width signs rewritten: '
        '“a”，“b” → "a","b"'
    ]


def test_an_allowed_value_gets_the_quotes_it_lacks() -> None:
    made = imported(triage(), put_cell(1, 1, "b"))
    assert grids(made.data)[0].rows[1].cells[1] == '"b"'
    assert "quotes added" in str(made.remarks[0])


@pytest.mark.parametrize("value", ["=1+1", "=HYPERLINK(1)", "#REF!", "#N/A"])
def test_formulas_and_errors_are_refused_with_their_cell(value: str) -> None:
    with pytest.raises(SheetsRefused, match=r"分级!C14: .*(formula|error)"):
        imported(triage(), put_cell(1, 0, value))


def test_a_formula_may_count_the_rules() -> None:
    def change(sheet: Worksheet) -> None:
        sheet.cell(FIRST_RULE, HEAD).value = "=ROW()-12"

    assert imported(triage(), change).data == triage()


def test_what_is_no_feel_is_refused_with_its_cell_and_what_was_expected() -> None:
    with pytest.raises(SheetsRefused) as refused:
        imported(triage(), put_cell(2, 0, ">= "))
    [remark] = refused.value.remarks
    assert remark.place == "分级!C15"
    assert "“>=”" in remark.zh
    assert "it ends; expected an expression" in remark.en


def test_every_mistake_is_told_at_once() -> None:
    def change(sheet: Worksheet) -> None:
        put_cell(0, 0, "=A1")(sheet)
        put_cell(1, 1, "、")(sheet)

    with pytest.raises(SheetsRefused) as refused:
        imported(triage(), change)
    assert [one.place for one in refused.value.remarks] == ["分级!C13", "分级!D14"]


def test_merged_cells_stand_for_each_of_their_rules() -> None:
    def change(sheet: Worksheet) -> None:
        sheet.merge_cells(
            start_row=FIRST_RULE, end_row=FIRST_RULE + 1, start_column=FIRST, end_column=FIRST
        )

    made = imported(triage(), change)
    assert [row.cells[0] for row in grids(made.data)[0].rows] == [">= 3", ">= 3", ""]
    assert "rows 13 to 14" in str(made.remarks[0])


def test_cells_merged_sideways_are_refused() -> None:
    def change(sheet: Worksheet) -> None:
        sheet.merge_cells(
            start_row=FIRST_RULE, end_row=FIRST_RULE, start_column=FIRST, end_column=FIRST + 1
        )

    with pytest.raises(SheetsRefused, match=r"分级!C13: .*Unmerge"):
        imported(triage(), change)


def test_hidden_rows_are_rules_and_empty_rows_are_none() -> None:
    def change(sheet: Worksheet) -> None:
        sheet.row_dimensions[FIRST_RULE + 1].hidden = True
        for row in range(FIRST_RULE + 3, FIRST_RULE + 40):
            sheet.cell(row, FIRST + 8).number_format = "0.00"

    made = imported(triage(), change)
    assert made.data == triage()
    assert "hidden or filtered out" in str(made.remarks[0])


def test_a_rule_of_which_all_is_cleared_is_removed() -> None:
    def change(sheet: Worksheet) -> None:
        for column in range(HEAD, FIRST + 4):
            sheet.cell(FIRST_RULE + 1, column).value = None

    made = imported(triage(), change)
    assert [row.key for row in grids(made.data)[0].rows] == ["r1", "r3"]
    assert made.changes["分级"] == ['- 规则 / rule 2 (r2): 5 | - → "middle"']


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('"a","b,c"', ('"a"', '"b,c"')),
        ("1, 2.5 ,-3", ("1", "2.5", "-3")),
        ("true,false", ("true", "false")),
        ("[1..5]", ()),
        ('"a",', ()),
        ("", ()),
        ('"a" "b"', ()),
    ],
)
def test_lists_of_literals_are_offered_as_choices(text: str, values: tuple[str, ...]) -> None:
    assert listed(text) == values
