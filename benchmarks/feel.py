"""Conditions and decision tables: FEEL beside the same content in stock SpiffWorkflow, in Python.

Both evaluate what was compiled or parsed before. The stock library evaluates text anew each time
and copies the record for it; a loop it never ends, so it runs a thousandth of ours.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine
from SpiffWorkflow.dmn.parser.DMNParser import DMNParser

from benchmarks.measuring import Figure, Spans, quietest
from benchmarks.stock import specs
from runner.definitions.dmn import load_decisions
from runner.feel import BudgetExceeded, compile_expression

NOW = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)
CONDITION = ('severity = "urgent" and amount > 1000', 'severity == "urgent" and amount > 1000')
SEVERITIES = ("trivial", "low", "normal", "high", "urgent")
BANDS = ((0, 100), (100, 1_000), (1_000, 10_000), (10_000, 100_000))
RUNAWAYS = (
    "for i in 1..1000000000 return i",
    "for i in 1..1000000000, j in 1..1000000000 return i * j",
    "for i in 1..90000 return for j in 1..90000 return i * j",
    "some i in 1..90000, j in 1..90000 satisfies i * j < 0",
)
STOCK_RUNAWAY = "[i for i in range(1, 1000001)]"
SAMPLES = 60
CONDITION_US, TABLE_US, RUNAWAY_MS, MOST_GROWTH = 5.0, 100.0, 50.0, 1.5
_DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def measure() -> Iterator[Figure]:
    small, large = record(10), record(10_000)
    stock = StockTask(small)
    condition = compile_expression(CONDITION[0])
    model, _ = load_decisions(table(python=False), "bench.dmn")

    def decide(scope: Mapping[str, object]) -> Callable[[], object]:
        return lambda: model.evaluate("level", scope, now=NOW)

    def ask(scope: Mapping[str, object]) -> Callable[[], object]:
        return lambda: condition.evaluate(scope, now=NOW)

    _same(condition.evaluate(small, now=NOW).value, stock.condition())
    _same(model.evaluate("level", small, now=NOW).value, stock.decide())
    yield _beside("a gateway condition", CONDITION_US, ask(small), stock.condition, 500)
    yield _beside("a table of 20 rules and 2 inputs", TABLE_US, decide(small), stock.decide, 50)
    yield _growth("a condition, of 10,000 variables", ask(small), ask(large), 500)
    yield _growth("a table, of 10,000 variables", decide(small), decide(large), 50)
    a_thousandth = _spans(stock.runaway, 1, 5)
    for text in RUNAWAYS:
        yield _runaway(text, a_thousandth)


def record(size: int) -> dict[str, object]:
    """A case record of so many variables, with the two that are read."""
    filler = {f"variable_{number}": [number, "text"] for number in range(size - 2)}
    return {**filler, "severity": "urgent", "amount": 20_000}


def table(*, python: bool) -> bytes:
    """One rule for each severity and band of amounts, in our dialect or the stock one."""
    band = "{} <= ? < {}" if python else "[{}..{})"
    rules = "".join(
        f'<rule id="r{index}"><inputEntry id="a{index}"><text>"{severity}"</text></inputEntry>'
        f'<inputEntry id="b{index}"><text>{_escaped(band.format(*ends))}</text></inputEntry>'
        f'<outputEntry id="c{index}"><text>{index}</text></outputEntry></rule>'
        for index, (severity, ends) in enumerate(
            (severity, ends) for severity in SEVERITIES for ends in BANDS
        )
    )
    inputs = "".join(
        f'<input id="{name}_column" label="{name}"><inputExpression id="{name}_expression" '
        f'typeRef="{kind}"><text>{name}</text></inputExpression></input>'
        for name, kind in (("severity", "string"), ("amount", "number"))
    )
    return (
        f'<definitions xmlns="{_DMN}" id="d" name="d" namespace="https://ombud.example/d">'
        '<decision id="level" name="level"><decisionTable id="t" hitPolicy="UNIQUE">'
        f'{inputs}<output id="o" name="level" typeRef="number"/>{rules}'
        "</decisionTable></decision></definitions>"
    ).encode()


class StockTask:
    """A task of the stock library that holds the record, and what it evaluates there."""

    def __init__(self, data: Mapping[str, object]) -> None:
        workflow = BpmnWorkflow(*specs())
        self._task = workflow.task_tree
        self._task.data.update(data)
        self._engine: Any = workflow.script_engine
        root = etree.fromstring(table(python=True))
        parser = DMNParser(None, root, {"dmn": _DMN})
        parser.parse()
        self._table = DMNEngine(parser.decision.decisionTables[0])

    def condition(self) -> object:
        return self._engine.evaluate(self._task, CONDITION[1])

    def decide(self) -> object:
        return self._table.result(self._task)["level"]

    def runaway(self) -> object:
        return self._engine.evaluate(self._task, STOCK_RUNAWAY)


def _escaped(text: str) -> str:
    return text.replace("<", "&lt;")


def _same(ours: object, theirs: object) -> None:
    """Both must have answered the same question."""
    if ours != theirs:
        raise AssertionError(f"Expected one answer, but ours is {ours} and the stock one {theirs}")


def _beside(
    name: str,
    most: float,
    ours: Callable[[], object],
    stock: Callable[[], object],
    repeats: int,
) -> Figure:
    spans, theirs = _spans(ours, repeats), _spans(stock, repeats)
    ratio = spans.median_ms / theirs.median_ms
    name = f"{name}; stock {theirs.median_ms * 1_000:.1f}"
    return replace(_microseconds(name, spans, f"median <= {most:g}", most), to_stock=ratio)


def _growth(
    name: str, small: Callable[[], object], large: Callable[[], object], repeats: int
) -> Figure:
    before, after = Spans(), Spans()
    for _ in range(SAMPLES):  # by turns, so that a busy machine slows both
        before.seconds.append(_sample(small, repeats))
        after.seconds.append(_sample(large, repeats))
    growth = after.median_ms / before.median_ms
    figure = _microseconds(name, after, f"growth <= {MOST_GROWTH}", float("inf"))
    return replace(figure, holds=growth <= MOST_GROWTH, growth=growth)


def _microseconds(name: str, spans: Spans, budget: str, most: float) -> Figure:
    median, high = spans.median_ms * 1_000, spans.p95_ms * 1_000
    return Figure(name, "µs", median, high, budget, median <= most)


def _runaway(text: str, stock: Spans) -> Figure:
    """How long it takes until the loop is ended."""
    expression = compile_expression(text)

    def run() -> None:
        try:
            expression.evaluate({}, now=NOW)
        except BudgetExceeded:
            return
        raise AssertionError(f"Expected '{text}' to be ended, but it came to an end")

    spans = _spans(run, 1, 15)
    shown = text if len(text) <= 40 else f"{text[:39]}…"
    ratio = spans.median_ms / stock.median_ms
    median, holds = spans.median_ms, spans.median_ms <= RUNAWAY_MS
    budget = f"median <= {RUNAWAY_MS:g}"
    return Figure(shown, "ms", median, spans.p95_ms, budget, holds, to_stock=ratio)


def _sample(work: Callable[[], object], repeats: int) -> float:
    """Seconds of one repetition, the mean of so many: a clock is too coarse for one."""
    began = time.perf_counter()
    for _ in range(repeats):
        work()
    return (time.perf_counter() - began) / repeats


def _spans(work: Callable[[], object], repeats: int, samples: int = SAMPLES) -> Spans:
    work()
    return quietest(lambda: Spans([_sample(work, repeats) for _ in range(samples)]))
