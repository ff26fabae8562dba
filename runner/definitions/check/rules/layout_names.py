"""Who reads the print finds a question at each split, an answer on each of its flows, and names.

Activities, events, pools and lanes have a name in both languages. An exclusive split is a question
that ends in `?`, and every flow out of it an answer, the default one too. Merges, forks and joins
have no name.

An error in a file whose process has the property `layout` = `house`; a note that counts the
places in any other file. The whole standard: [drawing](../drawing.md).

Wrong: a gateway `可受理 / Admissible` with one flow named and the other not.

Right: `可受理? / Admissible?` with the flows `是 / Yes` and `否 / No`.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.layouts import layout_findings
from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding


def check(subject: Subject) -> Iterator[Finding]:
    yield from layout_findings(subject, RULE.id)


RULE = Rule("layout_names", "图上的名称 / Names in the drawing", check)
