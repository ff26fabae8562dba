"""FEEL values as text a person reads, with the labels their form gave them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from runner.definitions.findings import half
from runner.definitions.forms import FieldInfo, Form
from runner.feel import Months, Unset
from runner.web.language import _
from runner.web.moments import Moments, Span

_CHINESE = re.compile(r"[\u3400-\u9fff]")


class Labels:
    """What variables and their values are called: collected from the forms of a release."""

    def __init__(self, forms: Mapping[str, Form], groups: Mapping[str, str]) -> None:
        self.names: dict[str, str] = {}
        self._options: dict[tuple[str, str], str] = {}
        self._anywhere: dict[tuple[str, str], str] = {}
        self._inner: dict[tuple[str, str], str] = {}
        self._groups = groups
        for form in forms.values():
            for info in form.fields():
                self._learn(info)

    def _learn(self, info: FieldInfo) -> None:
        short = info.key.removeprefix(info.in_list + ".") if info.in_list else info.key
        if info.in_list:
            self._inner.setdefault((info.in_list, short), info.label)
        elif info.label:
            self.names.setdefault(info.key, info.label)
        for option in info.options:
            self._options.setdefault((info.key, str(option.value)), option.label)
            self._anywhere.setdefault((short, str(option.value)), option.label)

    def name(self, variable: str, language: str) -> str:
        """The field's label; a readable form of the variable's own name where no form asks it."""
        label = self.names.get(variable) or _SYSTEM.get(variable)
        if label:
            return half(label, language)
        return variable.replace("_", " ").strip()

    def knows(self, variable: str) -> bool:
        return variable in self.names or variable in _SYSTEM

    def inner_name(self, variable: str, key: str, language: str) -> str:
        label = self._inner.get((variable, key)) or _INNER.get(key) or self.names.get(key)
        label = label or _SYSTEM.get(key)
        return half(label, language) if label else key.replace("_", " ")

    def option(self, variable: str, value: str, language: str) -> str:
        label = (
            self._options.get((variable, value))
            or self._anywhere.get((variable.rpartition(".")[2], value))
            or _WORDS.get(value)
            or self._groups.get(value)
        )
        return half(label, language) if label else value


def show(value: object, labels: Labels, variable: str, moments: Moments, language: str) -> str:
    """One line (or several, for lists of contexts) of plain text; empty for null."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str):
        return _own_half(labels.option(variable, value, language), language)
    if isinstance(value, Decimal | int):
        return show_number(value)
    if isinstance(value, datetime):
        return moments.full(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, timedelta):
        return moments.lasting(Span(value, timedelta(days=1)))
    if isinstance(value, Months):
        return _("%(count)s months", count=value.months)
    if isinstance(value, Unset):
        return _("not decided")
    if isinstance(value, list | tuple):
        parts = [show(item, labels, variable, moments, language) for item in value]
        several = any(isinstance(item, Mapping) for item in value)
        if several:
            return "\n".join(f"{n}. {part}" for n, part in enumerate(parts, 1) if part)
        return ("、" if language.startswith("zh") else ", ").join(part for part in parts if part)
    if isinstance(value, Mapping):
        return _context(value, labels, variable, moments, language)
    return str(value)


def _own_half(text: str, language: str) -> str:
    """The reader's half of a text that a table wrote bilingual; what people typed stays whole."""
    zh, en = half(text, "zh"), half(text, "en")
    if zh != en and _CHINESE.search(zh) and not _CHINESE.search(en):
        return zh if language.startswith("zh") else en
    return text


def _context(
    value: Mapping[str, object], labels: Labels, variable: str, moments: Moments, language: str
) -> str:
    colon, stop = ("：", "；") if language.startswith("zh") else (": ", "; ")
    shown: list[str] = []
    for key, item in value.items():
        text = show(item, labels, f"{variable}.{key}", moments, language)
        if text:
            shown.append(f"{labels.inner_name(variable, key, language)}{colon}{text}")
    return stop.join(shown)


def show_number(value: Decimal | int) -> str:
    """Digits with thousands separators and no needless zeros."""
    text = f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"
    return text.rstrip("0").rstrip(".") if "." in text else text


