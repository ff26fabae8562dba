"""Reading the public DMN TCK: its cases, and whether a result is the one expected."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from lxml import etree

from runner.definitions.dmn import DecisionError, DecisionModel, load_decisions
from runner.feel import FeelError, Months, Value, to_feel
from runner.feel.temporal import parse_date, parse_date_time, parse_duration, parse_time

TCK = Path(__file__).parents[3] / "shared" / "dmn-tck"
NOW = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


@dataclass(frozen=True)
class Case:
    """One expected result of one test case."""

    id: str
    model: DecisionModel
    inputs: dict[str, Value]
    decision: str
    expected: Value
    error: bool

    def holds(self) -> bool:
        """Whether our result is the expected one; an expected error is null or an exception."""
        by_name = {decision.name: decision.id for decision in self.model}
        decision = by_name.get(self.decision)
        if decision is None:
            return False
        try:
            value = self.model.evaluate(decision, self.inputs, now=NOW).value
        except (DecisionError, FeelError):
            return self.error
        return value is None if self.error else same(value, self.expected)


def cases(level: int) -> Iterator[Case]:
    """The cases of one compliance level; none where the TCK is not there."""
    for path in sorted((TCK / f"compliance-level-{level}").glob("*/*-test-*.xml")):
        root = etree.parse(path).getroot()
        model_name = next(text for name, text in _texts(root) if name == "modelName")
        source = path.parent / model_name
        if not source.exists():
            continue
        model, _ = load_decisions(source.read_bytes(), source.name)
        for case in _named(root, "testCase"):
            inputs = {str(node.get("name")): _value(node) for node in _named(case, "inputNode")}
            for result in _named(case, "resultNode"):
                yield Case(
                    f"{path.parent.name}/{path.stem[-2:]}-{case.get('id')}-{result.get('name')}",
                    model,
                    inputs,
                    str(result.get("name")),
                    _value(next(iter(_named(result, "expected")), result)),
                    result.get("errorResult") == "true",
                )


def _named(element: etree._Element, *names: str) -> list[etree._Element]:
    return [
        item
        for item in element
        if isinstance(item.tag, str) and etree.QName(item).localname in names
    ]


def _texts(element: etree._Element) -> list[tuple[str, str]]:
    return [
        (etree.QName(item).localname, item.text or "")
        for item in element
        if isinstance(item.tag, str)
    ]


def _value(element: etree._Element) -> Value:
    components = _named(element, "component")
    if components:
        return {str(item.get("name")): _value(item) for item in components}
    for item in _named(element, "list"):
        return [_value(part) for part in _named(item, "item")]
    for item in _named(element, "value"):
        return None if item.get(_NIL) == "true" else _typed(item)
    return None


def _typed(element: etree._Element) -> Value:
    kind, text = (element.get(_TYPE) or "string").rpartition(":")[2], element.text or ""
    if kind in ("decimal", "double", "integer", "int", "float"):
        return to_feel(Decimal(text))
    if kind == "boolean":
        return text == "true"
    readers = {
        "date": parse_date,
        "time": parse_time,
        "dateTime": parse_date_time,
        "duration": parse_duration,
    }
    return readers[kind](text) if kind in readers else text


def same(value: Value, expected: Value) -> bool:
    """Whether the values are equal; numbers to 8 digits, as the TCK's own runners compare."""
    if isinstance(value, list) and isinstance(expected, list):
        return len(value) == len(expected) and all(map(same, value, expected))
    if isinstance(value, dict) and isinstance(expected, dict):
        return value.keys() == expected.keys() and all(
            same(value[key], expected[key]) for key in value
        )
    if isinstance(value, Decimal) and isinstance(expected, Decimal):
        return abs(value - expected) <= max(abs(expected), Decimal(1)) * Decimal("1e-8")
    if isinstance(value, Months) and isinstance(expected, dt.timedelta):
        return value.months == 0 and not expected
    return type(value) is type(expected) and bool(value == expected)
