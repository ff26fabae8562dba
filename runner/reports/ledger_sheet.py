"""The ledger as a workbook: one table with filters and a fixed head, times as Excel's own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

_WIDTHS = (16, 46, 18, 20, 18, 10, 14, 17, 17, 17, 14, 40)
_LONGEST = 32_000  # a cell of Excel holds 32,767 characters


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One complaint: texts and aware times in the order of the heads."""

    cells: tuple[str | datetime | None, ...]


def ledger_sheet(
    title: str, heads: Sequence[str], rows: Iterable[LedgerRow], zone: tzinfo
) -> bytes:
    """An xlsx file. Texts stay texts, also those that begin like a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "B2"
    for number, width in enumerate(_WIDTHS[: len(heads)], 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.append([_head(sheet, head) for head in heads])
    count = 1
    for row in rows:
        sheet.append([_cell(sheet, value, zone) for value in row.cells])
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{count}"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _head(sheet: Worksheet, text: str) -> Cell:
    cell = WriteOnlyCell(sheet, value=text)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="E3E6EB")
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    return cell


def _cell(sheet: Worksheet, value: str | datetime | None, zone: tzinfo) -> Cell:
    if isinstance(value, datetime):
        cell = WriteOnlyCell(sheet, value=value.astimezone(zone).replace(tzinfo=None))
        cell.number_format = "yyyy-mm-dd hh:mm"
        return cell
    text = "".join(c for c in value or "" if c in "\n\t" or c.isprintable())[:_LONGEST]
    cell = WriteOnlyCell(sheet, value=text or None)
    if text:
        cell.data_type = "s"
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    return cell
