"""What can be known of an expression without evaluating it: its type and its certain problems."""

from __future__ import annotations

from runner.feel.analysis.inference import Inference, infer, infer_tests
from runner.feel.analysis.problems import Problem
from runner.feel.analysis.static_types import Type

__all__ = ["Inference", "Problem", "Type", "infer", "infer_tests"]
