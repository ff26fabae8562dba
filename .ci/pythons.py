"""The suite on the other supported Pythons of this machine, each in a venv of its own in build/.

`prepare` makes the venvs (again only when the lock or the Python changed); `test` runs the suite on
them and prints what ran where. Python's standard library alone. PYTHONS says which:

  (nothing)       every other supported Python found here, the part that depends on the interpreter
  all             the same with the whole suite
  3.12 or 3.12,3.13   only these
  none            only the Python of .venv
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

SUPPORTED = ("3.11", "3.12", "3.13")
ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"
# What depends on the interpreter: its parser, numbers, dates, threads, C extensions, drivers.
PART = (
    "tests/calendars", "tests/conformance", "tests/definitions", "tests/engine", "tests/evidence",
    "tests/feel", "tests/properties/test_generated_walks.py", "tests/service_tasks", "tests/store",
    "tests/test_encoding.py", "tests/test_merkle.py", "tests/worker",
)  # fmt: skip
PART_MARKS = "not soak and not browser and not once"
WHOLE_MARKS = "not soak"
_ASK = "import sys; print('%d.%d %s' % (*sys.version_info[:2], sys.implementation.name))"


@dataclass(frozen=True)
class Unusable(Exception):
    """A Python that is here and cannot be used. ``why`` is one line."""

    why: str


def main(arguments: list[str]) -> int:
    """`prepare` never fails; `test` is 1 when tests fail, not when a Python is missing."""
    wanted = os.environ.get("PYTHONS", "")
    own = f"{sys.version_info[0]}.{sys.version_info[1]}"
    versions = [v for v in SUPPORTED if v != own and _is_wanted(v, wanted)]
    if arguments == ["prepare"]:
        for version in versions:
            try:
                venv_for(version)
            except (LookupError, Unusable):
                continue  # told by `test`
        return 0
    if arguments != ["test"]:
        print(__doc__)
        return 2
    lines = [f"Python {own}: {counts(result_file(own))}"]
    failed = 0
    for version in versions:
        line, status = tested(version, whole=wanted == "all")
        lines.append(f"Python {version}: {line}")
        failed |= status
    print("\n== what ran where")
    print("\n".join(f"   {line}" for line in lines))
    return failed


def _is_wanted(version: str, wanted: str) -> bool:
    return wanted in ("", "all") or version in wanted.replace(",", " ").split()


def tested(version: str, *, whole: bool) -> tuple[str, int]:
    """Runs the suite on this Python: what to say of it, and 1 where tests failed."""
    try:
        venv = venv_for(version)
    except LookupError:
        return "not installed here, so nothing ran", 0
    except Unusable as unusable:
        return f"FOUND BUT UNUSABLE, so nothing ran: {unusable.why}", 0
    result = result_file(version)
    result.unlink(missing_ok=True)
    print(f"\n== tests on Python {version}{'' if whole else ': what depends on the interpreter'}")
    sys.stdout.flush()
    done = subprocess.run(
        [
            venv / "bin/python", "-m", "pytest", "-q", "-n", "2", "--dist", "loadscope",
            "-p", "no:cacheprovider", "-rs", "-m", WHOLE_MARKS if whole else PART_MARKS,
            f"--junitxml={result}", *(() if whole else PART),
        ],
        cwd=ROOT,
        check=False,
    )  # fmt: skip
    part = "the whole suite" if whole else "what depends on the interpreter"
    return f"{counts(result)} ({part})", int(done.returncode != 0)


def result_file(version: str) -> Path:
    return BUILD / f"tests-python{version}.xml"


def counts(result: Path) -> str:
    """Such as `3210 passed, 4 skipped, 0 failed in 312 s`."""
    try:
        suites = list(ET.parse(result).getroot().iter("testsuite"))
    except (OSError, ET.ParseError):
        return "no result"

    def total(*names: str) -> int:
        return sum(int(suite.get(name, "0")) for suite in suites for name in names)

    failed, skipped = total("failures", "errors"), total("skipped")
    passed = total("tests") - failed - skipped
    seconds = sum(float(suite.get("time", "0")) for suite in suites)
    return f"{passed} passed, {skipped} skipped, {failed} failed in {seconds:.0f} s"


def venv_for(version: str) -> Path:
    """The venv of this version with everything locked. Raises ``LookupError`` where there is no
    such Python, ``Unusable`` where it does not begin, or what is locked cannot be installed."""
    python = find(version)
    venv = BUILD / f"python{version}"
    stamp = venv / ".installed"
    lock = (ROOT / "requirements.lock").read_bytes()
    wanted = f"{python}\n{hashlib.sha256(lock).hexdigest()}\n"
    if stamp.exists() and stamp.read_text() == wanted and _answers(venv / "bin/python", version):
        return venv
    shutil.rmtree(venv, ignore_errors=True)
    BUILD.mkdir(exist_ok=True)
    _make(python, venv)
    _install(venv)
    stamp.write_text(wanted)
    return venv


def _make(python: Path, venv: Path) -> None:
    """Debian may lack a part of it: other ways are tried."""
    ways: list[list[str | Path]] = [
        [python, "-m", "venv", venv],
        ["uv", "venv", "-q", "--seed", "--python", python, venv],
        ["virtualenv", "-q", "-p", python, venv],
    ]
    why = ""
    for way in ways:
        said = _run(way)
        if said is None and (venv / "bin/python").exists():
            return
        why = why or said or ""
        shutil.rmtree(venv, ignore_errors=True)
    raise Unusable(f"no virtual environment can be made with {python}: {why}")


def _install(venv: Path) -> None:
    said = _run(
        [
            venv / "bin/python", "-m", "pip", "install", "-q", "--disable-pip-version-check",
            "--no-deps", "--require-hashes", "-r", ROOT / "requirements.lock",
        ]
    )  # fmt: skip
    if said is not None:
        raise Unusable(f"requirements.lock cannot be installed: {said}")


def _run(command: list[str | Path]) -> str | None:
    """None when it went well, else the last line of what it said."""
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )
    except OSError as error:
        return str(error)
    if done.returncode == 0:
        return None
    lines = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")]
    return (errors or lines or [f"status {done.returncode}"])[-1].strip()[:300]


def find(version: str) -> Path:
    """A Python of this version that really begins. Raises ``LookupError`` where there is none,
    ``Unusable`` where one is installed and none begins."""
    seen: list[Path] = []
    for candidate in candidates(version):
        if _answers(candidate, version):
            return candidate
        seen.append(candidate)
    # a shim on the path belongs to no version in particular: it alone is no installed Python
    real = [path for path in seen if path.parent.name != "shims"]
    if real:
        raise Unusable(f"{real[0]} does not begin")
    raise LookupError(version)


def candidates(version: str) -> Iterator[Path]:
    """Where one may be: the path, pyenv's versions, uv's."""
    name = f"python{version}"
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        if folder and os.access(Path(folder) / name, os.X_OK):
            yield Path(folder) / name
    roots = {os.environ.get("PYENV_ROOT", ""), str(Path.home() / ".pyenv")} - {""}
    for root in sorted(roots):
        versions = [p for p in Path(root).glob(f"versions/{version}*") if _is(p.name, version)]
        yield from _existing(p / "bin" / name for p in sorted(versions, key=_newest, reverse=True))
    uv = shutil.which("uv")
    if uv:
        done = subprocess.run(
            [uv, "python", "find", "--no-python-downloads", version],
            capture_output=True, text=True, check=False, cwd=ROOT,
        )  # fmt: skip
        if done.returncode == 0 and done.stdout.strip():
            yield from _existing([Path(done.stdout.strip())])


def _existing(paths: Iterable[Path]) -> Iterator[Path]:
    return (path for path in paths if os.access(path, os.X_OK))


def _is(name: str, version: str) -> bool:
    return name == version or name.startswith(f"{version}.")


def _newest(path: Path) -> list[int]:
    return [int(part) for part in path.name.split(".") if part.isdigit()]


def _answers(python: Path, version: str) -> bool:
    try:
        done = subprocess.run(
            [python, "-c", _ASK], capture_output=True, text=True, check=False, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and done.stdout.strip() == f"{version} cpython"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