_INNER = {
    "contact": "联系 / Contact",
    "contact_due": "联系时限 / Contact due",
    "escalate_to": "升级到 / Escalate to",
    "reports": "上报 / Reports",
    "matter": "事由 / Matter",
    "to": "对象 / To",
    "measures": "措施 / Measures",
    "place": "位置 / Place",
    "phase": "阶段 / Phase",
    "section": "部分 / Section",
    "who": "由谁 / By",
    "done_at": "完成时间 / Done",
}
_WORDS = {
    "admissible": "符合受理条件 / admissible",
    "every_complaint": "全部投诉 / every complaint",
    "needed": "需要 / needed",
    "not_needed": "不需要 / not needed",
    "ask": "由人决定 / a person decides",
    "general": "一般 / general",
    "important": "重要 / important",
    "urgent": "紧急 / urgent",
    "first": "首次联系 / first contact",
    "outside_body": "外部机构 / outside body",
    "injury": "人身伤害 / injury",
    "listed_class": "列明的类别 / listed class",
    "web_form": "网上表单 / web form",
    "responsible": "责任部门 / responsible department",
    "facts": "核实事实 / facts",
    "minor": "轻微 / Minor",
    "ordinary": "一般 / Ordinary",
    "serious": "严重 / Serious",
    "critical": "致命 / Critical",
    "normal": "正常 / Normal",
    "high": "高 / High",
    "immediate": "立即 / Immediate",
    "pursue": "继续处理 / Pursue",
    "not_pursued": "不继续 / Not pursued",
    "none": "无 / None",
    "direct": "直接处理 / Direct",
    "standard": "标准处理 / Standard",
    "full": "完整调查 / Full",
    "zh": "中文 / Chinese",
    "en": "英文 / English",
}
_SYSTEM = {
    "complaint_number": "受理号 / Complaint number",
    "received_at": "收到时间 / Received",
    "submitted_at": "提交时间 / Submitted",
    "registered_at": "登记时间 / Registered",
    "assigned_at": "分派时间 / Assigned",
    "first_response_at": "首次回应 / First response",
    "first_measure_at": "首个应急措施 / First measure",
    "closed_at": "结案时间 / Closed",
    "handled_at": "处理完成 / Handled",
    "withdrawn_at": "撤诉时间 / Withdrawn",
    "triage": "分类结果 / Classification",
    "classes": "各方案的分类 / Classes",
    "emergency": "应急要求 / Emergency plan",
    "admissibility": "受理条件 / Admissibility",
    "missing_facts": "缺少的信息 / Missing facts",
    "triage_result": "初评结论 / Result of triage",
    "recall_decision": "召回判定 / Recall decision",
    "recall_status": "召回状态 / Recall status",
    "reply_rule": "答复规则 / Reply rules",
    "follow_up_result": "回访结果 / Result of follow-up",
    "major_result": "重大事故结果 / Result of major incident",
    "customer_id": "客户档案 / Customer file",
    "previous_complaint": "原投诉 / Previous complaint",
    "channel": "来源 / Channel",
    "severity": "严重度 / Severity",
    "urgency": "紧急度 / Urgency",
    "scheme": "分类方案 / Scheme",
    "case_class": "类别 / Class",
    "responsible_group": "负责小组 / Responsible group",
    "handling": "处理方式 / Handling",
    "priority": "优先级 / Priority",
    "language": "语言 / Language",
    "help_reason": "请求支援的原因 / Support asked for",
    "reason": "理由 / Reason",
    "admissible": "可受理 / Admissible",
    "escalate": "升级 / Escalate",
    "contain": "围堵 / Contain",
    "due_class": "时限类别 / Deadline class",
    "recall_hint": "可能召回 / Recall possible",
    "major_hint": "可能重大 / Possibly major",
    "due": "时限 / Due",
    "group": "小组 / Group",
    "item": "事项 / Item",
    "measure": "措施 / Measure",
    "text": "内容 / Text",
    "kind": "种类 / Kind",
    "amount": "金额 / Amount",
    "decision": "意见 / Decision",
    "note": "备注 / Note",
}
