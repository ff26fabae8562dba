"""Spreadsheets: one sheet a table, with filters, a fixed head and typed cells; no formulas."""

from __future__ import annotations

import io
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from runner.documents.filling import Filled

_HEAD = PatternFill("solid", fgColor="1F4E79")
_LINE = Border(*(Side("thin", color="C5D0DC"),) * 4)
_TITLE_SIGNS = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
LONGEST_CELL = 32_000
_HEAD_ROW = 3
_A4 = 9


def workbook(filled: Filled, zone: tzinfo) -> bytes:
    """The sheets of a filled document: one for each table of each section."""
    book = Workbook(write_only=True)
    data = filled.data
    book.properties.title = data["title"]
    book.properties.creator = data["site"]
    names: set[str] = set()
    for section in data["sections"]:
        for position, table in enumerate(section["tables"]):
            title = table["caption"] or section["title"] or data["title"]
            cells = filled.cells[section["id"], position]
            _sheet(book, _sheet_name(title, names), table, cells, data, zone)
    if not names:
        book.create_sheet("-")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet(
    book: Workbook,
    name: str,
    table: dict[str, Any],
    cells: list[list[object]],
    data: dict[str, Any],
    zone: tzinfo,
) -> None:
    sheet = book.create_sheet(name)
    columns = len(table["head"])
    last = get_column_letter(columns)
    sheet.freeze_panes = f"A{_HEAD_ROW + 1}"
    sheet.auto_filter.ref = f"A{_HEAD_ROW}:{last}{_HEAD_ROW + max(1, len(cells))}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{_HEAD_ROW}:{_HEAD_ROW}"
    for position, weight in enumerate(table["weights"], 1):
        sheet.column_dimensions[get_column_letter(position)].width = 8 + 5 * weight
    title = WriteOnlyCell(sheet, data["title"])
    title.font = Font(size=14, bold=True, color="1F4E79")
    sheet.append([title])
    under = WriteOnlyCell(
        sheet, _plain("  ·  ".join(filter(None, [data["site"], data["subtitle"], data["stamp"]])))
    )
    under.font = Font(color="55606E", size=9)
    sheet.append([under])
    head = []
    for label in table["head"]:
        cell = WriteOnlyCell(sheet, _plain(label))
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), _HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        head.append(cell)
    sheet.append(head)
    for values, texts in zip(cells, table["rows"], strict=True):
        sheet.append([_cell(sheet, v, text, zone) for v, text in zip(values, texts, strict=True)])


def _cell(sheet: Any, value: object, text: str, zone: tzinfo) -> Any:
    """Numbers and dates as such, so that people can sort and add; all else as the text shown."""
    content: Any
    form = "General"
    if isinstance(value, datetime):
        content, form = value.astimezone(zone).replace(tzinfo=None), "yyyy-mm-dd hh:mm"
    elif isinstance(value, date):
        content, form = value, "yyyy-mm-dd"
    elif isinstance(value, Decimal):
        content = value
    else:
        content = _plain(text)
    cell = WriteOnlyCell(sheet, content)
    if isinstance(content, str):
        cell.data_type = "s"  # a text that begins with = is no formula
    cell.number_format = form
    cell.border = _LINE
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _plain(text: str) -> str:
    text = ILLEGAL_CHARACTERS_RE.sub("", text).replace("\u200b", "")
    return text[:LONGEST_CELL]


def _sheet_name(title: str, taken: set[str]) -> str:
    base = " ".join(title.translate(_TITLE_SIGNS).split()).strip("'")[:28] or "Sheet"
    name, count = base, 2
    while name.casefold() in taken:
        name, count = f"{base[:25]} {count}", count + 1
    taken.add(name.casefold())
    return name
