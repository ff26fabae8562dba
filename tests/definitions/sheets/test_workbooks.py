"""What a person finds in an exported workbook, and how tables are told apart."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from runner.definitions.sheets import (
    SheetsRefused,
    export_workbook,
    import_workbook,
    target_name,
)
from runner.definitions.sheets.layout import FIRST, KIND_WORDS, ROWS, kind_of, policy_of
from tests.definitions.sheets.books import (
    FIRST_RULE,
    PROCESSES,
    SPACES,
    edited,
    grids,
    imported,
    put_cell,
    rule_rows,
    set_rule_rows,
    triage,
)

PLACES = {name: row for row, name in enumerate(ROWS, 1)}
INNER = (
    "<decisionTable{id}><input><inputExpression><text>{x}</text></inputExpression></input>"
    "<output/><rule><inputEntry><text>1</text></inputEntry>"
    '<outputEntry><text>"one"</text></outputEntry></rule>'
    "<rule><inputEntry><text>2</text></inputEntry>"
    '<outputEntry><text>"two"</text></outputEntry></rule></decisionTable>'
)
NESTED = (
    f'<definitions xmlns="{SPACES["1.5"]}" id="d" name="d" namespace="x">'
    '<businessKnowledgeModel id="k" name="Knowledge"><encapsulatedLogic>'
    '<formalParameter name="x"/>' + INNER.format(id="", x="x") + "</encapsulatedLogic>"
    '</businessKnowledgeModel><decision id="c" name="甲 / Context"><context>'
    '<contextEntry><variable name="first"/>' + INNER.format(id=' id="t1"', x="y") +
    '</contextEntry><contextEntry><variable name="second"/>' + INNER.format(id="", x="z") +
    "</contextEntry></context></decision></definitions>"
).encode()  # fmt: skip


def opened(data: bytes, file: str = "f.dmn") -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(export_workbook(data, file)[0]))


def test_the_overview_leads_to_every_table() -> None:
    book = opened((PROCESSES / "emergency_plan.dmn").read_bytes(), "processes/emergency_plan.dmn")
    overview = book.worksheets[0]
    assert overview.title == "目录 Overview"
    links = [cell.hyperlink.location for row in overview.iter_rows() for cell in row
             if cell.hyperlink]  # fmt: skip
    assert links == [f"'{sheet.title}'!A1" for sheet in book.worksheets[1:-1]]
    assert book.worksheets[-1].sheet_state == "hidden"
    listed = [[cell.value for cell in row[1:4]] for row in overview["A6:D9"]]
    assert listed[0] == ["应急要求 / Response plan", "emergency_plan", "FIRST"]


def test_a_sheet_is_ready_to_read_edit_and_print() -> None:
    sheet = opened(triage()).worksheets[1]
    assert isinstance(sheet, Worksheet)
    assert sheet.column_dimensions["A"].hidden
    assert [row for row in PLACES.values() if sheet.row_dimensions[row].hidden] == [5, 6]
    assert sheet.freeze_panes == f"C{FIRST_RULE}"
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.page_setup.fitToWidth == 1
    assert sheet.print_title_rows == f"$7:${FIRST_RULE - 1}"
    for row in sheet.iter_rows(min_row=FIRST_RULE, min_col=FIRST, max_col=FIRST + 3):
        for cell in row:
            assert cell.number_format == "@"
            assert cell.alignment.wrap_text
            assert cell.quotePrefix == (cell.value is not None)
    assert sheet.column_dimensions["C"].number_format == "@"
    colours = [sheet.cell(PLACES["kind"], column).fill.fgColor.rgb for column in (3, 4, 5, 6)]
    assert colours[0] == colours[1]
    assert len(set(colours)) == 3


def test_listed_values_are_offered_in_the_cells() -> None:
    book = opened(triage())
    choices = {
        str(one.sqref): one.formula1 for one in book.worksheets[1].data_validations.dataValidation
    }
    lists = book.worksheets[-1]

    def values(place: str) -> list[object]:
        cells = lists[str(choices[place]).rpartition("!")[2].replace("$", "")]
        return [row[0].value for row in cells]

    assert values(f"D{FIRST_RULE}:D1000") == ["-", '"a"', '"b"']
    assert values("C4")[:2] == ["UNIQUE", "FIRST"]
    assert values(f"C{PLACES['kind']}:Z{PLACES['kind']}") == list(KIND_WORDS.values())


def test_sheets_have_names_that_excel_accepts() -> None:
    names = ["甲/乙: [丙]*? / A", "甲乙 / B", "甲乙 / C", "'", "x" * 50, "x" * 50, "History"]
    decisions = "".join(
        triage()
        .decode()
        .partition("<!-- before -->")[2]
        .partition("<unknown")[0]
        .replace('"triage"', f'"t{number}"')
        .replace("分级 / Triage", name)
        for number, name in enumerate(names)
    )
    data = f'<definitions xmlns="{SPACES["1.3"]}">{decisions}</definitions>'.encode()
    found = opened(data).sheetnames[1:-1]
    assert found == [
        "甲 乙 丙", "甲乙", "甲乙 (2)", "Table", "x" * 31, "x" * 27 + " (2)", "History (2)",
    ]  # fmt: skip
    assert all(len(name) <= 31 and not re.search(r"[\[\]:*?/\\]", name) for name in found)


def test_tables_inside_functions_and_contexts_have_sheets_of_their_own() -> None:
    assert [grid.address for grid in grids(NESTED)] == [("k", 0), ("c", 0), ("c", 1)]
    book = opened(NESTED)
    assert book.sheetnames[1:-1] == ["Knowledge", "甲 first", "甲 second"]
    made = imported(NESTED, put_cell(1, 1, '"zwei"'), sheet=3)
    assert made.data == NESTED[::-1].replace(b'"owt"', b'"iewz"', 1)[::-1]


def test_rules_and_columns_without_ids_keep_their_place() -> None:
    def change(sheet: Worksheet) -> None:
        set_rule_rows(sheet, rule_rows(sheet)[::-1])

    made = imported(NESTED, change, sheet=1)
    one, two = re.findall(rb"<rule>.*?</rule>", NESTED)[:2]
    assert made.data == NESTED.replace(one + two, two + one, 1)


def test_a_copied_rule_gets_an_identity_of_its_own() -> None:
    def change(sheet: Worksheet) -> None:
        rows = rule_rows(sheet)
        set_rule_rows(sheet, [rows[0], [*rows[0][:-1], "copy"], *rows[1:]])

    made = imported(triage(), change)
    assert [row.key for row in grids(made.data)[0].rows] == ["r1", "table_rule_1", "r2", "r3"]


def test_an_old_workbook_over_a_changed_file_is_told() -> None:
    old = edited(triage(), put_cell(1, 0, "6"))
    newer = imported(triage(), put_cell(0, 0, ">= 4")).data
    made = import_workbook(old, "w.xlsx", newer, "f.dmn")
    assert "was changed after this workbook was exported" in str(made.remarks[0])
    assert len(made.changes["分级"]) == 2


def test_sheets_of_other_kinds_are_left_alone_and_missing_ones_change_nothing() -> None:
    book = openpyxl.load_workbook(io.BytesIO(export_workbook(NESTED, "f.dmn")[0]))
    book.remove(book["甲 first"])
    book.create_sheet("Notes")["A1"] = "=1+1"
    saved = io.BytesIO()
    book.save(saved)
    made = import_workbook(saved.getvalue(), "w.xlsx", NESTED, "f.dmn")
    assert made.data == NESTED
    told = " ".join(str(one) for one in made.remarks)
    assert "Notes: " in told
    assert 'no sheet for "甲 / Context · first"' in told


def test_the_workbook_knows_its_file() -> None:
    assert target_name(export_workbook(triage(), "a/b/f.dmn")[0], "w.xlsx") == "f.dmn"


def test_a_file_without_tables_is_refused() -> None:
    with pytest.raises(SheetsRefused, match="no decision table to export"):
        export_workbook(f'<definitions xmlns="{SPACES["1.3"]}"/>'.encode(), "f.dmn")
    with pytest.raises(SheetsRefused, match="DOCTYPE"):
        export_workbook(b"<!DOCTYPE a><a/>", "f.dmn")


@pytest.mark.parametrize("word", ["输入", "Input", " input ", "输入 / Input"])
def test_kinds_are_known_in_both_languages(word: str) -> None:
    assert kind_of(word) == "input"
    assert kind_of("") is None


def test_hit_policies_are_known_however_they_are_typed() -> None:
    assert policy_of(" rule  Order ") == "RULE ORDER"
    assert policy_of("C+") is None
