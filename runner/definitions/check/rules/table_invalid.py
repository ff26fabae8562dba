"""A decision table is complete and every cell is FEEL.

Wrong: an output cell left empty, or a rule with one cell too few.

Right: every rule has an answer; `null` is written where null is meant.
"""

from __future__ import annotations

from runner.definitions.check.registry import Rule

RULE = Rule(
    "table_invalid",
    "决策表写错了 / A decision table with a mistake",
    reading=(
        "dmn_ignored",
        "decision_cycle",
        "decision_logic_unsupported",
        "decision_table_empty",
        "decision_table_shape",
        "decision_without_logic",
        "expression_empty",
        "expression_language",
        "hit_policy_unknown",
        "not_allowed",
        "output_empty",
        "output_without_name",
        "output_without_values",
        "required_decision_missing",
    ),
)
