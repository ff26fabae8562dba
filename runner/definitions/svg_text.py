"""Text in drawings: how wide it is, where it breaks, and as SVG."""

from __future__ import annotations

import unicodedata
from html import escape

LINE_HEIGHT = 1.25
_NARROW = frozenset("il.,;:'|!()[]/ ")


def width_of(text: str, size: float) -> float:
    """About how many pixels ``text`` takes at a font size; never less than a browser needs by
    more than a few percent (Chinese one em, Latin by the widths of Arial)."""
    return sum(_em(char) for char in text) * size


def _em(char: str) -> float:
    if unicodedata.east_asian_width(char) in "WF":
        return 1.0
    if char in _NARROW:
        return 0.3
    return 0.68 if char.isupper() or char in "mwMW@%" else 0.54


def wrap(text: str, width: float, size: float) -> list[str]:
    """The lines of ``text``: Latin breaks at spaces, Chinese between any two characters but never
    before closing punctuation. A word wider than the line stays whole."""
    lines: list[str] = []
    line = ""
    for part in _parts(text):
        wider = line + part
        if line.strip() and width_of(wider.strip(), size) > width and not _closes(part):
            lines.append(line.strip())
            line = part.lstrip()
        else:
            line = wider
    return [*lines, line.strip()] if line.strip() else lines


def _parts(text: str) -> list[str]:
    """Unbreakable pieces, spaces kept in front of what follows them."""
    parts: list[str] = []
    word = ""
    for char in " ".join(text.split()):
        if unicodedata.east_asian_width(char) in "WF":
            if word:
                parts.append(word)
            parts.append(char)
            word = ""
        elif char == " ":
            if word:
                parts.append(word)
            word = " "
        else:
            word += char
    return [*parts, word] if word else parts


def _closes(part: str) -> bool:
    return part in {"，", "。", "、", "；", "：", "？", "！", "）", "」", "》", "”"}


def text_block(
    lines: list[str], x: float, middle: float, size: float, kind: str = "", anchor: str = "middle"
) -> str:
    """``lines`` centred on height ``middle``. ``kind`` is the CSS class of the text."""
    if not lines:
        return ""
    step = size * LINE_HEIGHT
    first = middle - (len(lines) - 1) * step / 2 + size * 0.36
    spans = "".join(
        f'<tspan x="{x:g}" y="{first + number * step:.4g}">{escape(line)}</tspan>'
        for number, line in enumerate(lines)
    )
    name = f' class="{kind}"' if kind else ""
    return f'<text{name} font-size="{size:g}" text-anchor="{anchor}">{spans}</text>'
