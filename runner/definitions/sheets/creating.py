"""Decisions that began as a sheet: as DMN 1.3 that modelers open, with a place in the diagram."""

from __future__ import annotations

import re
from pathlib import PurePath

from runner.definitions.sheets.elements import Element, Ids, Writer
from runner.definitions.sheets.grid import Grid
from runner.definitions.sheets.merging import new_column, new_rule
from runner.definitions.sheets.remarks import Remark, SheetsRefused
from runner.definitions.sheets.spans import Document, Node, escaped

_MODEL = "https://www.omg.org/spec/DMN/20191111/MODEL/"
_DMNDI = "https://www.omg.org/spec/DMN/20191111/DMNDI/"
_DC = "http://www.omg.org/spec/DMN/20180521/DC/"
_MODELER = "http://camunda.org/schema/modeler/1.0"
_WIDTH, _HEIGHT, _STEP = 180, 80, 220


def new_file(file: str) -> bytes:
    """A DMN 1.3 file without a decision, named as the file."""
    stem = PurePath(file).stem
    name = re.sub(r"\W+", "_", stem) or "decisions"
    name = name if not name[0].isdigit() else f"_{name}"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<definitions xmlns="{_MODEL}" xmlns:dmndi="{_DMNDI}" xmlns:dc="{_DC}" '
        f'xmlns:modeler="{_MODELER}" '
        f'id="{name}_definitions" name="{escaped(stem, attribute=True)}" '
        'namespace="https://ombud.example/processes" exporter="ombud" exporterVersion="1" '
        'modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.9.0">\n'
        f'  <dmndi:DMNDI>\n    <dmndi:DMNDiagram id="{name}_diagram">\n    </dmndi:DMNDiagram>\n'
        "  </dmndi:DMNDI>\n"
        "</definitions>\n"
    ).encode()


def add_decision(document: Document, writer: Writer, grid: Grid, ids: Ids) -> None:
    """Add the table as a decision of its own, after the last one, and a shape to the diagram."""
    root = document.root
    if "20151101" in root.space or not root.space:
        raise SheetsRefused(
            Remark(
                document.file,
                "不能向 DMN 1.1 的文件添加决策。请先在 Modeler 中打开并保存该文件。",
                "Decisions are not added to files of DMN 1.1. Open and save it in a modeler first.",
            )
        )
    base = f"{grid.owner}_table"
    policy, _, aggregation = grid.policy.partition(" ")
    collects = policy == "COLLECT"
    table = Element(
        "decisionTable",
        {
            "id": ids.new(base),
            "hitPolicy": policy if collects else grid.policy,
            "aggregation": aggregation if collects else "",
        },
        [
            *(new_column(column, base, ids) for column in grid.columns),
            *(new_rule(grid, row, ids.numbered(f"{base}_rule"), ids) for row in grid.rows),
        ],
    )
    described = [Element("description", text=grid.description)] if grid.description else []
    decision = Element("decision", {"id": grid.owner, "name": grid.title}, [*described, table])
    present = [node for node in root.children if node.space == root.space]
    lead = document.newline + "  "
    at = present[-1].end if present else root.open_end
    document.replace(at, at, lead + writer.rendered(decision, None, lead, root.prefix))
    for diagram in (one for one in root.walk() if one.local == "DMNDiagram"):
        _add_shape(document, writer, diagram, grid.owner, ids)
        break


def _add_shape(document: Document, writer: Writer, diagram: Node, owner: str, ids: Ids) -> None:
    """A box to the right of all others; of several added at once, each beside the one before."""
    name = ids.new(f"{owner}_shape")
    bounds = [node for node in diagram.walk() if node.local == "Bounds"]
    prefix = (
        bounds[0].prefix
        if bounds
        else next(
            (
                f"{key.partition(':')[2]}:"
                for key, value in document.root.attributes.items()
                if key.startswith("xmlns:") and value == _DC
            ),
            "",
        )
    )
    if not prefix or diagram.is_empty:
        return
    right = max((_number(node, "x") + _number(node, "width") for node in bounds), default=120)
    left = right + 40 + _STEP * writer.shapes
    writer.shapes += 1
    top = min((_number(node, "y") for node in bounds), default=100)
    lead = writer.lead(diagram) + "  "
    at = diagram.children[-1].end if diagram.children else diagram.open_end
    shape = (
        f'{lead}<{diagram.prefix}DMNShape id="{name}" dmnElementRef="{owner}">{lead}  '
        f'<{prefix}Bounds height="{_HEIGHT}" width="{_WIDTH}" x="{left:g}" y="{top:g}"/>{lead}'
        f"</{diagram.prefix}DMNShape>"
    )
    document.replace(at, at, shape)


def _number(node: Node, name: str) -> float:
    try:
        return float(node.attributes.get(name, "0"))
    except ValueError:
        return 0.0
