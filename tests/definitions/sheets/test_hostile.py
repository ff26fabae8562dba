"""Workbooks that are none, or mean harm."""

from __future__ import annotations

import io
import re
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from runner.definitions.sheets import SheetsRefused, export_workbook, import_workbook
from runner.definitions.sheets.layout import FIRST, ROWS
from runner.definitions.sheets.workbook import (
    MAX_CELLS,
    MAX_TAGS,
    MAX_UNPACKED,
    read_workbook,
)
from tests.definitions.sheets.books import FIRST_RULE, edited, triage

BOOK = export_workbook(triage(), "f.dmn")[0]
SHEET = "xl/worksheets/sheet2.xml"


def with_part(name: str, content: bytes, book: bytes = BOOK) -> bytes:
    """The workbook with one part added or replaced."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book)) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for item in old.namelist():
            if item != name:
                new.writestr(item, old.read(item))
        new.writestr(name, content)
    return made.getvalue()


def part(name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(BOOK)) as archive:
        return archive.read(name)


def refusal(book: bytes) -> str:
    with pytest.raises(SheetsRefused) as refused:
        import_workbook(book, "w.xlsx", triage(), "f.dmn")
    return str(refused.value)


@pytest.mark.parametrize(
    ("book", "reason"),
    [
        (b"", "no .xlsx file"),
        (b"a,b,c\n1,2,3\n", "no .xlsx file"),
        (b"PK\x03\x04 and nothing else", "no .xlsx file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "password"),
        (BOOK[: len(BOOK) // 2], "no .xlsx file"),
        (with_part("xl/vbaProject.bin", b"x"), "macros"),
        (with_part("xl/media/big.png", b"\0" * (MAX_UNPACKED + 1)), "Unpacked it has"),
        (with_part(SHEET, b"not xml"), "damaged"),
        (with_part("xl/_rels/workbook.xml.rels", b"<a/>"), "no decision table"),
        (with_part(SHEET, b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"), "document type"),
        (with_part(SHEET, b"<chartsheet/>"), "no decision table"),
        (
            with_part(SHEET, b"<worksheet>%b</worksheet>" % (b"<c><v>1</v></c>" * 16_385)),
            "damaged",
        ),
        (
            with_part(
                SHEET,
                b"<worksheet><sheetData>"
                + b"<row>%b</row>" % (b"<c><v>1</v></c>" * 1_000) * (MAX_CELLS // 1_000 + 1)
                + b"</sheetData></worksheet>",
            ),
            "more than 100,000 cells",
        ),
    ],
    ids=range(13),
)
def test_what_is_no_workbook_to_use_is_refused_in_one_sentence(book: bytes, reason: str) -> None:
    assert reason in refusal(book)


def test_other_zip_files_are_refused() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    assert "Save other formats as .xlsx" in refusal(made.getvalue())


def test_merged_cells_of_a_million_rows_are_refused() -> None:
    merged = b'<mergeCells><mergeCell ref="C13:C1048576"/></mergeCells>'
    sheet = re.sub(rb"<mergeCells.*?</mergeCells>", merged, part(SHEET))
    assert "Unmerge" in refusal(with_part(SHEET, sheet))


def test_a_sheet_copied_in_excel_is_refused_by_name() -> None:
    book = part("xl/workbook.xml").decode()
    twice = re.sub(r"(<sheet [^>]*?)name=\"分级\"([^>]*/>)", r'\g<0>\1name="分级 (2)"\2', book)
    assert twice != book
    found = refusal(with_part("xl/workbook.xml", twice.encode()))
    assert "分级 (2)!C3" in found
    assert 'The sheet "分级" is the decision "triage" already' in found


def test_the_strict_form_of_the_format_is_read() -> None:
    book = BOOK
    for name in (SHEET, "xl/workbook.xml", "xl/styles.xml"):
        strict = part(name).replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        )
        book = with_part(name, strict, book)
    assert import_workbook(book, "w.xlsx", triage(), "f.dmn").data == triage()


def test_shared_and_rich_strings_are_read_as_excel_writes_them() -> None:
    book, strings = BOOK, []

    def shared(match: re.Match[bytes]) -> bytes:
        text = match[2].replace(b"_x", b"_x005F_x")
        half = len(text.decode()) // 2
        runs = [part.encode() for part in (text.decode()[:half], text.decode()[half:])]
        strings.append(
            b"<si>"
            + b"".join(b'<r><rPr/><t xml:space="preserve">%b</t></r>' % run for run in runs)
            + b"<rPh><t>reading</t></rPh></si>"
            if b"&" not in text
            else b"<si><t>%b</t></si>" % text
        )
        return b'%b t="s"><v>%d</v></c>' % (match[1], len(strings) - 1)

    pattern = rb'(<c [^>]*?) t="inlineStr"[^>]*><is><t[^>]*>([^<]*)</t></is></c>'
    sheet = re.sub(pattern, shared, part(SHEET))
    assert len(strings) > 40
    book = with_part(SHEET, sheet, book)
    book = with_part("xl/sharedStrings.xml", b"<sst>%b</sst>" % b"".join(strings), book)
    made = import_workbook(book, "w.xlsx", triage(), "f.dmn")
    assert (made.data, made.remarks) == (triage(), [])


def test_text_never_becomes_a_formula() -> None:
    data = triage().replace(b'"middle"', b"=cmd|' /C calc'!A0").replace(b"many", b"+1+1")
    book = export_workbook(data, "f.dmn")[0]
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if "worksheets" in name]
    assert not any(b"<f>" in sheet or b"<f " in sheet for sheet in sheets)
    [cell] = [
        cell for sheet in read_workbook(book, "w").sheets for cell in sheet.cells.values()
        if cell.text.startswith("=cmd")
    ]  # fmt: skip
    assert cell.kind == "text"


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=400))
def test_random_bytes_are_refused_and_nothing_worse(data: bytes) -> None:
    for book in (data, with_part(SHEET, data), with_part("xl/sharedStrings.xml", data)):
        refusal(book)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, len(part(SHEET)) - 1), st.binary(min_size=1, max_size=6))
def test_a_damaged_sheet_is_refused_or_read(place: int, noise: bytes) -> None:
    sheet = part(SHEET)
    damaged = sheet[:place] + noise + sheet[place + len(noise) :]
    with suppress(SheetsRefused):
        import_workbook(with_part(SHEET, damaged), "w.xlsx", triage(), "f.dmn")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("xl/sharedStrings.xml", b"<sst>%b</sst>" % (b"<si/>" * (MAX_TAGS + 1))),
        (SHEET, b"<worksheet>%b</worksheet>" % (b"<row/>" * (MAX_TAGS + 1))),
    ],
    ids=["strings", "rows"],
)
def test_parts_of_very_many_empty_elements_are_refused_unread(name: str, content: bytes) -> None:
    assert "more than 2,000,000 XML tags" in refusal(with_part(name, content))


def test_a_table_of_few_cells_scattered_very_widely_is_refused() -> None:
    def change(sheet: Worksheet) -> None:
        for column in range(FIRST + 4, FIRST + 404):
            sheet.cell(list(ROWS).index("kind") + 1, column, "批注 / Annotation")
        for row in range(FIRST_RULE + 3, FIRST_RULE + 303):
            sheet.cell(row, FIRST, "1")

    assert "303 rows and 403 columns is too large" in refusal(edited(triage(), change))


def test_merged_cells_are_too_many_together_too() -> None:
    area = b'<mergeCell ref="C13:C2000"/>'
    merged = b"<mergeCells>%b</mergeCells>" % (area * 60)
    sheet = re.sub(rb"<mergeCells.*?</mergeCells>", merged, part(SHEET))
    assert "Unmerge" in refusal(with_part(SHEET, sheet))
