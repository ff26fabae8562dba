"""Comparisons and tests under analysis: which can never be true, which are always."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from runner.feel import nodes as n
from runner.feel.analysis.problems import ProblemKind
from runner.feel.analysis.sampling import constant
from runner.feel.analysis.scope import Scope, shown, source_text
from runner.feel.analysis.static_types import ANY, Type
from runner.feel.analysis.verdicts import Verdict, bounds, compared, within
from runner.feel.compiler import INPUT, reads_input
from runner.feel.spelling import closest
from runner.feel.values import Value

Side = tuple[n.Node, Type]
_BOOLEAN = (n.Compare, n.Logic, n.Between, n.In, n.InstanceOf, n.Quantified)


class Walk(Protocol):
    """The walk that these judgements belong to."""

    values: dict[int, Value]

    def visit(self, node: n.Node, scope: Scope) -> Type: ...

    def report(
        self, kind: ProblemKind, node: n.Node, subject: str = "", **more: object
    ) -> None: ...


class Tests:
    """What is certain about the comparisons of one expression."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk

    def compare(self, node: n.Node, operator: str, left: Side, right: Side) -> None:
        """Judge `left operator right`, written at the node."""
        constants = self._walk.values
        if id(left[0]) in constants and id(right[0]) in constants:
            self._constants(node, operator, left, right)
            return
        verdict = compared(operator, left[1], right[1])
        if verdict == "mismatch":
            words = f"{left[1]} {operator} {right[1]}"
            self._walk.report("type_mismatch", node, operator, found=words)
        elif id(right[0]) in constants:
            self._tell(verdict, node, source_text(left[0]), operator, left[1], right[1])
        elif id(left[0]) in constants:
            self._tell(verdict, node, source_text(right[0]), operator, right[1], left[1])

    def _constants(self, node: n.Node, operator: str, left: Side, right: Side) -> None:
        if compared(operator, left[1], right[1]) == "mismatch":
            words = f"{left[1]} {operator} {right[1]}"
            self._walk.report("type_mismatch", node, operator, found=words)
            return
        known = constant(n.Compare(operator, left[0], right[0]))
        if known is not None and isinstance(known[0], bool):
            if known[0] and isinstance(node, n.Between):
                return  # one bound holds; the other one may not
            one, other = (shown(self._walk.values[id(side[0])]) for side in (left, right))
            kind: ProblemKind = "always_true" if known[0] else "never_true"
            self._walk.report(kind, node, one, found=f"{operator} {other}")

    def _tell(
        self, verdict: Verdict, node: n.Node, subject: str, operator: str, value: Type, other: Type
    ) -> None:
        """Report a comparison of something with constants it never equals."""
        if verdict not in ("never", "always"):
            return
        there = _choices(value)
        if value.values is not None and other.values is not None and len(other.values) == 1:
            (wrong,) = other.values
            near = closest(str(wrong), map(str, value.values)) or ""
            words = shown(wrong)
            self._walk.report(
                "unknown_value", node, subject, found=words, expected=there, near=near
            )
            return
        kind: ProblemKind = "never_true" if verdict == "never" else "always_true"
        self._walk.report(
            kind, node, subject, found=f"{operator} {_written(other)}", expected=there
        )

    def contained(self, node: n.Call, arguments: list[Type], scope_text: str) -> None:
        """Judge `list contains(list, element)`."""
        held, element = node.arguments
        items = arguments[0].items
        constants = self._walk.values
        if id(element) in constants and id(held) not in constants:
            self._member(node, source_text(held), items, arguments[1])
        elif isinstance(held, n.ListLiteral) and id(element) not in constants:
            for item in held.items:
                if id(item) in constants:
                    found = self._walk.visit(item, Scope({}))
                    self._member(item, scope_text, arguments[1], found)

    def _member(self, node: n.Node, subject: str, value: Type, other: Type) -> None:
        """Judge whether an item can be equal to a constant."""
        verdict = compared("=", value, other)
        if verdict == "mismatch":
            words = f"{value} = {other}"
            self._walk.report("type_mismatch", node, "=", found=words)
        else:
            self._tell(verdict, node, subject, "=", value, other)

    def judge(self, tests: Sequence[n.Node], value: Type, subject: str, scope: Scope) -> None:
        """Judge the tests of a cell, or right of `in`, for a value; the scope binds `?`."""
        for test in tests:
            self._test(test, value, subject, scope)

    def _test(self, node: n.Node, value: Type, subject: str, scope: Scope) -> None:
        if isinstance(node, n.ListLiteral) and _single(value):
            self.judge(node.items, value, subject, scope)
            return
        if isinstance(node, n.CompareTest):
            operand = self._walk.visit(node.operand, scope)
            verdict = compared(node.operator, value, operand)
            self._verdict(node, verdict, subject, node.operator, value, (node.operand, operand))
            return
        found = self._walk.visit(node, scope)
        if isinstance(node, _BOOLEAN) or reads_input(node):
            return
        if found.is_only("range") and _single(value):
            if id(node) in self._walk.values:
                verdict = within(value, found.item or ANY)
                self._verdict(node, verdict, subject, "in", value, (node, found))
            return
        if not found.kinds or "range" in found.kinds or "boolean" in found.kinds:
            found = found if isinstance(node, n.Literal) else ANY
        if "list" in (found.kinds or ()) and _single(value):
            found = found.items
        self._verdict(node, compared("=", value, found), subject, "=", value, (node, found))

    def _verdict(
        self, node: n.Node, verdict: Verdict, subject: str, operator: str, value: Type, other: Side
    ) -> None:
        if verdict == "mismatch":
            words = f"{value} {operator} {other[1]}"
            about = INPUT if subject == INPUT else operator
            self._walk.report("type_mismatch", node, about, found=words)
        elif id(other[0]) in self._walk.values:
            self._tell(verdict, node, subject, operator, value, other[1])


def _single(value: Type) -> bool:
    """Whether the value is certainly no list."""
    return value.kinds is not None and not value.kinds & {"list", "range"}


def _choices(value: Type) -> tuple[str, ...]:
    """All that the value can be, as people write it."""
    if value.values is not None:
        return tuple(sorted(shown(item) for item in value.values))
    low, high = bounds(value)
    if low is None and high is None:
        return ()
    return (_span(low, high),)


def _written(other: Type) -> str:
    if other.values is not None and len(other.values) == 1:
        (value,) = other.values
        return shown(value)
    low, high = bounds(other.item or other)
    return _span(low, high)


def _span(low: Value, high: Value) -> str:
    if low is None or high is None:
        return f"<= {shown(high)}" if low is None else f">= {shown(low)}"
    return f"[{shown(low)}..{shown(high)}]"
