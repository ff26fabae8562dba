"""Reading variables and their entries, and choosing items of a list.

Values of the scope are read where they are: nothing is copied, and only what is found is made a
FEEL value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from runner.feel import nodes as n
from runner.feel.builtins import BUILTINS, as_function
from runner.feel.evaluation import Env, Evaluation, used
from runner.feel.operators import whole
from runner.feel.properties import property_of
from runner.feel.values import Range, Value
from runner.feel.weights import round_weight

Closure = Callable[[Env], Value]
_PLAIN = frozenset({str, Decimal, bool, type(None)})


def read_name(name: str) -> Closure:
    """The value of a variable, or a built-in function; null with a warning if there is neither."""

    def read(env: Env) -> Value:
        place = env
        while name not in place.values:
            if place.parent is None:
                return _unknown(env.run, name)
            place = place.parent
        value = place.values[name]
        return value if place.parent is not None else _found(env.run, name, value)

    return read


def read_path(name: str, keys: tuple[str, ...]) -> Closure:
    """The value of a variable's entry, any number of levels deep."""
    path = ".".join((name, *keys))

    def read(env: Env) -> Value:
        place = env
        while name not in place.values:
            if place.parent is None:
                return _unknown(env.run, name)
            place = place.parent
        value: Value = place.values[name]
        walked = 0
        for key in keys:
            if type(value) is not dict and not isinstance(value, Mapping):
                break
            if key not in value:
                env.run.warn("no_entry", f"There is no entry '{key}' in '{path}'", key)
                value, walked = None, len(keys)
                break
            value = value[key]
            walked += 1
        rest = keys[walked:]
        if place.parent is None:
            read_from = path if not rest else ".".join((name, *keys[:walked]))
            value = _found(env.run, read_from, value)
        for key in rest:
            value = property_of(env.run, value, key)
        return value

    return read


def _found(run: Evaluation, path: str, value: object) -> Value:
    """What was read from the scope. An instant in UTC is shown in the site's zone, so that
    `date(received_at)` is the date there."""
    simple = type(value)
    if simple in _PLAIN and (simple is not Decimal or value.is_finite()):  # type: ignore[attr-defined]
        made: Value = value
    else:
        made = run.converted(value)
    run.reads[path] = made
    return made


def _unknown(run: Evaluation, name: str) -> Value:
    if name in BUILTINS:
        return as_function(name)
    run.warn("unknown_name", f"There is no variable '{name}'", name)
    return None


def compile_path(node: n.Path, compile_node: Callable[[n.Node], Closure]) -> Closure:
    """`target.name`: an entry of a context or of each context of a list, or part of a value."""
    keys = [node.name]
    target = node.target
    while isinstance(target, n.Path):
        keys.append(target.name)
        target = target.target
    ordered = tuple(reversed(keys))
    if isinstance(target, n.Name):
        return read_path(target.name, ordered)
    inner = compile_node(target)

    def read(env: Env) -> Value:
        value = inner(env)
        for key in ordered:
            value = property_of(env.run, value, key)
        return value

    return read


def compile_filter(node: n.Filter, compile_node: Callable[[n.Node], Closure]) -> Closure:
    """`list[condition]` and `list[position]`; anything else than a list is a list of it.

    Inside the condition `item` is the item, and the entries of an item that is a context are
    names of their own. An item for which the condition is null is left out.
    """
    target, condition = compile_node(node.target), compile_node(node.condition)
    constant = isinstance(node.condition, n.Literal) and type(node.condition.value) is Decimal
    cost = round_weight(node.condition)

    def keep(env: Env) -> Value:
        items = used(target(env))
        run = env.run
        if items is None:
            return None if constant else []
        if isinstance(items, Range):
            run.warn("type", "A range cannot be filtered")
            return None
        if not isinstance(items, list):
            items = [items]
        if constant:
            return _at(items, condition(env))
        if not items:
            return _of_nothing(env, condition)
        kept: list[Value] = []
        for index, item in enumerate(items):
            run.spend(cost)
            answer = condition(_item_env(env, item))
            if answer is True:
                kept.append(item)
            elif type(answer) is not bool and used(answer) is not None:
                if index == 0 and type(answer) is Decimal:
                    return _at(items, answer)
                run.warn("type", "A filter needs a condition or the position of an item")
                return None
        return kept

    return keep


def _item_env(env: Env, item: Value) -> Env:
    inner = Env(env.run, {"item": item}, env)
    return Env(env.run, item, inner) if isinstance(item, dict) else inner


def _of_nothing(env: Env, condition: Closure) -> Value:
    """A position in an empty list is null, a condition on it gives an empty list."""
    noticed = len(env.run.warnings)
    probe = condition(_item_env(env, None))
    del env.run.warnings[noticed:]
    return None if type(probe) is Decimal else []


def _at(items: list[Value], position: Decimal) -> Value:
    index = whole(position)
    if index is None or index == 0 or abs(index) > len(items):
        return None
    return items[index - 1 if index > 0 else index]
