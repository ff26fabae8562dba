"""Compiled expressions and unary tests: what the rest of the program calls."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from runner.feel.compiler import INPUT, Closure, Test, compile_node, compile_test
from runner.feel.errors import BudgetExceeded, FeelSyntaxError
from runner.feel.evaluation import MAX_LIST, MAX_STEPS, Env, Evaluation, Warning_, WorkingTime
from runner.feel.names import NameFinder
from runner.feel.nodes import Node, Tests, Type
from runner.feel.parser import parse
from runner.feel.types import with_types
from runner.feel.unary import any_passed
from runner.feel.values import Value, to_feel
from runner.feel.weights import weight

_CHEAP = 30  # nodes; evaluating fewer is not counted, what calls or repeats them is

NO_TYPES: Mapping[str, Type] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Result:
    """What an evaluation gave.

    `reads` maps each variable path that was read from the scope to the value found there.
    """

    value: Value
    warnings: tuple[Warning_, ...] = ()
    reads: Mapping[str, Value] = field(default_factory=dict)


class _Compiled:
    """What expressions and unary tests have in common. Immutable, safe to share by threads.

    `names` are the variable paths certainly read, as `policy.ack.due`; `possible_names` are names
    inside filters, which are keys of the items or else variables; `functions` are those called;
    `node` is the parsed form.
    """

    __slots__ = ("_dear", "functions", "names", "node", "possible_names", "text")

    def __init__(self, text: str, node: Node) -> None:
        finder = NameFinder()
        finder.visit(node, frozenset({INPUT}))
        self.text = text
        self.node = node
        self.names = frozenset(finder.certain)
        self.possible_names = frozenset(finder.possible)
        self.functions = frozenset(finder.functions)
        steps = weight(node)
        self._dear = steps if steps > _CHEAP else 0

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.text!r})"


class Expression(_Compiled):
    """A compiled FEEL expression."""

    __slots__ = ("_closure",)

    def __init__(self, text: str, node: Node) -> None:
        super().__init__(text, node)
        self._closure: Closure = compile_node(node)

    def evaluate(
        self,
        scope: Mapping[str, object],
        *,
        now: dt.datetime,
        calendar: WorkingTime | None = None,
        budget: int = MAX_STEPS,
    ) -> Result:
        """The value in this scope. A problem inside makes null and a warning.

        Raises UnsetValue when a value is used that its owner has not decided, BudgetExceeded when
        the expression runs away. `now` must be aware.
        """
        run = Evaluation(scope, now, calendar, budget)
        value = self.evaluate_in(run)
        return Result(value, tuple(run.warnings), run.reads)

    def evaluate_in(self, run: Evaluation, local: Mapping[str, Value] | None = None) -> Value:
        """The value as part of a larger evaluation, whose budget and warnings it shares."""
        env = Env(run, run.scope, None)
        if self._dear:
            run.spend(self._dear)
        try:
            value = self._closure(env if local is None else Env(run, local, env))
        except RecursionError:
            raise BudgetExceeded("The expression calls itself too deeply") from None
        if isinstance(value, _PARTS):
            _limit_size(value)
        return value


class UnaryTests(_Compiled):
    """A compiled cell of a decision table, or the allowed values of something."""

    __slots__ = ("_negated", "_tests", "always")

    def __init__(self, text: str, node: Tests) -> None:
        super().__init__(text, node)
        self._negated = node.negated
        self._tests: tuple[Test, ...] = tuple(compile_test(item) for item in node.items)
        self.always = not node.items

    def matches(
        self,
        input_value: object,
        scope: Mapping[str, object],
        *,
        now: dt.datetime,
        calendar: WorkingTime | None = None,
        budget: int = MAX_STEPS,
    ) -> Result:
        """Whether the input passes; the result's value is a bool. Raises as `evaluate` does."""
        run = Evaluation(scope, now, calendar, budget)
        answer = self.matches_in(run, to_feel(input_value))
        return Result(answer, tuple(run.warnings), run.reads)

    def matches_in(
        self, run: Evaluation, value: Value, local: Mapping[str, Value] | None = None
    ) -> bool:
        """Whether the FEEL value passes, as part of a larger evaluation."""
        if self.always:
            return True
        names = {INPUT: value} if local is None else {**local, INPUT: value}
        env = Env(run, names, Env(run, run.scope, None))
        if self._dear:
            run.spend(self._dear)
        try:
            passed = any_passed(self._tests, env, value)
        except RecursionError:
            raise BudgetExceeded("The test calls itself too deeply") from None
        if self._negated:
            return passed is False
        return passed is True


