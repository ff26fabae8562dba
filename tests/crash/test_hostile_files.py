"""Files made to harm are refused with one clear finding, quickly, and nothing changes."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.sites import ROOT, Released

PYTHON = "__import__('os').system('touch {marker}')"
OMBUD = "from runner.cli import main; main()"
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True)
class Hostile:
    """``write`` changes a copy of the procedure and gives the file it made harmful.

    ``rule`` is the finding's; ``unusable`` says that the file alone cannot be checked at all."""

    name: str
    rule: str
    write: Callable[[Path, Path], Path]
    unusable: bool = True

    def __str__(self) -> str:
        return self.name


def _file(text: str) -> Callable[[Path, Path], Path]:
    def write(folder: Path, marker: Path) -> Path:
        path = folder / "processes" / "hostile.bpmn"
        path.write_text(text.replace("{marker}", str(marker)), encoding="utf-8")
        return path

    return write


def _edit(name: str, old: str, new: str) -> Callable[[Path, Path], Path]:
    def write(folder: Path, marker: Path) -> Path:
        path = folder / "processes" / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} no longer holds {old}"
        changed = text.replace(old, new.replace("{marker}", str(marker)), 1)
        path.write_text(changed, encoding="utf-8")
        return path

    return write


def _laughs() -> str:
    entities = "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "lol">' for n in range(10)
    )
    return f"{DECLARATION}<!DOCTYPE definitions [{entities}]><definitions>&l9;</definitions>"


CONDITION = "=triage_result = &quot;pursue&quot;"
HOSTILE = (
    Hostile(
        "outside entity",
        "xml_doctype",
        _file(
            DECLARATION + '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
            '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">&x;</definitions>'
        ),
    ),
    Hostile("billion laughs", "xml_doctype", _file(_laughs())),
    Hostile("10,000 deep", "xml_too_deep", _file(DECLARATION + "<a>" * 10_000 + "</a>" * 10_000)),
    Hostile(
        "50 MB",
        "file_too_large",
        _file(DECLARATION + "<definitions>" + "<task/>" * 7_200_000 + "</definitions>"),
    ),
    Hostile(
        "Python in a condition",
        "expression_invalid",
        _edit("complaint.bpmn", CONDITION, "=" + PYTHON),
        unusable=False,
    ),
    Hostile(
        "a diagram that calls itself",
        "call_cycle",
        _edit("complaint.bpmn", 'processId="corrective_action"', 'processId="complaint"'),
        unusable=False,
    ),
)


@pytest.fixture
def procedure(tmp_path: Path) -> Path:
    for name in ("processes", "forms"):
        shutil.copytree(ROOT / name, tmp_path / "procedure" / name)
    return tmp_path / "procedure"


@pytest.mark.parametrize("hostile", HOSTILE, ids=str)
def test_check_refuses_it_with_one_finding(
    hostile: Hostile, procedure: Path, tmp_path: Path
) -> None:
    before = _errors(_ombud("check", str(procedure), "--format", "json", "--lang", "en"))
    assert before == [], "the shipped procedure has errors of its own"
    marker = tmp_path / "it ran"
    path = hostile.write(procedure, marker)

    done = _ombud("check", str(procedure), "--format", "json", "--lang", "en")
    assert done.returncode in (1, 2)
    (error,) = _errors(done)
    assert (error["rule"], Path(error["file"]).name) == (hostile.rule, path.name)
    assert 20 < len(error["message"]) < 400 + len(str(marker))

    alone = _ombud("check", str(path), "--format", "json")
    assert alone.returncode == (2 if hostile.unusable else 1)
    assert not marker.exists()


@pytest.mark.parametrize("hostile", HOSTILE, ids=str)
def test_release_refuses_it_and_changes_nothing(
    hostile: Hostile, procedure: Path, tmp_path: Path, released: Released
) -> None:
    site, settings = released.copy(tmp_path / "site")
    site.database.close()
    database = settings.data_dir / "ombud.db"
    marker = tmp_path / "it ran"
    path = hostile.write(procedure, marker)
    before = _content(database)

    done = _ombud("release", str(procedure), "--reason", "hostile", data_dir=settings.data_dir)
    assert done.returncode in (1, 2), done
    assert path.name in done.stderr + done.stdout
    assert "Traceback" not in done.stderr
    assert _content(database) == before
    assert not marker.exists()


def _ombud(*arguments: str, data_dir: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The real command. Fails when it does not come back."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("OMBUD_")}
    if data_dir is not None:
        environment["OMBUD_DATA_DIR"] = str(data_dir)
    return subprocess.run(
        [sys.executable, "-c", OMBUD, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def _errors(done: subprocess.CompletedProcess[str]) -> list[Mapping[str, str]]:
    assert done.stdout.startswith("["), done
    return [row for row in json.loads(done.stdout) if row["severity"] == "error"]


def _content(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        return hashlib.sha256("\n".join(connection.iterdump()).encode()).hexdigest()
