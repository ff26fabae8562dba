"""Where an element of a decision table stands, as people see it: rule number and column label."""

from __future__ import annotations

from lxml import etree

from runner.definitions.dmn.elements import child, children, local_name, text_of
from runner.definitions.findings import half
from runner.definitions.wording import Both

_CELLS = {"inputEntry": "input", "outputEntry": "output"}
_MOST = 60


def label_of(column: etree._Element) -> str:
    """The label of an input or output column; else its name, its expression, or its id."""
    found = column.get("label") or column.get("name")
    return found or text_of(child(column, "inputExpression")).strip() or column.get("id") or ""


def table_around(element: etree._Element) -> etree._Element | None:
    """The decision table the element is, or stands in."""
    found: etree._Element | None = element
    while found is not None and (
        not isinstance(found.tag, str) or local_name(found) != "decisionTable"
    ):
        found = found.getparent()
    return found


def place_of(element: etree._Element) -> Both:
    """``规则 2，“严重程度”列`` / ``rule 2, column "Severity"``; of a table itself, and outside of
    tables, nothing."""
    table = table_around(element)
    if table is None:
        return Both("", "")
    zh: list[str] = []
    en: list[str] = []
    inner, outer = element, element.getparent()
    while inner is not table and outer is not None:
        name = local_name(inner)
        if name == "rule" and inner in (rules := children(table, "rule")):
            number = rules.index(inner) + 1
            zh.insert(0, f"规则 {number}")
            en.insert(0, f"rule {number}")
        elif name in _CELLS or name in _CELLS.values():
            label = _label(inner, outer, table)
            if label:
                zh.insert(0, f"“{half(label, 'zh')}”列")
                en.insert(0, f'column "{half(label, "en")}"')
        inner, outer = outer, outer.getparent()
    return Both("，".join(zh), ", ".join(en))


def _label(element: etree._Element, outer: etree._Element, table: etree._Element) -> str:
    """The label of a column, or of the column that a cell stands in."""
    name = local_name(element)
    column: etree._Element | None = element
    if name in _CELLS:
        columns, cells = children(table, _CELLS[name]), children(outer, name)
        pairs = zip(cells, columns, strict=False)
        column = next((column for cell, column in pairs if cell is element), None)
    label = "" if column is None else label_of(column)
    return label if len(label) <= _MOST * 2 else label[: _MOST - 1] + "…"
