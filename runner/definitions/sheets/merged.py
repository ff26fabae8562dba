"""Merged cells among the rules: one value for several rules below one another."""

from __future__ import annotations

from runner.definitions.sheets.layout import FIRST
from runner.definitions.sheets.remarks import Remark
from runner.definitions.sheets.workbook import MAX_CELLS, Sheet


def spread(sheet: Sheet, header: int, remarks: list[Remark], wrong: list[Remark]) -> None:
    """Give the value of cells merged downwards to each of their rules, below the row `header`, and
    say so; what is merged sideways is noted in `wrong`, since the value would stand for nothing."""
    left_over = MAX_CELLS
    for top, left, bottom, right in sheet.merged:
        if bottom <= header or right < FIRST:
            continue
        place = sheet.place(top, left)
        left_over -= max(bottom - top, 0)
        too_many = bottom - top > MAX_CELLS // 50 or left_over < 0
        if left != right or top <= header or too_many:
            wrong.append(
                Remark(
                    place,
                    "合并的单元格横跨多列、伸到表头或太长。请取消合并。",
                    "The merged cells span columns, reach into the heading or are too many. Unmerge"
                    " them.",
                )
            )
            continue
        cell = sheet.cells.get((top, left))
        if cell is None:
            continue
        for row in range(top + 1, bottom + 1):
            sheet.cells[row, left] = cell
        remarks.append(
            Remark(
                place,
                f"合并单元格的值用于第 {top} 至 {bottom} 行的每条规则。",
                f"the value of the merged cells is given to each rule of rows {top} to {bottom}.",
            )
        )
