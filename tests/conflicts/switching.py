"""One story under two policies: where the sources conflict, the same diagrams do what each says.

A module of conflict tests names its cases in a table ``CASES``; they are released together once and
each is really run: engine, worker, database, moved clock.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from runner.definitions.release import load_definitions, read_folder
from runner.definitions.shipped import shipped_folder
from runner.trying import Result, build_stage, load_scenarios, run_scenario
from runner.trying.trace import Trace

FOLDER = "processes/scenarios/"
KEPT = (FOLDER + "scenario.schema.json", FOLDER + "usual_answers.yaml")
Play = Callable[[str], Trace]


def case(
    profile: str,
    values: Mapping[str, Any] | None = None,
    steps: list[dict[str, Any]] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A story under a policy whose open values are all decided by their proposals, but for
    ``values``. What no step says is answered as usual."""
    return {
        "title": "冲突 / Conflict",
        "profile": profile,
        "decided": True,
        "values": {"intake.evidence": "optional", **(values or {})},
        "start": {"event": "start_recorded", "channel": "phone", "at": "2026-03-02 09:00"},
        "steps": steps or [],
        **more,
    }


class Player:
    """Runs cases by name and says what happened. A case is run once."""

    def __init__(self, cases: Mapping[str, Mapping[str, Any]], folder: Path) -> None:
        files = {
            path: data
            for path, data in read_folder(shipped_folder()).items()
            if not path.startswith(FOLDER) or path in KEPT
        }
        for name, told in cases.items():
            text = json.dumps({"id": name, **told}, ensure_ascii=False, indent=1)  # JSON is YAML
            files[f"{FOLDER}{name}.yaml"] = text.encode()
        scenarios = load_scenarios(files, load_definitions(files))
        self._folder = folder
        self._known = {scenario.id: scenario for scenario in scenarios}
        self._stage = build_stage(files, scenarios, folder / "stage")
        self._results: dict[str, Result] = {}

    def __call__(self, name: str) -> Trace:
        if name not in self._results:
            found = run_scenario(self._stage, self._known[name], self._known, self._folder)
            self._results[name] = found
        result = self._results[name]
        assert result.held, "\n".join([*result.story, *result.problems])
        return result.trace


@pytest.fixture(scope="module")
def play(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Play:
    """Runs a case of the module's ``CASES``."""
    return Player(request.module.CASES, tmp_path_factory.mktemp("conflicts"))


def path(trace: Trace) -> list[str]:
    """The elements passed, in order."""
    return [element for _, element in trace.passed]


def groups(trace: Trace, element: str) -> tuple[str, ...]:
    """Who could do the latest task of the element."""
    return next(task.groups for task in reversed(trace.tasks) if task.element == element)
