"""Sheets in: what a person left on them as tables, with the cell that each part came from."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from runner.definitions.sheets.cells import CellReader, Known
from runner.definitions.sheets.contents import listed
from runner.definitions.sheets.grid import KINDS, Column, Grid, Kind, Row
from runner.definitions.sheets.layout import (
    FIRST,
    HEAD,
    KEY,
    KIND_WORDS,
    MARK,
    POLICY_WORDS,
    ROWS,
    WORKBOOK,
    kind_of,
    policy_of,
)
from runner.definitions.sheets.merged import spread
from runner.definitions.sheets.remarks import Remark, SheetsRefused
from runner.definitions.sheets.typed import type_of, words_in
from runner.definitions.sheets.workbook import MAX_CELLS, Sheet, Workbook

_ID = re.compile(r"[^\W\d][\w.-]*")


@dataclass
class SheetTable:
    """A table as its sheet has it. `columns` and `rows` are the sheet's numbers for those of the
    grid. `digest` is that of the table this sheet was written from, "" for a new table."""

    sheet: Sheet
    grid: Grid
    digest: str
    marks: Mapping[str, int]
    columns: tuple[int, ...]
    rows: tuple[int, ...]
    remarks: list[Remark] = field(default_factory=list)

    def place(self, row: int | str, column: int | None = None) -> str:
        """The cell of a rule (by its index) or of a heading (by its mark), in a column of the grid
        (by its index; its number of columns for the description, None for the row as a whole)."""
        number = self.marks.get(row, 1) if isinstance(row, str) else self.rows[row]
        known = column is not None and column < len(self.columns)
        found = self.columns[column] if known and column is not None else FIRST
        return self.sheet.place(number, found)


def tables_in(
    workbook: Workbook, known: Callable[[str], Known], names: frozenset[str]
) -> tuple[list[SheetTable], list[Remark]]:
    """The tables of the workbook, and which sheets were left alone. `known` gives the texts of the
    decision of an id; `names` are names in which full-width signs are meant.

    Raises SheetsRefused with everything that cannot be understood, each with its cell.
    """
    tables: list[SheetTable] = []
    others: list[Remark] = []
    wrong: list[Remark] = []
    for sheet in workbook.sheets:
        marks = _marks(sheet)
        first = sheet.cells.get((1, MARK))
        if not {"title", "kind", "label"} <= marks.keys():
            if not sheet.name.startswith("_") and (first is None or first.text != WORKBOOK):
                others.append(
                    Remark(
                        sheet.name,
                        "不是导出的决策表（隐藏的 A 列没有标记），没有读取。",
                        "It is no exported decision table (the hidden column A has no marks); left"
                        " alone.",
                    )
                )
            continue
        reader = _SheetReader(sheet, marks, workbook.mac_dates, names)
        try:
            tables.append(reader.read(known))
        except SheetsRefused as refused:
            wrong += refused.remarks
    if wrong:
        raise SheetsRefused(*wrong)
    return tables, others


def file_of(workbook: Workbook) -> str:
    """The name of the DMN file that the workbook was written from, "" where it does not say."""
    for sheet in workbook.sheets:
        first, second = sheet.cells.get((1, MARK)), sheet.cells.get((2, MARK))
        if first is not None and first.text == WORKBOOK and second is not None:
            return re.split(r"[/\\]", second.text)[-1]
    return ""


def _marks(sheet: Sheet) -> dict[str, int]:
    return {
        cell.text: row
        for (row, column), cell in sorted(sheet.cells.items())
        if column == MARK and cell.text in ROWS
    }


class _SheetReader(CellReader):
    def __init__(
        self, sheet: Sheet, marks: Mapping[str, int], mac_dates: bool, names: frozenset[str]
    ) -> None:
        super().__init__(sheet, marks, mac_dates, names)
        self.written: dict[int, set[str]] = {}  # the texts in quotes among the rules, by column
        first_rule = max(marks.values()) + 1
        for (row, column), cell in sheet.cells.items():
            if row >= first_rule and cell.kind == "text":
                texts = {value for value in listed(cell.text) if value.startswith('"')}
                self.written.setdefault(column, set()).update(texts)

    def read(self, known: Callable[[str], Known]) -> SheetTable:
        owner = self.head("id").strip()
        self.take(known(owner))
        title = self.head("title", HEAD)
        digest = self.head("table")
        if owner and not digest and not _ID.fullmatch(owner):
            self.refuse(
                "id",
                FIRST,
                f"标识“{owner}”应以字母开头，只含字母、数字、“_”、“-”、“.”。",
                f'The id "{owner}" should begin with a letter and hold letters, digits, "_", "-",'
                ' "." alone.',
            )
        spread(self.sheet, max(self.marks.values()), self.remarks, self.wrong)
        columns, described = self._columns()
        places = [place for place, _ in columns]
        rows = self._rows(columns, described)
        ordinal = self.head("table", HEAD)
        if not [one for one in columns if one[1].kind == "output"]:
            self.refuse(
                "kind",
                FIRST,
                f"没有输出列。请把至少一列设为“{KIND_WORDS['output']}”。",
                f'There is no output column. Make at least one column "{KIND_WORDS["output"]}".',
            )
        grid = Grid(
            owner,
            int(ordinal) if ordinal.isdecimal() else 0,
            title,
            self.head("description", HEAD),
            self._policy(),
            tuple(column for _, column in columns),
            tuple(row for _, row in rows),
        )
        if self.wrong:
            raise SheetsRefused(*self.wrong)
        return SheetTable(
            self.sheet,
            grid,
            digest,
            self.marks,
            (*places, *([described] if described else [])),
            tuple(number for number, _ in rows),
            self.remarks,
        )

    def _policy(self) -> str:
        text = self.head("policy")
        policy = text if text in self.present else policy_of(text)
        if not policy:
            self.refuse(
                "policy",
                FIRST,
                f"命中策略“{text}”不存在，应为：{'、'.join(POLICY_WORDS)}。",
                f'There is no hit policy "{text}"; expected one of {", ".join(POLICY_WORDS)}.',
            )
        return policy or ""

    def _columns(self) -> tuple[list[tuple[int, Column]], int]:
        """The columns in the order of their kinds, and the place of the rules' descriptions."""
        first_rule = max(self.marks.values()) + 1
        heads = {self.marks[name] for name in ("label", "expression", "type", "allowed", "default")
                 if name in self.marks}  # fmt: skip
        used = sorted(
            {
                column
                for (row, column) in self.sheet.cells
                if column >= FIRST and (row >= first_rule or row in {*heads, self.marks["kind"]})
            }
        )
        found: list[tuple[int, Column]] = []
        described = 0
        for place in used:
            text = self.head("kind", place)
            kind = kind_of(text)
            if kind == "description" and not described:
                described = place
            elif kind in KINDS:
                found.append(
                    (place, self._column(place, next(one for one in KINDS if one == kind)))
                )
            else:
                self.refuse(
                    "kind",
                    place,
                    f"列的种类是“{text}”，应为：{'；'.join(KIND_WORDS.values())}（说明只能一列）。",
                    f'The kind of the column is "{text}"; expected one of '
                    f"{'; '.join(KIND_WORDS.values())} (one description at most).",
                )
        found.sort(key=lambda item: KINDS.index(item[1].kind))
        return found, described

    def _column(self, place: int, kind: Kind) -> Column:
        def feel(mark: str, values: Collection[str] = (), type_ref: str = "") -> str:
            row = self.marks.get(mark)
            return self.feel(row, place, values, type_ref) if row else ""

        key, label = self.head("columns", place), self.head("label", place)
        if kind == "annotation":
            return Column(key, kind, label)
        expression = feel("expression") if kind == "input" else self.head("expression", place)
        written = self.head("type", place).strip()
        type_ref = written if written in self.present else type_of(written)
        if type_ref != written:
            change = f"{written} → {type_ref}"
            self.remark(
                self.marks["type"], place, f"类型已改写：{change}", f"type rewritten: {change}"
            )
        words = (
            words_in(self.head("allowed", place).replace("，", ",")) if type_ref == "string" else ()
        )
        allowed = feel("allowed", [f'"{word}"' for word in words], type_ref)
        default = feel("default", self._values(place, allowed), type_ref)
        if kind == "input" and default:
            self.refuse(
                "default",
                place,
                f"输入列不能有默认值“{default}”。",
                f'An input column has no default; "{default}" found.',
            )
        return Column(
            key, kind, label, expression, type_ref, allowed, "" if kind == "input" else default
        )

    def _values(self, place: int, allowed: str) -> Collection[str]:
        """The allowed values of a column, else the texts that its cells have in quotes."""
        return listed(allowed) or self.written.get(place, ())

    def _rows(self, columns: list[tuple[int, Column]], described: int) -> list[tuple[int, Row]]:
        """The rules; a row of which only the mark is left counts as removed."""
        first = max(self.marks.values()) + 1
        wanted = {HEAD, described, *(place for place, _ in columns)} - {0}
        values = [self._values(place, column.allowed) for place, column in columns]
        rows: list[tuple[int, Row]] = []
        numbers = sorted({row for row, _ in self.sheet.cells if row >= first})
        if len(numbers) * len(columns) > MAX_CELLS:
            self.refuse(
                first,
                HEAD,
                f"{len(numbers):,} 行、{len(columns):,} 列的表太大，上限为 {MAX_CELLS:,} 格。",
                f"A table of {len(numbers):,} rows and {len(columns):,} columns is too large; at"
                f" most {MAX_CELLS:,} cells are read.",
            )
            return []
        for number in numbers:
            mark = self.sheet.cells.get((number, MARK))
            key = mark.text.removeprefix(KEY) if mark and mark.text.startswith(KEY) else ""
            filled = {column for column in wanted if (number, column) in self.sheet.cells}
            if not filled - (set() if key else {HEAD}):
                continue
            cells = tuple(
                self.text(number, place)
                if column.kind == "annotation"
                else self.feel(number, place, offered, column.type_ref)
                for (place, column), offered in zip(columns, values, strict=True)
            )
            if number in self.sheet.hidden_rows:
                self.remarks.append(
                    Remark(
                        self.sheet.place(number, HEAD),
                        "这一行被隐藏或筛选掉，仍按规则读取。",
                        "The row is hidden or filtered out; it counts as a rule all the same.",
                    )
                )
            reason = self.text(number, described) if described else ""
            rows.append((number, Row(key, cells, reason)))
        return rows
