"""New XML in the manner of what stands beside it, and small changes of what is there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from runner.definitions.sheets.spans import Document, Node, escaped

INDENT = "  "


@dataclass(frozen=True)
class Element:
    """An element to be written: attributes (empty ones are left out), and a text or children."""

    tag: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: Sequence[Element] = ()
    text: str | None = None


def texted(tag: str, text: str, **attributes: str) -> Element:
    """An element with the text in a `text` child, as DMN has it."""
    return Element(tag, attributes, (Element("text", text=text),))


class Ids:
    """New ids, none of which is used in the file, nor was by what is being removed from it."""

    def __init__(self, document: Document | None = None) -> None:
        nodes = () if document is None else document.root.walk()
        self._used = {node.attributes.get("id") for node in nodes}
        self._next: dict[tuple[str, int], int] = {}

    def new(self, base: str) -> str:
        """The base if it is free, or else the base and the smallest number that makes it so."""
        return self.numbered(base, 2) if base in self._used else self._take(base)

    def numbered(self, base: str, number: int = 1) -> str:
        """The base and the smallest free number from `number` on."""
        free = self._next.get((base, number), number)
        while f"{base}_{free}" in self._used:
            free += 1
        self._next[base, number] = free + 1
        return self._take(f"{base}_{free}")

    def _take(self, name: str) -> str:
        self._used.add(name)
        return name


class Writer:
    """Changes the texts, attributes and children of a document's elements. `shapes` counts those
    that were added to the diagram."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.shapes = 0
        self._quotes = any(
            "&quot;" in document.source[node.open_end : node.close_start]
            for node in document.root.walk()
            if node.local == "text"
        )

    def rendered(self, element: Element, like: Node | None, lead: str, prefix: str) -> str:
        """The element, laid out as `like` is; `lead` is the line break and indentation before."""
        attributes = "".join(
            f' {name}="{escaped(value, attribute=True)}"'
            for name, value in element.attributes.items()
            if value
        )
        tag = prefix + element.tag
        if element.text is not None:
            return f"<{tag}{attributes}>{self._text(element.text)}</{tag}>"
        if not element.children:
            return f"<{tag}{attributes}/>"
        inline = all(child.tag == "text" for child in element.children)
        before, after = ("", "") if inline else (_deeper(lead), lead)
        if like is not None and like.children:
            inside = self.document.source[like.open_end : like.children[0].start]
            tail = self.document.source[like.children[-1].end : like.close_start]
            if not inside.strip() and not tail.strip():
                before, after = inside, tail
        content = "".join(
            before + self.rendered(child, like.first(child.tag) if like else None, before, prefix)
            for child in element.children
        )
        return f"<{tag}{attributes}>{content}{after}</{tag}>"

    def set_text(self, node: Node, text: str) -> None:
        """Make the text the element's whole content."""
        source = self.document.source[node.open_end : node.close_start]
        if node.is_empty:
            self._open(node, self._text(text))
        elif source.strip().startswith("<![CDATA[") and "]]>" not in text:
            written = text.replace("\n", self.document.newline)
            self.document.replace(node.open_end, node.close_start, f"<![CDATA[{written}]]>")
        else:
            self.document.replace(node.open_end, node.close_start, self._text(text))

    def set_attribute(self, node: Node, name: str, value: str) -> None:
        """Set the attribute, or remove it for an empty value."""
        source = self.document.source[node.start : node.open_end]
        found = re.search(rf"\s+{re.escape(name)}\s*=\s*(\"[^\"]*\"|'[^']*')", source)
        if found and value:
            start, end = found.start(1) + 1, found.end(1) - 1
            new = escaped(value, attribute=True)
        else:
            after = len(source[:-1].removesuffix("/").rstrip())
            start, end = found.span() if found else (after, after)
            new = f' {name}="{escaped(value, attribute=True)}"' if value else ""
        self.document.replace(node.start + start, node.start + end, new)

    def set_children(self, parent: Node, wanted: Sequence[tuple[Element, str]]) -> None:
        """For each child, which stand in this order after descriptions and extensions: set its
        text, add it, or remove it where it has none. The string is the text it has, "" for none."""
        last: Node | None = None
        for name in ("description", "extensionElements"):
            last = parent.first(name) or last
        added = ""
        for element, text in wanted:
            present = parent.first(element.tag)
            if present is None and text:
                added = self._added(parent, last, element, added)
            elif present is not None:
                self._set_child(present, text)
                last = present
        if added and parent.is_empty:
            self._open(parent, added)

    def _added(self, parent: Node, last: Node | None, element: Element, added: str) -> str:
        lead = "" if last is None else self.lead(last)
        if last is None and parent.children:
            lead = self.lead(parent.children[0])
        new = lead + self.rendered(element, None, lead, parent.prefix)
        if parent.is_empty:
            return added + new
        at = parent.open_end if last is None else last.end
        self.document.replace(at, at, new)
        return ""

    def _set_child(self, node: Node, text: str) -> None:
        inner = node if node.local == "description" else node.first("text")
        if (inner.text if inner else "") == text:
            return
        if not text:
            self.document.replace(node.start - len(self.lead(node)), node.end, "")
        elif inner is not None:
            self.set_text(inner, text)
        else:
            self.set_entry(node, text)

    def set_entry(self, node: Node, text: str) -> None:
        """Set the text of the element's `text` child, which it gets if it has none."""
        inner = node.first("text")
        if inner is not None:
            self.set_text(inner, text)
        elif node.is_empty:
            self._open(node, f"<{node.prefix}text>{self._text(text)}</{node.prefix}text>")
        else:
            described = [node.first("description"), node.first("extensionElements")]
            at = max([node.open_end, *(one.end for one in described if one)])
            new = f"<{node.prefix}text>{self._text(text)}</{node.prefix}text>"
            self.document.replace(at, at, new)

    def arrange(
        self, parent: Node, present: Sequence[Node], wanted: Sequence[Node | Element], at: int
    ) -> None:
        """Make `wanted` of the `present` children of one kind: what is not wanted goes, the rest
        comes in this order with all that was changed inside it; new elements look like the others.

        Comments before a child move with it and outlive it. `at` is where the first child goes.
        """
        if list(wanted) == list(present):
            return
        source = self.document.source
        start, end = (self._after_previous(present[0]), present[-1].end) if present else (at, at)
        before = {
            node: source[self._after_previous(node) if index == 0 else present[index - 1].end :
                         node.start]
            for index, node in enumerate(present)
        }  # fmt: skip
        kept, left = {id(item) for item in wanted}, ""
        for node in present:
            if id(node) in kept:
                before[node], left = left + before[node], ""
            else:
                self.document.between(node.start, node.end)
                left += before[node].rstrip()
        parts: list[str] = []
        like = present[-1] if present else None
        lead = self.lead(like) if like else _deeper(self.lead(parent))
        for item in wanted:
            if isinstance(item, Element):
                parts += [lead, self.rendered(item, like, lead, parent.prefix)]
            else:
                parts += [before[item], self.document.between(item.start, item.end)]
        parts.append(left)
        self.document.replace(start, end, "".join(parts))

    def lead(self, node: Node) -> str:
        """The white space before the element, from the end of the line before."""
        source = self.document.source
        last = source.rfind("\n", 0, node.start)
        if last < 0 or source[last : node.start].strip():
            return ""
        return source[last - (source[last - 1 : last] == "\r") : node.start]

    def _after_previous(self, node: Node) -> int:
        assert node.parent is not None
        ends = [one.end for one in node.parent.children if one.end <= node.start]
        return max([node.parent.open_end, *ends])

    def _open(self, node: Node, content: str) -> None:
        """Give content to an element that is written `<a/>`."""
        shut = node.open_end - 2
        self.document.replace(shut, node.open_end, f">{content}</{node.tag}>")

    def _text(self, text: str) -> str:
        written = escaped(text).replace("\n", self.document.newline)
        return written.replace('"', "&quot;") if self._quotes else written


def _deeper(lead: str) -> str:
    return lead + INDENT if lead else ""
