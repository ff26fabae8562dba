"""Every text of a diagram that may be an expression, with what people call the place it is at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from runner.definitions.findings import Finding, Severity
from runner.definitions.model import Element, Flow, Process, is_expression
from runner.definitions.wording import element_words, flow_words
from runner.feel import Expression, FeelSyntaxError, compile_expression


@dataclass(frozen=True)
class Text:
    """One text. ``zh`` and ``en`` name the place (条件 / condition); ``value`` keeps its ``=``.

    ``must`` says that only an expression makes sense there. ``after`` says that it is evaluated
    when the element is done (its results are then there too). ``setting`` is the attribute that
    it stands in, "" for mappings and scripts; a timer's is ``date``, ``duration`` or ``cycle``.
    """

    process: Process
    element: Element
    flow: Flow | None
    zh: str
    en: str
    value: str
    must: bool = False
    after: bool = False
    setting: str = ""

    def compiled(self) -> Expression | FeelSyntaxError | None:
        """The expression, why it is none, or None for a plain text."""
        if not is_expression(self.value):
            return None
        try:
            return compile_expression(self.value[1:])
        except FeelSyntaxError as error:
            return error

    def finding(self, rule: str, severity: Severity, zh: str, en: str) -> Finding:
        """A finding on this text; place and element are put before both sentences."""
        words = element_words(self.element)
        where_zh, where_en = f"{words.zh}的{self.zh}", f"{words.en}, {self.en}"
        if self.flow is not None:
            name = flow_words(self.flow)
            where_zh, where_en = (
                f"{words.zh}出发的连线{name.zh}的{self.zh}",
                f"{words.en}, {self.en} of its flow {name.en}",
            )
        return Finding(
            file=self.process.file,
            rule=rule,
            severity=severity,
            zh=f"{where_zh}：{zh}",
            en=f"{where_en}: {en}",
            element_id=self.flow.id if self.flow is not None else self.element.id,
            element_name=self.flow.name if self.flow is not None else self.element.name,
            line=self.element.line,
        )


COMPLETION = "completion condition"
_SETTINGS = (
    ("assignee", "处理人", "assignee"),
    ("candidate_groups", "候选组", "candidate groups"),
    ("candidate_users", "候选人", "candidate users"),
    ("due_date", "到期时间", "due date"),
    ("follow_up_date", "跟进时间", "follow-up date"),
    ("priority", "优先级", "priority"),
    ("job_type", "任务类型", "job type"),
    ("retries", "重试次数", "retries"),
    ("called_process", "调用的流程", "called process"),
    ("called_decision", "调用的决策", "called decision"),
)


def texts_of(process: Process) -> Iterator[Text]:
    """The texts of one process, in file order."""
    for element in process.elements.values():
        yield from _element_texts(process, element)
    for flow in process.flows.values():
        source = process.elements.get(flow.source)
        if flow.condition is not None and source is not None:
            yield Text(
                process, source, flow, "条件", "condition", flow.condition, True, False, "condition"
            )


def _element_texts(process: Process, element: Element) -> Iterator[Text]:
    for attribute, zh, en in _SETTINGS:
        value = getattr(element, attribute)
        if value:
            yield Text(process, element, None, zh, en, value, setting=attribute)
    if element.event.timer:
        kind, timer = element.event.timer_kind, element.event.timer
        yield Text(process, element, None, "时间", "timer", timer, setting=kind)
    if element.kind == "startEvent" and element.properties.get("for_each"):
        each = element.properties["for_each"]
        yield Text(
            process, element, None, "逐项", "list it begins for", each, must=True, setting="list"
        )
    if element.event.condition:
        given = element.event.condition
        yield Text(process, element, None, "条件", "condition", given, must=True)
    if is_expression(element.event.code):
        yield Text(process, element, None, "代码或信号名", "code or signal", element.event.code)
    if element.event.correlation_key:
        key = element.event.correlation_key
        yield Text(process, element, None, "消息关联键", "correlation key", key, must=True)
    if element.script:
        yield Text(process, element, None, "脚本", "script", element.script, must=True)
    for mapping in element.inputs:
        zh, en = f"输入映射“{mapping.target}”", f'input mapping "{mapping.target}"'
        yield Text(process, element, None, zh, en, mapping.source)
    for mapping in element.outputs:
        zh, en = f"输出映射“{mapping.target}”", f'output mapping "{mapping.target}"'
        yield Text(process, element, None, zh, en, mapping.source, after=True)
    loop = element.multi_instance
    if loop is not None:
        for value, zh, en, after, setting in (
            (loop.input_collection, "多实例的输入集合", "input collection", False, "list"),
            (loop.output_element, "多实例的输出元素", "output element", True, ""),
            (loop.completion_condition, "多实例的完成条件", COMPLETION, True, "condition"),
        ):  # fmt: skip
            if value:
                yield Text(process, element, None, zh, en, value, True, after, setting)
