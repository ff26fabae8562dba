"""Nodes to closures. Every closure takes the environment and returns a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from runner.feel import nodes as n
from runner.feel.arithmetic import calculate, negate
from runner.feel.builtins import BUILTINS, as_function, invoke_builtin
from runner.feel.calls import call_value
from runner.feel.evaluation import Env, used
from runner.feel.loops import compile_for, compile_quantified
from runner.feel.operators import compare, contains, equal, member, order, whole
from runner.feel.properties import property_of
from runner.feel.types import coerce, has_type
from runner.feel.values import Function, Range, Value
from runner.feel.weights import round_weight

Closure = Callable[[Env], Value]
INPUT = "?"


def compile_node(node: n.Node) -> Closure:
    """The closure that evaluates the node."""
    return _COMPILERS[type(node)](node)


def _literal(node: n.Literal) -> Closure:
    value = node.value
    return lambda _env: value


def _name_path(name: str, keys: tuple[str, ...]) -> Closure:
    path = ".".join((name, *keys))

    def read(env: Env) -> Value:
        try:
            value, walked = env.find(path, name, keys)
        except LookupError:
            overloads = BUILTINS.get(name)
            if overloads and not keys:
                return as_function(name)
            env.run.warn("unknown_name", f"There is no variable '{name}'", name)
            return None
        for key in keys[walked:]:
            value = property_of(env.run, value, key)
        return value

    return read


def _name(node: n.Name) -> Closure:
    return _name_path(node.name, ())


def _path(node: n.Path) -> Closure:
    keys = [node.name]
    target = node.target
    while isinstance(target, n.Path):
        keys.append(target.name)
        target = target.target
    ordered = tuple(reversed(keys))
    if isinstance(target, n.Name):
        return _name_path(target.name, ordered)
    inner = compile_node(target)

    def read(env: Env) -> Value:
        value = inner(env)
        for key in ordered:
            value = property_of(env.run, value, key)
        return value

    return read


def _filter(node: n.Filter) -> Closure:
    target, condition = compile_node(node.target), compile_node(node.condition)
    constant = isinstance(node.condition, n.Literal) and type(node.condition.value) is Decimal
    cost = round_weight(node.condition)

    def keep(env: Env) -> Value:
        items = used(target(env))
        run = env.run
        if items is None:
            if constant:
                return None
            items = []
        elif isinstance(items, Range):
            run.warn("type", "A range cannot be filtered")
            return None
        elif not isinstance(items, list):
            items = [items]
        if constant:
            return _at(items, condition(env))
        kept: list[Value] = []
        for index, item in enumerate(items):
            run.spend(cost)
            local: Mapping[str, Value] = {"item": item}
            if isinstance(item, dict):
                local = item if "item" in item else {**item, "item": item}
            answer = used(condition(Env(run, local, env)))
            if answer is True:
                kept.append(item)
            elif index == 0 and type(answer) is Decimal:
                return _at(items, answer)
        if not items:  # an index into an empty list is null, a condition gives an empty list
            probe = condition(Env(run, {"item": None}, env)) if not constant else None
            return None if type(probe) is Decimal else []
        return kept

    return keep


def _at(items: list[Value], position: Decimal) -> Value:
    index = whole(position)
    if index is None or index == 0 or abs(index) > len(items):
        return None
    return items[index - 1 if index > 0 else index]


def _call(node: n.Call) -> Closure:
    arguments = [compile_node(argument) for argument in node.arguments]
    names = node.names
    if isinstance(node.function, n.Name) and node.function.name in BUILTINS:
        builtin = node.function.name

        def call_builtin(env: Env) -> Value:
            run = env.run
            run.spend()
            values = [argument(env) for argument in arguments]
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
    rest = [(operator, compile_node(right)) for operator, right in node.rest]

    def evaluate(env: Env) -> Value:
        value = first(env)
        for operator, right in rest:
            value = calculate(env.run, operator, value, right(env))
        return value

    return evaluate


def _compare(node: n.Compare) -> Closure:
    left, right, operator = compile_node(node.left), compile_node(node.right), node.operator
    if operator == "=":
        return lambda env: equal(env.run, left(env), right(env))
    return lambda env: compare(env.run, operator, left(env), right(env))


def _between(node: n.Between) -> Closure:
    operand, low, high = (compile_node(part) for part in (node.operand, node.low, node.high))

    def evaluate(env: Env) -> Value:
        value, least, most = operand(env), low(env), high(env)
        above, below = order(env.run, value, least), order(env.run, value, most)
        if above is None or below is None:
            return None
        return above >= 0 and below <= 0

    return evaluate


def _in(node: n.In) -> Closure:
    operand = compile_node(node.operand)
    tests = [compile_test(test) for test in node.tests]

    def evaluate(env: Env) -> Value:
        value = used(operand(env))
        inner = Env(env.run, {INPUT: value}, env)
        unknown = False
        for test in tests:
            answer = test(inner, value)
            if answer is True:
                return True
            unknown = unknown or answer is None
        return None if unknown else False

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
            value = used(item(env))
            if value is decisive:
                return decisive
            if type(value) is not bool:
                if value is not None:
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

    def evaluate(env: Env) -> Value:
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


Test = Callable[[Env, Value], bool | None]
_BOOLEAN = (n.Compare, n.Logic, n.Between, n.In, n.InstanceOf, n.Quantified)


def compile_test(node: n.Node) -> Test:
    """The closure that answers one unary test for an input value; the environment binds `?`."""
    if isinstance(node, n.CompareTest):
        operand, operator = compile_node(node.operand), node.operator
        return lambda env, value: compare(env.run, operator, value, operand(env))
    closure = compile_node(node)
    if isinstance(node, n.Literal):
        literal = node.value
        return lambda env, value: equal(env.run, value, literal)
    if isinstance(node, _BOOLEAN) or reads_input(node):

        def condition(env: Env, value: Value) -> bool | None:
            answer = used(closure(env))
            return answer if isinstance(answer, bool) else member(env.run, value, answer)

        return condition

    stored = isinstance(node, n.Name | n.Path)  # a value to compare with, never a condition

    def test(env: Env, value: Value) -> bool | None:
        answer = used(closure(env))
        if isinstance(answer, Range) and not isinstance(value, Range):
            return contains(env.run, answer, value)
        if answer is True and not isinstance(value, bool) and not stored:
            return True
        return member(env.run, value, answer)

    return test


def reads_input(node: object) -> bool:
    """Whether the node reads the input value, written `?`."""
    if isinstance(node, n.Name):
        return node.name == INPUT
    if isinstance(node, tuple):
        return any(reads_input(part) for part in node)
    if isinstance(node, n.Node):
        slots = [slot for base in type(node).__mro__ for slot in getattr(base, "__slots__", ())]
        return any(reads_input(getattr(node, slot)) for slot in slots if slot != "depth")
    return False


_COMPILERS: dict[type[n.Node], Callable[..., Closure]] = {
    n.Literal: _literal,
    n.Name: _name,
    n.Path: _path,
    n.Filter: _filter,
    n.Call: _call,
    n.Negate: _negate,
    n.Arithmetic: _arithmetic,
    n.Compare: _compare,
    n.Between: _between,
    n.In: _in,
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
