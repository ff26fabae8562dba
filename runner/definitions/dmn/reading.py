"""The boxed expressions of DMN elements, with a finding for each thing not understood."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lxml import etree

from runner.definitions.dmn import logic
from runner.definitions.dmn.logic import Logic, Source
from runner.definitions.findings import Finding, Severity
from runner.feel import (
    Expression,
    FeelSyntaxError,
    UnaryTests,
    compile_expression,
)

_FEEL_LANGUAGES = (
    "feel",
    "http://www.omg.org/spec/feel/20140401",
    "http://www.omg.org/spec/dmn/20180521/feel/",
    "https://www.omg.org/spec/dmn/20191111/feel/",
    "https://www.omg.org/spec/dmn/20211108/feel/",
    "https://www.omg.org/spec/dmn/20230324/feel/",
)


class Unusable(Exception):
    """The logic has an error; its finding has been noted."""


def local_name(element: etree._Element) -> str:
    """The element's name without its namespace."""
    return etree.QName(element).localname


def children(element: etree._Element, *names: str) -> list[etree._Element]:
    """The children with one of these names, in the namespace of the element itself."""
    space = etree.QName(element).namespace
    return [
        child
        for child in element
        if isinstance(child.tag, str)
        and etree.QName(child).namespace == space
        and local_name(child) in names
    ]


def child(element: etree._Element, name: str) -> etree._Element | None:
    """The first child with this name."""
    return next(iter(children(element, name)), None)


def line_of(element: etree._Element) -> int:
    """The line of the file on which the element starts, 0 if unknown."""
    line: object = element.sourceline
    return line if isinstance(line, int) else 0


def text_of(element: etree._Element | None) -> str:
    """The text of the element's `text` child."""
    text = None if element is None else child(element, "text")
    return "" if text is None else (text.text or "")


