"""Does the drawing of a BPMN file show only what is in the file?"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from runner.definitions.bpmn_elements import line_of
from runner.definitions.findings import Finding

DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
_PARTS = {"BPMNShape": ("图形", "a shape"), "BPMNEdge": ("连线", "a line")}


def dangling_parts(root: etree._Element, file: str) -> Iterator[Finding]:
    """An error for each drawn shape or line whose element is not in the file."""
    ids = {node.get("id") for node in root.iter() if not _is_drawing(node)}
    for kind, (zh, en) in _PARTS.items():
        for part in root.iter(f"{DI}{kind}"):
            element_id = part.get("bpmnElement")
            # Some tools write the reference with a namespace prefix.
            if element_id is None or {element_id, element_id.rpartition(":")[2]} & ids:
                continue
            yield Finding(
                file=file,
                rule="drawing_leads_nowhere",
                severity="error",
                zh=f"图上画着{zh}“{element_id}”，但流程里没有它。请删去，或重新画上。",
                en=f'The drawing holds {en} that leads nowhere: "{element_id}" is not in the '
                "process. Remove it, or draw it again.",
                element_id=element_id,
                line=line_of(part),
            )


def _is_drawing(node: etree._Element) -> bool:
    return isinstance(node.tag, str) and node.tag.startswith(DI)
