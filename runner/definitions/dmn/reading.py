"""The boxed expressions of DMN elements, with a finding for each thing not understood."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from lxml import etree

from runner.definitions.dmn import boxes
from runner.definitions.dmn.boxes import Parameter
from runner.definitions.dmn.elements import (
    child,
    children,
    is_feel,
    line_of,
    local_name,
    name_of,
    text_of,
)
from runner.definitions.dmn.logic import Literal, Logic, Source, typed
from runner.definitions.dmn.places import place_of, table_around
from runner.definitions.dmn.spaced_names import SpacedNames
from runner.definitions.dmn.type_reading import TypeReader
from runner.definitions.dmn.types import ItemType, result_type
from runner.definitions.findings import Finding, Severity, half
from runner.definitions.meant import syntax_words
from runner.feel import (
    Expression,
    FeelSyntaxError,
    UnaryTests,
    compile_expression,
    compile_unary_tests,
)
from runner.feel.nodes import Type


class Unusable(Exception):
    """The logic has an error; its finding has been noted."""


class ExpressionReader:
    """Reads the logic of one decision; errors are noted in `findings`.

    `read_table` reads decision tables, which have a module of their own. `types` is set once the
    item definitions of the file are read; until then no type is known.
    """

    def __init__(
        self,
        file: str,
        owner_id: str,
        owner_name: str,
        names: SpacedNames,
        findings: list[Finding],
        language: str,
        types: TypeReader | None,
        read_table: Callable[[ExpressionReader, etree._Element], Logic],
    ) -> None:
        self.file = file
        self.owner_id = owner_id
        self.owner_name = owner_name
        self.names = names
        self.findings = findings
        self.language = language
        self.types = types
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
            "filter": self._filter,
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
        """Add a finding about the element; table, rule and column are put before the sentences."""
        if table_around(element) is not None:
            place, name = place_of(element), self.owner_name
            zh = f"决策表「{half(name, 'zh')}」：{place.zh and place.zh + '：'}{zh}"
            en = f'Decision table "{half(name, "en")}": {place.en and place.en + ": "}{en}'
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

    def type_of(self, element: etree._Element | None) -> ItemType | None:
        """The type the element's `typeRef` names; None where any value will do."""
        if element is None or self.types is None:
            return None
        return self.types.named(element.get("typeRef") or "", element)

    def has_expression(self, owner: etree._Element) -> bool:
        """Whether there is a boxed expression in the element."""
        return bool(children(owner, *self._boxed))

    def expression_in(self, owner: etree._Element) -> Logic:
        """The one boxed expression in the element. Raises Unusable."""
        found = children(owner, *self._boxed)
        if not found:
            self.note(
                owner,
                "decision_without_logic",
                f"决策“{self.owner_name}”没有决策表，也没有表达式。请补上。",
                f'The decision "{self.owner_name}" has neither a table nor an expression. Add one.',
            )
            raise Unusable
        if len(found) > 1:
            self.note(
                owner,
                "several_expressions",
                f"“{self.owner_name}”在同一处有 {len(found)} 个表达式，只能有一个。",
                f'"{self.owner_name}" has {len(found)} expressions in one place; one is allowed.',
            )
            raise Unusable
        return self._box(found[0])

    def _box(self, element: etree._Element) -> Logic:
        made = self._boxed[local_name(element)](element)
        if local_name(element) == "functionDefinition":
            return made  # its type is that of the function, whose parts have been given theirs
        return typed(made, self.type_of(element), self.owner_name)

    def _literal(self, element: etree._Element) -> Logic:
        if children(element, "importedValues"):
            self.note(
                element,
                "imported_values_unsupported",
                "不支持从别的文件引入的值（importedValues）。",
                "Values imported from other files (importedValues) are not supported.",
            )
            raise Unusable
        return Literal(self.expression(element))

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
        parent = element.getparent()
        if parent is not None and local_name(parent) == "in":
            text = self._counted(text)
        return self.compiled(element, text, label, compile_expression)

    def compiled(
        self,
        element: etree._Element,
        text: str,
        label: str,
        compiler: Callable[[str, Iterable[str], Mapping[str, Type]], Expression | UnaryTests],
    ) -> Source:
        """The compiled text. Raises Unusable, with a finding, where it is not FEEL."""
        try:
            compiled = compiler(
                text, self.names.within(text), self.types.shapes(text) if self.types else {}
            )
        except FeelSyntaxError as error:
            words = syntax_words(
                text,
                error,
                lambda other: compiler(other, self.names.within(other), {}),
                cell=compiler is compile_unary_tests,
            )
            zh, en = words.zh, words.en
            if table_around(element) is None:
                place = label or self.owner_name
                zh, en = f"“{half(place, 'zh')}”中的{zh}", f'in "{half(place, "en")}", {en}'
            self.note(element, "expression_invalid", zh, en)
            raise Unusable from None
        return Source(element.get("id") or self.owner_id, label or self.owner_name, compiled)

    def tests(self, element: etree._Element, text: str, label: str) -> UnaryTests | None:
        """The unary tests; None, with a finding, where they are not FEEL."""
        try:
            self.check_language(element)
            compiled = self.compiled(element, text, label, compile_unary_tests).compiled
        except Unusable:
            return None
        return compiled if isinstance(compiled, UnaryTests) else None

    def check_language(self, element: etree._Element) -> None:
        """Raises Unusable, with a finding, where the expression is in another language."""
        language = (element.get("expressionLanguage") or self.language).strip()
        if not is_feel(language):
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
            if None in names:
                self.note(
                    entry,
                    "context_after_result",
                    "上下文中没有名称的条目是结果，后面不能再有条目。",
                    "The entry of a context without a name is its result; none may follow it.",
                )
                raise Unusable
            variable = child(entry, "variable")
            names.append(None if variable is None else name_of(variable))
            part = self.expression_in(entry)
            parts.append(typed(part, self.type_of(variable), names[-1] or self.owner_name))
        self.refuse_doubles(element, [name for name in names if name is not None])
        return boxes.boxed_context(tuple(names), tuple(parts))

    def _items(self, element: etree._Element) -> tuple[Logic, ...]:
        return tuple(self._box(box) for box in children(element, *self._boxed))

    def _list(self, element: etree._Element) -> Logic:
        return boxes.boxed_list(self._items(element))

    def _relation(self, element: etree._Element) -> Logic:
        columns = self.parameters(element, "column")
        cells: list[Logic] = []
        for row in children(element, "row"):
            items = self._items(row)
            if len(items) != len(columns):
                self.wrong_count(row, len(columns), len(items))
            cells += items
        return boxes.boxed_relation(columns, tuple(cells))

    def refuse_doubles(self, element: etree._Element, names: Iterable[str]) -> None:
        """Raises Unusable, with a finding, where a name comes twice."""
        seen: set[str] = set()
        for name in names:
            if name in seen:
                self.note(
                    element,
                    "duplicate_name",
                    f"“{self.owner_name}”在同一处用了两次名称“{name}”。",
                    f'"{self.owner_name}" uses the name "{name}" twice in one place.',
                )
                raise Unusable
            seen.add(name)

    def wrong_count(self, element: etree._Element, expected: int, found: int) -> None:
        """Note a row with too many or too few cells. Raises Unusable."""
        self.note(
            element,
            "decision_table_shape",
            f"这一行应有 {expected} 格，实际有 {found} 格。请在 Modeler 中重新保存该表。",
            f"This row should have {expected} cells but has {found}. Save the table again.",
        )
        raise Unusable

    def _invocation(self, element: etree._Element) -> Logic:
        bindings = children(element, "binding")
        named = tuple(
            self.parameters(binding, "parameter")[:1] or (Parameter(""),) for binding in bindings
        )
        parts = [self.expression_in(element), *map(self.expression_in, bindings)]
        self.refuse_doubles(element, [one.name for (one,) in named])
        return boxes.boxed_invocation(tuple(one for (one,) in named), tuple(parts))

    def _branches(self, element: etree._Element, *names: str) -> tuple[Logic, ...]:
        branches = [child(element, name) for name in names]
        parts = [
            typed(self.expression_in(branch), self.type_of(branch), self.owner_name)
            for branch in branches
            if branch is not None
        ]
        if len(parts) != len(names):
            self.wrong_count(element, len(names), len(parts))
        return tuple(parts)

    def _conditional(self, element: etree._Element) -> Logic:
        return boxes.boxed_conditional(self._branches(element, "if", "then", "else"))

    def _iteration(self, element: etree._Element, body: str) -> Logic:
        name = " ".join((element.get("iteratorVariable") or "item").split())
        parts = self._branches(element, "in", body)
        return boxes.boxed_iteration(local_name(element), name, parts)

    def _counted(self, text: str) -> str:
        """The text of what is iterated: `1..n`, which only iterations know, as a list."""
        wrapped = f"for item in {text}\n return item"
        for candidate in (text, wrapped):
            try:
                compile_expression(candidate, self.names.within(candidate))
            except FeelSyntaxError:
                continue
            return candidate
        return text

    def _filter(self, element: etree._Element) -> Logic:
        return boxes.boxed_filter(self._branches(element, "in", "match"))

    def _function(self, element: etree._Element) -> Logic:
        parameters, body = self.function(element)
        return boxes.boxed_function(parameters, body)

    def function(self, element: etree._Element) -> tuple[tuple[Parameter, ...], Logic]:
        """Parameters and body of a function definition or encapsulated logic. Raises Unusable."""
        kind = element.get("kind", "FEEL")
        if kind != "FEEL":
            self.note(
                element,
                "decision_logic_unsupported",
                f"用 {kind} 写的函数不受支持，只能用 FEEL。",
                f"Functions written in {kind} are not supported, only FEEL is.",
            )
            raise Unusable
        body = typed(
            self.expression_in(element), result_type(self.type_of(element)), self.owner_name
        )
        return self.parameters(element, "formalParameter"), body

    def parameters(self, element: etree._Element, kind: str) -> tuple[Parameter, ...]:
        """Names and types of the element's parameters, or of the columns of a relation."""
        found = children(element, kind)
        self.refuse_doubles(element, map(name_of, found))
        return tuple(Parameter(name_of(item), self.type_of(item)) for item in found)
