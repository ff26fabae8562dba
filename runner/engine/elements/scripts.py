"""Script tasks: one FEEL expression and the variable for its value."""

from __future__ import annotations

from runner.engine.case_change import CaseChange
from runner.engine.elements import services
from runner.engine.elements.expressions import evaluate
from runner.engine.elements.mappings import take_result
from runner.engine.spiff.host import Token


def enter(change: CaseChange, token: Token) -> bool:
    element = token.element
    if element.script is None:
        return services.enter(change, token)
    value = evaluate(change, token, element.script)
    if element.result_variable:
        take_result(change, token, {element.result_variable: value})
    return True
