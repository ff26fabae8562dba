"""Events that watch a scope, and what events throw."""

from __future__ import annotations

from runner.engine.case_change import CaseChange
from runner.engine.elements import mappings
from runner.engine.elements.expressions import evaluate, wrong_value
from runner.engine.spiff.host import Token


def begin_inside(change: CaseChange, token: Token) -> None:
    """The start event of an event sub-process happened: what came with it, or what its output
    mappings make of that, goes where its names belong, seen from inside the sub-process."""
    brought = change.case.scopes.get(token.id)
    if brought is not None:
        brought.parent_id = token.scope_id
    if token.element.outputs:
        mappings.map_outputs(change, token)
    elif brought is not None and brought.values:
        change.write(token, token.scope_id, dict(brought.values))


def thrown_code(change: CaseChange, token: Token) -> str:
    """The error or escalation code an event throws, where it is an expression."""
    text = token.element.event.code
    code = evaluate(change, token, text)
    if isinstance(code, str) and code:
        return code
    raise wrong_value(token, text, code, "错误或升级的代码", "the code of an error or escalation")
