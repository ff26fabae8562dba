"""A policy that decides everything another leaves open, by the proposals of the schema.

Proposals are nobody's decision: they fill set-up pages, try-outs and tests, and an owner may copy
them. A shipped policy never holds one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import yaml

from runner.definitions.policies import Policy
from runner.definitions.schemas import Schema
from runner.feel import Unset

PROPOSAL = "x-proposal"
_ITEM = re.compile(r"\[\d+\].*$")
_IN_A_LIST: Mapping[str, object] = {  # of channels and duties
    "owner": ["customer_service"],
    "hours": "08:30-18:00",
    "published_on": ["website"],
    "cycle": {"amount": 1, "unit": "month", "certainty": "owner"},
    "group": ["process_owner"],
    "participants": ["process_owner"],
    "material_due": "none",
    "due": "none",
}


class Plain(yaml.SafeDumper):
    """Writes equal values twice: policies are read without anchors and aliases."""

    def ignore_aliases(self, _data: object) -> bool:
        return True


def decided_id(policy_id: str) -> str:
    """What the policy of ``decided_text`` is called."""
    return f"decided-{policy_id}"


def decided_text(policy: Policy, schema: Schema) -> str:
    """The YAML of a policy, ``decided-<id>``, that extends ``policy`` and leaves nothing open.

    A time that states how long and leaves open from when keeps its amount.
    """
    decided: dict[str, object] = {
        "id": decided_id(policy.id),
        "extends": policy.id,
        "name": f"{policy.name.partition(' / ')[0]}（试用） / {policy.id}, decided for a try-out",
    }
    for path in open_keys(policy):
        _put(decided, path.split("."), proposal(policy, path, schema))
    return yaml.dump(decided, Dumper=Plain, allow_unicode=True, sort_keys=False, width=110)


def open_keys(policy: Policy) -> list[str]:
    """What the policy leaves open, one path for each key: a list is decided as a whole."""
    return list(dict.fromkeys(_ITEM.sub("", path) for path in policy.unset))


def proposal(policy: Policy, path: str, schema: Schema) -> object:
    """The value the schema proposes for an open key, as a policy file writes it. ``"none"`` where
    there is no proposal: a key the owner made up."""
    stated = _value(policy.values, path)
    if isinstance(stated, list):
        return [as_written(item) for item in stated]
    if path == "triage.routing_scheme":  # one of the schemes in use
        schemes = _value(policy.values, "triage.schemes")
        if isinstance(schemes, list) and schemes:
            return schemes[0]
    proposed: object = property_of(path, schema).get(PROPOSAL, "none")
    stated_part = policy.half_decided.get(path)
    if stated_part is not None:
        start = proposed.get("from", "now") if isinstance(proposed, dict) else "now"
        return {**_filled_entries(stated_part), "from": start}
    return proposed


def property_of(path: str, schema: Schema) -> Schema:
    """The schema of a policy key. A class without a schema of its own has that of ``all``."""
    node: Any = schema
    for key in path.split("."):
        below = node.get("properties", {})
        node = below.get(key) or below.get("all") or node.get("additionalProperties") or {}
        if not isinstance(node, dict):
            return {}
    found: Schema = node
    return found


def _value(values: Mapping[str, object], path: str) -> object:
    found: object = values
    for key in path.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def as_written(value: object) -> object:
    """A policy value as a policy file writes it, entries that are open as proposed."""
    if isinstance(value, Mapping):
        return _filled_entries(value)
    if isinstance(value, list):
        return [as_written(item) for item in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return "none" if value is None else value


def _filled_entries(value: Mapping[str, object]) -> dict[str, object]:
    return {
        key: _IN_A_LIST.get(key, "none") if isinstance(item, Unset) else as_written(item)
        for key, item in value.items()
        if item is not None
    }


def _put(target: dict[str, object], path: list[str], value: object) -> None:
    for key in path[:-1]:
        below = target.setdefault(key, {})
        assert isinstance(below, dict)
        target = below
    target[path[-1]] = value
