"""Names fit their place in the print and nothing lies on them.

A line of a task's name is at most 134 wide at 12 px (10 Chinese or about 22 Latin characters), of
an event's, gateway's or flow's name 88 at 11 px (8 or about 15), of a lane's name its height less
20; two lines at most. A label outside its shape has its own place (`BPMNLabel` with bounds) which
holds its text and lies on no shape, line, border or other label.

An error in a file whose process has the property `layout` = `house`; a note that counts the
places in any other file. The whole standard: [drawing](../drawing.md).

Wrong: `核对客户是否已经收到全部货物 / Check whether all goods were received` on a task.

Right: `核对收货 / Check receipt`.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.layouts import layout_findings
from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding


def check(subject: Subject) -> Iterator[Finding]:
    yield from layout_findings(subject, RULE.id)


RULE = Rule("layout_labels", "图上的文字 / Labels in the drawing", check)
