"""How wide a label is on paper: the widths of Arial, and one em for a Chinese character."""

from __future__ import annotations

import unicodedata

TASK_TEXT, OUTSIDE_TEXT, LANE_TEXT = 12.0, 11.0, 12.0
TASK_WIDTH, OUTSIDE_WIDTH = 134.0, 88.0
LINE = 14.0
"""The height of one line of an outside label."""

# Advance widths of Arial in thousandths of an em, by the characters that have them.
_WIDTHS = {
    191: "'", 222: "ijl", 260: "|", 278: " !,./:;I[\\]ft", 333: "()-`r", 334: "{}", 355: '"',
    389: "*", 469: "^", 500: "Jcksvxyz", 556: "#$0123456789?L_abdeghnopqu", 584: "+<=>~",
    611: "FTZ", 667: "&ABEKPSVXY", 722: "CDHNRUw", 778: "GOQ", 833: "Mm", 889: "%", 944: "W",
    1015: "@",
}  # fmt: skip
_EM = {char: width / 1000 for width, chars in _WIDTHS.items() for char in chars}


def text_width(text: str, size: float) -> float:
    """Pixels that one line takes at a font size."""
    return sum(_em(char) for char in text) * size


def widest(lines: tuple[str, ...], size: float) -> float:
    """The width of the widest line; 0 where there is none."""
    return max((text_width(line, size) for line in lines), default=0.0)


def _em(char: str) -> float:
    known = _EM.get(char)
    if known is not None:
        return known
    return 1.0 if unicodedata.east_asian_width(char) in "WF" else 0.556
