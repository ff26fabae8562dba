"""What a policy leaves undecided, decided for a trial by proposals of its schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.definitions.deciding import open_keys, proposal
from runner.definitions.release import Definitions
from runner.definitions.schemas import POLICY_SCHEMA, read_schema


def proposals(definitions: Definitions, profile: str) -> Mapping[str, Any]:
    """What the schema proposes for each key that the policy leaves open, by its path."""
    schema, _ = read_schema(definitions.files, POLICY_SCHEMA)
    policy = definitions.policies[profile]
    return {path: proposal(policy, path, schema) for path in open_keys(policy)}


def with_values(changed: Mapping[str, Any]) -> dict[str, Any]:
    """The changes as the nested keys of a policy file."""
    document: dict[str, Any] = {}
    for path, value in changed.items():
        owner = document
        *above, last = path.split(".")
        for part in above:
            owner = owner.setdefault(part, {})
        owner[last] = value
    return document
