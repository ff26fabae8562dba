"""The nodes of a drawn form: what ``templates/_macros/form.html`` gets, nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class FileItem:
    """A file already kept: its attachment id, name, and what it measures (``86 KB``)."""

    id: str
    name: str
    size: str


@dataclass(frozen=True)
class FieldNode:
    """One input. ``value`` is the text that stands in it; messages are in the reader's language.
    ``drives``: other fields appear or change with it."""

    kind: str
    name: str
    id: str
    label: str
    hint: str
    value: str
    choices: tuple[Choice, ...]
    ticked: bool
    required: bool
    readonly: bool
    errors: tuple[str, ...]
    prefix: str
    suffix: str
    accept: str
    multiple: bool
    files: tuple[FileItem, ...]
    email: bool
    drives: bool
    node: str = "field"


@dataclass(frozen=True)
class RowNode:
    """One row of a list, 1 first; ``path`` is what its remove button sends."""

    number: int
    path: str
    nodes: tuple[Node, ...]
    bad: bool
    filled: bool


@dataclass(frozen=True)
class ListNode:
    """A dynamic list, drawn as a ``grid``, a ``chain`` of whys, or a ``stack`` of cards.

    ``widths`` are columns of 16 for each component, 0 where the form sets none. ``note`` of a chain
    is ``ok:<links>``, ``gap:<number>`` or empty.
    """

    style: str
    path: str
    id: str
    label: str
    hint: str
    headings: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[RowNode, ...]
    errors: tuple[str, ...]
    may_change: bool
    note: str
    node: str = "list"


@dataclass(frozen=True)
class GroupNode:
    """A titled part of the form; ``hint`` is safe HTML of a text at its beginning."""

    label: str
    hint: str | Markup
    nodes: tuple[Node, ...]
    node: str = "group"


@dataclass(frozen=True)
class CellsNode:
    """Nodes side by side: ``cells`` on a grid of 16 columns, or ``why`` chains to compare."""

    style: str
    cells: tuple[tuple[int, Node], ...]
    node: str = "cells"


@dataclass(frozen=True)
class TextNode:
    html: Markup
    node: str = "text"


@dataclass(frozen=True)
class TableNode:
    label: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    node: str = "table"


@dataclass(frozen=True)
class RuleNode:
    """A separator or an empty line; ``kind`` is ``separator`` or ``spacer``."""

    kind: str
    node: str = "rule"


Node = FieldNode | ListNode | GroupNode | CellsNode | TextNode | TableNode | RuleNode
