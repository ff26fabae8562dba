"""Workbooks in: a DMN file with the tables as they stand on the sheets, or the reasons why not."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from runner.definitions.dmn import load_decisions
from runner.definitions.findings import Finding
from runner.definitions.sheets.cells import Known
from runner.definitions.sheets.contents import wide_names
from runner.definitions.sheets.creating import add_decision, new_file
from runner.definitions.sheets.difference import added, differences
from runner.definitions.sheets.elements import Ids, Writer
from runner.definitions.sheets.grid import Grid
from runner.definitions.sheets.merging import match, merge
from runner.definitions.sheets.reading import SheetTable, tables_in
from runner.definitions.sheets.remarks import Remark, SheetsRefused
from runner.definitions.sheets.spans import Document, Node
from runner.definitions.sheets.tables import Located, tables_of
from runner.definitions.sheets.workbook import read_workbook


@dataclass(frozen=True)
class Imported:
    """The new bytes of the DMN file (the old ones where nothing differs); what changed, by sheet;
    and what people should know besides."""

    data: bytes
    changes: Mapping[str, Sequence[str]]
    remarks: Sequence[Remark]


def import_workbook(
    workbook: bytes, name: str, data: bytes | None, file: str, language: str = ""
) -> Imported:
    """The DMN file `data` (None: there is none yet) with the tables of the workbook. The changes
    are told in the language (`zh`, `en`), or in both.

    Raises SheetsRefused, with every reason and its cell, for a workbook or a DMN file that cannot
    be read, and where the result would have an error that the file did not have before.
    """
    book = read_workbook(workbook, name)
    before = new_file(file) if data is None else data
    document = Document(before, file)
    _refuse_no_dmn(document)
    located, _ = tables_of(document)
    present = {one.grid.address: one for one in located}
    texts = [text for node in document.root.walk() for text in (node.attributes.get("name"),)]
    tables, remarks = tables_in(
        book, lambda owner: _known(owner, located), wide_names(text for text in texts if text)
    )
    if not tables:
        raise SheetsRefused(
            *remarks,
            Remark(name, "工作簿里没有决策表。", "The workbook holds no decision table."),
        )
    _refuse_titles(tables, document)
    ids = Ids(document)
    tables = [_named(table, ids, file) for table in tables]
    _refuse_doubles(tables)
    writer = Writer(document)
    changes: dict[str, list[str]] = {}
    for table in tables:
        one = present.get(table.grid.address)
        remarks += table.remarks
        if one is None:
            _refuse_unknown(table, document)
            add_decision(document, writer, table.grid, ids)
            changes[table.sheet.name] = added(table.grid, language)
        else:
            changes[table.sheet.name] = _merged(table, one, writer, ids, remarks, language)
    sheets = {table.grid.address for table in tables}
    for one in located:
        if one.grid.address not in sheets:
            remarks.append(
                Remark(
                    name,
                    f"没有“{one.grid.title}”的工作表，该表保持不变。",
                    f'There is no sheet for "{one.grid.title}"; that table stays as it is.',
                )
            )
    result = document.result()
    if result != before or data is None:
        remarks += _checked(before if data else b"", result, file, tables)
    return Imported(result, {sheet: lines for sheet, lines in changes.items() if lines}, remarks)


def _merged(
    table: SheetTable,
    one: Located,
    writer: Writer,
    ids: Ids,
    remarks: list[Remark],
    language: str,
) -> list[str]:
    old, new = one.grid, table.grid
    if new.title != old.title:
        raise SheetsRefused(
            Remark(
                table.place("title"),
                f"决策的名称应为“{old.title}”，实际为“{new.title}”。请在 Modeler 中改名称，"
                "因为其他表达式可能用它。",
                f'The decision is named "{old.title}", but "{new.title}" was found. Rename it in'
                " the modeler, as other expressions may use its name.",
            )
        )
    if one.described is None and new.description:
        remarks.append(
            Remark(
                table.place("description"),
                "这张表没有自己的说明，写在这里的没有读取。",
                "This table has no description of its own; what is written here is left out.",
            )
        )
        new = replace(new, description="")
    if "20151101" in one.element.space and any(one.kind == "annotation" for one in new.columns):
        raise SheetsRefused(
            Remark(
                table.place("kind"),
                "DMN 1.1 的表没有批注列。请改用说明列。",
                "Tables of DMN 1.1 have no annotation columns. Use the column of descriptions.",
            )
        )
    matched = match(old, new)
    lines = differences(old, new, matched, table.place, language)
    if lines and table.digest != old.digest:
        remarks.append(
            Remark(
                table.sheet.name,
                "文件里的表在这个工作簿导出之后改过；以工作簿为准，请核对下面的差异。",
                "The file's table was changed after this workbook was exported. The workbook wins;"
                " look through the differences.",
            )
        )
    merge(one, new, matched, writer, ids)
    return lines


def _known(owner: str, located: Sequence[Located]) -> Known:
    """The texts of the owner's tables by how they read in a cell."""
    known: dict[str, str] = {}
    for one in located:
        if one.grid.owner == owner:
            for text in _texts(one.grid):
                known.setdefault(text.replace("\r\n", "\n").replace("\r", "\n"), text)
    return known


