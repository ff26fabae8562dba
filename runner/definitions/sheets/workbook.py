"""Reading xlsx files of any origin: cells as they are, nothing computed, bounded in every size."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from posixpath import join, normpath
from typing import Literal

from lxml import etree
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.cell import coordinate_to_tuple, get_column_letter, range_boundaries

from runner.definitions.sheets.remarks import Remark, SheetsRefused

MAX_BYTES = 10_000_000
MAX_UNPACKED = 40_000_000
MAX_PARTS = 1_000
MAX_CELLS = 100_000
MAX_TAGS = 2_000_000
MAX_SHEETS = 200
MAX_ROW, MAX_COLUMN = 1_048_576, 16_384

CellKind = Literal["text", "number", "boolean", "date", "duration", "error", "formula"]
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True)
class Cell:
    """A cell that is not empty. `text` is its text, its number as written in the file, `true` or
    `false`, the error's name, or the formula; dates and durations are numbers of days."""

    kind: CellKind
    text: str


@dataclass
class Sheet:
    """A worksheet; rows and columns count from 1."""

    name: str
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)

    def place(self, row: int, column: int) -> str:
        """The cell as people name it: `Triage!C12`."""
        return f"{self.name}!{get_column_letter(column)}{row}"


@dataclass(frozen=True)
class Workbook:
    """The worksheets in their order. `mac_dates`: days count from 1904 instead of 1900."""

    sheets: tuple[Sheet, ...]
    mac_dates: bool


