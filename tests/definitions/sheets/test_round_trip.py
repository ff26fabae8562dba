from __future__ import annotations

import re
from pathlib import Path

import pytest

from runner.definitions.sheets import SheetsRefused, export_workbook, import_workbook
from runner.definitions.sheets.spans import Document
from tests.definitions.sheets.books import CORPUS, SHARED, SPACES, TRIAGE, grids, triage


def there_and_back(data: bytes) -> bytes:
    book, remarks = export_workbook(data, "f.dmn")
    made = import_workbook(book, "w.xlsx", data, "f.dmn")
    assert not remarks
    assert not made.changes
    assert not made.remarks
    return made.data


@pytest.mark.parametrize("path", CORPUS, ids=[path.stem for path in CORPUS])
def test_export_and_import_leave_every_table_we_know_as_it_was(path: Path) -> None:
    data = path.read_bytes()
    assert there_and_back(data) == data


def test_the_standards_own_cases_are_there() -> None:
    if not (SHARED / "dmn-tck").is_dir():
        pytest.skip("the DMN TCK is not on this machine")
    assert len(CORPUS) > 30


@pytest.mark.parametrize("version", SPACES)
def test_all_versions_of_dmn_survive(version: str) -> None:
    assert there_and_back(triage(version)) == triage(version)


@pytest.mark.parametrize(
    "data",
    [
        TRIAGE.format(space=SPACES["1.3"]).replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + triage(),
        TRIAGE.format(space=SPACES["1.3"]).replace("UTF-8", "UTF-16").encode("utf-16"),
        TRIAGE.format(space=SPACES["1.3"]).replace("UTF-8", "gb18030").encode("gb18030"),
        re.sub(
            rb"<(/?)(\w+)(?=[\s>/])(?!:)", rb"<\1dmn:\2", triage().replace(b"xmlns=", b"xmlns:dmn=")
        ),
    ],
    ids=["windows line ends", "byte order mark", "utf-16", "gb18030", "prefixes"],
)
def test_encodings_line_ends_and_prefixes_survive(data: bytes) -> None:
    assert there_and_back(data) == data
    assert len(grids(data)[0].rows) == 3


@pytest.mark.parametrize(
    "text",
    [
        "5", "-", ">= 3", '"a","b"', "=x", "+1", "-1", "1/2", "@x", "'quoted", "  spaces  ", "\n",
        "a\nb", "2026-11-20", "5.00", "1e5", "TRUE", "#REF!", "_x0041_", "_x005F_", "tab\there",
        "“弯引号”，全角（）－", "a\rb", "<&>", "\u200b", "\u3000", "😀", "0" * 400, "x" * 32_767,
    ],
)  # fmt: skip
def test_any_text_of_a_cell_survives(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace("\r", "&#13;")
    data = triage().replace(b'"middle"', escaped.encode())
    assert grids(data)[0].rows[1].cells[2] == text
    assert there_and_back(data) == data


def test_a_text_too_long_for_excel_is_refused_with_its_cell() -> None:
    data = triage().replace(b'"middle"', b"x" * 32_768)
    with pytest.raises(SheetsRefused, match=r"分级!E14: .*32,768"):
        export_workbook(data, "f.dmn")


def test_a_rule_with_too_few_cells_is_named_and_left_alone() -> None:
    data = triage().replace(b'<inputEntry id="r2_y"><text>-</text></inputEntry>', b"")
    with pytest.raises(SheetsRefused, match='Rule 2 of "分级 / Triage" should have 2 cells'):
        export_workbook(data, "f.dmn")


def test_positions_are_those_of_the_text() -> None:
    document = Document(triage(), "f.dmn")
    for node in document.root.walk():
        assert document.source.startswith(f"<{node.tag}", node.start)
        assert document.source[: node.end].endswith(("/>", f"</{node.tag}>"))