class ExpressionReader:
    """Reads the logic of one decision; errors are noted in `findings`.

    `read_table` reads decision tables, which have a module of their own.
    """

    def __init__(
        self,
        file: str,
        owner_id: str,
        owner_name: str,
        names: frozenset[str],
        findings: list[Finding],
        language: str,
        read_table: Callable[[ExpressionReader, etree._Element], Logic],
    ) -> None:
        self.file = file
        self.owner_id = owner_id
        self.owner_name = owner_name
        self.names = names
        self.findings = findings
        self.language = language
        self._boxed: dict[str, Callable[[etree._Element], Logic]] = {
            "literalExpression": self._literal,
            "decisionTable": lambda element: read_table(self, element),
            "context": self._context,
            "list": self._list,
            "relation": self._relation,
            "invocation": self._invocation,
            "functionDefinition": self._function,
            "conditional": self._conditional,
            "for": lambda element: self._iteration(element, "return"),
            "some": lambda element: self._iteration(element, "satisfies"),
            "every": lambda element: self._iteration(element, "satisfies"),
            "filter": lambda element: self._iteration(element, "match"),
        }

    def read(self, owner: etree._Element) -> Logic | None:
        """The logic in the element; None, with a finding, where it cannot be used."""
        found = len(self.findings)
        try:
            made = self.expression_in(owner)
        except Unusable:
            return None
        errors = any(item.severity == "error" for item in self.findings[found:])
        return None if errors else made

    def note(
        self,
        element: etree._Element,
        rule: str,
        zh: str,
        en: str,
        severity: Severity = "error",
    ) -> None:
        """Add a finding about the element."""
        self.findings.append(
            Finding(
                file=self.file,
                rule=rule,
                severity=severity,
                zh=zh,
                en=en,
                element_id=element.get("id") or self.owner_id,
                element_name=self.owner_name,
                line=line_of(element),
            )
        )

    def expression_in(self, owner: etree._Element) -> Logic:
        for element in children(owner, *self._boxed):
            return self._boxed[local_name(element)](element)
        self.note(
            owner,
            "decision_without_logic",
            f"决策“{self.owner_name}”没有决策表，也没有表达式。请补上。",
            f'The decision "{self.owner_name}" has neither a table nor an expression. Add one.',
        )
        raise Unusable

    def _literal(self, element: etree._Element) -> Logic:
        return logic.Literal(self.expression(element))

    def expression(self, element: etree._Element, label: str = "") -> Source:
        """The FEEL expression in the element. Raises Unusable for an empty one."""
        self.check_language(element)
        text = text_of(element)
        if not text.strip():
            self.note(
                element,
                "expression_empty",
                f"“{label or self.owner_name}”的表达式是空的。请填写。",
                f'The expression of "{label or self.owner_name}" is empty. Fill it in.',
            )
            raise Unusable
        return self.compiled(element, text, label, compile_expression)

    def compiled(
        self,
        element: etree._Element,
        text: str,
        label: str,
        compiler: Callable[[str, Iterable[str]], Expression | UnaryTests],
    ) -> Source:
        try:
            compiled = compiler(text, self.names)
        except FeelSyntaxError as error:
            place = label or self.owner_name
            self.note(
                element,
                "expression_invalid",
                f"“{place}”中的“{text.strip()[:80]}”不是有效的 FEEL：第 {error.line} 行"
                f"第 {error.column} 列遇到“{error.found or '结尾'}”，"
                f"应为 {' 或 '.join(error.expected)}。",
                f'"{text.strip()[:80]}" in "{place}" is not FEEL: {error}.',
            )
            raise Unusable from None
        return Source(element.get("id") or self.owner_id, label or self.owner_name, compiled)

    def check_language(self, element: etree._Element) -> None:
        language = (element.get("expressionLanguage") or self.language).strip()
        if language and language.lower() not in _FEEL_LANGUAGES:
            self.note(
                element,
                "expression_language",
                f"表达式语言“{language}”不受支持，只能用 FEEL。",
                f'The expression language "{language}" is not supported, only FEEL is.',
            )
            raise Unusable

    def _context(self, element: etree._Element) -> Logic:
        names: list[str | None] = []
        parts: list[Logic] = []
        for entry in children(element, "contextEntry"):
            variable = child(entry, "variable")
            names.append(None if variable is None else variable.get("name"))
            parts.append(self.expression_in(entry))
        return logic.boxed_context(tuple(names), tuple(parts))

    def _items(self, element: etree._Element) -> tuple[Logic, ...]:
        boxes = children(element, *self._boxed)
        return tuple(self._boxed[local_name(box)](box) for box in boxes)

    def _list(self, element: etree._Element) -> Logic:
        return logic.boxed_list(self._items(element))

    def _relation(self, element: etree._Element) -> Logic:
        columns = tuple(column.get("name") or "" for column in children(element, "column"))
        cells: list[Logic] = []
        for row in children(element, "row"):
            items = self._items(row)
            if len(items) != len(columns):
                self.wrong_count(row, len(columns), len(items))
            cells += items
        return logic.boxed_relation(columns, tuple(cells))

    def wrong_count(self, element: etree._Element, expected: int, found: int) -> None:
        self.note(
            element,
            "decision_table_shape",
            f"这一行应有 {expected} 格，实际有 {found} 格。请在 Modeler 中重新保存该表。",
            f"This row should have {expected} cells but has {found}. Save the table again.",
        )
        raise Unusable

    def _invocation(self, element: etree._Element) -> Logic:
        names: list[str] = []
        parts = [self.expression_in(element)]
        for binding in children(element, "binding"):
            parameter = child(binding, "parameter")
            names.append("" if parameter is None else parameter.get("name") or "")
            parts.append(self.expression_in(binding))
        return logic.boxed_invocation(tuple(names), tuple(parts))

    def _conditional(self, element: etree._Element) -> Logic:
        branches = [child(element, name) for name in ("if", "then", "else")]
        parts = [self.expression_in(branch) for branch in branches if branch is not None]
        if len(parts) != 3:
            self.wrong_count(element, 3, len(parts))
        return logic.boxed_conditional(tuple(parts))

    def _iteration(self, element: etree._Element, body: str) -> Logic:
        branches = [child(element, name) for name in ("in", body)]
        parts = [self.expression_in(branch) for branch in branches if branch is not None]
        if len(parts) != 2:
            self.wrong_count(element, 2, len(parts))
        kind = local_name(element)
        name = "item" if kind == "filter" else element.get("iteratorVariable") or "item"
        return logic.boxed_iteration(kind, name, tuple(parts))

    def _function(self, element: etree._Element) -> Logic:
        return logic.boxed_function(parameters(element), self.function_body(element))

    def function_body(self, element: etree._Element) -> Logic:
        """The body of a function definition or of encapsulated logic. Raises Unusable."""
        kind = element.get("kind", "FEEL")
        if kind != "FEEL":
            self.note(
                element,
                "decision_logic_unsupported",
                f"用 {kind} 写的函数不受支持，只能用 FEEL。",
                f"Functions written in {kind} are not supported, only FEEL is.",
            )
            raise Unusable
        return self.expression_in(element)


def parameters(element: etree._Element) -> tuple[str, ...]:
    """The names of a function's formal parameters."""
    return tuple(item.get("name") or "" for item in children(element, "formalParameter"))