def read_workbook(data: bytes, file: str) -> Workbook:
    """The cells of an xlsx file. Raises SheetsRefused for what is none, has macros or a password,
    or is too large; never opens another file or an address, never computes anything."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise _refused(
            file,
            "文件有密码或是旧的 .xls 格式。请去掉密码，另存为 .xlsx。",
            "It has a password or is an old .xls file. Remove the password and save it as .xlsx.",
        )
    if len(data) > MAX_BYTES:
        raise _refused(
            file,
            f"文件超过 {MAX_BYTES:,} 字节。请删去图片和无关的工作表。",
            f"It has more than {MAX_BYTES:,} bytes. Remove pictures and sheets that do not belong"
            " here.",
        )
    if not zipfile.is_zipfile(io.BytesIO(data)):
        raise _refused(
            file,
            "不是 .xlsx 文件。CSV 等其他格式没有表头的标记，读不回来；请改导出的工作簿。",
            "It is no .xlsx file. CSV and other formats lose the marks that say which rule is"
            " which; edit the exported workbook.",
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _Package(archive, file).read()
    except (
        zipfile.BadZipFile,
        zlib.error,
        etree.XMLSyntaxError,
        EOFError,
        KeyError,
        NotImplementedError,
        OSError,
        RuntimeError,
        ValueError,
        IndexError,
    ):
        raise _refused(
            file,
            "文件损坏，或不是 Excel 工作簿。请在 Excel 中打开并另存为 .xlsx。",
            "It is damaged or no workbook. Open it in Excel and save it as .xlsx.",
        ) from None


def _refused(file: str, zh: str, en: str) -> SheetsRefused:
    return SheetsRefused(Remark(file, zh, en))


class _Package:
    def __init__(self, archive: zipfile.ZipFile, file: str) -> None:
        self.archive = archive
        self.file = file
        parts = archive.infolist()
        names = {part.filename for part in parts}
        size = sum(part.file_size for part in parts)
        if size > MAX_UNPACKED or len(parts) > MAX_PARTS:
            raise _refused(
                file,
                f"解压后有 {size:,} 字节、{len(parts)} 个部分，上限为 {MAX_UNPACKED:,} 和 "
                f"{MAX_PARTS}。请删去图片和无关的工作表。",
                f"Unpacked it has {size:,} bytes in {len(parts)} parts; at most {MAX_UNPACKED:,} "
                f"in {MAX_PARTS} are read. Remove pictures and sheets that do not belong here.",
            )
        if any(name.lower().endswith("vbaproject.bin") for name in names):
            raise _refused(
                file,
                "文件含有宏。请另存为不含宏的 .xlsx。",
                "It contains macros. Save it as .xlsx without macros.",
            )
        if "xl/workbook.xml" not in names:
            raise _refused(
                file,
                "不是 Excel 工作簿（.xlsx）。其他格式请另存为 .xlsx。",
                "It is no Excel workbook (.xlsx). Save other formats as .xlsx.",
            )
        self.cells = self.tags = 0
        self.strings: list[str] = []
        self.formats: list[CellKind] = []

    def read(self) -> Workbook:
        book = self._tree("xl/workbook.xml")
        targets = {
            one.get("Id"): normpath(join("xl", one.get("Target") or "")).removeprefix("/")
            for one in self._tree("xl/_rels/workbook.xml.rels")
        }
        names = set(self.archive.namelist())
        if "xl/sharedStrings.xml" in names:
            strings = self._tree("xl/sharedStrings.xml")
            self.strings = [_string(one) for one in strings if _local(one) == "si"]
        if "xl/styles.xml" in names:
            self.formats = list(_formats(self._tree("xl/styles.xml")))
        properties = next(iter(_named(book, "workbookPr")), None)
        sheets: list[Sheet] = []
        for one in list(_named(book, "sheet"))[:MAX_SHEETS]:
            relation = next(
                (value for name, value in one.attrib.items() if str(name).endswith("}id")), None
            )
            target = targets.get(str(relation), "")
            if target in names:
                sheet = self._sheet(target, str(one.get("name") or ""))
                sheets += [sheet] if sheet else []
        mac = properties is not None and properties.get("date1904") in ("1", "true")
        return Workbook(tuple(sheets), mac)

    def _bytes(self, name: str) -> bytes:
        with self.archive.open(name) as part:
            data = part.read(MAX_UNPACKED + 1)
        plain = data.replace(b"\0", b"")
        if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain or len(data) > MAX_UNPACKED:
            raise _refused(
                self.file,
                f"“{name}”含有文档类型声明，Excel 不会这样写。",
                f'"{name}" declares a document type, which Excel never writes.',
            )
        self.tags += data.count(b"<")
        if self.tags > MAX_TAGS:
            raise _refused(
                self.file,
                f"超过 {MAX_TAGS:,} 个 XML 标签。请删去无关的工作表和空白的格式。",
                f"It has more than {MAX_TAGS:,} XML tags. Remove sheets that do not belong here,"
                " and formats of empty cells.",
            )
        return data

    def _tree(self, name: str) -> etree._Element:
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        return etree.fromstring(self._bytes(name), parser)

    def _sheet(self, part: str, name: str) -> Sheet | None:
        sheet, row, column = Sheet(name), 0, 0
        events = etree.iterparse(
            io.BytesIO(self._bytes(part)),
            events=("start", "end"),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
        )
        for index, (event, element) in enumerate(events):
            local = _local(element)
            if index == 0 and local != "worksheet":
                return None
            if event == "start":
                if local == "row":
                    row, column = int(element.get("r") or row + 1), 0
                    if element.get("hidden") in ("1", "true"):
                        sheet.hidden_rows.add(row)
            elif local == "c":
                reference = element.get("r")
                place = coordinate_to_tuple(reference) if reference else (row, column + 1)
                column = place[1]
                if not (0 < place[0] <= MAX_ROW and 0 < column <= MAX_COLUMN):
                    raise ValueError(place)
                cell = self._cell(element)
                if cell is not None:
                    self._count()
                    sheet.cells[place] = cell
                element.clear()
            elif local == "row":
                element.clear()
            elif local == "mergeCell":
                self._count()
                first, top, last, bottom = range_boundaries(element.get("ref") or "")
                sheet.merged.append((top or 1, first or 1, bottom or 1, last or 1))
        return sheet

    def _count(self) -> None:
        self.cells += 1
        if self.cells > MAX_CELLS:
            raise _refused(
                self.file,
                f"超过 {MAX_CELLS:,} 个有内容的单元格。",
                f"It has more than {MAX_CELLS:,} cells that are not empty.",
            )

    def _cell(self, element: etree._Element) -> Cell | None:
        parts = {_local(child): child for child in element}
        kind = element.get("t") or "n"
        value = parts["v"].text or "" if "v" in parts else ""
        if "f" in parts:
            return Cell("formula", "=" + (parts["f"].text or ""))
        if kind == "s":
            value = self.strings[int(value)] if value else ""
            return Cell("text", value) if value else None
        if kind == "inlineStr":
            text = _string(parts["is"]) if "is" in parts else ""
            return Cell("text", text) if text else None
        if not value:
            return None
        if kind == "str":
            return Cell("text", _unescaped(value))
        if kind == "b":
            return Cell("boolean", "true" if value in ("1", "true") else "false")
        if kind in ("e", "d"):
            return Cell("error" if kind == "e" else "text", value)
        style = int(element.get("s") or 0)
        float(value)
        return Cell(self.formats[style] if style < len(self.formats) else "number", value)


def _local(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _named(element: etree._Element, name: str) -> Iterator[etree._Element]:
    return (one for one in element.iter() if _local(one) == name)


def _string(element: etree._Element) -> str:
    """The text of a shared or inline string: of all its runs, without phonetic readings."""
    parts: list[str] = []
    for child in element:
        if _local(child) == "t":
            parts.append(child.text or "")
        elif _local(child) == "r":
            parts += [one.text or "" for one in child if _local(one) == "t"]
    return _unescaped("".join(parts))


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


def _formats(styles: etree._Element) -> Iterator[CellKind]:
    """What numbers mean under each cell format."""
    codes = dict(BUILTIN_FORMATS)
    codes |= {
        int(one.get("numFmtId") or 0): str(one.get("formatCode") or "")
        for one in _named(styles, "numFmt")
    }
    for group in _named(styles, "cellXfs"):
        for one in group:
            code = codes.get(int(one.get("numFmtId") or 0), "General")
            if is_timedelta_format(code):
                yield "duration"
            else:
                yield "date" if is_date_format(code) else "number"
