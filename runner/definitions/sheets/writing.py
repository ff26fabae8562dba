"""Workbooks out: an overview and one sheet for each decision table."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from pathlib import PurePath

from openpyxl import Workbook
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from runner.definitions.findings import half
from runner.definitions.sheets.grid import Column, Grid, Row
from runner.definitions.sheets.layout import POLICY_WORDS, WORKBOOK
from runner.definitions.sheets.remarks import Remark, SheetsRefused
from runner.definitions.sheets.sheet_writing import Lists, write_table
from runner.definitions.sheets.spans import Document
from runner.definitions.sheets.style import DIM, HEADER, LINK, TITLE, put, set_up_print
from runner.definitions.sheets.tables import tables_of

OVERVIEW = "目录 Overview"
LISTS = "_lists"
MAX_NAME = 31


def export_workbook(data: bytes, file: str) -> tuple[bytes, list[Remark]]:
    """The decision tables of a DMN file as an xlsx workbook, and which could not be taken and why.

    Raises SheetsRefused where there is none, or the file is not well-formed XML.
    """
    located, remarks = tables_of(Document(data, file))
    if not located:
        none = Remark(file, "文件里没有可以导出的决策表。", "It holds no decision table to export.")
        raise SheetsRefused(*remarks, none)
    return _written([one.grid for one in located], PurePath(file).name), remarks


def blank_workbook() -> bytes:
    """A workbook with one empty table to fill in."""
    columns = (
        Column("", "input", "", "", "string"),
        Column("", "input", "", "", "string"),
        Column("", "output", "", "", "string"),
    )
    rows = tuple(Row("", ("", "", "")) for _ in range(5))
    return _written([Grid("", 0, "", "", "FIRST", columns, rows)], "")


def _written(grids: Sequence[Grid], file: str) -> bytes:
    book = Workbook()
    overview = book.active
    assert isinstance(overview, Worksheet)
    overview.title = OVERVIEW
    lists = Lists()
    names: list[str] = []
    for grid in grids:
        name = _name(grid.title, names)
        names.append(name)
        write_table(book.create_sheet(name), grid, lists, f"'{LISTS}'")
    hidden = book.create_sheet(LISTS)
    hidden.sheet_state = "hidden"
    lists.write(hidden)
    _overview(overview, grids, names, file)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def _name(title: str, taken: Sequence[str]) -> str:
    """A sheet name that Excel accepts: short, without its forbidden signs, and not taken."""
    head, _, inside = title.partition(" · ")
    short = " ".join([half(head, "zh"), inside]).strip()
    plain = re.sub(r"[\[\]:*?/\\\x00-\x1f]+", " ", short or "新表 New table")
    plain = " ".join(plain.split()).strip("' ") or "Table"
    used = {OVERVIEW.lower(), LISTS, "history", *(name.lower() for name in taken)}
    name, number = plain[:MAX_NAME].strip("' "), 1
    while name.lower() in used:
        number += 1
        end = f" ({number})"
        name = plain[: MAX_NAME - len(end)].rstrip("' ") + end
    return name


def _overview(sheet: Worksheet, grids: Sequence[Grid], names: Sequence[str], file: str) -> None:
    sheet.column_dimensions["A"].hidden = True
    put(sheet, 1, 1, WORKBOOK)
    put(sheet, 2, 1, file)
    put(sheet, 1, 2, f"决策表 / Decision tables  {file}".strip(), TITLE)
    help_lines = (
        "每张表一页。改单元格、增删或移动规则和列，保存，然后：ombud table import 本文件。",
        "One sheet for each table. Change cells; add, remove or move rules and columns; save; then:"
        " ombud table import this file.",
    )
    for row, line in enumerate(help_lines, 2):
        put(sheet, row, 2, line, DIM)
    heads = ("表 / Table", "标识 / Id", "命中策略 / Hit policy", "输入 / Inputs", "输出 / Outputs",
             "规则 / Rules")  # fmt: skip
    for column, text in enumerate(heads, 2):
        put(sheet, 5, column, text, HEADER)
    for row, (grid, name) in enumerate(zip(grids, names, strict=True), 6):
        kinds = [column.kind for column in grid.columns]
        facts = (grid.title or name, grid.owner, grid.policy, str(kinds.count("input")),
                 str(kinds.count("output")), str(len(grid.rows)))  # fmt: skip
        for column, text in enumerate(facts, 2):
            put(sheet, row, column, text, LINK if column == 2 else "cell")
        place = f"B{row}"
        quoted = name.replace("'", "''")
        sheet[place].hyperlink = Hyperlink(ref=place, location=f"'{quoted}'!A1", display=name)
    row = 6 + len(grids) + 1
    put(sheet, row, 2, "命中策略 / Hit policies", HEADER)
    for number, (policy, words) in enumerate(POLICY_WORDS.items(), row + 1):
        put(sheet, number, 2, policy, "cell")
        put(sheet, number, 3, words)
    for letter, width in zip("BCDEFG", (44, 26, 24, 16, 16, 14), strict=True):
        sheet.column_dimensions[letter].width = width
    set_up_print(sheet)
