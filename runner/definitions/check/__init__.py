"""Checking what owners wrote, before anybody runs it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePath

from runner.definitions.check.registry import Rule, page, rules_by_id
from runner.definitions.check.subject import Subject
from runner.definitions.files import (
    ROOTS,
    ReleaseFiles,
    is_release_file,
    read_folder,
    skipped_files,
)
from runner.definitions.findings import Finding
from runner.definitions.release import Definitions, load_definitions
from runner.definitions.xml import UnreadableFile
from service_tasks import handlers

__all__ = [
    "Rule",
    "check",
    "check_definitions",
    "check_file",
    "check_folder",
    "check_in_procedure",
    "page",
    "rules_by_id",
]

_ORDER = {"error": 0, "warning": 1, "info": 2}


def check(files: ReleaseFiles) -> list[Finding]:
    """Everything wrong with a whole procedure, errors first, then by file and line.

    Never raises for what a file holds. Without an error finding the files can be released.
    """
    return check_definitions(load_definitions(files))


def check_definitions(definitions: Definitions, *, whole: bool = True) -> list[Finding]:
    """``check`` for definitions that were read already. ``whole=False``: names that lead to other
    files are not errors, as those files are not here."""
    subject = Subject(definitions=definitions, handlers=handlers(), whole=whole)
    findings = set(definitions.findings)
    for rule in rules_by_id().values():
        findings.update(rule.check(subject))
    return sorted(findings, key=_place)


def check_file(data: bytes, name: str) -> list[Finding]:
    """``check`` for one file by itself, of any origin; ``name`` decides its kind by its ending.

    One ``file_kind_unknown`` error for a kind that is not checked.
    """
    plain = PurePath(name).name
    kind = PurePath(plain).suffix.lower()
    if kind not in (".bpmn", ".dmn", ".form"):
        return [_unknown_kind(name)]
    findings = check_definitions(load_definitions({plain: data}), whole=False)
    return [_named(finding, plain, name) for finding in findings]


def check_folder(root: Path) -> list[Finding]:
    """``check`` for ``root/processes`` and ``root/forms``, and what a release would leave out.

    A folder that cannot be read at all gives exactly one finding.
    """
    try:
        files = read_folder(root)
        return [*check(files), *skipped_files(root)]
    except UnreadableFile as unreadable:
        return [unreadable.finding]


def check_in_procedure(paths: Sequence[Path]) -> tuple[list[Finding], list[Path]]:
    """What ``check`` of the whole procedure around these files finds in them, and the files that
    are part of no procedure, or of one that cannot be read as a whole.

    A procedure is a folder that holds ``processes`` or ``forms``. Findings name the files as given.
    """
    found: list[Finding] = []
    alone: list[Path] = []
    around: dict[Path, list[Finding] | None] = {}
    for path in paths:
        root = next((up.parent for up in path.resolve().parents if up.name in ROOTS), None)
        relative = "" if root is None else path.resolve().relative_to(root).as_posix()
        if root is None or not is_release_file(relative):
            alone.append(path)
            continue
        if root not in around:
            try:
                around[root] = check(read_folder(root))
            except UnreadableFile:
                around[root] = None
        findings = around[root]
        if findings is None:
            alone.append(path)
        else:
            found += [
                _named(item, relative, str(path)) for item in findings if item.file == relative
            ]
    return found, alone


def _place(finding: Finding) -> tuple[int, str, int, str, str, str]:
    return (
        _ORDER[finding.severity],
        finding.file,
        finding.line,
        finding.rule,
        finding.element_id,
        finding.en,
    )


def _named(finding: Finding, plain: str, name: str) -> Finding:
    """The finding with the file named as the person named it."""
    if finding.file != plain or plain == name:
        return finding
    return Finding(**{**finding.__dict__, "file": name})


def _unknown_kind(name: str) -> Finding:
    return Finding(
        file=name,
        rule="file_kind_unknown",
        severity="error",
        zh="只能检查 .bpmn 流程图、.dmn 决策表和 .form 表单，或放着 processes、forms 的文件夹。",
        en="Only .bpmn diagrams, .dmn tables and .form forms can be checked, or a folder that "
        "holds processes and forms.",
    )
