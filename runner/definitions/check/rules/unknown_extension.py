"""A setting in the properties panel that has no effect here, such as execution listeners.

Wrong: an execution listener on a task.

Right: a service task before or after it.
"""

from __future__ import annotations

from runner.definitions.check.registry import Rule

RULE = Rule("unknown_extension", "不起作用的设置 / A setting without effect")
