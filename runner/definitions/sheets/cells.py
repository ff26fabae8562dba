"""The cells of one sheet as texts of FEEL, with everything to be said about them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from runner.definitions.sheets.contents import cell_text, narrowed
from runner.definitions.sheets.layout import FIRST
from runner.definitions.sheets.remarks import Remark, SheetsRefused
from runner.definitions.sheets.typed import as_typed, grouped_number, quoted, words_in
from runner.definitions.sheets.workbook import Sheet

Known = Mapping[str, str]
"""Texts that the file has already, by how they read in a cell; they are taken as they are."""


class CellReader:
    """Reads the cells of a sheet. `remarks` tell what was made of them, `wrong` what cannot be
    taken; both fill while it reads."""

    def __init__(
        self, sheet: Sheet, marks: Mapping[str, int], mac_dates: bool, names: frozenset[str]
    ) -> None:
        self.sheet = sheet
        self.marks = marks
        self.mac_dates = mac_dates
        self.names = names
        self.known: Known = {}
        self.present: frozenset[str] = frozenset()
        self.remarks: list[Remark] = []
        self.wrong: list[Remark] = []

    def take(self, known: Known) -> None:
        """Leave these texts as they are from now on."""
        self.known = known
        self.present = frozenset(known.values())

    def refuse(self, row: str | int, column: int, zh: str, en: str) -> None:
        """Note that the cell cannot be taken; rows before the rules go by their mark."""
        number = self.marks.get(row, 1) if isinstance(row, str) else row
        self.wrong.append(Remark(self.sheet.place(number, column), zh, en))

    def text(self, row: int, column: int) -> str:
        """What the cell says, as it stands in the file where it is there already."""
        try:
            text = cell_text(
                self.sheet.cells.get((row, column)),
                self.sheet.place(row, column),
                mac_dates=self.mac_dates,
            )
        except SheetsRefused as refused:
            self.wrong += refused.remarks
            return ""
        return self.known.get(text, text)

    def head(self, mark: str, column: int = FIRST) -> str:
        """What a row before the rules says, "" where the sheet has no such row."""
        return self.text(self.marks[mark], column) if mark in self.marks else ""

    def remark(self, row: int, column: int, zh: str, en: str) -> None:
        """Note what was made of the cell, or may be meant otherwise."""
        self.remarks.append(Remark(self.sheet.place(row, column), zh, en))

    def feel(self, row: int, column: int, values: Collection[str] = (), type_ref: str = "") -> str:
        """A text in FEEL: known texts as they are; others with FEEL's own punctuation, with what
        the type of the column asks for, and with the quotes that its `values` only lack."""
        text = self.text(row, column)
        if not text or text in self.present:
            return text
        if f'"{text.strip()}"' in values:  # whatever signs it is made of
            return self._quoted(row, column, text, values)
        try:
            plain = narrowed(text, self.names)
        except ValueError as unclear:
            self.refuse(
                row,
                column,
                f"“{text[:80]}”中的“{unclear}”不是 FEEL 的符号。并列的值之间用英文逗号，"
                "文字放在英文双引号里。",
                f'"{unclear}" in "{text[:80]}" is no sign of FEEL. Put commas between values and'
                ' double quotes (") around texts.',
            )
            return text
        if plain != text:
            self.remark(
                row,
                column,
                f"全角符号已改写：{text} → {plain}",
                f"full-width signs rewritten: {text} → {plain}",
            )
        return self._checked(row, column, self._as_typed(row, column, plain, type_ref), values,
                             type_ref)  # fmt: skip

    def _as_typed(self, row: int, column: int, text: str, type_ref: str) -> str:
        try:
            made = as_typed(text, type_ref)
        except ValueError as wrong:
            self.refuse(
                row,
                column,
                f"没有“{wrong}”这个日期或时间。",
                f'There is no such date or time as "{wrong}".',
            )
            return text
        if made != text:
            self.remark(
                row,
                column,
                f"按类型 {type_ref} 读取：{text} → {made}",
                f"read as {type_ref}: {text} → {made}",
            )
        return made

    def _checked(
        self, row: int, column: int, text: str, values: Collection[str], type_ref: str
    ) -> str:
        """The text with its quotes, and a remark on what FEEL takes otherwise than people do."""
        number = grouped_number(text)
        if number:
            several = number.replace(",", ", ")
            self.remark(
                row,
                column,
                f"“{number}”在 FEEL 里是几个值（{several}）。如果是一个数，请去掉逗号；"
                "如果是几个值，请在逗号后加空格。",
                f'"{number}" is several values in FEEL ({several}). Leave the commas out of a'
                " number; put a space after those between values.",
            )
        made = self._quoted(row, column, text, values)
        words = words_in(made) if type_ref.rpartition(":")[2] == "string" else ()
        if words:
            right = ",".join(f'"{word}"' for word in words)
            self.remark(
                row,
                column,
                f"“{made}”没有引号，读作变量。如果是文字，请写成 {right}。",
                f'"{made}" has no quotes and is read as a variable. If it is text, write {right}.',
            )
        return made

    def _quoted(self, row: int, column: int, text: str, values: Collection[str]) -> str:
        whole = f'"{text.strip()}"'
        made = whole if whole in values else quoted(text, values)
        if made != text:
            self.remark(row, column, f"已加引号：{text} → {made}", f"quotes added: {text} → {made}")
        return made
