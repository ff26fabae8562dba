"""The diagram was drawn for another engine, or for none.

Its forms, groups and scripts are written in a way that is not read here. Its flow is checked all
the same.

Wrong: a Camunda 7 diagram with `camunda:formKey` and `${approved}`.

Right: a Camunda 8 diagram: form id, candidate groups, and conditions in FEEL such as
`=approved`.
"""

from __future__ import annotations

from runner.definitions.check.registry import Rule

RULE = Rule("dialect", "为其他引擎画的图 / A diagram for another engine")
