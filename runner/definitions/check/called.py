"""Which decisions a task may ask whose decision id is an expression, as the policies stand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import product

from runner.definitions.check.subject import Subject
from runner.definitions.model import Element, Process, is_expression
from runner.feel import Expression, FeelError, FeelSyntaxError, Value, compile_expression

_NOW = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_MOST = 200


def called_decisions(
    subject: Subject, process: Process, element: Element
) -> dict[str, tuple[str, ...]]:
    """The ids the task's decision id comes to, each with what makes it so (``scheme = "a"``).

    A fixed id is the only one. Of an expression: those for every policy, every item of the list the
    task is repeated for, and every value of variables that hold a few texts only. Empty where that
    cannot be known.
    """
    text = element.called_decision or ""
    if not is_expression(text):
        return {text: ()} if text else {}
    compiled = _compiled(text)
    if compiled is None:
        return {}
    reads = {name.partition(".")[0] for name in compiled.names}
    known = subject.variables.at(process, element, after=False)
    loop = element.multi_instance
    looped = loop.input_element if loop is not None else None
    found: dict[str, tuple[str, ...]] = {}
    for policy in _policies(subject):
        choices: dict[str, list[Value]] = {}
        for name in sorted(reads - {"policy"}):
            values: list[Value] | None = None
            if loop is not None and name == looped:
                values = _listed(loop.input_collection, policy)
            if values is None:
                closed = known[name].values if name in known else None
                if closed is None:
                    return {}
                values = sorted(closed, key=str)
            choices[name] = values
        for picked in list(product(*choices.values()))[:_MOST]:
            given = dict(zip(choices, picked, strict=True))
            answer = _value(compiled, {**given, "policy": policy})
            if isinstance(answer, str):
                cause = (f'{name} = "{value}"' for name, value in given.items())
                found.setdefault(answer, tuple(cause))
    return found


def _policies(subject: Subject) -> Iterator[Value]:
    """The values of the policies that cases can have: those nobody builds upon, or else all."""
    policies = subject.definitions.policies.values()
    for policy in [item for item in policies if not item.extended] or policies:
        yield dict(policy.values)


def _listed(text: str, policy: Value) -> list[Value] | None:
    """The list an expression gives that reads the policy at most."""
    compiled = _compiled(text) if is_expression(text) else None
    if compiled is None or any(name.partition(".")[0] != "policy" for name in compiled.names):
        return None
    found = _value(compiled, {"policy": policy})
    return list(found) if isinstance(found, list) else []


def _compiled(text: str) -> Expression | None:
    try:
        return compile_expression(text[1:])
    except FeelSyntaxError:
        return None


def _value(compiled: Expression, context: dict[str, Value]) -> Value:
    try:
        return compiled.evaluate(context, now=_NOW).value
    except FeelError:
        return None
