"""The procedure's page: the decision tables of a release as Excel files."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from runner.definitions.files import read_folder
from runner.definitions.sheets import import_workbook
from runner.engine.access import Person
from tests.web.conftest import Visit
from tests.web.test_wording import ROOT


def test_staff_download_the_tables_of_a_release(
    person: Callable[..., Person], visit: Visit
) -> None:
    staff = visit(person("customer_service"), "zh")
    page = staff.read("/releases")
    assert "决策表（Excel 文件）" in page
    assert "/releases/1/triage_a.xlsx" in page
    answer = staff.get("/releases/1/triage_a.xlsx")
    assert answer.status_code == 200
    assert 'filename="triage_a.xlsx"' in answer.headers["Content-Disposition"]
    files = read_folder(ROOT)
    (data,) = (files[path] for path in files if path.endswith("triage_a.dmn"))
    assert import_workbook(answer.data, "w.xlsx", data, "triage_a.dmn").data == data


def test_every_file_offered_can_be_had(person: Callable[..., Person], visit: Visit) -> None:
    staff = visit(person("compliance"), "en")
    page = staff.read("/releases?release=1")
    offered = [part.split('"')[0] for part in page.split('href="') if ".xlsx" in part[:80]]
    assert len(offered) > 10
    for path in offered:
        assert staff.get(path).status_code == 200, path


@pytest.mark.parametrize(
    "path",
    ["/releases/99/triage_a.xlsx", "/releases/1/nothing.xlsx", "/releases/1/..%2Fetc.xlsx",
     "/releases/1/triage.xlsx", "/releases/x/triage_a.xlsx"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(
    person: Callable[..., Person], visit: Visit, path: str
) -> None:
    assert visit(person("customer_service"), "en").get(path).status_code == 404


def test_a_release_that_never_was_shows_the_one_in_force(
    person: Callable[..., Person], visit: Visit
) -> None:
    staff = visit(person("customer_service"), "en")
    assert "/releases/1/triage_a.xlsx" in staff.read("/releases?release=77")


@pytest.mark.parametrize("form", ["pdf", "html"])
def test_staff_download_the_manual_of_a_release(
    person: Callable[..., Person], visit: Visit, form: str
) -> None:
    staff = visit(person("compliance"), "zh")
    page = staff.read("/releases")
    assert "程序手册" in page
    assert 'value="ebike-3level"' in page
    answer = staff.get(f"/releases/1/manual?policy=ebike-3level&form={form}")
    assert answer.status_code == 200
    assert f'filename="PM-EBIKE-3LEVEL-R1-zh.{form}"' in answer.headers["Content-Disposition"]
    assert answer.data.startswith(b"%PDF" if form == "pdf" else b"<!doctype html>")
    if form == "html":
        assert "投诉处理程序手册" in answer.text
        assert "尚未决定" in answer.text


@pytest.mark.parametrize(
    "path",
    ["/releases/99/manual?policy=ebike-3level", "/releases/1/manual?policy=nix&form=html",
     "/releases/1/manual?policy=ebike-3level&form=docx"],
)  # fmt: skip
def test_a_manual_that_cannot_be_made_is_not_found(
    person: Callable[..., Person], visit: Visit, path: str
) -> None:
    assert visit(person("compliance"), "en").get(path).status_code == 404


def test_the_names_of_a_release_are_there_to_download(
    person: Callable[..., Person], visit: Visit
) -> None:
    staff = visit(person("process_owner"), "en")
    assert "/releases/1/names.md" in staff.get("/releases").text
    answer = staff.get("/releases/1/names.md")
    assert answer.status_code == 200
    assert "| `customer_name` | textfield | ! |" in answer.text
    assert staff.get("/releases/9/names.md").status_code == 404
