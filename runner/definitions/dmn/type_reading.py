"""Item definitions of a DMN file, and the types its `typeRef`s mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from lxml import etree

from runner.definitions.dmn.elements import (
    NAMESPACES,
    child,
    children,
    content_of,
    is_feel,
    name_of,
    text_of,
)
from runner.definitions.dmn.types import ANY_NAMES, SIMPLE, ItemType, feel_types
from runner.definitions.findings import Severity
from runner.feel import FeelSyntaxError, UnaryTests
from runner.feel import nodes as n
from runner.feel.parser import parse

_BUILT_IN = {name: ItemType(name, base) for name, base in SIMPLE.items()}

_MAX_NAMES = 50
"""How many types may be in a row of which each is only a name of the next."""


class Note(Protocol):
    """Adds a finding about an element."""

    def __call__(
        self, element: etree._Element, rule: str, zh: str, en: str, severity: Severity = "error"
    ) -> None: ...


class TypeReader:
    """Reads the item definitions of one file; what is wrong is told through `note`.

    `imported` are the types of other files by the name they have here, `tests` compiles unary
    tests (None where they are not FEEL, which it tells itself). `own` are the file's types.
    """

    def __init__(
        self,
        root: etree._Element,
        imported: Mapping[str, ItemType],
        spaces: Mapping[str, str],
        tests: Callable[[etree._Element, str, str], UnaryTests | None],
        note: Note,
    ) -> None:
        self._namespace = root.get("namespace") or ""
        self._language = root.get("typeLanguage") or ""
        self._imported = imported
        self._spaces = spaces
        self._tests = tests
        self._note = note
        self._told: set[str] = set()
        self.own: dict[str, ItemType] = {}
        elements: list[tuple[ItemType, etree._Element]] = []
        for element in children(root, "itemDefinition"):
            name = name_of(element)
            if not name or name in self.own:
                note(
                    element,
                    "duplicate_type" if name else "type_without_name",
                    f"数据类型“{name}”定义了两次。" if name else "有一个数据类型没有名称。",
                    f'The type "{name}" is defined twice.' if name else "A type has no name.",
                )
                continue
            self.own[name] = ItemType(name)
            elements.append((self.own[name], element))
        for type_, element in elements:
            self._fill(type_, element)
        for type_, element in elements:
            self._refuse_circle(type_, element)
        self._shapes = feel_types({**imported, **self.own})

    def shapes(self, text: str) -> Mapping[str, n.Type]:
        """The types that a FEEL text may name, as FEEL sees them."""
        if "instance" not in text and "function" not in text:
            return {}
        return {name: shape for name, shape in self._shapes.items() if name in text}

    def named(self, text: str, element: etree._Element) -> ItemType | None:
        """The type a `typeRef` means; None where it means any, or, with a finding, nothing."""
        name = " ".join(text.split())
        if name in ANY_NAMES:
            return None
        found = self.own.get(name) or self._imported.get(name) or _BUILT_IN.get(name)
        if found is None and ":" in name:
            found, name = self._qualified(name, element)
            if name in ANY_NAMES:
                return None
        if found is None and "<" in name:
            found = self._written(name, element)
        if found is None and name not in self._told:
            self._told.add(name)
            self._note(
                element,
                "type_unknown",
                f"没有名为“{name}”的数据类型，因此不检查这里的值。",
                f'There is no type "{name}", so the values here are not checked.',
                "warning",
            )
        return found

    def _qualified(self, name: str, element: etree._Element) -> tuple[ItemType | None, str]:
        """The type of a name with an XML prefix, as in DMN 1.1, and the name as it is here."""
        prefix, _, local = name.partition(":")
        space = element.nsmap.get(prefix) or ""
        if space in self._spaces:
            alias = self._spaces[space]
            name = f"{alias}.{local}" if alias else local
            return self._imported.get(name), name
        if space == self._namespace:
            return self.own.get(local), local
        known = is_feel(space) or space in NAMESPACES or prefix in ("feel", "xsd", "xs")
        return (_BUILT_IN.get(local) if known else None), (local if known else name)

    def _written(self, text: str, element: etree._Element) -> ItemType | None:
        """A type written in FEEL's own way, as `list<number>`."""
        try:
            node = parse(f"null instance of {text}", frozenset(self.own), unary=False)
        except FeelSyntaxError:
            return None
        return self._from_feel(node.type, element) if isinstance(node, n.InstanceOf) else None

    def _from_feel(self, type_: n.Type, element: etree._Element) -> ItemType | None:
        if not type_.of and not type_.entries:
            return self.named(type_.name, element)
        of = tuple(self._from_feel(part, element) for part in type_.of)
        entries = tuple((key, self._from_feel(part, element)) for key, part in type_.entries)
        if type_.name == "list":
            return ItemType("list", "list", of[0])
        if type_.name == "function":
            return ItemType("function", "function", None, (), of[:-1], of[-1])
        return ItemType(type_.name, type_.name, None, entries)

    def _fill(self, type_: ItemType, element: etree._Element) -> None:
        """Make the type what the item definition or component says."""
        language = element.get("typeLanguage") or self._language
        if not is_feel(language):
            self._note(
                element,
                "type_language",
                f"数据类型“{type_.name}”用“{language}”写成，只支持 FEEL，因此不检查它的值。",
                f'The type "{type_.name}" is written in "{language}"; only FEEL is understood, so'
                " its values are not checked.",
                "warning",
            )
            return
        collection = element.get("isCollection", "false").strip()
        listed = collection in ("true", "1")
        if not listed and collection not in ("false", "0"):
            self._note(
                element,
                "dmn_attribute_value",
                f"“{type_.name}”的 isCollection 应为 true 或 false，实际为“{collection}”。",
                f'isCollection of "{type_.name}" should be true or false but is "{collection}".',
            )
        one = ItemType(type_.name) if listed else type_
        components = children(element, "itemComponent")
        function = child(element, "functionItem")
        reference = child(element, "typeRef")
        if components:
            one.base, one.entries = "context", self._entries(components)
        elif function is not None:
            one.base = "function"
            one.parameters = tuple(
                self.named(item.get("typeRef") or "", item)
                for item in children(function, "parameters")
            )
            one.result = self.named(function.get("outputTypeRef") or "", function)
        elif reference is not None:
            target = self.named(content_of(reference), reference)
            if target is not None:
                one.base, one.of = "named", target
        one.tests = self._constraint(element, "allowedValues", type_.name)
        if listed:
            type_.base, type_.of = "list", one
        type_.tests += self._constraint(element, "typeConstraint", type_.name)

    def _entries(self, components: list[etree._Element]) -> tuple[tuple[str, ItemType], ...]:
        made: list[tuple[str, ItemType]] = []
        for component in components:
            entry = ItemType(name_of(component))
            self._fill(entry, component)
            made.append((entry.name, entry))
        return tuple(made)

    def _constraint(self, element: etree._Element, kind: str, name: str) -> tuple[UnaryTests, ...]:
        found = child(element, kind)
        if found is None or not text_of(found).strip():
            return ()
        tests = self._tests(found, text_of(found), name)
        return (tests,) if tests is not None else ()

    def _refuse_circle(self, type_: ItemType, element: etree._Element) -> None:
        """A type that is only another name of itself says nothing: it becomes open."""
        found: ItemType | None = type_
        for _ in range(_MAX_NAMES):
            if found is None or found.base != "named":
                return
            found = found.of
        self._note(
            element,
            "type_circle",
            f"数据类型“{type_.name}”最终只引用它自己，或引用的层数超过 {_MAX_NAMES}。",
            f'The type "{type_.name}" ends up being nothing but itself, or another one behind more'
            f" than {_MAX_NAMES} names.",
        )
        type_.base, type_.of = "Any", None