def _texts(grid: Grid) -> Iterator[str]:
    yield from (grid.title, grid.description, grid.policy)
    for column in grid.columns:
        yield from (column.label, column.expression, column.type_ref)
        yield from (column.allowed, column.default)
    for row in grid.rows:
        yield from (*row.cells, row.description)


def _named(table: SheetTable, ids: Ids, file: str) -> SheetTable:
    """The table with an id: that of its sheet, or else of the English half of its title, or else
    of the file's name, which no other file of the folder has."""
    grid = table.grid
    if not grid.owner:
        names = (grid.title.rpartition("/")[2].lower(), PurePath(file).stem)
        plain = ["_".join(re.findall(r"[A-Za-z0-9]+", name)) for name in names]
        owner = next((name for name in plain if name and not name[0].isdigit()), "")
        owner = ids.new(owner) if owner else ids.numbered("decision")
        return replace(table, grid=replace(grid, owner=owner, title=grid.title or owner))
    return table if grid.title else replace(table, grid=replace(grid, title=grid.owner))


def _refuse_no_dmn(document: Document) -> None:
    root = document.root
    if root.local != "definitions" or "/DMN/" not in root.space.upper():
        raise SheetsRefused(
            Remark(
                document.file,
                f"不是 DMN 文件：根元素是 {{{root.space}}}{root.local}。表只写入 DMN 文件。",
                f"It is no DMN file: its root is {{{root.space}}}{root.local}. Tables go into DMN"
                " files only.",
            )
        )


def _refuse_titles(tables: Sequence[SheetTable], document: Document) -> None:
    """A sheet without an id whose title is there already was most likely imported before."""
    taken = {
        node.attributes.get("name", ""): node.attributes.get("id", "")
        for node in document.root.all("decision", "businessKnowledgeModel")
    }
    for table in tables:
        title = table.grid.title
        if title and not table.grid.owner and title in taken:
            raise SheetsRefused(
                Remark(
                    table.place("title"),
                    f"{document.file} 里已有决策“{title}”（{taken[title]}）。要修改它，"
                    "请重新导出再改；要另加一张，请换一个标题。",
                    f'{document.file} has a decision "{title}" ({taken[title]}) already. To change'
                    " it, export it again and edit that; for another one, choose another title.",
                )
            )
        if not table.grid.owner:
            taken[title] = table.sheet.name


