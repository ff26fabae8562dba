"""Workbooks as a person with a spreadsheet program changes them; DMN files to begin with."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from runner.definitions.sheets import Imported, export_workbook, import_workbook
from runner.definitions.sheets.grid import Grid
from runner.definitions.sheets.layout import FIRST, ROWS
from runner.definitions.sheets.spans import Document
from runner.definitions.sheets.tables import tables_of

PROCESSES = Path(__file__).parents[3] / "processes"
SHARED = Path(__file__).parents[4] / "shared"
FIRST_RULE = len(ROWS) + 1
CORPUS = [
    path
    for folder in (PROCESSES, SHARED / "dmn-tck", SHARED / "corpus")
    for path in sorted(folder.rglob("*.dmn"))
    if b"decisionTable" in path.read_bytes()
]
"""The DMN files with tables that are on this machine; ours always are."""
SPACES = {
    "1.1": "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "1.2": "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "1.3": "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "1.4": "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "1.5": "https://www.omg.org/spec/DMN/20230324/MODEL/",
}
TRIAGE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="{space}" id="d" name="d" namespace="x">
  <!-- before -->
  <decision id="triage" name="分级 / Triage">
    <description>谁先谁后 / who comes first</description>
    <decisionTable id="table" hitPolicy="FIRST">
      <input id="in_x" label="数量 / Amount"><inputExpression id="e_x" typeRef="number"><text>x</text></inputExpression></input>
      <input id="in_y" label="种类 / Kind">
        <inputExpression id="e_y" typeRef="string"><text>y</text></inputExpression>
        <inputValues><text>"a","b"</text></inputValues>
      </input>
      <output id="out" label="级别 / Level" name="level" typeRef="string" />
      <!-- the urgent ones -->
      <rule id="r1">
        <description>many</description>
        <inputEntry id="r1_x"><text>&gt;= 3</text></inputEntry>
        <inputEntry id="r1_y"><text>"a"</text></inputEntry>
        <outputEntry id="r1_o"><text><![CDATA["high"]]></text></outputEntry>
      </rule>
      <rule id="r2">
        <inputEntry id="r2_x"><text>5</text></inputEntry>
        <inputEntry id="r2_y"><text>-</text></inputEntry>
        <outputEntry id="r2_o"><text>"middle"</text></outputEntry>
      </rule>
      <!-- all others -->
      <rule id="r3">
        <inputEntry id="r3_x"><text></text></inputEntry>
        <inputEntry id="r3_y"><text/></inputEntry>
        <outputEntry id="r3_o"><text>"low"</text></outputEntry>
      </rule>
    </decisionTable>
  </decision>
  <unknown:thing xmlns:unknown="urn:x"  b='1'   a="2"/>
</definitions>
"""  # noqa: E501 - as modelers write it


def triage(version: str = "1.3") -> bytes:
    """A small file with comments, CDATA, empty cells and foreign elements."""
    return TRIAGE.format(space=SPACES[version]).encode()


def edited(data: bytes, change: Callable[[Worksheet], None], *, sheet: int = 1) -> bytes:
    """The exported workbook of the file, with one sheet changed and saved."""
    return rewritten(export_workbook(data, "f.dmn")[0], change, sheet=sheet)


def rewritten(book: bytes, change: Callable[[Worksheet], None], *, sheet: int = 1) -> bytes:
    """The workbook with one sheet changed and saved."""
    opened = openpyxl.load_workbook(io.BytesIO(book))
    found = opened.worksheets[sheet]
    assert isinstance(found, Worksheet)
    change(found)
    saved = io.BytesIO()
    opened.save(saved)
    return saved.getvalue()


def imported(data: bytes, change: Callable[[Worksheet], None], *, sheet: int = 1) -> Imported:
    """The file after the workbook that was changed so has been taken in."""
    return import_workbook(edited(data, change, sheet=sheet), "w.xlsx", data, "f.dmn")


def grids(data: bytes) -> list[Grid]:
    """The tables of the file."""
    return [one.grid for one in tables_of(Document(data, "f.dmn"))[0]]


def rule_rows(sheet: Worksheet) -> list[list[object]]:
    """The values of the rules, row by row, from the hidden column on."""
    width = sheet.max_column
    return [
        [sheet.cell(row, column).value for column in range(1, width + 1)]
        for row in range(FIRST_RULE, sheet.max_row + 1)
        if any(sheet.cell(row, column).value is not None for column in range(1, width + 1))
    ]


def set_rule_rows(sheet: Worksheet, rows: Sequence[Sequence[object]]) -> None:
    """Replace all rules; texts stay texts, whatever they begin with."""
    sheet.delete_rows(FIRST_RULE, sheet.max_row)
    for number, row in enumerate(rows, FIRST_RULE):
        for column, value in enumerate(row, 1):
            if value is not None:
                cell = sheet.cell(number, column, value)  # type: ignore[arg-type]
                if isinstance(value, str):
                    cell.data_type = "s"


def put_cell(rule: int, column: int, value: object) -> Callable[[Worksheet], None]:
    """A change of one cell: the rule and the column of the table count from 0."""

    def change(sheet: Worksheet) -> None:
        sheet.cell(FIRST_RULE + rule, FIRST + column).value = value  # type: ignore[assignment]

    return change
