"""How the sheets look, and putting text into cells so that Excel takes it for nothing else."""

from __future__ import annotations

import re
import unicodedata

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from runner.definitions.sheets.remarks import Remark, SheetsRefused

MAX_TEXT = 32_767
TITLE, DIM, HEADER, LINK, HEAD, PLAIN = "title", "dim", "header", "link", "head", "plain"
NUMBER = "number"

_LINE = Side(style="thin", color="BFC7D1")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_COLOURS = {
    "input": ("1F5A99", "E8F1FB"),
    "output": ("2E6B34", "EAF5EA"),
    "annotation": ("7A5B00", "FDF5DC"),
    "description": ("5A5A5A", "F3F3F3"),
}
_FONTS = {
    TITLE: Font(size=16, bold=True, color="1F2933"),
    DIM: Font(size=10, color="5B6770"),
    HEADER: Font(bold=True, color="FFFFFF"),
    LINK: Font(color="1F5A99", underline="single"),
    HEAD: Font(size=9, color="5B6770"),
    NUMBER: Font(size=9, color="5B6770"),
    **{f"{kind} head": Font(bold=True, color="FFFFFF") for kind in _COLOURS},
    **{f"{kind} label": Font(bold=True, color=dark) for kind, (dark, _) in _COLOURS.items()},
    **{f"{kind} fact": Font(size=10, color=dark) for kind, (dark, _) in _COLOURS.items()},
}
_FILLS = {
    HEADER: "3E4C59",
    **{f"{kind} head": dark for kind, (dark, _) in _COLOURS.items()},
    **{f"{kind} label": light for kind, (_, light) in _COLOURS.items()},
    **{f"{kind} fact": light for kind, (_, light) in _COLOURS.items()},
}
_BOXED = {HEADER, "cell", LINK, HEAD, NUMBER, *_FILLS}


def put(sheet: Worksheet, row: int, column: int, text: str, look: str = PLAIN) -> None:
    """Write the text as text: never a formula, number or date, whatever it begins with.

    Raises SheetsRefused for a text that is longer than Excel's cells may be.
    """
    cell = sheet.cell(row, column)
    if len(text) > MAX_TEXT:
        raise SheetsRefused(
            Remark(
                f"{sheet.title}!{cell.coordinate}",
                f"文本有 {len(text):,} 个字符，Excel 单元格最多 {MAX_TEXT:,} 个。",
                f"The text has {len(text):,} characters; a cell of Excel holds {MAX_TEXT:,}.",
            )
        )
    if text:
        cell.value = re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text).replace("\r", "_x000D_")
        cell.data_type = "s"
        cell.quotePrefix = True
    cell.number_format = "@"
    wrapped = look in _BOXED or look == DIM
    cell.alignment = Alignment(
        wrap_text=wrapped and look not in (HEADER, DIM),
        horizontal="center" if look == NUMBER else None,
        vertical="center" if look in (HEADER, TITLE) or look.endswith("head") else "top",
    )
    if look in _FONTS:
        cell.font = _FONTS[look]
    if look in _FILLS:
        cell.fill = PatternFill("solid", fgColor=_FILLS[look])
    if look in _BOXED:
        cell.border = _BOX


def set_up_print(sheet: Worksheet) -> None:
    """Landscape A4, as wide as the sheet, with its name and page numbers."""
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.oddFooter = HeaderFooterItem(center=_HeaderFooterPart(text="&A   &P / &N"))


def wide(text: str) -> int:
    """The width of the text's longest line, in Latin letters."""
    return max((_width(line) for line in text.split("\n")), default=0)


def lines(text: str, width: int) -> int:
    """How many lines the text takes in a column of this width."""
    return sum(max(1, -(-_width(line) // width)) for line in text.split("\n"))


def _width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line)
