from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from lxml import etree
from openpyxl.worksheet.worksheet import Worksheet

from runner.definitions.dmn import load_decisions
from runner.definitions.sheets import SheetsRefused, blank_workbook, import_workbook
from runner.definitions.sheets.layout import FIRST, ROWS
from tests.definitions.sheets.books import FIRST_RULE, SPACES, grids, rewritten, triage

PLACES = {name: row for row, name in enumerate(ROWS, 1)}
NOW = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)


def filled(sheet: Worksheet) -> None:
    sheet.cell(1, 2).value = "运费 / Shipping fee"
    sheet.cell(2, 2).value = "谁付运费 / who pays"
    columns = [
        ("label", "重量 / Weight", "地区 / Region", "费用 / Fee"),
        ("expression", "weight", "region", "fee"),
        ("type", "number", "string", "number"),
        ("allowed", None, "“东”，“西”", None),
    ]
    for mark, *texts in columns:
        for column, text in enumerate(texts, FIRST):
            sheet.cell(PLACES[mark], column).value = text
    rules = [("＞10", "东", 5, "heavy"), ("-", '"西"', 3.50, None), ("-", None, 1, None)]
    for row, rule in enumerate(rules, FIRST_RULE):
        for column, value in enumerate(rule, FIRST):
            sheet.cell(row, column).value = value


def test_a_filled_template_becomes_a_decision_that_works() -> None:
    book = rewritten(blank_workbook(), filled)
    data = import_workbook(book, "new.xlsx", None, "shipping.dmn").data
    root = etree.fromstring(data)
    assert etree.QName(root).namespace == SPACES["1.3"]
    [shape] = root.iter("{*}DMNShape")
    assert shape.get("dmnElementRef") == "shipping_fee"
    [bounds] = shape
    assert {key: float(value) for key, value in bounds.attrib.items()}["width"] == 180
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    model, findings = load_decisions(data, "shipping.dmn")
    assert not findings
    answers = [
        model.evaluate("shipping_fee", {"weight": weight, "region": region}, now=NOW).value
        for weight, region in [(11, "东"), (11, "西"), (1, "东")]
    ]
    assert answers == [Decimal(5), Decimal("3.5"), Decimal(1)]


def test_importing_the_same_new_workbook_again_changes_nothing() -> None:
    book = rewritten(blank_workbook(), filled)
    data = import_workbook(book, "new.xlsx", None, "shipping.dmn").data

    def identified(sheet: Worksheet) -> None:
        sheet.cell(PLACES["id"], FIRST).value = "shipping_fee"

    again = import_workbook(rewritten(book, identified), "new.xlsx", data, "shipping.dmn")
    assert again.data == data


def test_a_new_table_joins_the_decisions_of_a_file() -> None:
    book = rewritten(blank_workbook(), filled)
    data = import_workbook(book, "new.xlsx", triage(), "f.dmn").data
    model, findings = load_decisions(data, "f.dmn")
    assert not findings
    assert sorted(model.decisions) == ["shipping_fee", "triage"]
    lines = data.splitlines()
    assert all(line in lines for line in triage().splitlines())


def test_an_id_that_is_none_is_refused_with_its_cell() -> None:
    def change(sheet: Worksheet) -> None:
        filled(sheet)
        sheet.cell(PLACES["id"], FIRST).value = "运 费"

    with pytest.raises(SheetsRefused, match=r"新表 New table!C3: .*begin with a letter"):
        import_workbook(rewritten(blank_workbook(), change), "new.xlsx", None, "s.dmn")


def test_a_template_with_nothing_in_it_makes_no_file() -> None:
    with pytest.raises(SheetsRefused, match="New table!"):
        import_workbook(blank_workbook(), "new.xlsx", None, "s.dmn")


def test_the_wrong_file_is_noticed() -> None:
    from runner.definitions.sheets import export_workbook

    book = export_workbook(triage(), "f.dmn")[0]
    other = triage().replace(b'id="triage"', b'id="other"')
    with pytest.raises(SheetsRefused, match=r"分级!C3: .*Is it the wrong file"):
        import_workbook(book, "w.xlsx", other, "other.dmn")


def test_a_workbook_without_an_id_is_not_taken_twice() -> None:
    book = rewritten(blank_workbook(), filled)
    data = import_workbook(book, "new.xlsx", None, "shipping.dmn").data
    with pytest.raises(SheetsRefused, match=r"has a decision .*\(shipping_fee\) already"):
        import_workbook(book, "new.xlsx", data, "shipping.dmn")


@pytest.mark.parametrize(
    ("file", "owner"),
    [("fees.dmn", "fees"), ("运费 2.dmn", "decision_1"), ("2026-A.dmn", "decision_1")],
)
def test_a_title_without_english_takes_the_files_name_for_its_id(file: str, owner: str) -> None:
    def change(sheet: Worksheet) -> None:
        filled(sheet)
        sheet.cell(1, 2).value = "运费"

    data = import_workbook(rewritten(blank_workbook(), change), "new.xlsx", None, file).data
    assert [one.owner for one in grids(data)] == [owner]


def test_a_table_goes_into_no_diagram() -> None:
    diagram = b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d"/>'
    with pytest.raises(SheetsRefused, match=r"x\.dmn: .*no DMN file"):
        import_workbook(rewritten(blank_workbook(), filled), "new.xlsx", diagram, "x.dmn")
