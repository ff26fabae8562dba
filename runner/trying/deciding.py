"""What a policy leaves undecided, decided for a trial by proposals of its schema."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from runner.definitions.release import Definitions
from runner.definitions.schemas import POLICY_SCHEMA, read_schema
from runner.feel import Unset


def unset_paths(values: object) -> list[str]:
    """Every undecided value of a policy, by its path."""
    if isinstance(values, Unset):
        return [values.path]
    if isinstance(values, Mapping):
        return [path for inner in values.values() for path in unset_paths(inner)]
    if isinstance(values, list):
        return [path for inner in values for path in unset_paths(inner)]
    return []


def proposals(definitions: Definitions, profile: str) -> Mapping[str, Any]:
    """A value for each undecided key of the policy, by its path without positions: what the schema
    proposes for it. Lists that hold undecided values are given whole."""
    schema, _ = read_schema(definitions.files, POLICY_SCHEMA)
    found: dict[str, Any] = {}
    for name, value in definitions.policies[profile].values.items():
        _propose(schema, schema.get("properties", {}).get(name, {}), value, name, found)
    return found


def with_values(values: Mapping[str, object], changed: Mapping[str, Any]) -> dict[str, Any]:
    """The changes as the nested keys of a policy file."""
    document: dict[str, Any] = {}
    for path, value in changed.items():
        owner = document
        *above, last = path.split(".")
        for part in above:
            owner = owner.setdefault(part, {})
        owner[last] = value
    return document


def _propose(
    schema: Mapping[str, Any], node: Mapping[str, Any], value: object, path: str,
    found: dict[str, Any],
) -> None:  # fmt: skip
    node = _followed(schema, node)
    if isinstance(value, Unset):
        found[path] = _proposal(schema, node)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            below = node.get("properties", {}).get(name, node.get("additionalProperties", {}))
            below = below if isinstance(below, Mapping) else {}
            _propose(schema, below, inner, f"{path}.{name}", found)
    elif isinstance(value, list) and unset_paths(value):
        item = _followed(schema, node.get("items", {}))
        found[path] = [_whole(schema, item, inner) for inner in value]


def _whole(schema: Mapping[str, Any], node: Mapping[str, Any], value: object) -> Any:
    """The value as a policy file writes it, with proposals where it is undecided."""
    node = _followed(schema, node)
    if isinstance(value, Unset):
        return _proposal(schema, node)
    if isinstance(value, Mapping):
        names = node.get("properties", {})
        return {k: _whole(schema, names.get(k, {}), inner) for k, inner in value.items()}
    if isinstance(value, list):
        return [_whole(schema, node.get("items", {}), inner) for inner in value]
    return "none" if value is None else value


def _followed(schema: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = node.get("$ref")
    if not isinstance(reference, str):
        return node
    target: Any = schema
    for part in reference.removeprefix("#/").split("/"):
        target = target.get(part, {}) if isinstance(target, Mapping) else {}
    return {**target, **{key: value for key, value in node.items() if key != "$ref"}}


def _proposal(schema: Mapping[str, Any], node: Mapping[str, Any]) -> Any:
    """What the schema proposes for one value, else something of its kind."""
    if "x-proposal" in node:
        return node["x-proposal"]
    for example in node.get("examples", ()):
        if example != "unset":
            return example
    for option in (node, *node.get("anyOf", ()), *node.get("oneOf", ())):
        option = _followed(schema, option)
        choices = [choice for choice in option.get("enum", ()) if choice != "unset"]
        if "amount" in json.dumps(option):
            return {"amount": 1, "unit": "working_day", "from": "now", "certainty": "example"}
        if choices and "none" not in choices:
            return choices[0]
        kind = option.get("type")
        if kind == "boolean":
            return False
        if kind in ("integer", "number"):
            return option.get("minimum", 0) or 1
        if kind == "array":
            return ["process_owner"] if "groups" in str(node.get("title", "")).lower() else []
        if kind == "string":
            return "—"
    return "none"
