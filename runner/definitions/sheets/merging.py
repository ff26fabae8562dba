"""Making a table of a DMN file what its sheet says, and touching nothing that says it already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from runner.definitions.sheets.elements import Element, Ids, Writer, texted
from runner.definitions.sheets.grid import KINDS, Column, Grid, Row
from runner.definitions.sheets.spans import Node
from runner.definitions.sheets.tables import ENTRIES, Located, text_in


@dataclass(frozen=True)
class Matched:
    """Which column and rule of the table each of the sheet's is: its index, None for a new one."""

    columns: tuple[int | None, ...]
    rows: tuple[int | None, ...]


def match(old: Grid, new: Grid) -> Matched:
    """Who is who, by identity: the first of two with one key keeps it. What has no identity takes
    that of a column or rule not otherwise claimed which says the same; and in a sheet whose rules
    have none at all, the rest are taken in their order."""
    columns = _by_key([one.key for one in old.columns], [one.key for one in new.columns])
    for index, found in enumerate(columns):
        if found is not None and old.columns[found].kind != new.columns[index].kind:
            columns[index] = None
    _claim(
        columns,
        [(one.kind, one.expression or one.label) for one in old.columns],
        [(one.kind, one.expression or one.label) for one in new.columns],
    )
    shared = [(index, found) for index, found in enumerate(columns) if found is not None]
    rows = _by_key([row.key for row in old.rows], [row.key for row in new.rows])
    _claim(
        rows,
        [(*(row.cells[found] for _, found in shared), row.description) for row in old.rows],
        [(*(row.cells[index] for index, _ in shared), row.description) for row in new.rows],
    )
    if not any(row.key for row in new.rows):
        taken = set(rows)
        left = iter([index for index in range(len(old.rows)) if index not in taken])
        rows = [next(left, None) if found is None else found for found in rows]
    return Matched(tuple(columns), tuple(rows))


def _by_key(old: Sequence[str], new: Sequence[str]) -> list[int | None]:
    place = {key: index for index, key in enumerate(old) if key}
    return [place.pop(key, None) for key in new]


def _claim(found: list[int | None], old: Sequence[object], new: Sequence[object]) -> None:
    taken = set(found)
    free: dict[object, list[int]] = {}  # the first of equal ones last
    for index in reversed(range(len(old))):
        if index not in taken:
            free.setdefault(old[index], []).append(index)
    for index, content in enumerate(new):
        if found[index] is None and free.get(content):
            found[index] = free[content].pop()


def merge(located: Located, new: Grid, matched: Matched, writer: Writer, ids: Ids) -> None:
    """Write what differs into the document. The table's title is not written."""
    old, element = located.grid, located.element
    base = element.attributes.get("id") or old.owner or "table"
    if new.policy != old.policy:
        policy, _, aggregation = new.policy.partition(" ")
        collects = policy == "COLLECT"
        writer.set_attribute(element, "hitPolicy", policy if collects else new.policy)
        writer.set_attribute(element, "aggregation", aggregation if collects else "")
    if located.described is not None:
        _describe(writer, located.described, old.description, new.description)
    _merge_columns(located, new, matched, writer, ids, base)
    rules: list[Node | Element] = []
    for row, found in zip(new.rows, matched.rows, strict=True):
        if found is None:
            rules.append(new_rule(new, row, ids.numbered(f"{base}_rule"), ids))
        else:
            rules.append(located.rules[found])
            _merge_rule(located, found, row, new, matched, writer, ids)
    writer.arrange(element, located.rules, rules, _end(located.columns, element))


def _merge_columns(
    located: Located, new: Grid, matched: Matched, writer: Writer, ids: Ids, base: str
) -> None:
    element, at = located.element, located.element.open_end
    for name in ("description", "extensionElements"):
        at = _end(element.all(name), element, at)
    for kind in KINDS:
        wanted: list[Node | Element] = []
        for column, found in zip(new.columns, matched.columns, strict=True):
            if column.kind == kind and found is None:
                wanted.append(new_column(column, base, ids))
            elif column.kind == kind and found is not None:
                wanted.append(located.columns[found])
                _merge_column(located.columns[found], located.grid.columns[found], column, writer)
        present = [node for node in located.columns if node.local == kind]
        writer.arrange(element, present, wanted, at)
        at = _end(present, element, at)


