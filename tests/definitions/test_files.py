from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from runner.definitions.files import digest, manifest, read_folder, skipped_files
from runner.definitions.xml import UnreadableFile


def folder(root: Path, **files: bytes) -> Path:
    for name, data in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root


def refused(root: Path) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read_folder(root)
    return caught.value.finding.rule


def test_known_kinds_are_read_and_others_named(tmp_path: Path) -> None:
    folder(
        tmp_path,
        **{
            "processes__intake.bpmn": b"a",
            "processes__policies__x.yaml": b"b",
            "processes__.camunda__element-templates__a.json": b"c",
            "processes__templates__a.zh.txt": b"d",
            "forms__f.form": b"e",
            "forms__notes.xlsx": b"f",
            "processes__.DS_Store": b"g",
            "processes__.git__config.yaml": b"h",
            "elsewhere__x.bpmn": b"i",
        },
    )
    assert list(read_folder(tmp_path)) == [
        "forms/f.form",
        "processes/.camunda/element-templates/a.json",
        "processes/intake.bpmn",
        "processes/policies/x.yaml",
        "processes/templates/a.zh.txt",
    ]
    assert [finding.file for finding in skipped_files(tmp_path)] == ["forms/notes.xlsx"]


def test_the_digest_is_that_of_the_manifest() -> None:
    files = {"processes/b.bpmn": b"2", "forms/a.form": b"1"}
    one, two = (hashlib.sha256(data).hexdigest() for data in (b"1", b"2"))
    text = f'{{"forms/a.form":"{one}","processes/b.bpmn":"{two}"}}'.encode()
    assert manifest(files) == text
    assert digest(files) == hashlib.sha256(text).hexdigest()
    assert digest(dict(reversed(files.items()))) == digest(files)


def test_a_folder_without_a_procedure_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path) == "folder_empty"


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    outside = folder(tmp_path / "outside", **{"secret.yaml": b"x"})
    inside = folder(tmp_path / "inside", **{"processes__a.bpmn": b"x"})
    (inside / "processes" / "b.yaml").symlink_to(outside / "secret.yaml")
    assert refused(inside) == "link_leaves_folder"
    (inside / "processes" / "b.yaml").unlink()
    (inside / "processes" / "more").symlink_to(outside, target_is_directory=True)
    assert refused(inside) == "link_leaves_folder"


def test_a_file_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    folder(tmp_path, **{"processes__a.bpmn": b"x" * 2_000_001})
    assert refused(tmp_path) == "file_too_large"
