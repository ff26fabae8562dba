"""Reading a BPMN file: bytes in, a typed ``Diagram`` and findings out. Nothing is executed."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from runner.definitions.bpmn_drawing import dangling_parts
from runner.definitions.bpmn_elements import (
    BPMN,
    References,
    line_of,
    read_element,
    read_properties,
)
from runner.definitions.bpmn_unknown import unknown_parts
from runner.definitions.dialects import dialect_finding, platform_of
from runner.definitions.findings import Finding
from runner.definitions.model import ACTIVITY_KINDS, Diagram, Element, Flow, Process
from runner.definitions.xml import UnreadableFile, read_xml

MAX_FLOW_NODES = 2_000
CONTAINERS = frozenset({"subProcess", "transaction", "adHocSubProcess"})


def load_diagram(data: bytes, file: str) -> tuple[Diagram | None, list[Finding]]:
    """The diagram of a BPMN file and everything only its raw form can tell.

    Never raises for what a file holds. ``None`` comes with at least one error finding. Findings:
    ``xml_*`` (see ``read_xml``), ``not_bpmn``, ``no_process``, ``dialect``, ``unknown_element``,
    ``unknown_extension``, ``duplicate_id``, ``missing_id``, ``too_many_elements``,
    ``drawing_leads_nowhere``.
    """
    try:
        root = read_xml(data, file)
    except UnreadableFile as refused:
        return None, [refused.finding]
    if root.tag != f"{BPMN}definitions":
        return None, [_not_bpmn(root, file)]
    count = sum(1 for node in root.iter(f"{BPMN}*") if _is_flow_node(node))
    if count > MAX_FLOW_NODES:
        return None, [_too_many(count, file)]
    return _diagram(root, file)


def _diagram(root: etree._Element, file: str) -> tuple[Diagram | None, list[Finding]]:
    findings = _identity_findings(root, file)
    references = References(root)
    pools = {node.get("id", ""): node.get("name", "") for node in root.iter(f"{BPMN}participant")}
    pool_names = {
        node.get("processRef", ""): node.get("name", "") for node in root.iter(f"{BPMN}participant")
    }
    processes = {}
    for node in root.iter(f"{BPMN}process"):
        process = _process(node, file, references, pool_names)
        processes[process.id] = process
    if not processes:
        return None, [*findings, _no_process(file)]
    platform = platform_of(root)
    foreign = dialect_finding(platform, file)
    findings.extend([foreign] if foreign else [])
    findings.extend(dangling_parts(root, file))
    findings.extend(unknown_parts(root, file, ours=platform == "camunda-8"))
    return Diagram(file=file, platform=platform, processes=processes, pools=pools), findings


def _process(
    node: etree._Element, file: str, references: References, pool_names: dict[str, str]
) -> Process:
    process_id = node.get("id") or f"process_line_{line_of(node)}"
    lane_names, lane_of = _lanes(node)
    flows = {flow.id: flow for flow in _flows(node)}
    incoming: dict[str, list[str]] = {}
    outgoing: dict[str, list[str]] = {}
    for flow in flows.values():
        outgoing.setdefault(flow.source, []).append(flow.id)
        incoming.setdefault(flow.target, []).append(flow.id)
    joined = incoming.keys() | outgoing.keys()
    elements: dict[str, Element] = {}
    for child, parent in _flow_nodes(node, process_id, joined):
        element = read_element(
            child,
            process_id=process_id,
            parent=parent,
            references=references,
            incoming=tuple(incoming.get(child.get("id", ""), ())),
            outgoing=tuple(outgoing.get(child.get("id", ""), ())),
            lane=lane_of.get(child.get("id", ""), ""),
        )
        elements[element.id] = element
    return Process(
        id=process_id,
        name=node.get("name") or pool_names.get(process_id) or "",
        file=file,
        executable=node.get("isExecutable") == "true",
        documentation=(node.findtext(f"{BPMN}documentation") or "").strip(),
        elements=elements,
        flows=flows,
        lanes=lane_names,
        properties=read_properties(node),
    )


def _flow_nodes(
    container: etree._Element, parent: str, joined: set[str]
) -> Iterator[tuple[etree._Element, str]]:
    """Every flow node, known kind or not, with the id of what it lies in."""
    for child in container.iterchildren(f"{BPMN}*"):
        if not (_is_flow_node(child) or child.get("id") in joined):
            continue
        yield child, parent
        if etree.QName(child).localname in CONTAINERS:
            yield from _flow_nodes(child, child.get("id") or "", joined)


def _is_flow_node(node: etree._Element) -> bool:
    name = etree.QName(node).localname
    return name in ACTIVITY_KINDS or name.endswith(("Gateway", "Event")) or name in FOREIGN_NODES


FOREIGN_NODES = frozenset({"choreographyTask", "subChoreography", "callChoreography"})


def _flows(process: etree._Element) -> Iterator[Flow]:
    for node in process.iter(f"{BPMN}sequenceFlow"):
        source, target = node.get("sourceRef", ""), node.get("targetRef", "")
        condition = node.find(f"{BPMN}conditionExpression")
        text = (condition.text or "").strip() if condition is not None else ""
        yield Flow(
            id=node.get("id") or f"{source}_to_{target}_line_{line_of(node)}",
            name=node.get("name", ""),
            source=source,
            target=target,
            condition=text or None,
        )


def _lanes(process: etree._Element) -> tuple[dict[str, str], dict[str, str]]:
    """Lane names by id, and the innermost lane's name of each flow node."""
    names: dict[str, str] = {}
    lane_of: dict[str, str] = {}
    for lane in process.iter(f"{BPMN}lane"):  # document order: an inner lane overrides its outer
        name = lane.get("name", "")
        names[lane.get("id", "")] = name
        for reference in lane.iterchildren(f"{BPMN}flowNodeRef"):
            lane_of[(reference.text or "").strip()] = name
    return names, lane_of


