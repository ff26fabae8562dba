"""How findings speak about elements: by their label, in both languages, never by a bare id."""

from __future__ import annotations

from dataclasses import dataclass

from runner.definitions.findings import Finding, Severity, half
from runner.definitions.model import Element, Flow

KINDS: dict[str, tuple[str, str]] = {
    "task": ("未定类型的任务", "task without a type"),
    "userTask": ("用户任务", "user task"),
    "manualTask": ("手工任务", "manual task"),
    "serviceTask": ("服务任务", "service task"),
    "sendTask": ("发送任务", "send task"),
    "receiveTask": ("接收任务", "receive task"),
    "businessRuleTask": ("决策任务", "business rule task"),
    "scriptTask": ("脚本任务", "script task"),
    "callActivity": ("调用活动", "call activity"),
    "subProcess": ("子流程", "sub-process"),
    "transaction": ("事务子流程", "transaction"),
    "adHocSubProcess": ("特设子流程", "ad-hoc sub-process"),
    "exclusiveGateway": ("排他网关", "exclusive gateway"),
    "parallelGateway": ("并行网关", "parallel gateway"),
    "inclusiveGateway": ("包容网关", "inclusive gateway"),
    "eventBasedGateway": ("事件网关", "event-based gateway"),
    "complexGateway": ("复杂网关", "complex gateway"),
    "startEvent": ("开始事件", "start event"),
    "endEvent": ("结束事件", "end event"),
    "intermediateCatchEvent": ("中间捕获事件", "intermediate catch event"),
    "intermediateThrowEvent": ("中间抛出事件", "intermediate throw event"),
    "boundaryEvent": ("边界事件", "boundary event"),
}


@dataclass(frozen=True)
class Both:
    """One text in both languages."""

    zh: str
    en: str


def kind_name(kind: str) -> Both:
    """What people call a BPMN element kind; the bare name for one we do not know."""
    zh, en = KINDS.get(kind, (kind, kind))
    return Both(zh, en)


def named(label: str, element_id: str) -> Both:
    """``「登记投诉」（record_complaint）`` / ``"Record complaint" (record_complaint)``.

    Only the id where there is no label.
    """
    if not label.strip():
        return Both(f"“{element_id}”", f'"{element_id}"')
    return Both(f"「{half(label, 'zh')}」（{element_id}）", f'"{half(label, "en")}" ({element_id})')


def element_words(element: Element) -> Both:
    """Kind and name of an element, for the beginning of a sentence."""
    kind, name = kind_name(element.kind), named(element.name, element.id)
    return Both(f"{kind.zh}{name.zh}", f"{kind.en.capitalize()} {name.en}")


def about(element: Element, file: str, rule: str, severity: Severity, zh: str, en: str) -> Finding:
    """A finding on ``element``; its kind and name are put before both sentences."""
    words = element_words(element)
    return Finding(
        file=file,
        rule=rule,
        severity=severity,
        zh=f"{words.zh}{zh}",
        en=f"{words.en} {en}",
        element_id=element.id,
        element_name=element.name,
        line=element.line,
    )


def flow_words(flow: Flow) -> Both:
    """Name of a sequence flow, for the middle of a sentence."""
    return named(flow.name, flow.id)
