"""DMN files of a few elements, for tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from runner.definitions.dmn import (
    DecisionModel,
    load_decisions,
)
from runner.feel import Value

NOW = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)

NAMESPACES = {
    "1.1": "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "1.2": "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "1.3": "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "1.4": "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "1.5": "https://www.omg.org/spec/DMN/20230324/MODEL/",
}


def definitions(*elements: str, version: str = "1.3", more: str = "") -> bytes:
    """A DMN file of these elements."""
    text = f'<definitions xmlns="{NAMESPACES[version]}" id="d" name="d" namespace="x" {more}>'
    return (text + "".join(elements) + "</definitions>").encode()


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def table(
    policy: str,
    rules: Sequence[Sequence[str]],
    *,
    inputs: Sequence[str] = ("x",),
    outputs: Sequence[str] = ('<output id="o" name="out"/>',),
    requires: str = "",
    decision: str = "t",
) -> str:
    """A decision table; each rule is its input cells and then its output cells."""
    columns = "".join(
        f'<input id="i{n}" label="列 / Column {n}"><inputExpression><text>{escape(text)}</text>'
        "</inputExpression></input>"
        for n, text in enumerate(inputs)
    )
    rows = "".join(
        f'<rule id="{decision}_r{n}">'
        + "".join(
            f'<{"input" if i < len(inputs) else "output"}Entry id="c{n}_{i}">'
            f"<text>{escape(cell)}</text></{'input' if i < len(inputs) else 'output'}Entry>"
            for i, cell in enumerate(cells)
        )
        + "</rule>"
        for n, cells in enumerate(rules, start=1)
    )
    return (
        f'<decision id="{decision}" name="{decision}">{requires}<decisionTable {policy}>'
        f"{columns}{''.join(outputs)}{rows}</decisionTable></decision>"
    )


def literal(decision: str, text: str, requires: str = "") -> str:
    return (
        f'<decision id="{decision}" name="{decision}">{requires}<literalExpression>'
        f"<text>{escape(text)}</text></literalExpression></decision>"
    )


def needs(*decisions: str) -> str:
    return "".join(
        f'<informationRequirement><requiredDecision href="#{name}"/></informationRequirement>'
        for name in decisions
    )


def load(*elements: str) -> DecisionModel:
    model, findings = load_decisions(definitions(*elements), "t.dmn")
    assert findings == []
    return model


def decide(model: DecisionModel, **scope: object) -> Value:
    return model.evaluate("t", scope, now=NOW).value


RULES = (("> 1", '"b"'), ("> 2", '"a"'), ("> 3", '"b"'))

RANKED = ('<output id="o" name="out"><outputValues><text>"a","b"</text></outputValues></output>',)
