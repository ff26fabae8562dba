"""Input and output mappings, and the local scope they need while the element is active."""

from __future__ import annotations

import re
from collections.abc import Mapping

from runner.definitions.model import MultiInstance
from runner.engine.case_change import CaseChange
from runner.engine.elements.expressions import evaluate
from runner.engine.scopes import LOCAL, PASSING, Written
from runner.engine.spiff.host import Token
from runner.engine.variables import READ_ONLY
from runner.errors import Failure

_VARIABLE = re.compile(r"=\s*(?!(?:null|true|false)\s*$)([^\W\d]\w*)(?:\.\w+)*\s*")


def has_scope(token: Token) -> bool:
    """Whether the element has a scope of its own, besides calls and sub-processes."""
    element = token.element
    return bool(element.inputs or element.outputs) or token.loop is not None or _begins(token)


def _begins(token: Token) -> bool:
    """Whether it is the start event of an event sub-process: what it brings waits for its inside,
    whose scope is not there yet."""
    return token.watches and token.element.kind == "startEvent"


def open_scope(change: CaseChange, token: Token) -> None:
    """Opens the scope, sets the loop's item in it, then evaluates each input in order.

    An input sees those before it. After a failure nothing of the scope is left.
    """
    scopes = change.case.scopes
    if scopes.get(token.id) is None:
        scopes.open(
            token.id,
            parent_id=token.scope_id,
            instance_id=token.instance_id,
            element_id=token.element.id,
            kind=LOCAL if token.element.outputs or _begins(token) else PASSING,
        )
    values: dict[str, object] = {}
    try:
        if token.loop is not None:
            values.update(_item(change, token))
            scopes.declare(token.id, values)
        for mapping in token.element.inputs:
            value = evaluate(change, token, mapping.source)
            name = mapping.target.partition(".")[0]
            values[name] = _nested(values, mapping.target, value)
            scopes.declare(token.id, {name: values[name]})
    except Exception:
        scopes.close(token.id)
        raise
    if values:
        change.record_written(Written(token.id, values, {}), token)


def declared(token: Token) -> set[str]:
    """The names of the variables that the element itself begins with."""
    names = {mapping.target.partition(".")[0] for mapping in token.element.inputs}
    loop = token.element.multi_instance
    if loop is not None and token.loop is not None:
        names |= {"loopCounter", *filter(None, (loop.input_element, _collected(loop)))}
    return names


def take_result(change: CaseChange, token: Token, result: Mapping[str, object]) -> None:
    """Keeps what an element gave: local while it has output mappings, else in the nearest scope
    that has a variable of the name, its own included, and in the case where none has."""
    for name in result:
        if name in READ_ONLY:
            raise Failure(
                "expression_failed",
                token.element.id,
                f"“{name}”是只读的，不能写入。 / '{name}' is read-only and cannot be written.",
            )
    if token.element.outputs or _begins(token):
        change.declare(token, token.id, result)
    else:
        own = change.case.scopes.get(token.id)
        change.write(token, token.scope_id if own is None else own.id, result)


def take_brought(change: CaseChange, token: Token, values: Mapping[str, object]) -> None:
    """Keeps what came with an event that happened (message, signal, error) as its result."""
    if has_scope(token) and change.case.scopes.get(token.id) is None:
        open_scope(change, token)
    take_result(change, token, values)


def map_outputs(change: CaseChange, token: Token) -> None:
    """Evaluates each output in order; an output sees those before it. One of many instances keeps
    for itself what it has a variable for: so an output can set what is collected from each.

    A target with dots (``customer.name``) changes that entry of a context.
    """
    written: dict[str, object] = {}
    for mapping in token.element.outputs:
        variables = change.variables(token, written)
        value = evaluate(change, token, mapping.source, variables)
        name, _, _ = mapping.target.partition(".")
        if name in READ_ONLY:
            raise Failure(
                "expression_failed",
                token.element.id,
                f"“{name}”是只读的，不能写入。 / '{name}' is read-only and cannot be written.",
            )
        whole = _nested({name: variables.get(name)}, mapping.target, value)
        written[name] = whole
    own = change.case.scopes.get(token.id) if token.loop is not None else None
    kept = {} if own is None else {n: v for n, v in written.items() if n in own.values}
    further = {name: value for name, value in written.items() if name not in kept}
    if kept:
        change.declare(token, token.id, kept)
    if further:
        change.write(token, token.scope_id, further)


def _item(change: CaseChange, token: Token) -> dict[str, object]:
    loop = token.element.multi_instance
    assert loop is not None
    assert token.loop is not None
    values: dict[str, object] = {}
    collected = _collected(loop)
    if collected is not None:  # each instance has its own, or they would share one
        values[collected] = None
    values["loopCounter"] = token.loop + 1
    body = change.case.scopes.get(token.scope_id)
    items = None if body is None else body.values.get("#items")
    if loop.input_element is not None and isinstance(items, list):
        values[loop.input_element] = items[token.loop]
    return values


def _collected(loop: MultiInstance) -> str | None:
    """The variable that the output element is, or is an entry of."""
    found = _VARIABLE.fullmatch(loop.output_element or "")
    return None if found is None else found[1]


def _nested(values: Mapping[str, object], target: str, value: object) -> object:
    """The whole variable after ``value`` was put at ``target`` (``name`` or ``name.key.key``)."""
    name, *keys = target.split(".")
    return _put(values.get(name), keys, value)


def _put(context: object, keys: list[str], value: object) -> object:
    if not keys:
        return value
    entries = dict(context) if isinstance(context, Mapping) else {}
    entries[keys[0]] = _put(entries.get(keys[0]), keys[1:], value)
    return entries
