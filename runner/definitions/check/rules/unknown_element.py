"""An element that is not run, such as a data store, a choreography or a loop marker.

Wrong: a task with the round loop arrow.

Right: an exclusive gateway with a flow back, or a multi-instance task.
"""

from __future__ import annotations

from runner.definitions.check.registry import Rule

RULE = Rule("unknown_element", "不支持的元素 / An element that is not supported")
