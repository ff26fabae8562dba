"""What `policy` can hold, as its JSON Schema says."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from runner.definitions.schemas import Schema
from runner.feel.analysis.static_types import (
    ANY,
    BOOLEAN,
    NULL,
    Type,
    context_of,
    list_of,
    of_kind,
    one_of,
    union,
)

_STRING = of_kind("string")
_TIME = context_of({"amount": of_kind("number"), "unit": _STRING, "from": _STRING}, open=True)
_NO_VALUE = {"none": NULL, "immediate": _TIME}
_DEEP = 20


def policy_type(schema: Schema) -> Type:
    """The type of the policy. Its contexts are open: unknown_policy_key looks after the keys.

    A value nobody has decided stops the evaluation and so is no value of the type.
    """
    return _type(schema, schema, 0)


def _type(node: Mapping[str, Any], schema: Schema, depth: int) -> Type:
    node = _followed(node, schema)
    if depth > _DEEP:
        return ANY
    options = node.get("enum")
    if isinstance(options, list):
        return _choice([option for option in options if option != "unset"])
    branches = node.get("anyOf")
    if isinstance(branches, list):
        return union(_branch(branch, schema, depth) for branch in branches)
    match node.get("type"):
        case "boolean":
            return BOOLEAN
        case "string":
            return _STRING
        case "integer" | "number":
            low = node.get("minimum")
            least = Decimal(str(low)) if isinstance(low, int | float) else None
            return Type(frozenset({"number"}), low=least)
        case "array":
            items = node.get("items")
            return list_of(_type(items, schema, depth + 1) if isinstance(items, dict) else ANY)
        case "object":
            below = node.get("properties")
            entries = below if isinstance(below, dict) else {}
            return context_of(
                {key: _type(value, schema, depth + 1) for key, value in entries.items()}, open=True
            )
    return ANY


def _branch(node: Mapping[str, Any], schema: Schema, depth: int) -> Type:
    """One of several forms of a value, where `none` and `immediate` have a meaning of their own."""
    found = _followed(node, schema)
    options = [found["const"]] if "const" in found else found.get("enum")
    if not isinstance(options, list):
        return _type(found, schema, depth + 1)
    decided = [option for option in options if option != "unset"]
    words = [option for option in decided if option not in _NO_VALUE]
    meanings = [_NO_VALUE[option] for option in decided if option in _NO_VALUE]
    return union([*meanings, _choice(words)] if words else meanings)


def _choice(options: list[object]) -> Type:
    if not options:
        return NULL
    if all(isinstance(option, bool) for option in options):
        return BOOLEAN
    texts = [option for option in options if isinstance(option, str)]
    return one_of("string", texts) if len(texts) == len(options) else ANY


def _followed(node: Mapping[str, Any], schema: Schema) -> Mapping[str, Any]:
    reference = node.get("$ref")
    if not isinstance(reference, str) or not reference.startswith("#/"):
        return node
    target: Any = schema
    for part in reference[2:].split("/"):
        target = target.get(part, {}) if isinstance(target, dict) else {}
    return target if isinstance(target, dict) else {}
