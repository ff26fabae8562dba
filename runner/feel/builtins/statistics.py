"""Functions that make one value of many."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, DecimalException

from runner.feel.arithmetic import calculate
from runner.feel.builtins.table import builtin
from runner.feel.evaluation import Evaluation, used
from runner.feel.operators import order
from runner.feel.values import CONTEXT, Value, kind


@builtin("min", "list...: any", "The least value; null for none.", result="any")
def _min(run: Evaluation, *values: Value) -> Value:
    return _extreme(run, _operands(values), -1)


@builtin("max", "list...: any", "The greatest value; null for none.", result="any")
def _max(run: Evaluation, *values: Value) -> Value:
    return _extreme(run, _operands(values), 1)


def _operands(values: tuple[Value, ...]) -> list[Value]:
    if len(values) == 1 and isinstance(values[0], list):
        return values[0]
    return list(values)


def _extreme(run: Evaluation, items: list[Value], direction: int) -> Value:
    if not items:
        return None
    best = used(items[0])
    if len(items) == 1 and order(run, best, best) is None:
        return None
    for item in items[1:]:
        run.spend()
        sign = order(run, item, best)
        if sign is None:
            return None
        if sign * direction > 0:
            best = item
    return best


def _numbers(run: Evaluation, name: str, values: tuple[Value, ...]) -> list[Decimal] | None:
    items = _operands(values)
    run.spend(len(items))
    if not all(type(used(item)) is Decimal for item in items):
        run.warn("function", f"'{name}' needs numbers", name)
        return None
    return items


def _folded(
    run: Evaluation,
    name: str,
    values: tuple[Value, ...],
    calculate: Callable[[list[Decimal]], Decimal],
) -> Value:
    """The calculation over at least one number; null for none, or on overflow."""
    items = _numbers(run, name, values)
    if not items:
        return None
    try:
        return calculate(items)
    except DecimalException:
        run.warn("function", f"The '{name}' is outside what can be represented", name)
        return None


def _total(items: list[Decimal]) -> Decimal:
    total = Decimal(0)
    for item in items:
        total = CONTEXT.add(total, item)
    return total


def _average(items: list[Decimal]) -> Decimal:
    return CONTEXT.divide(_total(items), Decimal(len(items)))


def _times(items: list[Decimal]) -> Decimal:
    product = Decimal(1)
    for item in items:
        product = CONTEXT.multiply(product, item)
    return product


def _middle(items: list[Decimal]) -> Decimal:
    ordered = sorted(items)
    half = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[half]
    return _average(ordered[half - 1 : half + 1])


def _deviation(items: list[Decimal]) -> Decimal:
    mean = _average(items)
    squares = [CONTEXT.power(CONTEXT.subtract(item, mean), Decimal(2)) for item in items]
    return CONTEXT.sqrt(CONTEXT.divide(_total(squares), Decimal(len(items) - 1)))


@builtin("sum", "list...: any", "The sum of numbers (or durations); null for none.", result="any")
def _sum(run: Evaluation, *values: Value) -> Value:
    items = _operands(values)
    kinds = {kind(used(item)) for item in items}
    if kinds in ({"days and time duration"}, {"years and months duration"}):
        total = items[0]
        for item in items[1:]:
            total = calculate(run, "+", total, item)
        return total
    return _folded(run, "sum", values, _total)


@builtin("mean", "list...: any", "The arithmetic mean of numbers.", result="number")
def _mean(run: Evaluation, *values: Value) -> Value:
    return _folded(run, "mean", values, _average)


@builtin("product", "list...: any", "The product of numbers.", result="number")
def _product(run: Evaluation, *values: Value) -> Value:
    return _folded(run, "product", values, _times)


@builtin("median", "list...: any", "The middle one of numbers.", result="number")
def _median(run: Evaluation, *values: Value) -> Value:
    return _folded(run, "median", values, _middle)


@builtin(
    "stddev", "list...: any", "The standard deviation of a sample of numbers.", result="number"
)
def _stddev(run: Evaluation, *values: Value) -> Value:
    return _folded(run, "stddev", values, _deviation)


@builtin("mode", "list...: any", "The most frequent numbers, in order.", result="list")
def _mode(run: Evaluation, *values: Value) -> Value:
    if len(values) == 1 and values[0] is None:
        return None
    items = _numbers(run, "mode", values)
    if items is None:
        return None
    counts: dict[Decimal, int] = {}
    for item in items:
        counts[item] = counts.get(item, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(item for item, count in counts.items() if count == most)
