"""Which service task uses which template, and what it passes to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from runner.definitions.check.subject import Subject
from runner.definitions.model import Element, VariableMapping, is_expression
from runner.feel import FeelError, FeelSyntaxError, compile_expression, nodes
from runner.feel.parser import parse

ALWAYS = frozenset({"complaint_number", "customer_link"})
"""What every text of a case can name without being passed it."""


def named_templates(element: Element) -> Iterator[str]:
    """The template a task names by a fixed text; none where an expression decides."""
    for mapping in element.inputs:
        if mapping.target == "template" and element.job_type:
            name = constant(mapping.source)
            if name is not None:
                yield name


def uses(subject: Subject) -> dict[str, frozenset[str]]:
    """Template name to the names that every task using it passes."""
    found: dict[str, frozenset[str]] = {}
    for _, element in subject.elements():
        for name in named_templates(element):
            passed = _passed(element)
            if passed is not None:
                found[name] = found.get(name, passed) & passed
    return found


def _passed(element: Element) -> frozenset[str] | None:
    """The names a task passes, entries of its ``subject`` among them; None when they vary."""
    names = set(ALWAYS)
    for mapping in element.inputs:
        names.add(mapping.target)
        if mapping.target == "subject":
            keys = _keys(mapping)
            if keys is None:
                return None
            names |= keys
    return frozenset(names)


def _keys(mapping: VariableMapping) -> set[str] | None:
    if not is_expression(mapping.source):
        return set()
    try:
        node = parse(mapping.source[1:], frozenset(), unary=False)
    except FeelSyntaxError:
        return None  # expression_invalid says so
    if not isinstance(node, nodes.ContextLiteral):
        return None
    return {key for key, _ in node.entries}


def constant(text: str) -> str | None:
    """The text an attribute always has; None where that depends on something."""
    if not is_expression(text):
        return text.strip() or None
    try:
        expression = compile_expression(text[1:])
        if expression.names or expression.functions:
            return None
        value = expression.evaluate({}, now=datetime.now(UTC)).value
    except (FeelSyntaxError, FeelError):
        return None
    return value if isinstance(value, str) else None
