"""The XML elements of DMN files, whichever of the five versions they are written in."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

NAMESPACES: Mapping[str, str] = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
}
"""The namespaces of DMN models and their versions."""

FEEL_LANGUAGES = frozenset(
    {
        "feel",
        "http://www.omg.org/spec/feel/20140401",
        "http://www.omg.org/spec/dmn/20180521/feel/",
        "https://www.omg.org/spec/dmn/20191111/feel/",
        "https://www.omg.org/spec/dmn/20211108/feel/",
        "https://www.omg.org/spec/dmn/20230324/feel/",
    }
)
"""The names of FEEL as an expression or type language, in lower case."""


def is_feel(language: str) -> bool:
    """Whether the text, an expression or type language, names FEEL; empty means FEEL."""
    name = language.strip().lower()
    return not name or name in FEEL_LANGUAGES or f"{name}/" in FEEL_LANGUAGES


def local_name(element: etree._Element) -> str:
    """The element's name without its namespace."""
    return etree.QName(element).localname


def space_of(element: etree._Element) -> str:
    """The namespace of the element's name."""
    return etree.QName(element).namespace or ""


def children(element: etree._Element, *names: str) -> list[etree._Element]:
    """The children with one of these names, in the namespace of the element itself."""
    space = space_of(element)
    return [
        child
        for child in element
        if isinstance(child.tag, str) and space_of(child) == space and local_name(child) in names
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
    return "" if element is None else content_of(child(element, "text"))


def content_of(element: etree._Element | None) -> str:
    """The text directly in the element."""
    return "" if element is None else (element.text or "")


def name_of(element: etree._Element) -> str:
    """The element's name with single spaces, as FEEL reads names of several words."""
    return " ".join((element.get("name") or "").split())


def id_of(element: etree._Element) -> str:
    """The element's id; DMN allows it to be left out, then its name stands for it."""
    return element.get("id") or name_of(element)


def variable_of(element: etree._Element) -> tuple[str, str]:
    """The name and the type's name of the element's variable; its own name where it has none."""
    variable = child(element, "variable")
    if variable is None:
        return name_of(element), ""
    return name_of(variable) or name_of(element), variable.get("typeRef") or ""
