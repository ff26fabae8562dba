"""Ids are unique: within a diagram or a file of decision tables (rules and cells too), and for
processes, decisions and forms in the whole procedure.

The record names elements by their ids for ever, so two things may not share one.

Wrong: two copies of a form file with the same id; a rule copied within a table, id and all.

Right: each has an id of its own.
"""

from __future__ import annotations

from runner.definitions.check.registry import Rule

RULE = Rule(
    "duplicate_id",
    "重复或缺少的标识 / An id used twice, or missing",
    reading=(
        "missing_id",
        "id_missing",
    ),
)
