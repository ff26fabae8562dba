from __future__ import annotations

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from runner.definitions.dmn import load_decisions
from runner.definitions.sheets import SheetsRefused
from runner.definitions.sheets.grid import Column
from runner.definitions.sheets.layout import FIRST, KIND_WORDS, ROWS
from tests.definitions.sheets.books import FIRST_RULE, grids, imported, triage

PLACES = {name: row for row, name in enumerate(ROWS, 1)}
PRICED = triage().replace(
    b'typeRef="string" />',
    b'typeRef="string"><outputValues><text>"high","middle","low"</text></outputValues>'
    b'<defaultOutputEntry><text>"low"</text></defaultOutputEntry></output>',
)


def fill(sheet: Worksheet, column: int, facts: dict[str, str], cells: list[str]) -> None:
    for name, text in facts.items():
        sheet.cell(PLACES[name], column).value = text
    for number, text in enumerate(cells, FIRST_RULE):
        sheet.cell(number, column).value = text


def test_a_column_is_inserted_between_others() -> None:
    def change(sheet: Worksheet) -> None:
        sheet.insert_cols(FIRST + 1)
        facts = {"kind": "输入", "label": "客户 / Customer", "expression": "customer",
                 "type": "string", "allowed": '"vip"，"other"'}  # fmt: skip
        fill(sheet, FIRST + 1, facts, ['"vip"', "-"])

    made = imported(triage(), change)
    grid = grids(made.data)[0]
    assert [column.key for column in grid.columns] == ["in_x", "table_input_1", "in_y", "out"]
    assert grid.columns[1] == Column(
        "table_input_1", "input", "客户 / Customer", "customer", "string", '"vip","other"'
    )
    assert [row.cells[1] for row in grid.rows] == ['"vip"', "-", ""]
    assert b'<inputEntry id="r1_in_2"><text>"vip"</text></inputEntry>' in made.data
    assert not [one for one in load_decisions(made.data, "f")[1] if one.severity == "error"]
    kept = [line for line in triage().splitlines() if line not in made.data.splitlines()]
    assert kept == []


def test_a_column_is_removed_with_its_cells() -> None:
    made = imported(triage(), lambda sheet: sheet.delete_cols(FIRST + 1))
    assert [column.key for column in grids(made.data)[0].columns] == ["in_x", "out"]
    assert b"in_y" not in made.data
    assert b"_y" not in made.data
    assert made.changes["分级"][0] == "- 输入列 / input “种类 / Kind”"


def test_columns_change_places_with_their_cells() -> None:
    def change(sheet: Worksheet) -> None:
        for row in range(1, sheet.max_row + 1):
            one, two = sheet.cell(row, FIRST), sheet.cell(row, FIRST + 1)
            if row >= PLACES["columns"]:
                one.value, two.value = two.value, one.value

    made = imported(triage(), change)
    old, new = grids(triage())[0], grids(made.data)[0]
    assert new.columns == (old.columns[1], old.columns[0], old.columns[2])
    assert [row.cells[0] for row in new.rows] == [row.cells[1] for row in old.rows]
    assert sorted(made.data.splitlines()) == sorted(triage().splitlines())


def test_a_heading_changes_one_attribute() -> None:
    def change(sheet: Worksheet) -> None:
        sheet.cell(PLACES["label"], FIRST).value = '件数 "neu" & / Pieces'
        sheet.cell(PLACES["type"], FIRST + 2).value = None
        sheet.cell(PLACES["expression"], FIRST + 2).value = "rank"

    made = imported(triage(), change)
    wanted = triage().replace(
        'label="数量 / Amount"'.encode(), 'label="件数 &quot;neu&quot; &amp; / Pieces"'.encode()
    )
    assert made.data == wanted.replace(b'name="level" typeRef="string"', b'name="rank"')


def test_allowed_values_and_defaults_come_and_go() -> None:
    def add(sheet: Worksheet) -> None:
        sheet.cell(PLACES["allowed"], FIRST).value = "[0..9]"
        sheet.cell(PLACES["allowed"], FIRST + 2).value = '"high","low"'
        sheet.cell(PLACES["default"], FIRST + 2).value = "“low”"

    def remove(sheet: Worksheet) -> None:
        for column in range(FIRST, FIRST + 3):
            sheet.cell(PLACES["allowed"], column).value = None
            sheet.cell(PLACES["default"], column).value = None

    made = imported(triage(), add)
    columns = grids(made.data)[0].columns
    assert (columns[0].allowed, columns[2].allowed) == ("[0..9]", '"high","low"')
    assert columns[2].default == '"low"'
    gone = grids(imported(made.data, remove).data)[0].columns
    assert [(column.allowed, column.default) for column in gone] == [("", "")] * 3
    assert b"outputValues" not in imported(PRICED, remove).data


@pytest.mark.parametrize(
    ("policy", "attributes"),
    [
        ("COLLECT SUM", b'hitPolicy="COLLECT" aggregation="SUM">'),
        ("rule order", b'hitPolicy="RULE ORDER"'),
        ("UNIQUE", b'hitPolicy="UNIQUE"'),
    ],
)
def test_the_hit_policy_is_chosen_by_name(policy: str, attributes: bytes) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.cell(PLACES["policy"], FIRST).value = policy

    data = imported(triage(), change).data
    assert grids(data)[0].policy == policy.upper()
    assert attributes in data


def test_an_unknown_hit_policy_is_refused_with_its_cell() -> None:
    def change(sheet: Worksheet) -> None:
        sheet.cell(PLACES["policy"], FIRST).value = "SOMETIMES"

    with pytest.raises(SheetsRefused, match=r'分级!C4: .*no hit policy "SOMETIMES".*UNIQUE'):
        imported(triage(), change)


def test_annotations_are_columns_of_their_own() -> None:
    def change(sheet: Worksheet) -> None:
        fill(
            sheet,
            FIRST + 4,
            {"kind": KIND_WORDS["annotation"], "label": "依据 / Basis"},
            ["", "GB 1（甲）"],
        )

    data = imported(triage(), change).data
    grid = grids(data)[0]
    assert grid.columns[-1].label == "依据 / Basis"
    assert [row.cells[-1] for row in grid.rows] == ["", "GB 1（甲）", ""]
    assert not [one for one in load_decisions(data, "f")[1] if one.severity == "error"]

    def again(sheet: Worksheet) -> None:
        sheet.cell(FIRST_RULE, FIRST + 3).value = "first"

    assert [row.cells[-1] for row in grids(imported(data, again).data)[0].rows] == [
        "first", "GB 1（甲）", "",
    ]  # fmt: skip
    with pytest.raises(SheetsRefused, match=r"DMN 1\.1"):
        imported(triage("1.1"), change)


def test_a_column_without_a_kind_is_refused_with_its_cell() -> None:
    def change(sheet: Worksheet) -> None:
        sheet.cell(FIRST_RULE, FIRST + 5).value = "what is this"

    with pytest.raises(SheetsRefused, match=r"分级!H7: .*kind of the column"):
        imported(triage(), change)


def test_a_decision_is_not_renamed_on_a_sheet() -> None:
    def change(sheet: Worksheet) -> None:
        sheet.cell(1, 2).value = "Other"

    with pytest.raises(SheetsRefused, match=r"分级!C1: .*Rename it in"):
        imported(triage(), change)


def test_the_description_is_written_where_it_stands() -> None:
    def change(sheet: Worksheet) -> None:
        sheet.cell(2, 2).value = "new & shiny"

    wanted = triage().replace("谁先谁后 / who comes first".encode(), b"new &amp; shiny")
    assert imported(triage(), change).data == wanted
