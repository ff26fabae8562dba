"""A working calendar follows `calendar.schema.json`.

Wrong: `time_zone: Peking`.

Right: `time_zone: Asia/Shanghai`.
"""

from __future__ import annotations

from runner.definitions.check.registry import Rule

RULE = Rule("calendar_invalid", "工作日历写错了 / A calendar with a mistake")
