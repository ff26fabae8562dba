"""Nodes to closures. Every closure takes the environment and returns a value."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from runner.feel import nodes as n
from runner.feel import unary
from runner.feel.arithmetic import calculate, negate
from runner.feel.builtins import BUILTINS, invoke_builtin
from runner.feel.calls import call_value
from runner.feel.evaluation import Env, used
from runner.feel.lookups import compile_filter, compile_path, read_name
from runner.feel.loops import compile_for, compile_quantified
from runner.feel.operators import compare, order
from runner.feel.types import coerce, has_type
from runner.feel.unary import INPUT, Test, compile_in, reads_input
from runner.feel.values import Function, Range, Value
from runner.feel.weights import round_weight

__all__ = ["INPUT", "Closure", "Test", "compile_node", "compile_test", "reads_input"]

Closure = Callable[[Env], Value]


def compile_node(node: n.Node) -> Closure:
    """The closure that evaluates the node."""
    return _COMPILERS[type(node)](node)


def _literal(node: n.Literal) -> Closure:
    value = node.value
    return lambda _env: value


def _call(node: n.Call) -> Closure:
    arguments = [compile_node(argument) for argument in node.arguments]
    names = node.names
    if isinstance(node.function, n.Name) and node.function.name in BUILTINS:
        builtin = node.function.name
        asks = BUILTINS[builtin][0].asks

        def call_builtin(env: Env) -> Value:
            run = env.run
            run.spend()
            noticed = len(run.warnings)
            values = [argument(env) for argument in arguments]
            if asks:
                run.forget_missing(noticed)
            local: Env | None = env
            while local is not None:
                if builtin in local.values and isinstance(local.values[builtin], Function):
                    return call_value(run, local.values[builtin], values, names)
                local = local.parent
            return invoke_builtin(run, builtin, values, names)

        return call_builtin
    function = compile_node(node.function)
    label = node.function.name if isinstance(node.function, n.Name) else ""

    def call(env: Env) -> Value:
        env.run.spend()
        callee = used(function(env))
        values = [argument(env) for argument in arguments]
        if not isinstance(callee, Function):
            env.run.warn("function", f"There is no function '{label}'", label)
            return None
        return call_value(env.run, callee, values, names)

    return call


def _negate(node: n.Negate) -> Closure:
    operand = compile_node(node.operand)
    return lambda env: negate(env.run, operand(env))


def _arithmetic(node: n.Arithmetic) -> Closure:
    first = compile_node(node.first)
    rest = [(sign, compile_node(right)) for sign, right in node.rest]

    def evaluate(env: Env) -> Value:
        value = first(env)
        for sign, right in rest:
            value = calculate(env.run, sign, value, right(env))
        return value

    return evaluate


_PLAIN = frozenset({Decimal, str})
_ANSWERS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _compare(node: n.Compare) -> Closure:
    left, right, sign = compile_node(node.left), compile_node(node.right), node.operator
    answer = _ANSWERS[sign]

    def evaluate(env: Env) -> Value:
        one, other = left(env), right(env)
        simple = type(one)
        if simple is type(other) and simple in _PLAIN:
            return answer(one, other)
        return compare(env.run, sign, one, other)

    return evaluate


def _between(node: n.Between) -> Closure:
    operand, low, high = (compile_node(part) for part in (node.operand, node.low, node.high))

    def evaluate(env: Env) -> Value:
        value, least, most = operand(env), low(env), high(env)
        above, below = order(env.run, value, least), order(env.run, value, most)
        if above is None or below is None:
            return None
        return above >= 0 and below <= 0

    return evaluate


def _instance_of(node: n.InstanceOf) -> Closure:
    operand, type_ = compile_node(node.operand), node.type
    return lambda env: has_type(env.run, used(operand(env)), type_)


def _logic(node: n.Logic) -> Closure:
    items = [compile_node(item) for item in node.items]
    decisive = not node.all_of

    def evaluate(env: Env) -> Value:
        unknown = False
        for item in items:
            value = item(env)
            if value is decisive:
                return decisive
            if type(value) is not bool:
                if used(value) is not None:
                    env.run.warn("type", "'and' and 'or' need true or false on both sides")
                unknown = True
        return None if unknown else not decisive

    return evaluate


def _if(node: n.If) -> Closure:
    condition, then = compile_node(node.condition), compile_node(node.then)
    otherwise = compile_node(node.otherwise)

    def evaluate(env: Env) -> Value:
        return then(env) if used(condition(env)) is True else otherwise(env)

    return evaluate


def _function(node: n.FunctionDefinition) -> Closure:
    parameters = tuple(name for name, _ in node.parameters)
    types = [type_ for _, type_ in node.parameters]
    body, cost = compile_node(node.body), round_weight(node.body)

    def define(env: Env) -> Value:
        def call(run: object, values: list[Value]) -> Value:
            env.run.spend(cost)
            fitted = [
                coerce(env.run, value, type_) if type_ else value
                for value, type_ in zip(values, types, strict=True)
            ]
            return body(Env(env.run, dict(zip(parameters, fitted, strict=True)), env))

        return Function("", parameters, call)

    return define


def _list(node: n.ListLiteral) -> Closure:
    items = [compile_node(item) for item in node.items]
    return lambda env: [item(env) for item in items]


def _context(node: n.ContextLiteral) -> Closure:
    entries = [(key, compile_node(value)) for key, value in node.entries]
    counted = Counter(key for key, _ in entries)
    twice = next((key for key, times in counted.items() if times > 1), None)

    def evaluate(env: Env) -> Value:
        if twice is not None:
            env.run.warn("type", f"The context has two entries '{twice}'", twice)
            return None
        made: dict[str, Value] = {}
        inner = Env(env.run, made, env)
        for key, value in entries:
            made[key] = value(inner)
        return made

    return evaluate


def _range(node: n.RangeLiteral) -> Closure:
    low = compile_node(node.low or n.Literal(None))
    high = compile_node(node.high or n.Literal(None))
    closed = (node.low_closed, node.high_closed)

    def evaluate(env: Env) -> Value:
        least, most = used(low(env)), used(high(env))
        if least is None and most is None:
            return None
        if least is not None and most is not None and order(env.run, least, most) is None:
            return None
        return Range(least, most, closed[0] and least is not None, closed[1] and most is not None)

    return evaluate


def _compare_test_value(node: n.CompareTest) -> Closure:
    """`(< 5)` as a value is a range without a lower end."""
    operand, operator = compile_node(node.operand), node.operator

    def evaluate(env: Env) -> Value:
        end = used(operand(env))
        if end is None or operator == "!=":
            return None
        if operator == "=":
            return Range(end, end, operator=operator)
        closed = operator in ("<=", ">=")
        if operator[0] == "<":
            return Range(None, end, False, closed, operator)
        return Range(end, None, closed, False, operator)

    return evaluate


def compile_test(node: n.Node) -> Test:
    """The closure that answers one unary test for an input value; the environment binds `?`."""
    return unary.compile_test(node, compile_node)


_COMPILERS: dict[type[n.Node], Callable[..., Closure]] = {
    n.Literal: _literal,
    n.Name: lambda node: read_name(node.name),
    n.Path: lambda node: compile_path(node, compile_node),
    n.Filter: lambda node: compile_filter(node, compile_node),
    n.Call: _call,
    n.Negate: _negate,
    n.Arithmetic: _arithmetic,
    n.Compare: _compare,
    n.Between: _between,
    n.In: lambda node: compile_in(node, compile_node),
    n.InstanceOf: _instance_of,
    n.Logic: _logic,
    n.If: _if,
    n.For: lambda node: compile_for(node, compile_node),
    n.Quantified: lambda node: compile_quantified(node, compile_node),
    n.FunctionDefinition: _function,
    n.ListLiteral: _list,
    n.ContextLiteral: _context,
    n.RangeLiteral: _range,
    n.CompareTest: _compare_test_value,
}
