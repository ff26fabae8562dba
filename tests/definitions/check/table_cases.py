"""For each rule about decision tables: files that are wrong, and what is right in them."""

from __future__ import annotations

from pathlib import Path

from runner.definitions.findings import Finding
from tests.definitions.check.flow_cases import RIGHT_TASK
from tests.definitions.check.procedures import findings, form

TABLES = Path(__file__).parent / "tables"
CASE = form(
    "case", "category",
    components=[
        {"type": "select", "id": "s", "key": "severity", "label": "严重程度 / Severity",
         "values": [{"label": "重大 / Serious", "value": "serious"},
                    {"label": "轻微 / Minor", "value": "minor"}]},
        {"type": "number", "id": "a", "key": "amount", "label": "金额 / Amount"},
        {"type": "number", "id": "l", "key": "credit_limit", "label": "额度 / Limit"},
        {"type": "datetime", "id": "b", "key": "bought_on", "subtype": "date",
         "dateLabel": "购买日期 / Bought on"},
    ],
)  # fmt: skip
"""A form that writes the variables that the tables read."""


def files(rule: str) -> dict[str, bytes | str]:
    """The file that shows the findings of a rule, with what it needs."""
    return {
        f"processes__{rule}.dmn": (TABLES / f"{rule}.dmn").read_bytes(),
        "forms__case.form": CASE,
    }


def findings_on(rule: str) -> list[Finding]:
    """What is found wrong in the file."""
    return [f for f in findings(RIGHT_TASK, **files(rule)) if f.file.endswith(".dmn")]


RULES = ("rules_overlap", "rules_gap", "rule_never_fires", "value_not_allowed", "cell_type")
WRONG = {rule: [(RIGHT_TASK, files(rule))] for rule in RULES}
RIGHT = {rule: (RIGHT_TASK, files("right")) for rule in RULES}
