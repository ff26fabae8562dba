"""XML that remembers where in the file everything stands, so that a change touches nothing else."""

from __future__ import annotations

import codecs
import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from runner.definitions.sheets.remarks import Remark, SheetsRefused
from runner.definitions.xml import UnreadableFile, read_xml

_TOKEN = re.compile(
    r"<!--.*?-->|<!\[CDATA\[(?P<cdata>.*?)\]\]>|<\?.*?\?>|</[^>]*>"
    r"|<(?P<tag>[^\s/>]+)(?P<attributes>(?:\s+[^\s=]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)\s*(?P<empty>/?)>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"\s+([^\s=]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_REFERENCE = re.compile(r"&(#x[0-9a-fA-F]+|#[0-9]+|lt|gt|amp|quot|apos);")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
_MARKS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


@dataclass(eq=False, slots=True)
class Node:
    """An element; the numbers are positions in the document's text.

    `start` and `end` enclose it, `open_end` and `close_start` its content (all the same position,
    `end`, for an element written `<a/>`). `text` is the text directly inside it.
    """

    tag: str
    space: str
    attributes: Mapping[str, str]
    start: int
    open_end: int
    parent: Node | None
    close_start: int = 0
    end: int = 0
    text: str = ""
    children: list[Node] = field(default_factory=list)

    @property
    def local(self) -> str:
        """The name without its prefix."""
        return self.tag.rpartition(":")[2]

    @property
    def prefix(self) -> str:
        """The prefix with its colon, or nothing."""
        return self.tag[: -len(self.local)]

    @property
    def is_empty(self) -> bool:
        """Whether it is written without an end tag."""
        return self.open_end == self.end

    def all(self, *names: str) -> list[Node]:
        """The children of these names, in the namespace of the element itself."""
        return [one for one in self.children if one.local in names and one.space == self.space]

    def first(self, name: str) -> Node | None:
        """The first child of this name."""
        return next(iter(self.all(name)), None)

    def walk(self) -> Iterator[Node]:
        """The element and everything inside it, in the order of the file."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += reversed(node.children)


class Document:
    """An XML file under change. Without a change, `result` gives the bytes it was read from."""

    def __init__(self, data: bytes, file: str) -> None:
        """Raises SheetsRefused for what is not well-formed XML without a document type."""
        try:
            root = read_xml(data, file)
        except UnreadableFile as unreadable:
            finding = unreadable.finding
            raise SheetsRefused(Remark(file, finding.zh, finding.en)) from None
        self.file = file
        self._encoding = _encoding(data)
        self.source = data.decode(self._encoding, errors="replace")
        self.root = _parsed(self.source)
        count = sum(1 for element in root.iter() if isinstance(element.tag, str))
        same = self.source.encode(self._encoding, errors="replace") == data
        if not same or count != sum(1 for _ in self.root.walk()):
            raise SheetsRefused(
                Remark(file, "文件的编码无法识别。请另存为 UTF-8。", "Save the file as UTF-8.")
            )
        self.newline = "\r\n" if "\r\n" in self.source else "\n"
        self._edits: dict[tuple[int, int], str] = {}
        self._places: list[tuple[int, int]] = []  # the keys of the edits, sorted

    def replace(self, start: int, end: int, text: str) -> None:
        """Put the text in place of what stands from `start` to `end`; later edits at one position
        come after earlier ones."""
        if (start, end) not in self._edits:
            insort(self._places, (start, end))
        self._edits[start, end] = self._edits.get((start, end), "") + text

    def between(self, start: int, end: int) -> str:
        """The text from `start` to `end` with the edits inside it, which are thereby used up."""
        first = bisect_left(self._places, (start, start))
        after = bisect_right(self._places, (end, end))
        inside = [key for key in self._places[first:after] if key[1] <= end]
        self._places[first:after] = [key for key in self._places[first:after] if key[1] > end]
        parts, position = [], start
        for key in inside:
            parts += [self.source[position : key[0]], self._edits.pop(key)]
            position = key[1]
        return "".join([*parts, self.source[position:end]])

    def result(self) -> bytes:
        """The file with all edits."""
        changed = self.between(0, len(self.source))
        return changed.encode(self._encoding, errors="xmlcharrefreplace")


def escaped(text: str, *, attribute: bool = False) -> str:
    """The text as XML content, or as an attribute's value within double or single quotes."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = text.replace("\r", "&#13;")
    if attribute:
        text = text.replace('"', "&quot;").replace("'", "&apos;")
        text = text.replace("\n", "&#10;").replace("\t", "&#9;")
    return text


def _encoding(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    declared = re.match(rb"\s*<\?xml[^>]*encoding\s*=\s*[\"']([A-Za-z0-9._-]+)", data)
    try:
        return codecs.lookup(declared[1].decode()).name if declared else "utf-8"
    except LookupError:
        return "utf-8"


def _unescaped(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        name = match[1]
        if name.startswith("#"):
            return chr(int(name[2:], 16) if name[1] == "x" else int(name[1:]))
        return _NAMED[name]

    return _REFERENCE.sub(character, text)


def _attributes(text: str) -> dict[str, str]:
    found = {}
    for match in _ATTRIBUTE.finditer(text):
        value = match[2] if match[2] is not None else match[3]
        found[match[1]] = _unescaped(re.sub(r"\r\n|[\t\r\n]", " ", value))
    return found


def _parsed(source: str) -> Node:
    """The root of a text that is known to be well-formed."""
    top = Node("", "", {}, 0, 0, None)
    open_node, spaces, position = top, [{"": ""}], 0
    for token in _TOKEN.finditer(source):
        between = source[position : token.start()]
        open_node.text += _unescaped(between.replace("\r\n", "\n").replace("\r", "\n"))
        position = token.end()
        if token["cdata"] is not None:
            open_node.text += token["cdata"].replace("\r\n", "\n").replace("\r", "\n")
        elif token["tag"]:
            attributes = _attributes(token["attributes"])
            declared = {
                name.partition(":")[2]: value
                for name, value in attributes.items()
                if name == "xmlns" or name.startswith("xmlns:")
            }
            scope = {**spaces[-1], **declared} if declared else spaces[-1]
            prefix = token["tag"].partition(":")[0] if ":" in token["tag"] else ""
            node = Node(
                token["tag"], scope.get(prefix, ""), attributes, token.start(), position, open_node
            )
            open_node.children.append(node)
            if token["empty"]:
                node.close_start = node.end = position
            else:
                open_node = node
                spaces.append(scope)
        elif token[0].startswith("</") and open_node.parent is not None:
            open_node.close_start, open_node.end = token.start(), position
            open_node = open_node.parent
            spaces.pop()
    root = top.children[0]
    root.parent = None
    return root
