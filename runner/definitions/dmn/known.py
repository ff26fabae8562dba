"""Every element and attribute of DMN 1.1 to 1.5; anything else in a file is a finding.

Elements and attributes of other namespaces are extensions of modelers and mean nothing here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from runner.definitions.dmn.elements import local_name, space_of
from runner.definitions.findings import Severity

_BOXES = (
    "literalExpression decisionTable context list relation invocation functionDefinition"
    " conditional for some every filter"
)
_ARTIFACTS = "textAnnotation association group"
_GRAPH = "decision businessKnowledgeModel inputData knowledgeSource decisionService"
_BUSINESS = "performanceIndicator organizationUnit"
_REQUIREMENTS = "knowledgeRequirement authorityRequirement"
_TYPED = "typeRef"
SCHEMA: Mapping[str, tuple[str, str]] = {
    # element: (elements it may have inside, its attributes); every element may have an id, a
    # label, a description and extension elements.
    "definitions": (
        f"import itemDefinition {_GRAPH} {_ARTIFACTS} elementCollection {_BUSINESS}",
        "name namespace expressionLanguage typeLanguage exporter exporterVersion",
    ),
    "import": ("", "name namespace locationURI importType"),
    "elementCollection": ("drgElement", "name"),
    "itemDefinition": (
        "typeRef allowedValues typeConstraint itemComponent functionItem",
        "name typeLanguage isCollection",
    ),
    "itemComponent": (
        "typeRef allowedValues typeConstraint itemComponent functionItem",
        "name typeLanguage isCollection",
    ),
    "functionItem": ("parameters", "outputTypeRef"),
    "parameters": ("", f"name {_TYPED}"),
    "allowedValues": ("text", f"expressionLanguage {_TYPED}"),
    "typeConstraint": ("text", f"expressionLanguage {_TYPED}"),
    "decision": (
        f"question allowedAnswers variable informationRequirement {_REQUIREMENTS}"
        " supportedObjective impactedPerformanceIndicator decisionMaker decisionOwner"
        f" usingProcess usingTask {_BOXES}",
        "name",
    ),
    "businessKnowledgeModel": (
        f"variable encapsulatedLogic {_REQUIREMENTS} {_BOXES}",
        "name",
    ),
    "inputData": ("variable", "name"),
    "knowledgeSource": ("authorityRequirement type owner", "name locationURI"),
    "decisionService": (
        "variable outputDecision encapsulatedDecision inputDecision inputData",
        "name",
    ),
    "informationRequirement": ("requiredDecision requiredInput", ""),
    "knowledgeRequirement": ("requiredKnowledge", ""),
    "authorityRequirement": ("requiredDecision requiredInput requiredAuthority", ""),
    "performanceIndicator": ("impactingDecision", "name URI"),
    "organizationUnit": ("decisionMade decisionOwned", "name URI"),
    "textAnnotation": ("text", "textFormat"),
    "association": ("sourceRef targetRef", "associationDirection"),
    "group": ("", "name"),
    "variable": ("", f"name {_TYPED}"),
    "encapsulatedLogic": (f"formalParameter {_BOXES}", f"kind {_TYPED}"),
    "functionDefinition": (f"formalParameter {_BOXES}", f"kind {_TYPED}"),
    "formalParameter": ("", f"name {_TYPED}"),
    "literalExpression": ("text importedValues", f"expressionLanguage {_TYPED}"),
    "importedValues": (
        "importedElement",
        "name namespace locationURI importType expressionLanguage",
    ),
    "invocation": (f"binding {_BOXES}", _TYPED),
    "binding": (f"parameter {_BOXES}", ""),
    "parameter": ("", f"name {_TYPED}"),
    "context": ("contextEntry", _TYPED),
    "contextEntry": (f"variable {_BOXES}", ""),
    "list": (_BOXES, _TYPED),
    "relation": ("column row", _TYPED),
    "column": ("", f"name {_TYPED}"),
    "row": (_BOXES, _TYPED),
    "conditional": ("if then else", _TYPED),
    "if": (_BOXES, _TYPED),
    "then": (_BOXES, _TYPED),
    "else": (_BOXES, _TYPED),
    "for": ("in return", f"iteratorVariable {_TYPED}"),
    "some": ("in satisfies", f"iteratorVariable {_TYPED}"),
    "every": ("in satisfies", f"iteratorVariable {_TYPED}"),
    "filter": ("in match", _TYPED),
    "in": (_BOXES, _TYPED),
    "return": (_BOXES, _TYPED),
    "satisfies": (_BOXES, _TYPED),
    "match": (_BOXES, _TYPED),
    "decisionTable": (
        "input output annotation rule",
        f"hitPolicy aggregation preferredOrientation outputLabel {_TYPED}",
    ),
    "input": ("inputExpression inputValues", ""),
    "inputExpression": ("text importedValues", f"expressionLanguage {_TYPED}"),
    "inputValues": ("text", f"expressionLanguage {_TYPED}"),
    "output": ("outputValues defaultOutputEntry", f"name {_TYPED}"),
    "outputValues": ("text", f"expressionLanguage {_TYPED}"),
    "defaultOutputEntry": ("text importedValues", f"expressionLanguage {_TYPED}"),
    "annotation": ("", "name"),
    "rule": ("inputEntry outputEntry annotationEntry", ""),
    "inputEntry": ("text", f"expressionLanguage {_TYPED}"),
    "outputEntry": ("text importedValues", f"expressionLanguage {_TYPED}"),
    "annotationEntry": ("text", ""),
}
_INSIDE = {
    name: frozenset(f"{inside} description extensionElements".split())
    for name, (inside, _) in SCHEMA.items()
}
_ATTRIBUTES = {
    name: frozenset(f"{attributes} id label".split()) for name, (_, attributes) in SCHEMA.items()
}
# Elements that only explain: a stranger in them changes no decision.
_EXPLAINING = frozenset(
    {
        "definitions",
        "elementCollection",
        "knowledgeSource",
        "textAnnotation",
        "association",
        "group",
        "performanceIndicator",
        "organizationUnit",
        "authorityRequirement",
    }
)


@dataclass(frozen=True)
class Unknown:
    """Something in a file that no version of DMN has."""

    element: etree._Element
    rule: str
    severity: Severity
    zh: str
    en: str


def unknown_parts(root: etree._Element) -> Iterator[Unknown]:
    """Each element and attribute that DMN does not have at its place, outermost first.

    An error where it could have changed a decision, else a warning.
    """
    waiting = [root]
    while waiting:
        element = waiting.pop()
        name = local_name(element)
        severity: Severity = "warning" if name in _EXPLAINING else "error"
        for attribute in element.attrib:
            key = str(attribute)
            if not key.startswith("{") and key not in _ATTRIBUTES[name]:
                yield Unknown(
                    element,
                    "dmn_unknown_attribute",
                    severity,
                    f"DMN 的“{name}”没有属性“{key}”（值为“{element.get(key)}”）。",
                    f'"{name}" has no attribute "{key}" in DMN (its value is'
                    f' "{element.get(key)}").',
                )
        for item in element:
            if not isinstance(item.tag, str) or space_of(item) != space_of(root):
                continue
            inner = local_name(item)
            if inner not in _INSIDE[name]:
                yield Unknown(
                    item,
                    "dmn_unknown_element",
                    severity,
                    f"DMN 的“{name}”里没有元素“{inner}”，不会使用它。",
                    f'"{name}" has no element "{inner}" in DMN; it is not used.',
                )
            elif inner in SCHEMA and not (name == "decisionService" and inner == "inputData"):
                waiting.append(item)