_PARTS = (list, dict)
MAX_LEVELS = 100


def _limit_size(value: Value) -> None:
    """Refuse a value whose parts, counted as often as they appear, are too many to store, or which
    is made of too many levels for others to walk over."""
    level = [value]
    seen = levels = 0
    while level:
        levels += 1
        below: list[Value] = []
        for item in level:
            seen += len(item)
            if seen > MAX_LIST:
                raise BudgetExceeded(f"The result has more than {MAX_LIST} parts")
            parts = item.values() if isinstance(item, dict) else item
            below.extend(part for part in parts if isinstance(part, _PARTS))
        if levels > MAX_LEVELS:
            raise BudgetExceeded(f"The result has more than {MAX_LEVELS} levels inside each other")
        level = below


def compile_expression(
    text: str, names: Iterable[str] = (), types: Mapping[str, Type] = NO_TYPES
) -> Expression:
    """The expression; a leading `=` as in Zeebe attributes is the caller's to remove.

    `names` are variables in scope, and entries of theirs, whose names have several words or
    operator characters (others may be among them). `types` are the types a model defines, by the
    names that `instance of` and parameters of functions use; they stand for themselves, without
    such names inside. Raises FeelSyntaxError. Compiled once per text, names and types, as long as
    it is used.
    """
    made = _expression if len(text) <= _SHORT else _long_expression
    return made(text, frozenset(names), frozenset(types.items()))


def compile_unary_tests(
    text: str, names: Iterable[str] = (), types: Mapping[str, Type] = NO_TYPES
) -> UnaryTests:
    """The tests of a cell; an empty text, like `-`, passes everything. Raises FeelSyntaxError.

    `names` and `types` are as in `compile_expression`.
    """
    made = _unary_tests if len(text) <= _SHORT else _long_unary_tests
    return made(text, frozenset(names), frozenset(types.items()))


_Types = frozenset[tuple[str, Type]]


def _new_expression(text: str, names: frozenset[str], types: _Types) -> Expression:
    try:
        return Expression(text, _parsed(text, names, types, unary=False))
    except RecursionError:
        raise _too_deep() from None


def _new_unary_tests(text: str, names: frozenset[str], types: _Types) -> UnaryTests:
    if not text.strip():
        return UnaryTests(text, Tests(()))
    try:
        node = _parsed(text, names, types, unary=True)
        assert isinstance(node, Tests)
        return UnaryTests(text, node)
    except RecursionError:
        raise _too_deep() from None


# What is kept is some hundred times as large as its text: of the long ones only the latest are.
_SHORT = 500
_expression = functools.lru_cache(maxsize=8192)(_new_expression)
_long_expression = functools.lru_cache(maxsize=256)(_new_expression)
_unary_tests = functools.lru_cache(maxsize=8192)(_new_unary_tests)
_long_unary_tests = functools.lru_cache(maxsize=256)(_new_unary_tests)


def _too_deep() -> FeelSyntaxError:
    """The caller has left too little of the stack for the levels that an expression may have."""
    return FeelSyntaxError(1, 1, "...", ("fewer levels inside each other",))


def _parsed(text: str, names: frozenset[str], types: _Types, unary: bool) -> Node:
    if not types:
        return parse(text, names, unary)
    by_name = dict(types)
    return with_types(parse(text, names, unary, by_name), by_name)
