"""What was meant by a text that is not FEEL: the same text, written as FEEL wants it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from runner.definitions.wording import Both
from runner.feel import FeelSyntaxError

_WIDE = str.maketrans("，；（）＜＞＝－＋．：“”‘’", ",;()<>=-+.:\"\"''")
_SIGNS = (
    ("≤", "<="), ("≥", ">="), ("≠", "!="), ("==", "="), ("<>", "!="), ("&&", " and "),
    ("||", " or "),
)  # fmt: skip
_QUOTED = re.compile("[“”‘’'„]([^“”‘’'„\"]*)[“”‘’']")
_TEXT = re.compile(r'"[^"]*"|[^"]+')
_BOTH = re.compile(r"([<>]=?)\s*([^\s<>=]+)\s+and\s+([<>]=?)\s*([^\s<>=]+)")
_CHAIN = re.compile(r"([^\s<>=]+)\s*([<>]=?)\s*([^<>=]+?)\s*([<>]=?)\s*([^\s<>=]+)")
_EITHER = re.compile(r'"[^"]*"(?:\s+or\s+"[^"]*")+')
_NOT = re.compile(r"not\s+([^(].*)")
_MOST = 200
_SHOWN = 80


def meant(text: str, compiles: Callable[[str], object], *, cell: bool = False) -> str:
    """The text as it should be written, "" where that is not plain. ``cell``: it is a cell of a
    decision table. ``compiles`` raises FeelSyntaxError for what is not FEEL."""
    written = text.strip()
    if len(written) > _MOST:
        return ""
    for candidate in _candidates(written, cell):
        if candidate != written:
            try:
                compiles(candidate)
            except FeelSyntaxError:
                continue
            return candidate
    return ""


def _candidates(text: str, cell: bool) -> Iterator[str]:
    plain = _QUOTED.sub(r'"\1"', text)
    plain = _TEXT.sub(_signs, plain)
    spaced = " ".join(plain.split())
    if cell:
        if match := _BOTH.fullmatch(spaced):
            yield _range(*match.groups())
        if match := _CHAIN.fullmatch(spaced):
            low, before, _, after, high = match.groups()
            yield _range(_turned(before), low, after, high)
        if _EITHER.fullmatch(spaced):
            yield ",".join(re.findall(r'"[^"]*"', spaced))
        if match := _NOT.fullmatch(spaced):
            yield f"not({match[1]})"
        if plain.startswith("="):
            yield plain[1:].strip()
    elif match := _CHAIN.fullmatch(spaced):
        low, before, middle, after, high = match.groups()
        yield f"{low} {before} {middle} and {middle} {after} {high}"
    yield plain


def _signs(part: re.Match[str]) -> str:
    """The part with the signs of FEEL, unless it is a text in quotes."""
    found = part[0]
    if found.startswith('"'):
        return found
    found = found.translate(_WIDE)
    for wrong, right in _SIGNS:
        found = found.replace(wrong, right)
    return re.sub(" {2,}", " ", found)


def _turned(sign: str) -> str:
    return sign.translate(str.maketrans("<>", "><"))


def _range(first: str, one: str, second: str, other: str) -> str:
    """Two comparisons as a range; the text of nothing where both go the same way."""
    if first[0] == second[0]:
        return ""
    low, high = (
        ((first, one), (second, other)) if first[0] == ">" else ((second, other), (first, one))
    )
    opening = "[" if low[0].endswith("=") else "("
    closing = "]" if high[0].endswith("=") else ")"
    return f"{opening}{low[1]}..{high[1]}{closing}"


def syntax_words(
    text: str, error: FeelSyntaxError, compiles: Callable[[str], object], *, cell: bool = False
) -> Both:
    """Why the text cannot be read, where, and how to write it."""
    rows = text.split("\n")
    row = rows[error.line - 1] if error.line <= len(rows) else ""
    before = row[max(0, error.column - 16) : error.column - 1]
    line = Both(f"第 {error.line} 行", f"line {error.line}, ") if len(rows) > 1 else Both("", "")
    zh = f"“{_short(text)}”读不懂：{line.zh}第 {error.column} 个字符处"
    en = f'"{_short(text)}" cannot be read: at {line.en}character {error.column}'
    if before.strip():
        zh, en = f"{zh}（{_quoted(before).zh}之后）", f"{en} (after {_quoted(before).en})"
    found = _quoted(error.found)
    zh += f"遇到了{found.zh}" if error.found else "突然结束"
    en += f" found {found.en}" if error.found else " it ends"
    zh += f"，应为{'或'.join(error.expected_zh)}。"
    en += f"; expected {' or '.join(error.expected)}."
    better = meant(text, compiles, cell=cell)
    if better:
        zh, en = f"{zh}请写成 {better}。", f"{en} Write {better} instead."
    return Both(zh, en)


def _quoted(text: str) -> Both:
    """The text in quotes, other ones than those it consists of."""
    if re.search('[“”"]', text):
        return Both(f"「{text}」", f"'{text}'")
    return Both(f"“{text}”", f'"{text}"')


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _SHOWN else flat[: _SHOWN - 1] + "…"
