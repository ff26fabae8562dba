"""What a BPMN file holds that this product does not read: said aloud, never ignored in silence."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from runner.definitions.bpmn_elements import BPMN, EVENT_DEFINITIONS, ZEEBE, line_of
from runner.definitions.findings import Finding
from runner.definitions.model import (
    ACTIVITY_KINDS,
    EVENT_KINDS,
    GATEWAY_KINDS,
)
from runner.definitions.wording import named

# Inside a process: read, or a picture without a meaning for the run.
KNOWN = (
    ACTIVITY_KINDS
    | EVENT_KINDS
    | GATEWAY_KINDS
    | EVENT_DEFINITIONS.keys()
    | {
        "process", "documentation", "extensionElements", "laneSet", "lane", "flowNodeRef",
        "childLaneSet", "partitionElement", "incoming", "outgoing", "sequenceFlow",
        "conditionExpression", "multiInstanceLoopCharacteristics",
        "loopCardinality", "loopCondition", "completionCondition", "loopDataInputRef",
        "loopDataOutputRef", "inputDataItem", "outputDataItem", "timeDate", "timeDuration",
        "timeCycle", "condition", "script", "textAnnotation", "text", "association", "group",
        "category", "categoryValue", "monitoring", "auditing", "eventDefinitionRef",
        "dataObject", "dataObjectReference", "dataState", "ioSpecification", "dataInput",
        "dataOutput", "inputSet", "outputSet", "dataInputRefs", "dataOutputRefs",
        "optionalInputRefs", "whileExecutingInputRefs", "optionalOutputRefs",
        "whileExecutingOutputRefs", "inputSetRefs", "outputSetRefs", "dataInputAssociation",
        "dataOutputAssociation", "sourceRef", "targetRef", "assignment", "from", "to",
        "transformation", "property", "supportedInterfaceRef", "operationRef", "source", "target",
        "categoryValueRef", "activationCondition",
    }
)  # fmt: skip
ROLES = frozenset({"resourceRole", "performer", "humanPerformer", "potentialOwner", "rendering"})
EXTENSIONS = frozenset(
    {
        "userTask", "formDefinition", "assignmentDefinition", "taskSchedule", "priorityDefinition",
        "taskDefinition", "taskHeaders", "ioMapping", "calledElement", "calledDecision", "script",
        "loopCharacteristics", "properties", "subscription", "versionTag", "conditionalFilter",
    }
)  # fmt: skip
LOOP = (
    "循环标记（环形箭头）不会执行。请用排他网关画出返回的连线，或改用多实例。",
    "the loop marker (round arrow) is not run. Draw the way back from an exclusive gateway, or use "
    "a multi-instance activity.",
)
DATA_STORE = (
    "数据存储不会被执行：案件的数据都在案件记录里。请删除它，或改用文本注释说明。",
    "A data store is not executed: a case's data lives in the case record. Remove it, or say it in "
    "a text annotation.",
)


def unknown_parts(root: etree._Element, file: str, *, ours: bool) -> list[Finding]:
    """Elements and (in our own dialect) ``zeebe:`` extensions that nothing here reads."""
    findings: list[Finding] = []
    for process in root.iterchildren(f"{BPMN}process"):
        findings.extend(_unknown_elements(process, file, ours=ours))
        if ours:
            findings.extend(_unknown_extensions(process, file))
    for child in root.iterchildren(f"{BPMN}*"):
        if etree.QName(child).localname in ("choreography", "globalChoreographyTask"):
            findings.append(_finding(child, file))
    return findings


def _unknown_elements(process: etree._Element, file: str, *, ours: bool) -> Iterator[Finding]:
    stack = list(process.iterchildren("*"))
    while stack:
        node = stack.pop()
        name = etree.QName(node)
        if name.namespace != BPMN[1:-1] or name.localname == "extensionElements":
            continue
        if name.localname in ("dataStoreReference", "dataStore"):
            yield _finding(node, file, *DATA_STORE)
        elif name.localname == "standardLoopCharacteristics":
            parent = node.getparent()  # the marker may have an id, which nobody sees
            yield _finding(_owner(node if parent is None else parent), file, *LOOP)
            continue
        elif name.localname in ROLES:
            if ours:
                yield _role(node, file)
            continue
        elif name.localname not in KNOWN:
            yield _finding(node, file)
            continue
        stack.extend(node.iterchildren("*"))


def _finding(node: etree._Element, file: str, zh: str = "", en: str = "") -> Finding:
    kind = etree.QName(node).localname
    words = named(node.get("name", ""), node.get("id") or kind)
    return Finding(
        file=file,
        rule="unknown_element",
        severity="error",
        zh=f"元素{words.zh}：" + (zh or f"不支持 {kind} 类型的元素。请改用任务、网关或事件来画。"),
        en=f"Element {words.en}: "
        + (en or f"elements of the kind {kind} are not supported. Draw it with tasks, gateways or "
           "events."),
        element_id=node.get("id", ""),
        element_name=node.get("name", ""),
        line=line_of(node),
    )  # fmt: skip


def _owner(node: etree._Element) -> etree._Element:
    """The nearest element around ``node`` that has an id."""
    current: etree._Element | None = node
    while current is not None and current.get("id") is None:
        current = current.getparent()
    return node if current is None else current


def _role(node: etree._Element, file: str) -> Finding:
    parent = node.getparent()
    owner = _owner(parent if parent is not None else node)
    words = named(owner.get("name", ""), owner.get("id", ""))
    return Finding(
        file=file,
        rule="unknown_extension",
        severity="warning",
        zh=f"元素{words.zh}里的参与者设置（{etree.QName(node).localname}）不会被读取。"
        "请在属性面板里填写候选组。",
        en=f"Element {words.en} names its performers as {etree.QName(node).localname}, which is "
        "not read. Fill in candidate groups in the properties panel.",
        element_id=owner.get("id", ""),
        element_name=owner.get("name", ""),
        line=line_of(node),
    )


def _unknown_extensions(process: etree._Element, file: str) -> Iterator[Finding]:
    for holder in process.iter(f"{BPMN}extensionElements"):
        for node in holder.iterchildren(f"{ZEEBE}*"):
            name = etree.QName(node).localname
            if name in EXTENSIONS:
                continue
            owner = _owner(holder)
            words = named(owner.get("name", ""), owner.get("id", ""))
            yield Finding(
                file=file,
                rule="unknown_extension",
                severity="warning",
                zh=f"元素{words.zh}的设置“{name}”在这里不起作用，会被忽略。如果不需要，请在属性面板里删除。",
                en=f'The setting "{name}" of element {words.en} has no effect here and is ignored. '
                "Remove it in the properties panel if it is not needed.",
                element_id=owner.get("id", ""),
                element_name=owner.get("name", ""),
                line=line_of(node),
            )
