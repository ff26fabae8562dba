"""The built-in functions of FEEL, and the few beyond the standard that the procedure needs."""

from __future__ import annotations

from runner.feel.builtins import (  # noqa: F401  (each enters its functions in the table)
    contexts,
    dates,
    failing,
    json_texts,
    lists,
    matching,
    numbers,
    range_texts,
    ranges,
    statistics,
    strings,
    working_time,
)
from runner.feel.builtins.table import BUILTINS, Builtin, Parameter, as_function, invoke_builtin
from runner.feel.lexer import register_builtin_names

register_builtin_names(BUILTINS)

__all__ = ["BUILTINS", "Builtin", "Parameter", "as_function", "invoke_builtin"]
