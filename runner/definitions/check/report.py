"""What ``ombud check`` prints: readable text, or JSON rows for other programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from runner.definitions.findings import Finding, Severity

_MARKS: dict[Severity, tuple[str, str, str]] = {
    "error": ("错误", "error", "\x1b[31m"),
    "warning": ("注意", "warning", "\x1b[33m"),
    "info": ("说明", "info", "\x1b[36m"),
}
_SINGULARS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}
_PLURALS: dict[Severity, str] = {"error": "errors", "warning": "warnings", "info": "notes"}
_END = "\x1b[0m"
_BOLD = "\x1b[1m"

UNUSABLE = frozenset(
    {
        "folder_empty", "folder_too_large", "link_leaves_folder", "file_too_large",
        "file_not_readable", "file_kind_unknown", "xml_too_large", "xml_doctype", "xml_too_deep",
        "xml_too_many_elements", "xml_not_well_formed", "not_bpmn", "no_process",
        "too_many_elements", "yaml_too_large", "yaml_not_readable",
    }
)  # fmt: skip
"""Rules of findings that mean: this input could not be used at all."""


def exit_status(findings: Sequence[Finding], *, single_file: bool = False) -> int:
    """0: no error; 1: errors; 2: the input could not be used.

    In a folder one unreadable file of many is an error; the same as the only input is unusable.
    """
    errors = [finding for finding in findings if finding.severity == "error"]
    if not errors:
        return 0
    whole = single_file or len(findings) == 1
    return 2 if whole and any(finding.rule in UNUSABLE for finding in errors) else 1


def format_json(findings: Sequence[Finding], language: str) -> str:
    """A JSON list of rows: rule, severity, file, line, element_id, element_name, message."""
    rows = [finding.as_row(language) for finding in findings]
    return json.dumps(rows, ensure_ascii=False, indent=2)


def format_text(findings: Sequence[Finding], language: str, colour: bool = False) -> str:
    """One block per file, one line per finding, a sum at the end; in the reader's language."""
    lines: list[str] = []
    by_file = sorted(findings, key=lambda finding: finding.file)
    for file, group in groupby(by_file, key=lambda finding: finding.file):
        lines.append(_paint(file, _BOLD, colour))
        for finding in group:
            lines.append(f"  {_mark(finding, language, colour)} {_text(finding, language)}")
        lines.append("")
    lines.append(_sum(findings, language))
    return "\n".join(lines)


def _mark(finding: Finding, language: str, colour: bool) -> str:
    zh, en, code = _MARKS[finding.severity]
    return _paint(zh if language.startswith("zh") else f"{en:<7}", code, colour)


def _text(finding: Finding, language: str) -> str:
    where = f"{finding.line}: " if finding.line else ""
    return f"{where}{finding.message(language)}  [{finding.rule}]"


def _sum(findings: Sequence[Finding], language: str) -> str:
    counts = Counter(finding.severity for finding in findings)
    chinese = language.startswith("zh")
    if not findings:
        return "没有发现问题。" if chinese else "Nothing wrong was found."
    if chinese:
        return "，".join(f"{_MARKS[k][0]} {counts[k]} 条" for k in _MARKS if counts[k]) + "。"
    return ", ".join(
        f"{counts[k]} {_SINGULARS[k] if counts[k] == 1 else _PLURALS[k]}"
        for k in _MARKS
        if counts[k]
    ) + "."  # fmt: skip


def _paint(text: str, code: str, colour: bool) -> str:
    return f"{code}{text}{_END}" if colour else text
