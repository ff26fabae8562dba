"""Multi-instance activities: the collection, each instance's result, the completion condition.

The body's scope keeps the items under a name no expression can write (``#items``), and the output
collection, which inner instances may read while it grows.
"""

from __future__ import annotations

from decimal import Decimal

from runner.definitions.model import MultiInstance
from runner.engine.case_change import CaseChange
from runner.engine.elements.expressions import (
    condition_failure,
    evaluate,
    evaluated,
    worth_telling,
    wrong_value,
)
from runner.engine.scopes import PASSING
from runner.engine.spiff.host import Token
from runner.errors import Failure

MOST_INSTANCES = 1_000
LAST = "#last"
"""The local variables of the instance that ended last, where a completion condition may ask."""


def begin(change: CaseChange, token: Token) -> int:
    """Evaluates the collection once and says how many instances there are."""
    loop = _loop(token)
    found = evaluate(change, token, loop.input_collection)
    if not isinstance(found, list):
        raise wrong_value(token, loop.input_collection, found, "列表", "a list")
    if len(found) > MOST_INSTANCES:
        raise Failure(
            "expression_failed",
            token.element.id,
            f"列表有 {len(found)} 项，最多 {MOST_INSTANCES} 项。 / "
            f"The list has {len(found)} items; at most {MOST_INSTANCES} are handled.",
        )
    change.case.scopes.open(
        token.id,
        parent_id=token.scope_id,
        instance_id=token.instance_id,
        element_id=token.element.id,
        kind=PASSING,
    )
    values: dict[str, object] = {"#items": found, "#done": Decimal(0)}
    if loop.output_collection is not None:
        values[loop.output_collection] = [None] * len(found)
    change.declare(token, token.id, values)
    return len(found)


def collect(change: CaseChange, token: Token) -> None:
    """One inner instance ended: counts it and keeps its output element in its place."""
    loop = _loop(token)
    body = change.case.scopes.get(token.scope_id)
    assert body is not None
    assert token.loop is not None
    done = body.values["#done"]
    assert isinstance(done, Decimal)
    values: dict[str, object] = {"#done": done + 1}
    if loop.output_collection is not None and loop.output_element is not None:
        results = body.values[loop.output_collection]
        assert isinstance(results, list)
        results = list(results)
        results[token.loop] = evaluate(change, token, loop.output_element)
        values[loop.output_collection] = results
    own = change.case.scopes.get(token.id)
    if loop.completion_condition is not None and own is not None:
        values[LAST] = {k: v for k, v in own.values.items() if not k.startswith("#")}
    change.declare(token, token.scope_id, values)


def enough(change: CaseChange, token: Token) -> bool:
    """Whether the body's completion condition holds now, seen from the instance that has just
    ended. A condition about variables that nobody wrote yet does not hold. Raises ``Failure`` where
    it gives anything but true or false."""
    loop = _loop(token)
    assert loop.completion_condition is not None
    body = change.case.scopes.get(token.id)
    assert body is not None
    items, done = body.values["#items"], body.values["#done"]
    assert isinstance(items, list)
    assert isinstance(done, Decimal)
    total = Decimal(len(items))
    last = body.values.get(LAST)
    extras = {
        **(last if isinstance(last, dict) else {}),
        "numberOfInstances": total,
        "numberOfCompletedInstances": done,
        "numberOfActiveInstances": Decimal(1) if loop.sequential else total - done,
        "numberOfTerminatedInstances": Decimal(0),
    }
    variables = change.variables(token, extras)
    text = loop.completion_condition
    result = evaluated(change, token, text, variables)
    if result.value is None and not worth_telling(result.warnings):
        return False  # about something that nobody has written yet
    if not isinstance(result.value, bool):
        raise condition_failure(token, text, token.element.name or token.element.id, result)
    return result.value


def finish(change: CaseChange, token: Token) -> None:
    """All instances ended: the output collection goes where it belongs."""
    loop = _loop(token)
    body = change.case.scopes.get(token.id)
    if body is not None and loop.output_collection is not None:
        result = body.values[loop.output_collection]
        change.write(token, token.scope_id, {loop.output_collection: result})


def _loop(token: Token) -> MultiInstance:
    assert token.element.multi_instance is not None
    return token.element.multi_instance
