"""Which engine a BPMN file was drawn for, and what to change when it was not this one."""

from __future__ import annotations

from lxml import etree

from runner.definitions.findings import Finding

MODELER = "{http://camunda.org/schema/modeler/1.0}"
NAMESPACES = {
    "http://camunda.org/schema/zeebe/1.0": "camunda-8",
    "http://camunda.org/schema/1.0/bpmn": "camunda-7",
    "http://activiti.org/bpmn": "camunda-7",
    "http://flowable.org/bpmn": "camunda-7",
    "http://spiffworkflow.org/bpmn/schema/1.0/core": "spiff",
}
PLATFORMS = {"Camunda Cloud": "camunda-8", "Camunda Platform": "camunda-7"}

_ADVICE = {
    "camunda-7": (
        "这张图是为 Camunda 7（或同类产品）画的：它的表单、分派和脚本设置在这里读不到。"
        "请用 Camunda Modeler 新建一张 Camunda 8 图（BPMN diagram (Camunda 8)），"
        "把元素复制过去，再在属性面板里重新填写表单、候选组和条件（FEEL，以 = 开头）。",
        "This diagram was drawn for Camunda 7 (or a relative of it): its forms, assignments and "
        "scripts cannot be read here. Make a new Camunda 8 diagram in Camunda Modeler (BPMN "
        "diagram (Camunda 8)), copy the elements into it, then fill in forms, candidate groups "
        "and conditions (FEEL, beginning with =) in the properties panel.",
    ),
    "spiff": (
        "这张图是为 SpiffWorkflow 画的：它的 Python 脚本和扩展设置在这里不会执行。"
        "请用 Camunda Modeler 新建一张 Camunda 8 图，把元素复制过去，"
        "再用 FEEL（以 = 开头）重新填写条件、表单和候选组。",
        "This diagram was drawn for SpiffWorkflow: its Python scripts and extensions never run "
        "here. Make a new Camunda 8 diagram in Camunda Modeler, copy the elements into it, then "
        "fill in conditions (FEEL, beginning with =), forms and candidate groups again.",
    ),
    "plain": (
        "这张图没有写明执行平台，所以没有表单、候选组等执行设置。要让它运行，"
        "请用 Camunda Modeler 打开，选择 Camunda 8 作为执行平台，补齐这些设置后保存。",
        "This diagram names no execution platform, so it carries no forms, candidate groups or "
        "other settings to run by. To make it run, open it in Camunda Modeler, choose Camunda 8 "
        "as its execution platform, fill these settings in and save it.",
    ),
}


def platform_of(root: etree._Element) -> str:
    """``camunda-8``, ``camunda-7``, ``spiff`` or ``plain``.

    The declared execution platform decides; without one, the vendor names that are really used.
    """
    declared = PLATFORMS.get(root.get(f"{MODELER}executionPlatform", ""))
    if declared:
        return declared
    used = {etree.QName(node).namespace or "" for node in root.iter("*")}
    used |= {
        etree.QName(name).namespace or ""
        for node in root.iter("*")
        for name in node.attrib
        if str(name).startswith("{")
    }
    for namespace, platform in NAMESPACES.items():
        if namespace in used:
            return platform
    return "plain"


def dialect_finding(platform: str, file: str) -> Finding | None:
    """The one finding that says what to change, or None for our own dialect."""
    advice = _ADVICE.get(platform)
    if advice is None:
        return None
    return Finding(file=file, rule="dialect", severity="error", zh=advice[0], en=advice[1])
