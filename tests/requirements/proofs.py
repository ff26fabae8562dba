"""What shows a requirement: scenarios by what their cases met, tests by the ids they name."""

from __future__ import annotations

import ast
import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from runner.definitions.files import read_folder
from runner.definitions.release import load_definitions
from runner.trying import build_stage, load_scenarios, run_scenario
from runner.trying.meeting import Met, meets
from runner.trying.places import Place, ids_in

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "build" / "trying"
SAMPLES = ("tests/trying/", "tests/manual/", "tests/requirements/")
"""Tests whose ids are samples: they show nothing about the requirement."""


@dataclass(frozen=True)
class Played:
    """One scenario as it was really run. ``problems`` is empty where it holds;
    ``claims`` are the ids it says it shows."""

    id: str
    profile: str
    met: Met
    flows: frozenset[tuple[str, ...]]
    problems: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()

    @property
    def held(self) -> bool:
        return not self.problems


def played_scenarios() -> list[Played]:
    """Every scenario of ``processes/scenarios/`` as it was run last; run now where the procedure,
    the product or a scenario changed by a byte since."""
    kept = KEPT / f"{_mark(read_folder(ROOT))}.json"
    if kept.exists():
        return [_read(one) for one in json.loads(kept.read_text(encoding="utf-8"))]
    return play_all()


def play_all() -> list[Played]:
    """Runs every scenario and keeps in ``build/`` what came of it."""
    files = read_folder(ROOT)
    kept = KEPT / f"{_mark(files)}.json"
    scenarios = load_scenarios(files, load_definitions(files))
    known = {scenario.id: scenario for scenario in scenarios}
    found = []
    with TemporaryDirectory(prefix="ombud-try-") as folder:
        place = Path(folder)
        stage = build_stage(files, scenarios, place / "stage")
        for scenario in scenarios:
            result = run_scenario(stage, scenario, known, place)
            found.append(
                Played(
                    scenario.id,
                    scenario.profile,
                    stage.reading.met(result.trace),
                    frozenset(result.trace.flows),
                    (*result.problems, *(result.story[-20:] if result.problems else ())),
                    scenario.requirements,
                )
            )
    KEPT.mkdir(parents=True, exist_ok=True)
    for old in KEPT.glob("*.json"):
        old.unlink(missing_ok=True)
    fresh = kept.with_suffix(f".{os.getpid()}")
    fresh.write_text(json.dumps([_written(one) for one in found]), encoding="utf-8")
    fresh.replace(kept)
    return found


def named_in_tests() -> Mapping[str, Sequence[str]]:
    """By id: the tests whose docstring, marks or texts name it, as ``tests/x.py::test_y``; what
    stands in a table of the file, or in one beside it that it reads, counts for the file."""
    found: dict[str, dict[str, None]] = {}
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        inside = file.relative_to(ROOT).as_posix()
        if inside.startswith(SAMPLES):
            continue
        for name, texts in _tests(ast.parse(file.read_text(encoding="utf-8"))):
            place = f"{inside}::{name}" if name else inside
            for requirement in ids_in(" ".join(texts)):
                found.setdefault(requirement, {})[place] = None
        for beside in _data_of(file):
            for requirement in ids_in(beside.read_text(encoding="utf-8")):
                found.setdefault(requirement, {})[inside] = None
    return {requirement: list(places) for requirement, places in found.items()}


def shown_by(requirement: str, places: Iterable[Place], played: Iterable[Played]) -> list[str]:
    """The scenarios that hold and whose case met one of the places; first those that are there for
    this requirement."""
    wanted = list(places)
    found = [one for one in played if one.held and any(meets(one.met, p) for p in wanted)]
    return [one.id for one in sorted(found, key=lambda one: requirement not in one.claims)]


def _data_of(test: Path) -> list[Path]:
    """The tables that lie beside a test and that it reads by name."""
    text = test.read_text(encoding="utf-8")
    beside = [*test.parent.glob("*.txt"), *test.parent.glob("*.yaml")]
    return [file for file in sorted(beside) if file.name in text]


def _tests(tree: ast.Module) -> Iterable[tuple[str, list[str]]]:
    outside: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
            yield node.name, _strings(node)
        elif isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            around = [ast.get_docstring(node) or ""]
            around += [text for mark in node.decorator_list for text in _strings(mark)]
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef) and inner.name.startswith("test"):
                    yield f"{node.name}::{inner.name}", [*around, *_strings(inner)]
        elif not isinstance(node, ast.Expr):  # a module's docstring tells, it does not test
            outside += _strings(node)
    yield "", outside


def _strings(node: ast.AST) -> list[str]:
    return [
        inner.value for inner in ast.walk(node)
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str)
    ]  # fmt: skip


def _mark(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256(b"with claims")
    for path, data in sorted(files.items()):
        digest.update(f"{path}\0{len(data)}\0".encode() + data)
    for folder in ("runner", "service_tasks"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:32]


def _written(one: Played) -> dict[str, Any]:
    met = {name: sorted(value) for name, value in asdict(one.met).items()}
    return {"id": one.id, "profile": one.profile, "problems": one.problems, "met": met,
            "flows": sorted(one.flows), "claims": one.claims}  # fmt: skip


def _read(data: Mapping[str, Any]) -> Played:
    met = Met(**{field.name: _keys(data["met"][field.name]) for field in fields(Met)})
    problems, claims = tuple(data["problems"]), tuple(data["claims"])
    return Played(data["id"], data["profile"], met, _keys(data["flows"]), problems, claims)


def _keys(values: Iterable[Any]) -> frozenset[Any]:
    return frozenset(tuple(value) if isinstance(value, list) else value for value in values)
