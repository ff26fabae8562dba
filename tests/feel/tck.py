"""The public DMN TCK: its cases, and whether what we give is what each expects.

The folder holds `compliance-level-*/<folder>/` with models and test files. It is read in place:
`../shared/dmn-tck` beside the checkout, or what the environment variable DMN_TCK names.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, DecimalException
from pathlib import Path

from lxml import etree

from runner.definitions.dmn import DecisionError, DecisionFiles, DecisionModel
from runner.feel import FeelError, Months, Value, kind, to_feel
from runner.feel.temporal import parse_date, parse_date_time, parse_duration, parse_time

TCK = Path(os.environ.get("DMN_TCK") or Path(__file__).parents[3] / "shared" / "dmn-tck")
NOW = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)
_SCHEMA = "{http://www.w3.org/2001/XMLSchema-instance}"
_NEAR = Decimal("1e-8")  # the precision of the TCK's own runners


@dataclass(frozen=True)
class Case:
    """One expected result of one test case.

    `called` is the decision service or knowledge model that the case calls, empty where it asks
    the decision itself. `fault` says why the case could not even be read.
    """

    id: str
    folder: str
    model: DecisionModel
    inputs: Mapping[str, Value]
    decision: str
    expected: Value
    error: bool
    called: str = ""
    fault: str = ""

    def holds(self) -> bool:
        """Whether our result is the expected one; an expected error is null or an exception."""
        return self.failure() is None

    def failure(self) -> str | None:
        """How our result differs from the expected one; None where it does not."""
        if self.fault:
            return self.fault
        try:
            value = self._value()
        except (DecisionError, FeelError) as error:
            return None if self.error else f"{type(error).__name__}: {error}"
        except Exception as error:  # a fault of ours is this case's failure and no other's
            return f"crash: {type(error).__name__}: {error}"
        if self.error:
            return None if value is None else f"expected an error or null, found {value!r}"
        if same(value, self.expected):
            return None
        return f"expected {self.expected!r}, found {value!r}"

    def _value(self) -> Value:
        if self.called:
            return self._call(self.called)
        decision = next((item.id for item in self.model if _is(item.name, self.decision)), None)
        if decision is None:
            return self._call(self.decision)
        return self.model.evaluate(decision, self.inputs, now=NOW).value

    def _call(self, name: str) -> Value:
        """What the service or knowledge model gives, or its output that the case asks for."""
        model = self.model
        for item in (*model.services.values(), *model.knowledge.values()):
            if _is(item.name, name):
                value = model.call(item.id, self.inputs, now=NOW).value
                service = model.services.get(item.id)
                several = service is not None and len(service.outputs) > 1
                return value.get(self.decision, value) if several and value else value
        raise LookupError(f"nothing in the model is called '{name}'")


def levels() -> list[int]:
    """The compliance levels there are; none where the TCK is not there."""
    names = (path.name.rpartition("-")[2] for path in TCK.glob("compliance-level-*"))
    return sorted(int(name) for name in names if name.isdigit())


def cases(level: int) -> Iterator[Case]:
    """The cases of one compliance level, folder by folder."""
    top = TCK / f"compliance-level-{level}"
    for folder in sorted({path.parent for path in top.rglob("*.xml")}):
        models = DecisionFiles(
            {path.name: path.read_bytes() for path in sorted(folder.glob("*.dmn"))}
        )
        for path in sorted(folder.glob("*.xml")):
            try:
                yield from _cases_in(path, str(folder.relative_to(top)), models)
            except Exception as error:  # a file that cannot be read is one failure
                fault = f"the test file cannot be read: {type(error).__name__}: {error}"
                yield _faulty(f"{folder.name}/{path.stem}", folder.name, fault)


def _faulty(case_id: str, folder: str, fault: str) -> Case:
    return Case(case_id, folder, DecisionModel(), {}, "", None, False, "", fault)


def _cases_in(path: Path, folder: str, models: DecisionFiles) -> Iterator[Case]:
    root = etree.parse(path).getroot()
    if etree.QName(root).localname != "testCases":
        return
    fault, model = "", DecisionModel()
    name = next((item.text or "" for item in _named(root, "modelName")), "").strip()
    try:
        model, _ = models.load(name)
    except KeyError:
        fault = f"there is no model '{name}'"
    except Exception as error:
        fault = f"the model cannot be loaded: {type(error).__name__}: {error}"
    for case in _named(root, "testCase"):
        for result in _named(case, "resultNode"):
            case_id = f"{folder}/{path.stem[-2:]}-{case.get('id')}-{result.get('name')}"
            if fault:
                yield _faulty(case_id, folder, fault)
                continue
            try:
                yield _case(case_id, folder, model, case, result)
            except (ValueError, DecimalException) as error:
                yield _faulty(case_id, folder, f"the case cannot be read: {error}")


def _case(
    case_id: str,
    folder: str,
    model: DecisionModel,
    case: etree._Element,
    result: etree._Element,
) -> Case:
    asked = case.get("type") or result.get("type") or "decision"
    called = (case.get("invocableName") or "") if asked != "decision" else ""
    return Case(
        case_id,
        folder,
        model,
        _inputs(case),
        str(result.get("name")),
        _value(next(iter(_named(result, "expected")), result)),
        result.get("errorResult") in ("true", "1"),
        called,
    )


def _inputs(case: etree._Element) -> dict[str, Value]:
    """The inputs by name, those of imported models by namespace and name too."""
    found: dict[str, Value] = {}
    for node in _named(case, "inputNode"):
        name, value = str(node.get("name")), _value(node)
        if node.get("namespace"):
            found[f"{node.get('namespace')}#{name}"] = value
        found[name] = value
    return found


def _is(name: str, wanted: str) -> bool:
    return name.split() == wanted.split()


def _named(element: etree._Element, *names: str) -> list[etree._Element]:
    return [
        item
        for item in element
        if isinstance(item.tag, str) and etree.QName(item).localname in names
    ]


def _value(element: etree._Element) -> Value:
    if element.get(f"{_SCHEMA}nil") in ("true", "1"):
        return None
    components = _named(element, "component")
    if components:
        return {str(item.get("name")): _value(item) for item in components}
    for item in _named(element, "list"):
        if item.get(f"{_SCHEMA}nil") in ("true", "1"):
            return None
        return [_value(part) for part in _named(item, "item")]
    for item in _named(element, "value"):
        return None if item.get(f"{_SCHEMA}nil") in ("true", "1") else _typed(item)
    return None


def _typed(element: etree._Element) -> Value:
    kind_ = (element.get(f"{_SCHEMA}type") or "string").rpartition(":")[2]
    text = element.text or ""
    if kind_ in ("decimal", "double", "integer", "int", "long", "float"):
        return to_feel(Decimal(text.strip()))
    if kind_ == "boolean":
        return text.strip() in ("true", "1")
    readers = {
        "date": parse_date,
        "time": parse_time,
        "dateTime": parse_date_time,
        "duration": parse_duration,
        "dayTimeDuration": parse_duration,
        "yearMonthDuration": parse_duration,
    }
    if kind_ not in readers:
        return text
    value = readers[kind_](text.strip())
    if value is None:
        raise ValueError(f"'{text}' is no {kind_}")
    return value


def same(value: Value, expected: Value) -> bool:
    """Whether the values are equal and of one kind; numbers to 8 digits after the point."""
    if isinstance(value, list) and isinstance(expected, list):
        return len(value) == len(expected) and all(map(same, value, expected))
    if isinstance(value, dict) and isinstance(expected, dict):
        return value.keys() == expected.keys() and all(
            same(value[key], expected[key]) for key in value
        )
    if isinstance(value, Decimal) and isinstance(expected, Decimal):
        return abs(value - expected) <= _NEAR
    if isinstance(value, Months) and isinstance(expected, dt.timedelta):
        return value.months == 0 and not expected  # XML has one text for both durations of zero
    return kind(value) == kind(expected) and bool(value == expected)
