"""A policy follows `policy.schema.json`; the message names key, value found and what is expected.

Wrong: `register_due: 24h`.

Right: `register_due: {amount: 24, unit: hour, from: received, certainty: owner}`.
"""

from __future__ import annotations

from runner.definitions.check.registry import Rule

RULE = Rule(
    "policy_invalid",
    "制度写错了 / A policy with a mistake",
    reading=("schema_not_usable",),
)
