"""Unary tests: the cells of decision tables, and what stands right of `in`."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from runner.feel import nodes as n
from runner.feel.evaluation import Env, used
from runner.feel.operators import compare, contains, equal, member
from runner.feel.values import Range, Value

Closure = Callable[[Env], Value]
Compile = Callable[[n.Node], Closure]
Test = Callable[[Env, Value], bool | None]

INPUT = "?"
_BOOLEAN = (n.Compare, n.Logic, n.Between, n.In, n.InstanceOf, n.Quantified)


def compile_in(node: n.In, compile_node: Compile) -> Closure:
    """Whether the value passes one of the tests; null where none is passed and one is unknown."""
    operand = compile_node(node.operand)
    tests = [compile_test(test, compile_node) for test in node.tests]
    binds = any(reads_input(test) for test in node.tests)
    texts = _texts(node.tests)

    def evaluate(env: Env) -> Value:
        value = operand(env)
        if texts is not None and type(value) is str:
            return value in texts
        used(value)
        inner = Env(env.run, {INPUT: value}, env) if binds else env
        return any_passed(tests, inner, value)

    return evaluate


def any_passed(tests: list[Test] | tuple[Test, ...], env: Env, value: Value) -> bool | None:
    """Whether the value passes one of the tests."""
    unknown = False
    for test in tests:
        answer = test(env, value)
        if answer is True:
            return True
        unknown = unknown or answer is None
    return None if unknown else False


def _texts(tests: tuple[n.Node, ...]) -> frozenset[str] | None:
    """The texts, where the tests are nothing else: the usual case, and soon decided."""
    found = [test.value for test in tests if isinstance(test, n.Literal)]
    if len(found) == len(tests) and all(type(value) is str for value in found):
        return frozenset(found)
    return None


def compile_test(node: n.Node, compile_node: Compile) -> Test:
    """The closure that answers one unary test for an input value; the environment binds `?`."""
    if isinstance(node, n.CompareTest):
        operand, operator = compile_node(node.operand), node.operator
        return lambda env, value: compare(env.run, operator, value, operand(env))
    if isinstance(node, n.Literal):
        return _literal_test(node.value)
    if _is_negation(node):
        return _negation(node, compile_node)
    closure = compile_node(node)
    if isinstance(node, _BOOLEAN) or reads_input(node):

        def condition(env: Env, value: Value) -> bool | None:
            answer = used(closure(env))
            if answer is None or isinstance(answer, bool):
                return answer  # null is no answer, also where there is no input value
            return member(env.run, value, answer)

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


def _literal_test(literal: Value) -> Test:
    simple = type(literal)
    if simple is str or simple is Decimal:
        return lambda env, value: (
            value == literal if type(value) is simple else equal(env.run, value, literal)
        )
    return lambda env, value: equal(env.run, value, literal)


def _is_negation(node: n.Node) -> bool:
    """Whether the test is `not( ... )` around other tests."""
    return (
        isinstance(node, n.Call)
        and isinstance(node.function, n.Name)
        and node.function.name == "not"
        and node.names is None
        and len(node.arguments) > 0
    )


def _negation(node: n.Node, compile_node: Compile) -> Test:
    assert isinstance(node, n.Call)
    tests = [compile_test(argument, compile_node) for argument in node.arguments]

    def test(env: Env, value: Value) -> bool | None:
        answer = any_passed(tests, env, value)
        return None if answer is None else not answer

    return test


def reads_input(node: n.Node) -> bool:
    """Whether the node reads the input value, written `?`."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        if isinstance(found, n.Name) and found.name == INPUT:
            return True
        waiting.extend(n.children(found))
    return False
