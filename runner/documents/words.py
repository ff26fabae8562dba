"""Word documents: the same sections as the PDF, for those who must go on writing in them."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Cm, Pt, RGBColor

from runner.documents.filling import Filled

_BLUE, _GREY = RGBColor(0x1F, 0x4E, 0x79), RGBColor(0x55, 0x60, 0x6E)
_FONT, _CHINESE = "Noto Sans", "Noto Sans SC"


def word_document(filled: Filled, at: datetime, drawings: Mapping[str, bytes]) -> bytes:
    """``drawings`` are pictures of the drawings, by ``<section id>-<position>``."""
    data = filled.data
    document = Document()
    _base(document, data, at)
    title = document.add_heading(level=0)
    _run(title, data["title"], size=18, bold=True, colour=_BLUE)
    if data["subtitle"]:
        _run(document.add_paragraph(), data["subtitle"], size=9, colour=_GREY)
    for section in data["sections"]:
        _section(document, section, filled.pictures, drawings)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _base(document: Any, data: Mapping[str, Any], at: datetime) -> None:
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(1.9)
    page.top_margin, page.bottom_margin = Cm(2.2), Cm(2)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = _FONT, Pt(10)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), _CHINESE)
    core = document.core_properties
    core.title, core.author = data["title"], data["site"]
    core.created = core.modified = at.astimezone(UTC).replace(tzinfo=None)
    _run(page.header.paragraphs[0], f"{data['site']}    {data['number']}", size=8, colour=_GREY)
    _run(page.footer.paragraphs[0], data["stamp"], size=8, colour=_GREY)


def _section(
    document: Any,
    section: Mapping[str, Any],
    pictures: Mapping[str, bytes],
    drawings: Mapping[str, bytes],
) -> None:
    if section["title"]:
        heading = document.add_heading(level=2)
        _run(heading, section["title"], size=12, bold=True, colour=_BLUE)
    for text in section["texts"]:
        for part in text.split("\n"):
            document.add_paragraph(_plain(part))
    if section["fields"]:
        table = _grid(document, 2)
        for field in section["fields"]:
            row = table.add_row().cells
            _fill(row[0], field["label"], shade="EEF3F8", colour=_GREY)
            _fill(row[1], field["text"] or "—")
        _widths(table, 4.2, 13)
    for content in section["tables"]:
        _table(document, content)
    for position, drawing in enumerate(section["drawings"]):
        if drawing["caption"]:
            _run(document.add_paragraph(), drawing["caption"], bold=True, colour=_GREY)
        picture = drawings.get(f"{section['id']}-{position}")
        if picture is not None:
            document.add_picture(io.BytesIO(picture), width=Cm(17))
    for photo in section["photos"]:
        if photo["file"]:
            document.add_picture(io.BytesIO(pictures[photo["file"]]), width=Cm(9))
        _run(document.add_paragraph(), photo["caption"], size=8, colour=_GREY)
    if section["signatures"]:
        _signatures(document, section["signatures"])
    document.add_paragraph()


def _table(document: Any, content: Mapping[str, Any]) -> None:
    if content["caption"]:
        _run(document.add_paragraph(), content["caption"], bold=True, colour=_GREY)
    if not content["rows"]:
        _run(document.add_paragraph(), content["empty"], colour=_GREY)
        return
    table = _grid(document, len(content["head"]))
    whole = sum(content["weights"])
    for cell, label in zip(table.add_row().cells, content["head"], strict=True):
        _fill(cell, label, shade="1F4E79", colour=RGBColor(0xFF, 0xFF, 0xFF), bold=True)
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)  # no public way
    for texts in content["rows"]:
        for cell, text in zip(table.add_row().cells, texts, strict=True):
            _fill(cell, text or "—")
    _widths(table, *(17.2 * weight / whole for weight in content["weights"]))


def _signatures(document: Any, people: list[Mapping[str, str]]) -> None:
    table = _grid(document, 4)
    for person in people:
        cells = table.add_row().cells
        for cell, text in zip(
            cells, (person["role"], person["name"], person["at"], person["note"]), strict=True
        ):
            _fill(cell, text)
    _widths(table, 5.2, 4, 4, 4)


def _grid(document: Any, columns: int) -> Any:
    table = document.add_table(rows=0, cols=columns)
    table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("color", "C5D0DC")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    table._tbl.tblPr.append(borders)  # no public way
    return table


def _widths(table: Any, *widths: float) -> None:
    """In centimetres; some programs read those of the columns, some those of the cells."""
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Cm(width)


def _fill(
    cell: Any, text: str, *, shade: str = "", colour: RGBColor | None = None, bold: bool = False
) -> None:
    _run(cell.paragraphs[0], text, size=9, colour=colour, bold=bold)
    if shade:
        fill = OxmlElement("w:shd")
        fill.set(qn("w:val"), "clear")
        fill.set(qn("w:fill"), shade)
        cell._tc.get_or_add_tcPr().append(fill)  # no public way


def _run(
    paragraph: Any, text: str, *, size: float = 10, bold: bool = False, colour: Any = None
) -> None:
    run = paragraph.add_run(_plain(text))
    run.font.size, run.bold, run.font.name = Pt(size), bold, _FONT
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _CHINESE)
    if colour is not None:
        run.font.color.rgb = colour


def _plain(text: str) -> str:
    return text.replace("\u200b", "")
