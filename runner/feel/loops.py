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
Compile = Callable[[n.Node], Closure]
_Sources = list[tuple[str, Closure, Closure | None]]
_PARTIAL = "partial"


def compile_for(node: n.For, compile_node: Compile) -> Closure:
    """The list of the body's values, for every combination of the iterators.

    `partial` is, in the body, the list of the values made so far.
    """
    rounds, body = _rounds(node, node.iterators, compile_node), compile_node(node.body)
    partial = _reads_partial(node.body)

    def evaluate(env: Env) -> Value:
        made: list[Value] = []
        shown: dict[str, Value] = {}
        outer = Env(env.run, shown, env) if partial else env
        for inner in rounds(outer):
            if inner is None:
                return None
            if partial:
                shown[_PARTIAL] = _snapshot(env.run, made) if partial == "whole" else made
            made.append(body(inner))
            if len(made) > MAX_LIST:
                raise BudgetExceeded(f"A list is longer than {MAX_LIST} items")
        return made

    return evaluate


def _reads_partial(body: n.Node) -> str:
    """How the body uses `partial`: "" not at all, "index" only one item at a time, or "whole"."""
    uses = ""
    waiting = [body]
    while waiting:
        node = waiting.pop()
        match node:
            case n.Filter(target=n.Name(name="partial"), condition=n.Literal()):
                uses = uses or "index"
            case n.Name(name="partial"):
                return "whole"
            case _:
                waiting.extend(n.children(node))
    return uses


def _snapshot(run: Evaluation, made: list[Value]) -> list[Value]:
    """The list as it is now: what an expression has seen never changes."""
    run.spend(len(made) >> 3)
    return made.copy()


def compile_quantified(node: n.Quantified, compile_node: Compile) -> Closure:
    """Whether some, or every, combination satisfies the body."""
    rounds, body = _rounds(node, node.iterators, compile_node), compile_node(node.body)
    decisive = not node.every

    def evaluate(env: Env) -> Value:
        unknown = False
        for inner in rounds(env):
            if inner is None:
                return None
            answer = body(inner)
            if answer is decisive:
                return decisive
            unknown = unknown or type(used(answer)) is not bool
        return None if unknown else not decisive

    return evaluate


def _rounds(
    node: n.For | n.Quantified, iterators: tuple[n.Iterator, ...], compile_node: Compile
) -> Callable[[Env], Iterator[Env | None]]:
    """One environment for each round of the loop; None when a source cannot be iterated."""
    sources: _Sources = [
        (item.name, compile_node(item.source), compile_node(item.end) if item.end else None)
        for item in iterators
    ]
    cost = round_weight(node.body if len(iterators) == 1 else node)

    innermost = len(sources) - 1

    def opened(level: int, env: Env) -> Iterator[Value] | None:
        _, source, end = sources[level]
        items = _items(env.run, source(env), end(env) if end else None, end is not None)
        return None if items is None else iter(items)

    def rounds(env: Env) -> Iterator[Env | None]:
        run = env.run
        loops = [(env, opened(0, env))]  # those that have begun, each inside the one before
        while loops:
            outer, items = loops[-1]
            level = len(loops) - 1
            name = sources[level][0]
            if items is None:
                yield None
                return
            if level == innermost:
                for item in items:
                    run.spend(cost)
                    yield Env(run, {name: item}, outer)
                loops.pop()
                continue
            for item in items:
                run.spend(cost)
                inner = Env(run, {name: item}, outer)
                loops.append((inner, opened(level + 1, inner)))
                break
            else:
                loops.pop()

    return rounds


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
