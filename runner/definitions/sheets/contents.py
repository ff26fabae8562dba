"""What a cell typed in Excel means in FEEL, and what is refused because it could mean anything."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal

from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from runner.definitions.sheets.remarks import Remark, SheetsRefused
from runner.definitions.sheets.workbook import Cell

_WIDE = {
    "，": ",", "（": "(", "）": ")", "－": "-", "＋": "+", "＝": "=", "＜": "<", "＞": ">",
    "≥": ">=", "≤": "<=", "［": "[", "］": "]", "｛": "{", "｝": "}", "．": ".", "：": ":",
    "＊": "*", "／": "/", "！": "!", "？": "?", "＠": "@", "\u3000": " ", "\u00a0": " ", "—": "-",
    "–": "-", "−": "-", "…": "..",
    **{chr(0xFF10 + digit): str(digit) for digit in range(10)},
}  # fmt: skip
_UNCLEAR = "、；。‘’《》〈〉【】≠×÷＇｀"
_STRING = r'"(?:[^"\\]|\\.)*"|[“”＂][^“”＂"]*[“”＂]'
_LISTED = re.compile(r'\s*(?:"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false)\s*')


def cell_text(cell: Cell | None, place: str, *, mac_dates: bool = False) -> str:
    """The cell as FEEL text: texts as they are, numbers without needless digits, dates as calls of
    `date`. Raises SheetsRefused for formulas and errors."""
    if cell is None:
        return ""
    if cell.kind == "formula":
        raise SheetsRefused(
            Remark(
                place,
                f"单元格是 Excel 公式“{cell.text[:60]}”。请写成文本（FEEL 表达式或值）。",
                f'The cell is the Excel formula "{cell.text[:60]}". Write text: FEEL or a value.',
            )
        )
    if cell.kind == "error":
        raise SheetsRefused(
            Remark(
                place,
                f"单元格是错误值 {cell.text}。请更正或清空。",
                f"The cell is the error {cell.text}. Correct or clear it.",
            )
        )
    if cell.kind == "number":
        return _number(cell.text)
    if cell.kind in ("date", "duration"):
        return _moment(cell, place, mac_dates)
    return cell.text.replace("\r\n", "\n").replace("\r", "\n")


def _number(text: str) -> str:
    """Excel shows 15 digits of its binary fractions; so do we: 0.30000000000000004 is 0.3."""
    number = Decimal(f"{float(text):.15g}")
    return format(number.normalize() + 0, "f") if number else "0"


def _moment(cell: Cell, place: str, mac_dates: bool) -> str:
    epoch = CALENDAR_MAC_1904 if mac_dates else CALENDAR_WINDOWS_1900
    try:
        value = from_excel(float(cell.text), epoch, timedelta=cell.kind == "duration")
    except (ValueError, OverflowError):
        raise SheetsRefused(
            Remark(
                place,
                f"日期 {cell.text} 超出范围。",
                f"The date {cell.text} is out of range.",
            )
        ) from None
    if isinstance(value, dt.timedelta):
        seconds = round(value.total_seconds())
        return f'duration("{"-" if seconds < 0 else ""}PT{abs(seconds)}S")'
    if isinstance(value, dt.time):
        return f'time("{value.replace(microsecond=0).isoformat()}")'
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return f'date("{value.date().isoformat()}")'
    if isinstance(value, dt.datetime):
        return f'date and time("{value.replace(microsecond=0).isoformat()}")'
    return f'date("{value}")'


def narrowed(text: str, names: Iterable[str] = ()) -> str:
    """The FEEL text with the full-width signs that Chinese keyboards type replaced by those of
    FEEL, outside of strings, comments and the `names`. Raises ValueError(sign) for a sign of which
    nobody can tell what it should be."""
    kept = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    pattern = re.compile(
        rf"(?P<string>{_STRING})|(?P<kept>//[^\n]*|/\*.*?\*/{'|' + kept if kept else ''})"
        rf"|(?P<sign>.)",
        re.DOTALL,
    )

    def sign(match: re.Match[str]) -> str:
        if match["kept"]:
            return match["kept"]
        if match["string"]:
            string = match["string"]
            return string if string[0] == '"' else f'"{string[1:-1]}"'
        char = match["sign"]
        if char in _UNCLEAR or char in "“”＂":
            raise ValueError(char)
        return _WIDE.get(char, char)

    return pattern.sub(sign, text)


def wide_names(texts: Iterable[str]) -> frozenset[str]:
    """Those of the names in which full-width signs occur, so that they are no typing mistakes."""
    signs = set(_WIDE) | set(_UNCLEAR)
    return frozenset(text for text in texts if len(text) > 1 and signs & set(text))


def listed(text: str) -> tuple[str, ...]:
    """The values of a list of literals, as FEEL writes them; nothing where it is another test."""
    values: list[str] = []
    position = 0
    while match := _LISTED.match(text, position):
        values.append(match[0].strip())
        position = match.end() + 1
        if match.end() == len(text):
            return tuple(values)
        if text[match.end()] != ",":
            break
    return ()