def _merge_column(node: Node, old: Column, new: Column, writer: Writer) -> None:
    if replace(new, key=old.key) == old:
        return
    if new.label != old.label:
        writer.set_attribute(node, "name" if new.kind == "annotation" else "label", new.label)
    if new.kind == "output":
        if new.expression != old.expression:
            writer.set_attribute(node, "name", new.expression)
        if new.type_ref != old.type_ref:
            writer.set_attribute(node, "typeRef", new.type_ref)
        values = (texted("outputValues", new.allowed), new.allowed)
        default = (texted("defaultOutputEntry", new.default), new.default)
        writer.set_children(node, [values, default])
    elif new.kind == "input":
        expression = node.first("inputExpression")
        if expression is not None and new.type_ref != old.type_ref:
            writer.set_attribute(expression, "typeRef", new.type_ref)
        made = texted("inputExpression", new.expression, typeRef=new.type_ref)
        values = (texted("inputValues", new.allowed), new.allowed)
        writer.set_children(node, [(made, new.expression), values])


def _merge_rule(
    located: Located,
    index: int,
    row: Row,
    new: Grid,
    matched: Matched,
    writer: Writer,
    ids: Ids,
) -> None:
    rule, entries = located.rules[index], located.entries[index]
    name = rule.attributes.get("id") or ""
    _describe(writer, rule, located.grid.rows[index].description, row.description)
    at = _end(rule.all("description", "extensionElements"), rule)
    for kind in KINDS:
        wanted: list[Node | Element] = []
        texts = zip(new.columns, matched.columns, row.cells, strict=True)
        here = [(found, text) for column, found, text in texts if column.kind == kind]
        for number, (found, text) in enumerate(here):
            entry = None if found is None else entries[found]
            if entry is not None:
                wanted.append(entry)
                if text_in(entry) != text:
                    writer.set_entry(entry, text)
            elif (
                kind != "annotation"
                or any(text for _, text in here[number:])
                or _has(here[number:], entries)
            ):
                wanted.append(_entry(kind, text, name, number, ids))
        present = [one for one in entries if one is not None and one.local == ENTRIES[kind]]
        writer.arrange(rule, present, wanted, at)
        at = _end(present, rule, at)


def _has(rest: Sequence[tuple[int | None, str]], entries: Sequence[Node | None]) -> bool:
    """Whether an annotation that is kept follows, so that this one must hold its place."""
    return any(found is not None and entries[found] is not None for found, _ in rest)


def _describe(writer: Writer, node: Node, old: str, new: str) -> None:
    if old == new:
        return
    present = node.first("description")
    if present is not None or node.is_empty or not node.children:
        writer.set_children(node, [(Element("description", text=new), new)])
        return
    lead = writer.lead(node.children[0])
    writer.document.replace(
        node.open_end,
        node.open_end,
        lead + writer.rendered(Element("description", text=new), None, lead, node.prefix),
    )


def _end(nodes: Sequence[Node], parent: Node, otherwise: int = 0) -> int:
    return max([otherwise or parent.open_end, *(node.end for node in nodes)])


def _entry(kind: str, text: str, rule: str, number: int, ids: Ids) -> Element:
    if kind == "annotation":  # DMN gives these no id
        return texted(ENTRIES[kind], text)
    short = "in" if kind == "input" else "out"
    name = ids.new(f"{rule}_{short}_{number + 1}") if rule else ""
    return texted(ENTRIES[kind], text, id=name)


def new_rule(grid: Grid, row: Row, name: str, ids: Ids) -> Element:
    """The rule as an element; its cells have ids too."""
    described = [Element("description", text=row.description)] if row.description else []
    cells: list[Element] = []
    for kind in KINDS:
        texts = [
            text
            for column, text in zip(grid.columns, row.cells, strict=True)
            if column.kind == kind
        ]
        cells += [_entry(kind, text, name, number, ids) for number, text in enumerate(texts)]
    return Element("rule", {"id": name}, [*described, *cells])


def new_column(column: Column, base: str, ids: Ids) -> Element:
    """The column as an element."""
    if column.kind == "annotation":
        return Element("annotation", {"name": column.label})
    name = ids.numbered(f"{base}_{column.kind}")
    if column.kind == "input":
        values = [texted("inputValues", column.allowed)] if column.allowed else []
        expression = texted(
            "inputExpression",
            column.expression,
            id=ids.new(f"{name}_expression"),
            typeRef=column.type_ref,
        )
        return Element("input", {"id": name, "label": column.label}, [expression, *values])
    parts = {"outputValues": column.allowed, "defaultOutputEntry": column.default}
    return Element(
        "output",
        {
            "id": name,
            "label": column.label,
            "name": column.expression,
            "typeRef": column.type_ref,
        },
        [texted(tag, text) for tag, text in parts.items() if text],
    )
