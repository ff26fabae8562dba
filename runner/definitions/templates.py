"""Texts of mails and documents: ``processes/templates/<name>.<zh|en>.txt``.

The first line is ``Subject: ...``, then an empty line, then the body. ``{{complaint_number}}``
stands for a value by its name; ``{{triage.severity}}`` for an entry of one. A line that is only a
label and a value, such as ``Basis: {{reply_basis}}``, is left out while there is no value;
elsewhere a dash stands for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from runner.definitions.findings import Finding

FOLDER = "processes/templates/"
LANGUAGES = ("zh", "en")
MAX_BYTES = 100_000
_NAME = re.compile(r"(?P<name>[a-z][a-z0-9_]*)\.(?P<language>zh|en)\.txt")
_PLACE = re.compile(r"\{\{\s*(.*?)\s*\}\}")
_PATH = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_LABELLED = re.compile(r"^[^\n{}:：]+[:：] *\{\{\s*(.*?)\s*\}\}\n\n?", re.MULTILINE)
NO_VALUE = "—"
_SUBJECT = re.compile(r"(?:subject|主题)\s*[:：]\s*(?P<text>.*\S)\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Template:
    """One text in one language. ``placeholders`` are dotted paths, in order, without doubles."""

    name: str
    language: str
    subject: str
    body: str
    placeholders: tuple[str, ...]

    def render(self, text_of: Callable[[str], str]) -> tuple[str, str]:
        """(subject, body); ``text_of`` gives the text of each placeholder's path, empty where there
        is no value, and may raise."""

        def place(match: re.Match[str]) -> str:
            return text_of(match[1]) or NO_VALUE

        def line(match: re.Match[str]) -> str:
            return match[0] if text_of(match[1]) else ""

        subject = " ".join(_PLACE.sub(place, self.subject).split())  # never a second header line
        return subject, _PLACE.sub(place, _LABELLED.sub(line, self.body))


def load_template(data: bytes, file: str) -> tuple[Template | None, list[Finding]]:
    """The template of one file. Never raises; None comes with a finding."""
    named = _NAME.fullmatch(file.removeprefix(FOLDER))
    if named is None:
        return None, [
            _finding(
                file,
                "模板文件应叫 <名称>.zh.txt 或 <名称>.en.txt，名称只用小写英文、数字和下划线。",
                "A template is called <name>.zh.txt or <name>.en.txt; the name has lower-case "
                "letters, digits and underscores only.",
            )
        ]
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n") if len(data) <= MAX_BYTES else ""
    except UnicodeDecodeError:
        text = ""
    first, _, rest = text.partition("\n")
    subject = _SUBJECT.fullmatch(first)
    if subject is None or rest[:1] not in ("\n", ""):
        return None, [
            _finding(
                file,
                f"模板的第一行应是“Subject: 主题”，第二行空着，再写正文"
                f"（UTF-8，最多 {MAX_BYTES:,} 字节）。",
                f'The first line should be "Subject: ...", the second empty, then the text '
                f"(UTF-8, at most {MAX_BYTES:,} bytes).",
            )
        ]
    places = list(dict.fromkeys(_PLACE.findall(text)))
    wrong = [place for place in places if not _PATH.fullmatch(place)]
    if wrong:
        return None, [
            _finding(
                file,
                f"“{{{{{wrong[0]}}}}}”不是一个名称。"
                "双大括号里只写变量名，例如 {{customer_name}}。",
                f'"{{{{{wrong[0]}}}}}" is no name. Write only the name of a variable in double '
                "braces, for instance {{customer_name}}.",
            )
        ]
    return Template(
        name=named["name"],
        language=named["language"],
        subject=subject["text"],
        body=rest.removeprefix("\n"),
        placeholders=tuple(places),
    ), []


def _finding(file: str, zh: str, en: str) -> Finding:
    return Finding(file=file, rule="template_invalid", severity="error", zh=zh, en=en)
