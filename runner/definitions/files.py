"""The files of a release: read from a folder within limits, named and hashed canonically."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from runner.definitions.findings import Finding
from runner.definitions.xml import UnreadableFile
from runner.encoding import canonical

ReleaseFiles = Mapping[str, bytes]
"""Relative path with ``/`` (``processes/intake.bpmn``, ``forms/assessment.form``) to content."""

ROOTS = ("processes", "forms")
MAX_FILE_BYTES = 2_000_000
MAX_FILES = 2_000
MAX_TOTAL_BYTES = 50_000_000

# Hidden folders are skipped, but for the modeler's own element templates.
KINDS = (
    re.compile(r"processes/(?:[\w-]+/)*[\w.-]+\.(?:bpmn|dmn|yaml|yml|md|json|txt)"),
    re.compile(r"processes/templates/documents/[\w.-]+\.typ"),
    re.compile(r"processes/\.camunda/element-templates/[\w.-]+\.json"),
    re.compile(r"forms/(?:[\w-]+/)*[\w.-]+\.(?:form|md)"),
)


def is_release_file(path: str) -> bool:
    """Whether a file of this relative path belongs to a release."""
    return any(kind.fullmatch(path) for kind in KINDS)


def read_folder(root: Path) -> ReleaseFiles:
    """Every file of ``processes/`` and ``forms/`` below ``root`` that belongs to a release.

    Sorted by path. Raises ``UnreadableFile`` with one finding: neither folder is there, a link
    leads out of ``root``, a file is over 2,000,000 bytes, there are more than 2,000 files or
    50,000,000 bytes, or a file cannot be read. Others are left out: see ``skipped_files``.
    """
    if not any((root / name).is_dir() for name in ROOTS):
        raise _refused(
            str(root),
            "folder_empty",
            "文件夹里没有 processes 或 forms。请指向放着它们的文件夹。",
            "The folder holds neither processes nor forms. Point at the folder they lie in.",
        )
    found: dict[str, bytes] = {}
    total = 0
    for relative, path in _walk(root):
        if not is_release_file(relative):
            continue
        found[relative] = data = _read(path, relative)
        total += len(data)
        if len(found) > MAX_FILES or total > MAX_TOTAL_BYTES:
            raise _refused(
                str(root),
                "folder_too_large",
                f"文件夹超过 {MAX_FILES:,} 个文件或 {MAX_TOTAL_BYTES:,} 字节。",
                f"The folder holds more than {MAX_FILES:,} files or {MAX_TOTAL_BYTES:,} bytes.",
            )
    return found


def skipped_files(root: Path) -> list[Finding]:
    """One info finding for each visible file below the two folders that no release contains."""
    return [
        _skipped(relative)
        for relative, path in _walk(root)
        if not is_release_file(relative) and not path.name.startswith(".")
    ]


def _skipped(relative: str) -> Finding:
    zh = "这种文件不属于程序，发布时不会包含它。"
    en = "A file of this kind is not part of the procedure; a release does not contain it."
    folder, _, name = relative.rpartition("/")
    if is_release_file(f"{folder}/x{PurePosixPath(name).suffix}"):
        zh = "文件名只能用字母、数字和 . _ -，不能有空格，因此发布时不会包含它。请改名。"
        en = (
            "The name may hold letters, digits and . _ - only, no spaces, so a release does not"
            " contain the file. Rename it."
        )
    return Finding(file=relative, rule="file_skipped", severity="info", zh=zh, en=en)


def manifest(files: ReleaseFiles) -> bytes:
    """Canonical JSON of relative path to SHA-256 (hex) of the content (docs/formats.md)."""
    return canonical({path: hashlib.sha256(data).hexdigest() for path, data in files.items()})


def digest(files: ReleaseFiles) -> str:
    """The release's digest: SHA-256 (hex) of its manifest. Same files, same digest."""
    return hashlib.sha256(manifest(files)).hexdigest()


def _walk(root: Path) -> list[tuple[str, Path]]:
    """(relative path, path) of every file below the two folders, sorted by relative path."""
    inside = root.resolve()
    rows: list[tuple[str, Path]] = []
    for name in ROOTS:
        for folder, folders, names in os.walk(root / name):
            folders[:] = sorted(f for f in folders if not f.startswith(".") or f == ".camunda")
            for entry in (*names, *(f for f in folders if (Path(folder) / f).is_symlink())):
                path = Path(folder) / entry
                relative = path.relative_to(root).as_posix()
                if path.is_symlink() and (path.is_dir() or not _is_below(path, inside)):
                    raise _refused(
                        relative,
                        "link_leaves_folder",
                        "这是一个指向别处的链接。请放入真正的文件。",
                        "This is a link that leads elsewhere. Put the real file here.",
                    )
                rows.append((relative, path))
    return sorted(rows)


def _is_below(path: Path, root: Path) -> bool:
    return path.resolve().is_relative_to(root)


def _read(path: Path, relative: str) -> bytes:
    try:
        with path.open("rb") as opened:
            data = opened.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise _refused(
            relative,
            "file_not_readable",
            f"文件读不出来：{error.strerror}。",
            f"The file cannot be read: {error.strerror}.",
        ) from error
    if len(data) > MAX_FILE_BYTES:
        size = path.stat().st_size
        raise _refused(
            relative,
            "file_too_large",
            f"文件有 {size:,} 字节，上限为 {MAX_FILE_BYTES:,} 字节。",
            f"The file has {size:,} bytes; at most {MAX_FILE_BYTES:,} are read.",
        )
    return data


def _refused(file: str, rule: str, zh: str, en: str) -> UnreadableFile:
    return UnreadableFile(Finding(file=file, rule=rule, severity="error", zh=zh, en=en))
