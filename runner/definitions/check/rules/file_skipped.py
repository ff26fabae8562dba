"""A file in `processes/` or `forms/` of a kind that no release contains.

Wrong: `forms/old version.xlsx`.

Right: keep notes elsewhere; a release holds diagrams, tables, forms, policies, groups, calendars,
templates and Markdown texts.
"""

from __future__ import annotations

from runner.definitions.check.registry import Rule

RULE = Rule("file_skipped", "不属于程序的文件 / A file outside the procedure")
