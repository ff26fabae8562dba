"""Shapes have one size each, stand on the grid of 10, apart from each other and inside their lane.

Tasks and calls are 150 x 90, events 36, gateways 50, collapsed pools 60 high. 20 are free between
shapes and to the border of lane or sub-process, 40 to the next pool; a boundary event sits on the
bottom or top edge of its step, 25 or more from the corner, and beside a sign in the middle.
Everything in the file is drawn.

An error in a file whose process has the property `layout` = `house`; a note that counts the
places in any other file. The whole standard: [drawing](../drawing.md).

Wrong: a task of 100 x 80 with its centre at (403, 181).

Right: a task of 150 x 90 with its centre at (400, 180).
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.layouts import layout_findings
from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding


def check(subject: Subject) -> Iterator[Finding]:
    yield from layout_findings(subject, RULE.id)


RULE = Rule("layout_places", "形状的位置 / Where shapes stand", check)
