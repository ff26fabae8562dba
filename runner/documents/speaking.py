"""What a document says, in Chinese, in English or in both: labels, values, its own few words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import tzinfo
from decimal import Decimal

from runner.definitions.findings import half
from runner.reports.labels import Labels
from runner.reports.presenting import value

LONGEST = 20_000  # characters of one text; the case holds the whole
_UNBROKEN = 24  # longer runs without a place to break get some
_RUN = re.compile(rf"[!-~\u00a1-\u024f]{{{_UNBROKEN + 1},}}")
# Overrides of the writing direction can make a text read as something else than it is.
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
WORDS: Mapping[str, str] = {
    "revision": "修订 / Rev.",
    "made_at": "生成于 / Produced",
    "made_by": "生成人 / Produced by",
    "simulated": "模拟案件 / simulated case",
    "signature_open": "未签署 / not signed yet",
    "none": "没有记录。 / Nothing was recorded.",
    "why": "为什么 / Why",
    "start": "现象 / Phenomenon",
    "root": "根本原因 / Root cause",
    "number": "编号 / No.",
    "not_shown": "图片无法显示 / The picture cannot be shown",
    "too_many": "其余未列出 / The rest is not shown",
    "cut": "（以下从略，全文见案件） / (cut here; the case has the whole)",
    "contents": "目录 / Contents",
    "system": "系统 / System",
    "customer": "客户 / Customer",
    "case": "案件 / Case",
    "period": "期间 / Period",
    "document": "文件 / Document",
    "file": "文件名 / File",
}


class Speaker:
    """``language`` is ``zh``, ``en`` or ``both``: then both halves stand beside each other."""

    def __init__(self, language: str, labels: Labels, zone: tzinfo) -> None:
        self.language = language
        self.labels = labels
        self.zone = zone

    def say(self, label: str) -> str:
        """The reader's half of a label, or both."""
        if self.language == "both":
            return " ".join(label.split())
        return half(label, self.language)

    def word(self, name: str) -> str:
        return self.say(WORDS[name])

    def name(self, variable: str) -> str:
        """What a variable is called."""
        return self._both(lambda language: self.labels.name(variable, language))

    def shown(self, content: object, variable: str = "") -> str:
        """A value as text; empty for nothing."""
        if content is None or content in ("", []):
            return ""
        if self.language == "both" and isinstance(content, list | tuple):
            parts = [self.shown(item, variable) for item in content]
            several = any(isinstance(item, Mapping) for item in content)
            return "\n".join(parts) if several else "、".join(parts)
        return clean(
            self._both(lambda lang: value(content, lang, self.zone, None, self.labels, variable))
        )

    def _both(self, make: Callable[[str], str]) -> str:
        if self.language != "both":
            return make(self.language)
        zh, en = make("zh"), make("en")
        return zh if zh == en else f"{zh} / {en}"


def clean(text: str) -> str:
    """The text without what no document can show (NUL and other controls, lone surrogates, turns of
    direction), with places to break where it has none, cut at ``LONGEST``."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    text = _TURNS.sub("", text)
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]}… {WORDS['cut']}"
    return _RUN.sub(_with_breaks, text)


def _with_breaks(run: re.Match[str]) -> str:
    found = run[0]
    parts = [found[n : n + _UNBROKEN] for n in range(0, len(found), _UNBROKEN)]
    return "\u200b".join(parts)


def flat(value: object) -> list[str]:
    """The texts of a value that may be a list of lists."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list | tuple):
        return [text for item in value for text in flat(item)]
    return []


def number(value: object) -> float | None:
    """A number for charts; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        return None
    return round(float(value), 4)
