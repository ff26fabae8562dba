"""`roles.yaml` follows `roles.schema.json`; every group stands there once.

Wrong: a group without `duties`.

Right: `{id: quality, name: 质量部 / Quality, duties: 检验 / Inspects}`.
"""

from __future__ import annotations

from runner.definitions.check.registry import Rule

RULE = Rule("roles_invalid", "小组写错了 / Groups with a mistake")
