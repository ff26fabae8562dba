"""FEEL, the one expression language of diagrams, decision tables and forms (DMN 1.3-1.5).

Expressions are compiled once and evaluated without Python's eval. They can neither change anything
nor reach anything but the scope, the instant and the calendar they are given, and a step budget
ends those that run away.
"""

from __future__ import annotations

from runner.feel.analysis import Inference, Problem, Type, infer, infer_tests
from runner.feel.builtins import BUILTINS, Builtin, Parameter
from runner.feel.errors import BudgetExceeded, FeelError, FeelSyntaxError, UnsetValue
from runner.feel.evaluation import Evaluation, Warning_, WorkingTime
from runner.feel.expression import (
    Expression,
    Result,
    UnaryTests,
    compile_expression,
    compile_unary_tests,
)
from runner.feel.printing import print_expression
from runner.feel.temporal import parse_temporal
from runner.feel.values import Function, Months, Range, Unset, Value, kind, to_feel

UNSET = Unset
"""The class of values nobody has decided: `UNSET("ack.first_response_due")`."""

__all__ = [
    "BUILTINS",
    "UNSET",
    "BudgetExceeded",
    "Builtin",
    "Evaluation",
    "Expression",
    "FeelError",
    "FeelSyntaxError",
    "Function",
    "Inference",
    "Months",
    "Parameter",
    "Problem",
    "Range",
    "Result",
    "Type",
    "UnaryTests",
    "Unset",
    "UnsetValue",
    "Value",
    "Warning_",
    "WorkingTime",
    "compile_expression",
    "compile_unary_tests",
    "infer",
    "infer_tests",
    "kind",
    "parse_temporal",
    "print_expression",
    "to_feel",
]
