"""What people type in a column of a type: TRUE, 2026/11/20 and plain words, as FEEL has them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection

_STRING = r'"(?:[^"\\]|\\.)*"'
_TRUE = frozenset({"true", "yes", "y", "是", "真", "对"})
_FALSE = frozenset({"false", "no", "n", "否", "假", "错"})
_TYPES = {
    "string": ("文字", "文本", "字符串", "text"),
    "number": ("数", "数字", "数值", "integer", "decimal"),
    "boolean": ("是否", "是/否", "布尔", "bool", "yes/no"),
    "date": ("日期",),
    "time": ("时间", "时刻"),
    "dateTime": ("日期时间", "datetime"),
}
_WRITTEN = {word: name for name, words in _TYPES.items() for word in words}
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?"
_DAY = (
    r"(?P<year>\d{4})(?:-(?P<m1>\d{1,2})-(?P<d1>\d{1,2})|/(?P<m2>\d{1,2})/(?P<d2>\d{1,2})"
    r"|\.(?P<m3>\d{1,2})\.(?P<d3>\d{1,2})|年(?P<m4>\d{1,2})月(?P<d4>\d{1,2})日)"
)
_EDGES = r"(?<![\w:/-])(?<!\w\.){}(?![\w:/-]|\.\d)"
_MOMENT = re.compile(
    rf"(?P<kept>{_STRING})|{_EDGES.format(rf'{_DAY}(?:[ T]+{_CLOCK})?')}", re.DOTALL
)
_TIME = re.compile(rf"(?P<kept>{_STRING})|{_EDGES.format(_CLOCK)}", re.DOTALL)
_GROUPED = re.compile(rf"(?P<kept>{_STRING})|(?<![\w.,])\d{{1,3}}(?:,\d{{3}})+(?![\w,])")
_WORD = re.compile(r"[^\W\d]\w*(?: +\w+)*")
_KEYWORDS = frozenset({"true", "false", "null"})


def as_typed(text: str, type_ref: str) -> str:
    """The cell with truth values, dates and times of its column's type as FEEL writes them; texts
    in quotes stay. Raises ValueError(part) for a day or hour that there is not."""
    name = type_ref.rpartition(":")[2]
    if name == "boolean":
        word = text.strip().lower()
        return "true" if word in _TRUE else "false" if word in _FALSE else text
    if name in ("date", "dateTime", "date and time"):
        return _MOMENT.sub(_moment, text)
    return _TIME.sub(_time, text) if name == "time" else text


def _moment(match: re.Match[str]) -> str:
    if match["kept"]:
        return match["kept"]
    month = match["m1"] or match["m2"] or match["m3"] or match["m4"]
    day = match["d1"] or match["d2"] or match["d3"] or match["d4"]
    try:
        date = dt.date(int(match["year"]), int(month), int(day)).isoformat()
        clock = _clock(match) if match["hour"] else ""
    except ValueError:
        raise ValueError(match[0]) from None
    return f'date and time("{date}T{clock}")' if clock else f'date("{date}")'


def _time(match: re.Match[str]) -> str:
    if match["kept"]:
        return match["kept"]
    try:
        return f'time("{_clock(match)}")'
    except ValueError:
        raise ValueError(match[0]) from None


def _clock(match: re.Match[str]) -> str:
    return dt.time(int(match["hour"]), int(match["minute"]), int(match["second"] or 0)).isoformat()


def type_of(text: str) -> str:
    """The type that is meant, where people write `文字` or `是否`; else the text itself."""
    return _WRITTEN.get(text.lower(), text)


def quoted(text: str, values: Collection[str]) -> str:
    """The words between commas with the quotes that they lack, where each is one of the `values`
    (which have theirs) once it has them; else the text itself."""
    made: list[str] = []
    for part in text.split(","):
        word = part.strip()
        found = next((one for one in (word, f'"{word}"') if one in values), None)
        if found is None:
            return text
        made.append(found)
    return ",".join(made) if [one.strip() for one in text.split(",")] != made else text


def words_in(text: str) -> tuple[str, ...]:
    """The words, where there is nothing but words between commas; FEEL reads them as variables."""
    parts = [part.strip() for part in text.split(",")]
    if not all(_WORD.fullmatch(part) and part not in _KEYWORDS for part in parts):
        return ()
    return tuple(parts)


def grouped_number(text: str) -> str:
    """A number with commas between its thousands, which FEEL reads as several; "" without one. A
    space after the comma says that several are meant."""
    return next((match[0] for match in _GROUPED.finditer(text) if not match["kept"]), "")