def _refuse_doubles(tables: Sequence[SheetTable]) -> None:
    seen: dict[tuple[str, int], SheetTable] = {}
    for table in tables:
        other = seen.setdefault(table.grid.address, table)
        if other is not table:
            raise SheetsRefused(
                Remark(
                    table.place("id"),
                    f"工作表“{other.sheet.name}”已是决策“{table.grid.owner}”。请删去一张，"
                    "或写一个新的标识，并清空隐藏的第 5 行。",
                    f'The sheet "{other.sheet.name}" is the decision "{table.grid.owner}" already.'
                    " Remove one of them, or give it a new id and clear the hidden row 5.",
                )
            )


def _refuse_unknown(table: SheetTable, document: Document) -> None:
    taken = {node.attributes.get("id") for node in document.root.walk()}
    if table.digest or table.grid.ordinal or table.grid.owner in taken:
        raise SheetsRefused(
            Remark(
                table.place("id"),
                f"文件 {document.file} 里没有决策“{table.grid.owner}”的表。是否选错了文件？",
                f'{document.file} has no table of a decision "{table.grid.owner}". Is it the wrong'
                " file?",
            )
        )


def _checked(before: bytes, after: bytes, file: str, tables: Sequence[SheetTable]) -> list[Remark]:
    """What is noticed in the result and was not before, each at its cell."""

    def marks(finding: Finding) -> tuple[str, str, str]:
        return finding.rule, finding.element_id, finding.zh

    old = Counter(marks(one) for one in (load_decisions(before, file)[1] if before else []))
    places = _Places(Document(after, file), tables)
    wrong: list[Remark] = []
    noticed: list[Remark] = []
    for finding in load_decisions(after, file)[1]:
        if old[marks(finding)] > 0:
            old[marks(finding)] -= 1
            continue
        place = places.of(finding) or f"{file}:{finding.line}"
        into = wrong if finding.severity == "error" else noticed
        into.append(Remark(place, finding.zh, finding.en))
    if wrong:
        raise SheetsRefused(*wrong)
    return noticed


def _places(one: Located, table: SheetTable) -> Iterator[tuple[Node, str]]:
    """The table's elements, the innermost first, each with its cell."""
    for index, entries in enumerate(one.entries):
        for at, entry in enumerate(entries):
            if entry is not None:
                yield entry, table.place(index, at)
        yield one.rules[index], table.place(index)
    for at, column in enumerate(one.columns):
        marks = {"inputExpression": "expression", "inputValues": "allowed",
                 "outputValues": "allowed", "defaultOutputEntry": "default"}  # fmt: skip
        for child in column.all(*marks):
            yield child, table.place(marks[child.local], at)
        yield column, table.place("label", at)
    yield one.element, table.place("policy")


class _Places:
    """Where on the sheets the elements of the file stand."""

    def __init__(self, document: Document, tables: Sequence[SheetTable]) -> None:
        by_address = {table.grid.address: table for table in tables}
        breaks = [at for at, sign in enumerate(document.source) if sign == "\n"]
        self._by_id: dict[str, str] = {}
        self._by_line: dict[int, str] = {}
        self._types: dict[int, str] = {}
        for one in tables_of(document)[0]:
            if one.grid.address in by_address:
                for node, place in _places(one, by_address[one.grid.address]):
                    self._by_id.setdefault(node.attributes.get("id", ""), place)
                    self._by_line.setdefault(bisect_left(breaks, node.open_end) + 1, place)
                table = by_address[one.grid.address]
                for at, column in enumerate(one.columns):
                    for node in (column, *column.all("inputExpression")):
                        line = bisect_left(breaks, node.open_end) + 1
                        self._types.setdefault(line, table.place("type", at))

    def of(self, finding: Finding) -> str | None:
        """The cell of the element that is meant; of one without an id by the line on which its
        start ends."""
        if finding.rule == "type_unknown" and finding.line in self._types:
            return self._types[finding.line]
        by_id = self._by_id.get(finding.element_id) if finding.element_id else None
        return by_id or self._by_line.get(finding.line)
