"""A small whole procedure around one diagram, for tests of rules."""

from __future__ import annotations

import json
from collections.abc import Mapping

from runner.definitions.check import check
from runner.definitions.findings import Finding

GROUPS = """groups:
  - {id: office, name: 办公室 / Office, duties: 登记 / Records}
  - {id: leader, name: 领导 / Leader, duties: 审批 / Decides}
"""
POLICY = """id: own
extends: base
name: 公司 / Company
roles: {window: [office]}
triage: {due: {amount: 2, unit: hour, from: now}, assign_due: unset}
resolution: {due: {simple: {amount: 1, unit: day}}}
"""


def form(form_id: str, *keys: str, **more: object) -> bytes:
    """A form with one text field for each key."""
    fields = [
        {"type": "textfield", "id": f"Field_{key}", "key": key, "label": f"字段 / {key}"}
        for key in keys
    ]
    return json.dumps(
        {
            "type": "default",
            "id": form_id,
            "schemaVersion": 19,
            "executionPlatform": "Camunda Cloud",
            "executionPlatformVersion": "8.9.0",
            "components": [*fields, *more.get("components", ())],  # type: ignore[misc]
        }
    ).encode()


def procedure(diagram: bytes, **files: bytes | str) -> Mapping[str, bytes]:
    """Everything a diagram ``p.bpmn`` may refer to; ``files`` add to it or replace
    (``processes__roles.yaml``)."""
    from tests.definitions.test_policies import SHIPPED

    base = {"id": "base", "name": "基础 / Base"}
    # The base policy leaves everything open that the shipped schema makes it state.
    schema = {key: value for key, value in SHIPPED.items() if key != "then"}
    found: dict[str, bytes] = {
        "processes/p.bpmn": diagram,
        "forms/f.form": form("f", "decision", "received_at", "items"),
        "processes/roles.yaml": GROUPS.encode(),
        "processes/policies/policy.schema.json": json.dumps(schema).encode(),
        "processes/policies/base.yaml": json.dumps(base, ensure_ascii=False).encode(),
        "processes/policies/own.yaml": POLICY.encode(),
    }
    for name, data in files.items():
        found[name.replace("__", "/")] = data.encode() if isinstance(data, str) else data
    return found


def findings(diagram: bytes, **files: bytes | str) -> list[Finding]:
    """All but that the base policy leaves values to its companies."""
    found = check(procedure(diagram, **files))
    return [f for f in found if (f.rule, f.severity) != ("unset_policy_value", "info")]


def found(rule: str, diagram: bytes, **files: bytes | str) -> list[Finding]:
    """The findings of one rule."""
    return [finding for finding in findings(diagram, **files) if finding.rule == rule]
