"""Lines run straight across or down, with two bends at most, and meet nothing on their way.

No line crosses another or runs along it, none comes within 10 of a shape it does not belong to, no
piece is shorter than 15. Lines begin and end at the border of their shapes, at the corners of a
gateway (beside them from the fifth flow on). Only loops run backward, into a merge.

An error in a file whose process has the property `layout` = `house`; a note that counts the
places in any other file. The whole standard: [drawing](../drawing.md).

Wrong: a line from (478, 180) slanting to (640, 260), through the corner of the next task.

Right: the points (475, 180), (560, 180), (560, 290), (615, 290): two bends.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.layouts import layout_findings
from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding


def check(subject: Subject) -> Iterator[Finding]:
    yield from layout_findings(subject, RULE.id)


RULE = Rule("layout_flows", "连线的走法 / How lines run", check)
