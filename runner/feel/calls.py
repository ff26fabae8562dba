"""Calling a function value."""

from __future__ import annotations

from runner.feel.errors import BudgetExceeded
from runner.feel.evaluation import MAX_CALLS, Evaluation
from runner.feel.values import Function, Value


def call_value(
    run: Evaluation,
    function: Function,
    values: list[Value],
    names: tuple[str, ...] | None = None,
    levels: int = 1,
) -> Value:
    """The function's result; null with a warning when the arguments do not fit its parameters.

    `levels` is how many calls inside each other it counts as: a caller that reaches the function
    through Python's own C code takes more of a thread's stack.
    """
    if names is not None:
        if len(set(names)) != len(names) or set(names) != set(function.parameters):
            run.warn("function", "The named arguments are not the function's parameters")
            return None
        given = dict(zip(names, values, strict=True))
        values = [given[name] for name in function.parameters]
    elif len(values) != len(function.parameters) and not function.variadic:
        expected = len(function.parameters)
        run.warn("function", f"The function takes {expected} arguments, not {len(values)}")
        return None
    run.calls += levels
    try:
        if run.calls > MAX_CALLS:
            raise BudgetExceeded(f"More than {MAX_CALLS} function calls inside each other")
        run.spend()
        return function.call(run, values)
    finally:
        run.calls -= levels
