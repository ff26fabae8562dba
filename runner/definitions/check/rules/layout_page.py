"""One diagram fits one A3 sheet.

The frame of all pools begins at (160, 80) and is at most 1840 x 1340, so that a task's text is
printed in 7 points or more. More than 15 activities or 40 flow nodes are split: a part becomes a
diagram of its own, called from here.

An error in a file whose process has the property `layout` = `house`; a note that counts the
places in any other file. The whole standard: [drawing](../drawing.md).

Wrong: one diagram of 2600 x 1500 with 24 tasks.

Right: two diagrams of 1600 x 900, the second called by a call activity of the first.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.layouts import layout_findings
from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding


def check(subject: Subject) -> Iterator[Finding]:
    yield from layout_findings(subject, RULE.id)


RULE = Rule("layout_page", "一张图一页 / One diagram, one page", check)
