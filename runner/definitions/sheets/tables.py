"""The decision tables of a DMN file, wherever they stand in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import zip_longest

from runner.definitions.sheets.grid import KINDS, Column, Grid, Kind, Row
from runner.definitions.sheets.remarks import Remark
from runner.definitions.sheets.spans import Document, Node

ENTRIES = {"input": "inputEntry", "output": "outputEntry", "annotation": "annotationEntry"}
_OWNERS = ("decision", "businessKnowledgeModel")


@dataclass(frozen=True)
class Located:
    """A decision table and the elements that it consists of: `columns`, `rules`, and the `entries`
    of each rule (None for an annotation that the file leaves out) stand in the order of the grid.
    `described` carries the description, where the table has one of its own."""

    grid: Grid
    element: Node
    described: Node | None
    columns: tuple[Node, ...]
    rules: tuple[Node, ...]
    entries: tuple[tuple[Node | None, ...], ...]


def tables_of(document: Document) -> tuple[list[Located], list[Remark]]:
    """The tables in the order of the file, and why others could not be taken."""
    found: list[Located] = []
    remarks: list[Remark] = []
    for owner in document.root.all(*_OWNERS):
        nodes = [one for one in owner.walk() if one.local == "decisionTable"]
        nodes = [one for one in nodes if one.space == owner.space]
        for ordinal, node in enumerate(nodes):
            located = _located(owner, ordinal, node)
            if isinstance(located, Remark):
                remarks.append(Remark(document.file, located.zh, located.en))
            else:
                found.append(located)
    return found, remarks


def text_in(node: Node | None) -> str:
    """The text of the element's `text` child, "" without one."""
    inner = None if node is None else node.first("text")
    return "" if inner is None else inner.text


def _located(owner: Node, ordinal: int, node: Node) -> Located | Remark:
    name = owner.attributes.get("name") or owner.attributes.get("id") or ""
    columns = tuple(one for kind in KINDS for one in node.all(kind))
    keys = _keys(columns)
    read = tuple(_column(one, key) for one, key in zip(columns, keys, strict=True))
    rules = tuple(node.all("rule"))
    entries: list[tuple[Node | None, ...]] = []
    for number, rule in enumerate(rules, 1):
        row: list[Node | None] = []
        for kind in KINDS:
            cells, wanted = rule.all(ENTRIES[kind]), sum(one.kind == kind for one in read)
            if len(cells) > wanted or (len(cells) < wanted and kind != "annotation"):
                return Remark(
                    "",
                    f"“{name}”的规则 {number} 应有 {wanted} 格 {ENTRIES[kind]}，实际 {len(cells)} "
                    "格，未导出。请在 Modeler 中重新保存。",
                    f'Rule {number} of "{name}" should have {wanted} cells {ENTRIES[kind]} but has '
                    f"{len(cells)}; it is left out. Save it again in the modeler.",
                )
            row += [cell for cell, _ in zip_longest(cells, range(wanted))]
        entries.append(tuple(row))
    rows = tuple(
        Row(key, tuple(text_in(cell) for cell in cells), _description(rule))
        for rule, key, cells in zip(rules, _keys(rules), entries, strict=True)
    )
    described = owner if ordinal == 0 and node.parent is owner else None
    grid = Grid(
        owner.attributes.get("id") or owner.attributes.get("name") or "",
        ordinal,
        " · ".join([name, *_path(owner, node)]),
        _description(described),
        _policy(node),
        read,
        rows,
    )
    return Located(grid, node, described, columns, rules, tuple(entries))


def _keys(nodes: tuple[Node, ...]) -> list[str]:
    """The ids of the elements; their place where they have none, or not one of their own."""
    counted = Counter(node.attributes.get("id") for node in nodes)
    keys = []
    for number, node in enumerate(nodes, 1):
        name = node.attributes.get("id")
        keys.append(name if name and counted[name] == 1 else f"{node.local}:{number}")
    return keys


def _column(node: Node, key: str) -> Column:
    kind: Kind = next(kind for kind in KINDS if kind == node.local)
    label, name = node.attributes.get("label", ""), node.attributes.get("name", "")
    if kind == "annotation":
        return Column(key, kind, name)
    if kind == "output":
        return Column(
            key,
            kind,
            label,
            name,
            node.attributes.get("typeRef", ""),
            text_in(node.first("outputValues")),
            text_in(node.first("defaultOutputEntry")),
        )
    expression = node.first("inputExpression")
    type_ref = "" if expression is None else expression.attributes.get("typeRef", "")
    return Column(
        key, kind, label, text_in(expression), type_ref, text_in(node.first("inputValues"))
    )


def _policy(node: Node) -> str:
    policy = node.attributes.get("hitPolicy") or "UNIQUE"
    aggregation = node.attributes.get("aggregation") or ""
    return f"{policy} {aggregation}" if policy == "COLLECT" and aggregation else policy


def _description(node: Node | None) -> str:
    found = None if node is None else node.first("description")
    return "" if found is None else found.text


def _path(owner: Node, node: Node) -> list[str]:
    """The names of the context entries that lead to a table inside boxed contexts."""
    names: list[str] = []
    at = node.parent
    while at is not None and at is not owner:
        variable = at.first("variable") if at.local == "contextEntry" else None
        if variable is not None:
            names.insert(0, variable.attributes.get("name", ""))
        at = at.parent
    return names
