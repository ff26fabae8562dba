"""`for`, `some` and `every`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from runner.feel import nodes as n
from runner.feel.errors import BudgetExceeded
from runner.feel.evaluation import MAX_LIST, Env, Evaluation, used
from runner.feel.operators import whole
from runner.feel.values import Range, Value, kind
from runner.feel.weights import round_weight
from runner.feel.wide import date_of

Closure = Callable[[Env], Value]
_Sources = list[tuple[str, Closure, Closure | None]]


def compile_for(node: n.For, compile_node: Callable[[n.Node], Closure]) -> Closure:
    """The list of the body's values, for every combination of the iterators."""
    sources, body = _sources(node.iterators, compile_node), compile_node(node.body)
    cost = round_weight(node.body if len(node.iterators) == 1 else node)

    def evaluate(env: Env) -> Value:
        made: list[Value] = []
        outer = Env(env.run, {"partial": made}, env)
        for inner in _combinations(outer, sources, cost):
            if inner is None:
                return None
            made.append(body(inner))
            if len(made) > MAX_LIST:
                raise BudgetExceeded(f"A list is longer than {MAX_LIST} items")
        return made

    return evaluate


def compile_quantified(node: n.Quantified, compile_node: Callable[[n.Node], Closure]) -> Closure:
    """Whether some, or every, combination satisfies the body."""
    sources, body = _sources(node.iterators, compile_node), compile_node(node.body)
    decisive = not node.every
    cost = round_weight(node.body if len(node.iterators) == 1 else node)

    def evaluate(env: Env) -> Value:
        unknown = False
        for inner in _combinations(env, sources, cost):
            if inner is None:
                return None
            answer = used(body(inner))
            if answer is decisive:
                return decisive
            unknown = unknown or type(answer) is not bool
        return None if unknown else not decisive

    return evaluate


def _sources(
    iterators: tuple[n.Iterator, ...], compile_node: Callable[[n.Node], Closure]
) -> _Sources:
    return [
        (item.name, compile_node(item.source), compile_node(item.end) if item.end else None)
        for item in iterators
    ]


def _combinations(env: Env, sources: _Sources, cost: int) -> Iterator[Env | None]:
    """One environment for each combination; None when a source cannot be iterated."""
    (name, source, end), rest = sources[0], sources[1:]
    items = _items(env.run, source(env), end(env) if end else None, end is not None)
    if items is None:
        yield None
        return
    for item in items:
        env.run.spend(cost)
        inner = Env(env.run, {name: item}, env)
        if rest:
            yield from _combinations(inner, rest, cost)
        else:
            yield inner


def _items(run: Evaluation, source: Value, end: Value, has_end: bool) -> Iterable[Value] | None:
    used(source)
    used(end)
    if has_end:
        return _count(run, source, end)
    if isinstance(source, list):
        return source
    if isinstance(source, Range):
        numbers = _count(run, source.low, source.high)
        if numbers is None:
            return None
        inside = list(numbers)
        first = 0 if source.low_closed else 1
        return inside[first : None if source.high_closed else -1]
    if source is None:
        run.warn("type", "null cannot be iterated")
        return None
    return [source]


def _count(run: Evaluation, low: Value, high: Value) -> Iterable[Value] | None:
    if type(low) is Decimal and type(high) is Decimal:
        first, last = whole(low), whole(high)
        if first is None or last is None:
            run.warn("type", "An iteration over a range needs whole numbers")
            return None
        _limit(abs(last - first))
        step = 1 if first <= last else -1
        return (Decimal(number) for number in range(first, last + step, step))
    if kind(low) == kind(high) == "date":
        start, stop = low.toordinal(), high.toordinal()
        _limit(abs(stop - start))
        step = 1 if start <= stop else -1
        return (date_of(number) for number in range(start, stop + step, step))
    run.warn("type", "An iteration over a range needs two whole numbers or two dates")
    return None


def _limit(length: int) -> None:
    if length >= MAX_LIST:
        raise BudgetExceeded(f"A list is longer than {MAX_LIST} items")
