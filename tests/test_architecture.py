"""The rooms of the house and the doors between them: imports point down, one place commits."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# Lower numbers never import higher ones.
LEVEL = {
    "runner.errors": 0,
    "runner.clock": 0,
    "runner.lifecycle": 0,
    "runner.merkle": 0,
    "runner.notes": 0,
    "runner.feel": 0,
    "runner.event_base": 1,
    "runner.events": 1,
    "runner.events_thrown": 1,
    "runner.events_changes": 1,
    "runner.events_waiting": 1,
    "runner.settings": 1,
    "runner.encoding": 1,
    "runner.calendars": 1,
    "service_tasks": 1,
    "runner.definitions": 2,
    "runner.store": 2,
    "runner.reports": 3,
    "runner.engine": 3,
    "runner.evidence": 4,
    "runner.documents": 4,
    "runner.manual": 4,
    "runner.documents.typesetting": 1,  # knows nothing of ours: the check typesets layouts too
    "runner.documents.typeset_child": 1,
    "runner.worker": 5,
    "runner.demo": 6,
    "runner.trying": 6,
    "runner.web": 6,
    "runner.serving": 7,
    "runner.terminal": 7,
    "runner.cli_documents": 7,
    "runner.cli_feel": 7,
    "runner.cli_manual": 7,
    "runner.cli_migrate": 7,
    "runner.cli_tables": 7,
    "runner.cli_try": 7,
    "runner.cli": 8,
    "runner.cli_workers": 8,
}
# An auditor reads one file from top to bottom: docs/decisions/0003-one-file-verifier.md.
LONG_BY_DECISION = {"runner/evidence/verify.py"}


def modules() -> Iterator[tuple[str, Path]]:
    for package in ("runner", "service_tasks"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if "shipped" not in path.parts:
                yield ".".join(path.relative_to(ROOT).with_suffix("").parts), path


@cache
def imports(path: Path) -> tuple[str, ...]:
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found += [node.module, *(f"{node.module}.{name.name}" for name in node.names)]
        elif isinstance(node, ast.Import):
            found += [name.name for name in node.names]
    return tuple(found)


def level(module: str) -> int | None:
    parts = module.split(".")
    for size in range(len(parts), 0, -1):
        found = LEVEL.get(".".join(parts[:size]))
        if found is not None:
            return found
    return None


MODULES = list(modules())


@pytest.mark.parametrize(("name", "path"), MODULES, ids=[name for name, _ in MODULES])
def test_imports_point_down(name: str, path: Path) -> None:
    if name in {"runner", "runner.__init__"}:
        return
    own = level(name)
    assert own is not None, f"{name} has no place in the architecture"
    for imported in imports(path):
        other = level(imported)
        assert other is None or other <= own, f"{name} imports {imported}, which is above it"


def test_only_the_spiff_folder_imports_spiffworkflow() -> None:
    for name, path in MODULES:
        if any(imported.startswith("SpiffWorkflow") for imported in imports(path)):
            assert name.startswith("runner.engine.spiff."), name


def test_feel_imports_nothing_else_of_ours() -> None:
    for name, path in MODULES:
        if name.startswith("runner.feel"):
            for imported in imports(path):
                assert not imported.startswith("runner.") or imported.startswith("runner.feel")


def test_service_tasks_know_only_their_contract() -> None:
    for name, path in MODULES:
        if name.startswith("service_tasks"):
            assert not any(imported.startswith("runner") for imported in imports(path)), name


def test_nobody_commits_but_the_database_module() -> None:
    for name, path in MODULES:
        if name not in {"runner.store.database", "runner.engine.transaction"}:
            assert ".commit()" not in path.read_text(encoding="utf-8"), name


def test_sql_is_written_in_the_store_alone() -> None:
    for name, path in MODULES:
        if not name.startswith(("runner.store", "runner.evidence.reading")):
            for imported in imports(path):
                assert imported not in {"sqlalchemy.select", "sqlalchemy.text"}, name


def test_nothing_of_ours_runs_text_as_code() -> None:
    for name, path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in {"eval", "exec", "compile", "__import__"}, name


def test_modules_stay_short() -> None:
    for _, path in MODULES:
        inside = path.relative_to(ROOT).as_posix()
        if inside not in LONG_BY_DECISION and "versions" not in path.parts:  # history, generated
            assert len(path.read_text(encoding="utf-8").splitlines()) <= 400, inside
