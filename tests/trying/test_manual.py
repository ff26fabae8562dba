"""docs/scenarios.md says what there is: its example runs, and every key of the schema is told."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from runner.definitions.files import read_folder
from runner.definitions.release import load_definitions
from runner.trying import build_stage, load_scenarios, run_scenario

ROOT = Path(__file__).parents[2]
MANUAL = (ROOT / "docs/scenarios.md").read_text(encoding="utf-8")
SCHEMA = json.loads((ROOT / "processes/scenarios/scenario.schema.json").read_text(encoding="utf-8"))
PLAIN = {"id", "title", "description", "note"}  # what they are for is in their names


def test_the_first_example_runs_and_holds(tmp_path: Path) -> None:
    found = re.search(r"```yaml\n(id: (\w+).*?)```", MANUAL, re.DOTALL)
    assert found is not None
    files = {
        path: data for path, data in read_folder(ROOT).items()
        if not path.startswith("processes/scenarios/") or "usual" in path or "schema" in path
    }  # fmt: skip
    files[f"processes/scenarios/{found[2]}.yaml"] = found[1].encode()
    scenarios = load_scenarios(files, load_definitions(files))
    stage = build_stage(files, scenarios, tmp_path / "stage")
    result = run_scenario(stage, scenarios[0], {}, tmp_path)
    assert result.problems == []


def test_every_key_is_explained() -> None:
    keys = {*SCHEMA["properties"], *SCHEMA["properties"]["start"]["properties"]}
    keys |= {*SCHEMA["$defs"]["step"]["properties"], *SCHEMA["$defs"]["expect"]["properties"]}
    missing = [key for key in sorted(keys - PLAIN) if not re.search(rf"`[^`]*\b{key}\b", MANUAL)]
    assert not missing, f"docs/scenarios.md does not tell of {', '.join(missing)}"


def test_every_key_has_a_description_in_both_languages() -> None:
    def described(node: Any, path: str) -> list[str]:
        missing = []
        for name, below in node.get("properties", {}).items():
            text = below.get("description", "")
            reference = below.get("$ref", "").rsplit("/", 1)[-1]
            text = text or SCHEMA["$defs"].get(reference, {}).get("description", "")
            if " / " not in text and name not in ("template", "to", "text", "times", "in_order",
                                                  "any_order", "not"):  # fmt: skip
                missing.append(f"{path}.{name}")
            missing += described(below, f"{path}.{name}")
        return missing

    assert described(SCHEMA, "") == []
    assert described(SCHEMA["$defs"]["step"], "step") == []
    assert described(SCHEMA["$defs"]["expect"], "expect") == []
