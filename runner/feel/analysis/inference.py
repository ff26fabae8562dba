"""Static analysis: the type of an expression, and what is certainly wrong with it.

What is not known stays unknown, and nothing is said about it. Walks recurse no deeper than the
parser lets expressions be nested.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from runner.feel import nodes as n
from runner.feel.analysis.judging import Tests
from runner.feel.analysis.problems import Problem, ProblemKind
from runner.feel.analysis.sampling import KINDS, constant, negated, operated, ordered, properties
from runner.feel.analysis.scope import Scope, source_text
from runner.feel.analysis.static_types import (
    ANY,
    BOOLEAN,
    NULL,
    Type,
    context_of,
    function_of,
    list_of,
    of_kind,
    of_value,
    union,
)
from runner.feel.analysis.typed_calls import Misfit, call_type
from runner.feel.builtins import BUILTINS
from runner.feel.compiler import INPUT
from runner.feel.expression import Expression, UnaryTests
from runner.feel.spelling import closest
from runner.feel.values import Value


@dataclass(frozen=True, slots=True)
class Inference:
    """`type` is what the expression gives; `problems` are in the order of the text."""

    type: Type
    problems: tuple[Problem, ...] = ()


def infer(expression: Expression | n.Node, types: Mapping[str, Type]) -> Inference:
    """The type and the problems of an expression over variables of these types.

    `types` has every variable there is, `ANY` for one of which nothing is known; another name is
    reported as unknown.
    """
    node = expression.node if isinstance(expression, Expression) else expression
    walk = _Walk()
    found = walk.visit(node, Scope(types))
    return Inference(found, walk.sorted_problems())


def infer_tests(tests: UnaryTests | n.Tests, value: Type, types: Mapping[str, Type]) -> Inference:
    """As `infer`, for the tests of a cell whose input is of the type `value`."""
    node = tests.node if isinstance(tests, UnaryTests) else tests
    walk = _Walk()
    if isinstance(node, n.Tests):
        walk.tests.judge(node.items, value, INPUT, Scope({INPUT: value}, Scope(types)))
    return Inference(BOOLEAN, walk.sorted_problems())


class _Walk:
    """One walk over one expression; `values` are those of its constant parts, by node."""

    def __init__(self) -> None:
        self.problems: dict[Problem, None] = {}
        self.values: dict[int, Value] = {}
        self.tests = Tests(self)

    def sorted_problems(self) -> tuple[Problem, ...]:
        return tuple(sorted(self.problems, key=lambda found: (found.line, found.column)))

    def report(self, kind: ProblemKind, node: n.Node, subject: str = "", **more: object) -> None:
        """Note a problem at the node."""
        found = Problem(kind, node.line, node.column, subject, **more)  # type: ignore[arg-type]
        self.problems.setdefault(found)

    def visit(self, node: n.Node, scope: Scope) -> Type:
        """The node's type. What this walk has never heard of is of any type."""
        visitor = _VISITORS.get(type(node))
        return visitor(self, node, scope) if visitor else ANY

    def condition(self, node: n.Node, scope: Scope, word: str) -> None:
        """Visit a node that has to be true or false."""
        found = self.visit(node, scope)
        if found.kinds and "boolean" not in found.kinds:
            self.report("not_boolean", node, word, found=str(found))

    def _constant(self, node: n.Node, parts: tuple[n.Node | None, ...], inferred: Type) -> Type:
        """The type of a node whose parts were visited: exact where all of them are constant."""
        if any(part is not None and id(part) not in self.values for part in parts):
            return inferred
        known = constant(node)
        if known is None:
            return inferred
        value, warnings = known
        if value is None and warnings:
            self.report("always_null", node, source_text(node), found=warnings[0].message)
            return ANY
        self.values[id(node)] = value
        return of_value(value)

    def _literal(self, node: n.Literal, _scope: Scope) -> Type:
        self.values[id(node)] = node.value
        return of_value(node.value)

    def _name(self, node: n.Name, scope: Scope) -> Type:
        found = scope.find(node.name)
        if found is not None:
            return found
        if node.name in BUILTINS:
            return function_of(None)
        near = closest(node.name, scope.names()) or ""
        self.report("unknown_variable", node, node.name, found=node.name, near=near)
        return ANY

    def _path(self, node: n.Path, scope: Scope) -> Type:
        target = self.visit(node.target, scope)
        found = _part(target, node.name)
        if found is not None:
            return self._constant(node, (node.target,), found)
        there = _parts(target)
        near = closest(node.name, there) or ""
        subject = source_text(node.target)
        self.report("unknown_entry", node, subject, found=node.name, expected=there, near=near)
        return ANY

    def _filter(self, node: n.Filter, scope: Scope) -> Type:
        target = self.visit(node.target, scope)
        item = target.items if target.kinds and "range" not in target.kinds else ANY
        asked = self.visit(node.condition, scope.of_item(item))
        if asked.kinds and not asked.kinds & {"number", "boolean"}:
            self.report("not_boolean", node.condition, "[ ]", found=str(asked))
            return ANY
        if asked.is_zero:
            self.report("index_zero", node.condition, source_text(node.target))
            return ANY
        if asked.is_only("number"):
            return self._constant(node, (node.target, node.condition), item)
        return list_of(item) if asked.is_only("boolean") else ANY

    def _call(self, node: n.Call, scope: Scope) -> Type:
        function = node.function
        name = function.name if isinstance(function, n.Name) else ""
        arguments = [self.visit(argument, scope) for argument in node.arguments]
        if not name:
            return self._invoked(node, self.visit(function, scope))
        own = scope.find(name)
        if own is not None and (own.kinds is None or "function" in own.kinds):
            return self._invoked(node, own)
        if name in BUILTINS:
            return self._builtin(node, name, arguments)
        if own is not None:
            self.report("unknown_function", node, name, found=name)
            return ANY
        near = closest(name, BUILTINS) or ""
        self.report("unknown_function", node, name, found=name, near=near)
        return ANY

    def _invoked(self, node: n.Call, function: Type) -> Type:
        """A call of a function that is a value: its parameters may be known."""
        wanted = function.parameters
        if not function.is_only("function") or wanted is None:
            return ANY
        name, given = source_text(node.function), node.names
        signature = (f"{name}({', '.join(wanted)})",)
        if given is not None and (len(given) != len(wanted) or set(given) != set(wanted)):
            strange = next((part for part in given if part not in wanted), "")
            self.report(
                "function_arguments", node, name, expected=signature,
                found=", ".join(f"{part}: …" for part in given),
                near=closest(strange, wanted) or "",
            )  # fmt: skip
        elif given is None and len(node.arguments) != len(wanted):
            found = f"{len(node.arguments)} arguments"
            self.report("function_arguments", node, name, expected=signature, found=found)
        return function.result or ANY

    def _builtin(self, node: n.Call, name: str, arguments: list[Type]) -> Type:
        if BUILTINS[name][0].refusal:
            return ANY
        result = call_type(name, arguments, node.names)
        if isinstance(result, Misfit):
            wrong = node.arguments[result.index] if result.parameter else node
            self.report(
                "argument_type" if result.parameter else "function_arguments", wrong, name,
                found=result.found, expected=result.expected, near=result.near,
            )  # fmt: skip
            return ANY
        if name == "modulo" and len(node.arguments) == 2 and arguments[1].is_zero:
            self.report("division_by_zero", node, name)
            return ANY
        if name == "list contains" and node.names is None:
            self.tests.contained(node, arguments, scope_text=source_text(node.arguments[1]))
        return self._constant(node, node.arguments, result)

    def _negate(self, node: n.Negate, scope: Scope) -> Type:
        operand = self.visit(node.operand, scope)
        if not operand.kinds:
            return ANY
        kinds = frozenset(kind for kind in operand.kinds if negated(kind))
        if not kinds:
            self.report("type_mismatch", node, "-", found=str(operand))
            return ANY
        return self._constant(node, (node.operand,), Type(kinds))

    def _arithmetic(self, node: n.Arithmetic, scope: Scope) -> Type:
        left = self.visit(node.first, scope)
        for operator, part in node.rest:
            right = self.visit(part, scope)
            if operator == "/" and right.is_zero:
                self.report("division_by_zero", part, source_text(node.first))
                left = ANY
            else:
                left = self._operated(node, operator, left, right)
        parts = (node.first, *(part for _, part in node.rest))
        return self._constant(node, parts, left) if left.kinds else left

    def _operated(self, node: n.Node, operator: str, left: Type, right: Type) -> Type:
        if left.kinds == NULL.kinds or right.kinds == NULL.kinds:
            return ANY
        lefts, rights = left.kinds or KINDS, right.kinds or KINDS
        found = {operated(operator, one, other) for one in lefts for other in rights}
        kinds = frozenset(kind for kind in found if kind is not None)
        if not kinds:
            self.report("type_mismatch", node, operator, found=f"{left} {operator} {right}")
            return ANY
        return Type(kinds)

    def _compare(self, node: n.Compare, scope: Scope) -> Type:
        left, right = self.visit(node.left, scope), self.visit(node.right, scope)
        self.tests.compare(node, node.operator, (node.left, left), (node.right, right))
        return BOOLEAN

    def _between(self, node: n.Between, scope: Scope) -> Type:
        value = self.visit(node.operand, scope)
        for operator, part in ((">=", node.low), ("<=", node.high)):
            other = self.visit(part, scope)
            self.tests.compare(node, operator, (node.operand, value), (part, other))
        return BOOLEAN

    def _in(self, node: n.In, scope: Scope) -> Type:
        value = self.visit(node.operand, scope)
        inner = Scope({INPUT: value}, scope)
        self.tests.judge(node.tests, value, source_text(node.operand), inner)
        return BOOLEAN

    def _compare_test(self, node: n.CompareTest, scope: Scope) -> Type:
        return Type(frozenset({"range"}), item=self.visit(node.operand, scope))

    def _instance_of(self, node: n.InstanceOf, scope: Scope) -> Type:
        self.visit(node.operand, scope)
        return BOOLEAN

    def _logic(self, node: n.Logic, scope: Scope) -> Type:
        for item in node.items:
            self.condition(item, scope, "and" if node.all_of else "or")
        return BOOLEAN

    def _if(self, node: n.If, scope: Scope) -> Type:
        self.condition(node.condition, scope, "if")
        return self.visit(node.then, scope).joined(self.visit(node.otherwise, scope))

    def _for(self, node: n.For, scope: Scope) -> Type:
        inner = self._iterated(node.iterators, Scope({"partial": list_of(ANY)}, scope))
        return list_of(self.visit(node.body, inner))

    def _quantified(self, node: n.Quantified, scope: Scope) -> Type:
        inner = self._iterated(node.iterators, scope)
        self.condition(node.body, inner, "satisfies")
        return BOOLEAN

    def _iterated(self, iterators: tuple[n.Iterator, ...], scope: Scope) -> Scope:
        for iterator in iterators:
            found = self.visit(iterator.source, scope)
            if iterator.end is not None:
                item = found.joined(self.visit(iterator.end, scope))
                item = Type(item.kinds) if item.kinds else ANY
            elif found.is_only("range"):
                item = found.item or ANY
            else:
                item = ANY if found.kinds and "range" in found.kinds else found.items
            scope = Scope({iterator.name: item}, scope)
        return scope

    def _function(self, node: n.FunctionDefinition, scope: Scope) -> Type:
        names = tuple(name for name, _ in node.parameters)
        result = self.visit(node.body, Scope(dict.fromkeys(names, ANY), scope))
        return function_of(names, result)

    def _list(self, node: n.ListLiteral, scope: Scope) -> Type:
        item = union([self.visit(item, scope) for item in node.items])
        return self._constant(node, node.items, list_of(item))

    def _context(self, node: n.ContextLiteral, scope: Scope) -> Type:
        entries: dict[str, Type] = {}
        inner = Scope(entries, scope)
        every = Scope(entries, Scope(dict.fromkeys((key for key, _ in node.entries), ANY), scope))
        for key, value in node.entries:
            later = isinstance(value, n.FunctionDefinition)  # called when every entry is there
            entries[key] = self.visit(value, every if later else inner)
        return context_of(entries)

    def _range(self, node: n.RangeLiteral, scope: Scope) -> Type:
        low, high = (
            ANY if end is None else self.visit(end, scope) for end in (node.low, node.high)
        )
        pairs = [(one, other) for one in low.kinds or () for other in high.kinds or ()]
        if pairs and not any(ordered(one, other) for one, other in pairs):
            self.report("type_mismatch", node, "..", found=f"{low}..{high}")
            return ANY
        return self._constant(node, (node.low, node.high), of_kind("range"))


