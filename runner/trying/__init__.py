"""``ombud try``: named cases of the owner are really run, with a moved clock, and compared."""

from __future__ import annotations

from runner.trying.running import Result, run_scenario
from runner.trying.scenarios import Scenario, UnusableScenario, load_scenarios
from runner.trying.stage import Stage, build_stage

__all__ = [
    "Result",
    "Scenario",
    "Stage",
    "UnusableScenario",
    "build_stage",
    "load_scenarios",
    "run_scenario",
]
