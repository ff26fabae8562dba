"""The shipped scenarios: each really runs and holds, and together they take every way there is."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from runner.definitions.files import read_folder
from runner.definitions.release import Definitions, load_definitions
from runner.trying.coverage import all_flows, missing_lines
from tests.requirements.proofs import Played, play_all

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "processes/scenarios"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml") if path.stem != "usual_answers")
FEWEST, OF_A_PROFILE, PROFILES = 60, 2, 21
COMPANIES = "demo-"  # companies of the demonstration are no profiles


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return load_definitions(read_folder(ROOT))


@pytest.fixture(scope="module")
def played() -> dict[str, Played]:
    """Every scenario, run on one released site that is copied for each."""
    return {one.id: one for one in play_all()}


@pytest.mark.parametrize("name", NAMES)
def test_the_scenario_holds(played: dict[str, Played], name: str) -> None:
    found = played[name]
    assert not found.problems, "\n".join(found.problems)


def test_there_are_enough_scenarios() -> None:
    assert len(NAMES) >= FEWEST


def test_every_profile_has_its_scenarios(
    definitions: Definitions, played: dict[str, Played]
) -> None:
    profiles = [name for name in definitions.policies if not name.startswith(COMPANIES)]
    assert len(profiles) == PROFILES
    found = Counter(one.profile for one in played.values())
    few = [f"{name}: {found[name]}" for name in profiles if found[name] < OF_A_PROFILE]
    assert not few, f"fewer than {OF_A_PROFILE} scenarios: {', '.join(few)}"


def test_every_sequence_flow_is_taken(definitions: Definitions, played: dict[str, Played]) -> None:
    taken = {flow for one in played.values() for flow in one.flows}
    missing = [flow for flow in all_flows(definitions) if flow not in taken]
    assert not missing, "no scenario takes:\n" + "\n".join(missing_lines(definitions, missing))