def _identity_findings(root: etree._Element, file: str) -> list[Finding]:
    """Two elements with one id, and flow nodes without any."""
    findings: list[Finding] = []
    first: dict[str, int] = {}
    for node in root.iter(f"{BPMN}*"):
        node_id, line = node.get("id"), line_of(node)
        if node_id is None:
            if _is_flow_node(node) or node.tag in (f"{BPMN}process", f"{BPMN}sequenceFlow"):
                findings.append(_missing_id(node, file))
        elif node_id in first:
            findings.append(
                Finding(
                    file=file,
                    rule="duplicate_id",
                    severity="error",
                    zh=f"标识“{node_id}”在第 {first[node_id]} 行和第 {line} 行各用了一次。"
                    "请给其中一个元素换一个标识，否则记录分不清是哪一个。",
                    en=f'The id "{node_id}" is used on line {first[node_id]} and again on line '
                    f"{line}. Give one of the two another id; the record cannot tell them apart.",
                    element_id=node_id,
                    element_name=node.get("name", ""),
                    line=line,
                )
            )
        else:
            first[node_id] = line
    return findings


def _missing_id(node: etree._Element, file: str) -> Finding:
    name = etree.QName(node).localname
    return Finding(
        file=file,
        rule="missing_id",
        severity="error",
        zh=f"第 {line_of(node)} 行的元素 {name} 没有标识（id）。请在建模工具里给它一个标识。",
        en=f"The element {name} on line {line_of(node)} has no id. Give it one in the modeler.",
        element_name=node.get("name", ""),
        line=line_of(node),
    )


def _not_bpmn(root: etree._Element, file: str) -> Finding:
    found = etree.QName(root).localname
    return Finding(
        file=file,
        rule="not_bpmn",
        severity="error",
        zh=f"这不是 BPMN 2.0 流程图：文件以 <{found}> 开头，应为 BPMN 的 <definitions>。",
        en=f"This is not a BPMN 2.0 diagram: it begins with <{found}>, expected BPMN's "
        "<definitions>.",
        line=line_of(root),
    )


def _no_process(file: str) -> Finding:
    return Finding(
        file=file,
        rule="no_process",
        severity="error",
        zh="文件里没有流程。请画一个流程（开始、步骤、结束）后再保存。",
        en="The file holds no process. Draw one (a start, steps, an end) and save it again.",
    )


def _too_many(count: int, file: str) -> Finding:
    return Finding(
        file=file,
        rule="too_many_elements",
        severity="error",
        zh=f"流程图有 {count:,} 个节点，上限为 {MAX_FLOW_NODES:,} 个。请用调用活动拆成几张图。",
        en=f"The diagram has {count:,} flow nodes; at most {MAX_FLOW_NODES:,} are read. Split it "
        "into several diagrams with call activities.",
    )
