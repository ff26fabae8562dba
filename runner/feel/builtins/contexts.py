"""Functions over contexts, and over whether there is a value at all."""

from __future__ import annotations

from runner.feel.builtins.table import builtin
from runner.feel.evaluation import Evaluation, used
from runner.feel.iso8601 import format_zone
from runner.feel.operators import equal
from runner.feel.values import Unset, Value, kind


@builtin("get value", "m: context, key: string", "The entry with this key, or null.", result="any")
def _get_value(_run: Evaluation, m: dict[str, Value], key: str) -> Value:
    return m.get(key)


@builtin(
    "get value",
    "context: context, keys: list",
    "The entry under these keys, or null.",
    result="any",
)
def _get_value_at(_run: Evaluation, context: dict[str, Value], keys: list[Value]) -> Value:
    value: Value = context
    for key in keys:
        value = value.get(key) if isinstance(value, dict) and isinstance(key, str) else None
    return value if keys else None


@builtin("get entries", "m: context", "A list of {key, value}, one for each entry.", result="list")
def _get_entries(_run: Evaluation, m: dict[str, Value]) -> Value:
    return [{"key": key, "value": value} for key, value in m.items()]


@builtin("context", "entries: list", "A context made of a list of {key, value}.", result="context")
def _context(run: Evaluation, entries: list[Value]) -> Value:
    made: dict[str, Value] = {}
    for entry in entries:
        key = entry.get("key") if isinstance(entry, dict) else None
        if not isinstance(key, str) or "value" not in entry or key in made:
            run.warn("function", "'context' needs entries with different keys", "context")
            return None
        made[key] = entry["value"]
    return made


@builtin(
    "context put",
    "context: context, key: string, value: any",
    "The context with this entry too.",
    result="context",
)
def _context_put(_run: Evaluation, context: dict[str, Value], key: str, value: Value) -> Value:
    return {**context, key: value}


@builtin(
    "context put",
    "context: context, keys: list, value: any",
    "The context with this entry too, under a list of keys.",
    result="context",
)
def _context_put_at(
    run: Evaluation, context: dict[str, Value], keys: list[Value], value: Value
) -> Value:
    if not keys or not all(isinstance(key, str) for key in keys):
        run.warn("function", "'context put' needs texts as keys", "context put")
        return None
    made = dict(context)
    inner = made
    for key in keys[:-1]:
        found = inner.get(key)
        inner[key] = dict(found) if isinstance(found, dict) else {}
        inner = inner[key]
    inner[keys[-1]] = value
    return made


@builtin(
    "context merge",
    "contexts...: any",
    "All entries; of equal keys the last one counts.",
    result="context",
)
def _context_merge(run: Evaluation, *contexts: Value) -> Value:
    items = contexts[0] if len(contexts) == 1 and isinstance(contexts[0], list) else contexts
    if not all(isinstance(item, dict) for item in items):
        run.warn("function", "'context merge' needs contexts", "context merge")
        return None
    return {key: value for item in items for key, value in item.items()}


@builtin(
    "not",
    "negand: boolean",
    "The opposite; null for anything but true and false.",
    result="boolean",
)
def _not(_run: Evaluation, negand: bool) -> Value:
    return not negand


_IS = "Whether both are the same value of the same type."


@builtin("is", "value1: any, value2: any", _IS, result="boolean")
def _is(run: Evaluation, value1: Value, value2: Value) -> Value:
    if kind(value1) != kind(value2):
        return False
    if kind(value1) in ("date and time", "time"):
        return value1 == value2 and format_zone(value1.tzinfo) == format_zone(value2.tzinfo)
    return equal(run, value1, value2)


@builtin("is", "value1: any", _IS, result="boolean")
@builtin("is", "value2: any", _IS, result="boolean")
def _is_nothing(_run: Evaluation, value: Value) -> Value:
    return value is None  # compared with the null of the argument that was left out


@builtin(
    "get or else",
    "value: any, default: any",
    "The value, or the other if null.",
    asks=True,
    origin="Camunda",
    result="any",
    takes_unset=True,  # the default may be undecided where it is not taken
)
def _get_or_else(_run: Evaluation, value: Value, default: Value) -> Value:
    used(value)
    return default if value is None else value


@builtin(
    "is defined",
    "value: any",
    "Whether the value is not null.",
    asks=True,
    origin="Camunda",
    result="boolean",
)
def _is_defined(_run: Evaluation, value: Value) -> Value:
    return value is not None


@builtin(
    "is unset",
    "value: any",
    "Whether the value is a policy value that its owner has not decided.",
    origin="ours",
    result="boolean",
    takes_unset=True,
)
def _is_unset(_run: Evaluation, value: Value) -> Value:
    return type(value) is Unset
