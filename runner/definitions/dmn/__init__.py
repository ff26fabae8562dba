"""Decisions: DMN files in, evaluable decisions and findings out. DMN 1.1 to 1.5."""

from __future__ import annotations

from runner.definitions.dmn.loading import DecisionFiles, load_decisions
from runner.definitions.dmn.logic import DecisionRecord, MatchedRule, Source
from runner.definitions.dmn.model import Decided, Decision, DecisionModel
from runner.definitions.dmn.table import DecisionError, DecisionViolation, Table

__all__ = [
    "Decided",
    "Decision",
    "DecisionError",
    "DecisionFiles",
    "DecisionModel",
    "DecisionRecord",
    "DecisionViolation",
    "MatchedRule",
    "Source",
    "Table",
    "load_decisions",
]
