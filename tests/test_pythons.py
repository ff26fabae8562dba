"""`make test` on other Pythons: which are found, and what is said of those that are not."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[1] / ".ci" / "pythons.py"
OWN = f"{sys.version_info[0]}.{sys.version_info[1]}"


@pytest.fixture
def pythons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, on a machine that has only what the test puts on its path."""
    spec = importlib.util.spec_from_file_location("pythons", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "pythons", module)
    spec.loader.exec_module(module)
    for folder in ("bin", "shims", "home"):
        (tmp_path / folder).mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'shims'}:{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PYENV_ROOT", raising=False)
    monkeypatch.setattr(module, "BUILD", tmp_path / "build")
    monkeypatch.setattr(module, "SUPPORTED", ("9.1", "9.2"))
    return module


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_a_shim_that_refuses_is_passed_over_for_a_version_of_pyenv(
    pythons: ModuleType, tmp_path: Path
) -> None:
    program(tmp_path / "shims/python9.1", "exit 127")
    with pytest.raises(LookupError):
        pythons.find("9.1")
    versions = tmp_path / "home/.pyenv/versions"
    program(versions / "9.10.3/bin/python9.1", "echo 9.1 cpython")  # is 9.10, not 9.1
    with pytest.raises(LookupError):
        pythons.find("9.1")
    program(versions / "9.1.2/bin/python9.1", "echo 9.1 cpython")
    newest = program(versions / "9.1.10/bin/python9.1", "echo 9.1 cpython")
    assert pythons.find("9.1") == newest


def test_a_python_that_cannot_be_used_is_one_line_and_no_failure(
    pythons: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask = 'case "$1" in -c) echo 9.1 cpython;; *) echo "no venv here" >&2; exit 1;; esac'
    program(tmp_path / "bin/python9.1", ask)
    pythons.result_file(OWN).parent.mkdir()
    pythons.result_file(OWN).write_text(
        '<testsuites><testsuite tests="9" failures="1" errors="1" skipped="2" time="3.2"/>'
        "</testsuites>"
    )
    assert pythons.main(["prepare"]) == 0
    assert pythons.main(["test"]) == 0
    told = capsys.readouterr().out
    assert f"Python {OWN}: 5 passed, 2 skipped, 2 failed in 3 s" in told
    (line,) = [line for line in told.splitlines() if "Python 9.1" in line]
    assert "FOUND BUT UNUSABLE" in line
    assert "no venv here" in line
    assert "Python 9.2: not installed here, so nothing ran" in told


@pytest.mark.parametrize(
    ("wanted", "versions"),
    [("", {"9.1", "9.2"}), ("all", {"9.1", "9.2"}), ("9.2", {"9.2"}), ("none", set())],
)
def test_which_ones_may_be_said(
    pythons: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    wanted: str,
    versions: set[str],
) -> None:
    monkeypatch.setenv("PYTHONS", wanted)
    assert pythons.main(["test"]) == 0
    told = capsys.readouterr().out
    assert {v for v in ("9.1", "9.2") if f"Python {v}: not installed" in told} == versions
