"""One decision table as one sheet."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.styles import Alignment
from openpyxl.utils.cell import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from runner.definitions.sheets.contents import listed
from runner.definitions.sheets.grid import POLICIES, Grid
from runner.definitions.sheets.layout import (
    FIRST,
    HEAD,
    HIDDEN_ROWS,
    KEY,
    KIND_WORDS,
    MARK,
    POLICY_WORDS,
    ROWS,
)
from runner.definitions.sheets.style import DIM, NUMBER, TITLE, lines, put, set_up_print, wide
from runner.definitions.sheets.style import HEAD as HEADING

LAST_ROW = 1000
"""Drop-downs reach this far, so that rules added below have them too."""

TYPES = ("string", "number", "boolean", "date", "time", "dateTime")
NARROWEST, WIDEST = 14, 46
PLACES = {name: row for row, name in enumerate(ROWS, 1)}


class Lists:
    """The values of the drop-downs, which stand on a hidden sheet: written into the cells' rules
    they could hold neither commas nor more than 255 characters."""

    def __init__(self) -> None:
        self._columns: dict[tuple[str, ...], int] = {}

    def place(self, values: Sequence[str], sheet: str) -> str:
        """The reference of the cells that hold the values."""
        number = self._columns.setdefault(tuple(values), len(self._columns) + 1)
        letter = get_column_letter(number)
        return f"{sheet}!${letter}$1:${letter}${len(values)}"

    def write(self, sheet: Worksheet) -> None:
        """Write all of them."""
        for values, column in self._columns.items():
            for row, value in enumerate(values, 1):
                put(sheet, row, column, value)


def write_table(sheet: Worksheet, grid: Grid, lists: Lists, lists_sheet: str) -> None:
    """Fill the empty sheet with the table."""
    last = FIRST + len(grid.columns)  # the column of the rules' descriptions
    first_rule = len(ROWS) + 1
    for name, row in PLACES.items():
        put(sheet, row, MARK, name)
        if ROWS[name]:
            put(sheet, row, HEAD, ROWS[name], HEADING)
        sheet.row_dimensions[row].hidden = name in HIDDEN_ROWS
    _head(sheet, grid, last)
    _columns(sheet, grid, last)
    for number, rule in enumerate(grid.rows, 1):
        row = first_rule + number - 1
        put(sheet, row, MARK, KEY + rule.key if rule.key else "")
        put(sheet, row, HEAD, str(number), NUMBER)
        for column, text in enumerate((*rule.cells, rule.description), FIRST):
            put(sheet, row, column, text, "cell")
    _choices(sheet, grid, lists, lists_sheet, first_rule)
    _fit(sheet, grid, last)
    sheet.column_dimensions[get_column_letter(MARK)].hidden = True
    sheet.freeze_panes = f"{get_column_letter(FIRST)}{first_rule}"
    set_up_print(sheet)
    sheet.print_title_rows = f"{PLACES['kind']}:{first_rule - 1}"


def _head(sheet: Worksheet, grid: Grid, last: int) -> None:
    put(sheet, PLACES["title"], HEAD, grid.title, TITLE)
    put(sheet, PLACES["description"], HEAD, grid.description, DIM)
    for name in ("title", "description"):
        row = PLACES[name]
        sheet.merge_cells(start_row=row, end_row=row, start_column=HEAD, end_column=last)
    sheet.cell(PLACES["description"], HEAD).alignment = Alignment(wrap_text=True, vertical="top")
    put(sheet, PLACES["id"], FIRST, grid.owner, "cell")
    put(sheet, PLACES["policy"], FIRST, grid.policy, "cell")
    put(sheet, PLACES["policy"], FIRST + 1, _meaning(grid.policy), DIM)
    if grid.owner:
        put(sheet, PLACES["table"], HEAD, str(grid.ordinal))
        put(sheet, PLACES["table"], FIRST, grid.digest)


def _meaning(policy: str) -> str:
    return f"{policy}: {POLICY_WORDS[policy]}" if policy in POLICY_WORDS else ""


def _columns(sheet: Worksheet, grid: Grid, last: int) -> None:
    for number, column in enumerate(grid.columns, FIRST):
        facts = {
            "kind": (KIND_WORDS[column.kind], "head"),
            "label": (column.label, "label"),
            "expression": (column.expression, "fact"),
            "type": (column.type_ref, "fact"),
            "allowed": (column.allowed, "fact"),
            "default": (column.default, "fact"),
        }
        put(sheet, PLACES["columns"], number, column.key)
        for name, (text, look) in facts.items():
            put(sheet, PLACES[name], number, text, f"{column.kind} {look}")
    put(sheet, PLACES["kind"], last, KIND_WORDS["description"], "description head")
    put(sheet, PLACES["label"], last, "为什么 / Why", "description label")
    for name in ("expression", "type", "allowed", "default"):
        put(sheet, PLACES[name], last, "", "description fact")


def _choices(sheet: Worksheet, grid: Grid, lists: Lists, lists_sheet: str, first_rule: int) -> None:
    def offer(values: Sequence[str], place: str, *, only: bool, title: str = "") -> None:
        choice = DataValidation(type="list", formula1=lists.place(values, lists_sheet))
        choice.allow_blank = True
        choice.showErrorMessage = only
        choice.errorTitle, choice.error = title or None, title or None
        sheet.add_data_validation(choice)
        choice.add(place)

    first, end = get_column_letter(FIRST), get_column_letter(FIRST + len(grid.columns) + 20)
    policies = POLICIES if grid.policy in POLICIES else (*POLICIES, grid.policy)
    offer(policies, f"{first}{PLACES['policy']}", only=True, title="命中策略 / Hit policy")
    kind, kinds = PLACES["kind"], tuple(KIND_WORDS.values())
    offer(kinds, f"{first}{kind}:{end}{kind}", only=True, title="列的种类 / Kind of column")
    offer(TYPES, f"{first}{PLACES['type']}:{end}{PLACES['type']}", only=False)
    for number, column in enumerate(grid.columns, FIRST):
        values = listed(column.allowed)
        if not values and column.type_ref.rpartition(":")[2] == "boolean":
            values = ("true", "false")
        if values and column.kind == "input":
            values = ("-", *values)
        if values:
            letter = get_column_letter(number)
            offer(values, f"{letter}{first_rule}:{letter}{LAST_ROW}", only=False)


def _fit(sheet: Worksheet, grid: Grid, last: int) -> None:
    """Widths by the longest lines; text as the format of whole columns, for rules added later."""
    widths = {HEAD: 20}
    for index, column in enumerate(grid.columns):
        texts = [
            column.label,
            column.expression,
            column.allowed,
            *(row.cells[index] for row in grid.rows),
        ]
        longest = max(wide(text) for text in texts)
        halves = [wide(part) for part in column.label.split(" / ")]
        widths[FIRST + index] = min(WIDEST, max(NARROWEST, *halves, min(longest, 30)) + 3)
    reasons = [wide(row.description) for row in grid.rows]
    widths[last] = min(WIDEST, max([24, *reasons]) + 2)
    for number, width in widths.items():
        dimension = sheet.column_dimensions[get_column_letter(number)]
        dimension.width = width
        dimension.number_format = "@"
        dimension.alignment = Alignment(wrap_text=True, vertical="top")
    for number in range(last + 1, last + 11):
        sheet.column_dimensions[get_column_letter(number)].number_format = "@"
    room = int(sum(widths.values()) * 0.95)
    described = sheet.row_dimensions[PLACES["description"]]
    described.height = 14.0 * min(6, lines(grid.description, room)) + 4
    sheet.row_dimensions[PLACES["title"]].height = 26
