from __future__ import annotations

import os
import shutil
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from runner.cli import main
from tests.definitions.sheets.books import FIRST, FIRST_RULE, PROCESSES


@pytest.fixture
def procedure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two of the shipped tables, and the terminal in it."""
    (tmp_path / "processes").mkdir()
    for name in ("triage_a.dmn", "triage_j.dmn"):
        shutil.copy(PROCESSES / name, tmp_path / "processes" / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ombud(*words: str) -> Result:
    return CliRunner().invoke(main, ["table", *words])


def put(path: Path, row: int, column: int, text: str) -> None:
    book = openpyxl.load_workbook(path)
    cell = book.worksheets[1].cell(FIRST_RULE + row, FIRST + column)
    cell.value = text
    book.save(path)


def test_tables_go_out_and_come_back(procedure: Path) -> None:
    before = (procedure / "processes/triage_a.dmn").read_bytes()
    assert ombud("export").output.split() == ["tables/triage_a.xlsx", "tables/triage_j.xlsx"]
    again = ombud("import", "tables/triage_a.xlsx")
    assert again.exit_code == 0
    assert "nothing changed" in again.output
    put(procedure / "tables/triage_a.xlsx", 1, 1, '"grave"')
    tried = ombud("import", "tables/triage_a.xlsx", "--dry-run")
    assert "dry run" in tried.output
    assert (procedure / "processes/triage_a.dmn").read_bytes() == before
    done = ombud("import", "tables/triage_a.xlsx")
    assert done.exit_code == 0
    assert (
        "三类投诉\n  ~ 三类投诉!D14 规则 / rule 2 (triage_a_serious), “严重程度 / Severity”: "
        '"serious" → "grave"\n'
    ) in done.output
    wanted = before.replace(b">&quot;serious&quot;<", b">&quot;grave&quot;<")
    assert (procedure / "processes/triage_a.dmn").read_bytes() == wanted


def test_nothing_is_written_where_anything_is_wrong(procedure: Path) -> None:
    before = (procedure / "processes/triage_a.dmn").read_bytes()
    ombud("export", "processes/triage_a.dmn")
    put(procedure / "triage_a.xlsx", 0, 0, '"high"')
    put(procedure / "triage_a.xlsx", 2, 1, "=SUM(A1)")
    done = ombud("import", "triage_a.xlsx")
    assert done.exit_code == 1
    assert "三类投诉!D15: " in done.stderr
    assert "Nothing was written" in done.stderr
    assert (procedure / "processes/triage_a.dmn").read_bytes() == before
    assert sorted(os.listdir(procedure / "processes")) == ["triage_a.dmn", "triage_j.dmn"]


def test_a_workbook_with_changes_is_not_overwritten_by_accident(procedure: Path) -> None:
    assert ombud("export", "processes/triage_a.dmn").exit_code == 0
    again = ombud("export", "processes/triage_a.dmn")
    assert again.exit_code == 2
    assert "--overwrite" in again.stderr
    assert ombud("export", "processes/triage_a.dmn", "--overwrite").exit_code == 0


def test_one_file_goes_where_it_is_told(procedure: Path) -> None:
    assert ombud("export", "processes/triage_a.dmn", "--to", "out/mine.xlsx").exit_code == 0
    assert (procedure / "out/mine.xlsx").exists()
    several = ombud("export", "--to", "all.xlsx")
    assert several.exit_code == 2
    assert "need a folder" in several.stderr


def test_a_blank_template_is_written(procedure: Path) -> None:
    assert ombud("export", "--blank", "--to", "fees.xlsx").exit_code == 0
    assert openpyxl.load_workbook(procedure / "fees.xlsx").sheetnames[1] == "新表 New table"


def test_a_workbook_of_no_known_file_asks_for_it(procedure: Path) -> None:
    ombud("export", "--blank")
    done = ombud("import", "new-table.xlsx")
    assert done.exit_code == 1
    assert "does not say which DMN file it came from" in done.stderr
    assert "--into" in done.stderr


def test_a_file_keeps_its_permissions(procedure: Path) -> None:
    target = procedure / "processes/triage_a.dmn"
    target.chmod(0o640)
    ombud("export", "processes/triage_a.dmn")
    put(procedure / "triage_a.xlsx", 1, 1, '"grave"')
    assert ombud("import", "triage_a.xlsx").exit_code == 0
    assert target.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    ("into", "said"),
    [
        ("processes/triage.bpmn", "end in .dmn"),
        ("processes/x", "end in .dmn"),
        ("nowhere/x.dmn", "There is no folder nowhere"),
    ],
)
def test_tables_go_into_dmn_files_of_folders_that_are_there(
    procedure: Path, into: str, said: str
) -> None:
    ombud("export", "processes/triage_a.dmn")
    done = ombud("import", "triage_a.xlsx", "--into", into)
    assert done.exit_code == 1
    assert said in done.stderr
    assert not (procedure / into).exists()


def test_other_formats_are_refused_both_ways(procedure: Path) -> None:
    done = ombud("export", "processes/triage_a.dmn", "--to", "x.csv")
    assert done.exit_code == 2
    assert "found x.csv" in done.stderr
    assert not (procedure / "x.csv").exists()
    (procedure / "x.csv").write_text("a,b\n")
    back = ombud("import", "x.csv", "--lang", "en")
    assert back.stderr.startswith("x.csv: It is no .xlsx file. CSV")


def test_one_language_is_enough(procedure: Path) -> None:
    ombud("export", "processes/triage_a.dmn")
    done = ombud("import", "triage_a.xlsx", "--lang", "zh")
    assert done.output == "processes/triage_a.dmn: 没有变化。\n"