def _part(target: Type, name: str) -> Type | None:
    """The type of `target.name`; None when nothing of the type has such a part."""
    if target.kinds is None:
        return ANY
    if not target.kinds:
        return NULL
    found: list[Type] = []
    for kind in target.kinds:
        if kind == "context":
            known = (target.entries or {}).get(name)
            if known is not None:
                found.append(known)
            elif target.entries is None or target.open:
                return ANY
        elif kind == "list":
            inner = _part(target.item or ANY, name)
            if inner is not None:
                found.append(list_of(inner))
        elif kind == "range" and name in ("start", "end"):
            found.append(target.item or ANY)
        elif name in properties(kind):
            found.append(properties(kind)[name])
    return union(found) if found else None


def _parts(target: Type) -> tuple[str, ...]:
    """All that could stand after the dot."""
    found: set[str] = set()
    for kind in target.kinds or ():
        if kind == "list":
            found.update(_parts(target.item or ANY))
        else:
            found.update(target.entries or {} if kind == "context" else properties(kind))
    return tuple(sorted(found))


_VISITORS: dict[type[n.Node], Callable[..., Type]] = {
    n.Literal: _Walk._literal,
    n.Name: _Walk._name,
    n.Path: _Walk._path,
    n.Filter: _Walk._filter,
    n.Call: _Walk._call,
    n.Negate: _Walk._negate,
    n.Arithmetic: _Walk._arithmetic,
    n.Compare: _Walk._compare,
    n.Between: _Walk._between,
    n.In: _Walk._in,
    n.CompareTest: _Walk._compare_test,
    n.InstanceOf: _Walk._instance_of,
    n.Logic: _Walk._logic,
    n.If: _Walk._if,
    n.For: _Walk._for,
    n.Quantified: _Walk._quantified,
    n.FunctionDefinition: _Walk._function,
    n.ListLiteral: _Walk._list,
    n.ContextLiteral: _Walk._context,
    n.RangeLiteral: _Walk._range,
}
