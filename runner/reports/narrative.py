"""The story of a case: one sentence for each event that matters to a person.

Routing steps (gateways, starts, joins) say nothing here; the diagram shows them. The same story is
told on the case page, to the auditor in the evidence report, and in exports.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from runner.clock import from_text
from runner.definitions.findings import half
from runner.definitions.release import Definitions
from runner.reports.label_words import MESSAGES
from runner.reports.presenting import instant, is_chinese
from runner.store.event_log import Recorded


@dataclass(frozen=True)
class Line:
    """One line of the story. ``kind`` picks the symbol: case, task, clock, decision, mail, file,
    incident, message, call. ``tone`` is ``""``, ``done``, ``late`` or ``warning``."""

    number: int
    at: datetime
    actor: str
    kind: str
    text: str
    detail: str = ""
    element_id: str = ""
    process_id: str = ""
    tone: str = ""


_SOURCES = re.compile(r"(?:[ ,，、]+[A-Z]{2}-\d+)+$")  # the requirements a rule comes from


def rule_reason(description: str, language: str) -> str:
    """What the author of a rule says of it, in one language, without requirement ids."""
    return half(_SOURCES.sub("", description), language).rstrip("。.；;")


class Narrator:
    """Tells events in one language. ``names`` maps actor ids to display names."""

    def __init__(
        self, definitions: Definitions, names: Mapping[str, str], language: str, zone: tzinfo
    ) -> None:
        self._definitions = definitions
        self._names = names
        self._language = language
        self._zone = zone
        self._chinese = is_chinese(language)

    def tell(self, events: Iterable[Recorded]) -> Iterator[Line]:
        """The lines, in the order of the events."""
        for event in events:
            line = self.line(event)
            if line is not None:
                yield line

    def line(self, event: Recorded) -> Line | None:
        """The sentence of one event, or None where it says nothing to a person."""
        teller = _TELLERS.get(event.type)
        told = teller(self, event) if teller else None
        if told is None:
            return None
        kind, text, detail, tone = told
        return Line(
            number=event.number,
            at=event.at,
            actor=self.actor(str(event.header["actor"])),
            kind=kind,
            text=text,
            detail=detail,
            element_id=str(event.header.get("element", "")),
            process_id=str(event.header.get("process", "")),
            tone=tone,
        )

    def actor(self, identity: str) -> str:
        words = {
            "customer": ("客户", "the customer"),
            "worker": ("系统", "the system"),
            "system": ("系统", "the system"),
        }
        if identity in words:
            return words[identity][0 if self._chinese else 1]
        return self._names.get(identity, identity)

    def element(self, event: Recorded) -> str:
        """The reader's half of the element's label; its id where the label is empty."""
        process = self._definitions.processes.get(str(event.header.get("process", "")))
        identity = str(event.header.get("element", ""))
        found = process.elements.get(identity) if process else None
        return half(found.name, self._language) if found and found.name else identity

    def say(self, chinese: str, english: str) -> str:
        return chinese if self._chinese else english

    def when(self, text: object) -> str:
        return instant(from_text(str(text)), self._zone)

    def groups(self, ids: Iterable[str]) -> str:
        known = self._definitions.groups
        labels = [half(known[i].name, self._language) if i in known else i for i in ids]
        return ("、" if self._chinese else ", ").join(labels)


Told = tuple[str, str, str, str] | None
_TELLERS: dict[str, Callable[[Narrator, Recorded], Told]] = {}


def _tells(name: str) -> Callable[[Callable[[Narrator, Recorded], Told]], None]:
    def register(teller: Callable[[Narrator, Recorded], Told]) -> None:
        _TELLERS[name] = teller

    return register


def _facts(event: Recorded) -> Mapping[str, Any]:
    facts = event.header["facts"]
    assert isinstance(facts, Mapping)
    return facts


@_tells("case_started")
def _started(n: Narrator, event: Recorded) -> Told:
    simulated = n.say("（模拟数据）", " (simulated)") if _facts(event).get("simulated") else ""
    return "case", n.say("投诉开始处理", "The complaint began") + simulated, "", ""


@_tells("case_completed")
def _completed(n: Narrator, event: Recorded) -> Told:
    return "case", n.say("案件结束", "The case ended"), "", "done"


@_tells("case_cancelled")
def _case_cancelled(n: Narrator, event: Recorded) -> Told:
    return "case", n.say("案件被撤销", "The case was cancelled"), "", "warning"


@_tells("user_task_created")
def _task_created(n: Narrator, event: Recorded) -> Told:
    facts = _facts(event)
    detail = n.groups(facts.get("groups", ()))
    if facts.get("due_at"):
        due = n.when(facts["due_at"])
        detail += n.say(f"，{due} 前", f", due {due}")
    return "task", n.say(f"待办：{n.element(event)}", f"To do: {n.element(event)}"), detail, ""


@_tells("user_task_claimed")
def _task_claimed(n: Narrator, event: Recorded) -> Told:
    name = n.element(event)
    return "task", n.say(f"认领“{name}”", f"Claimed “{name}”"), "", ""


@_tells("user_task_unclaimed")
def _task_unclaimed(n: Narrator, event: Recorded) -> Told:
    name = n.element(event)
    return "task", n.say(f"退回“{name}”", f"Gave back “{name}”"), "", ""


@_tells("user_task_completed")
def _task_completed(n: Narrator, event: Recorded) -> Told:
    name, late = n.element(event), bool(_facts(event).get("late"))
    detail = n.say("已超时", "late") if late else ""
    return "task", n.say(f"完成“{name}”", f"Completed “{name}”"), detail, "late" if late else "done"


@_tells("user_task_cancelled")
def _task_cancelled(n: Narrator, event: Recorded) -> Told:
    name = n.element(event)
    return "task", n.say(f"不再需要“{name}”", f"No longer needed: “{name}”"), "", ""


@_tells("timer_fired")
def _timer_fired(n: Narrator, event: Recorded) -> Told:
    due = n.when(_facts(event)["due_at"])
    return "clock", n.element(event), n.say(f"期限 {due}", f"limit {due}"), "late"


@_tells("decision_evaluated")
def _decided(n: Narrator, event: Recorded) -> Told:
    facts = _facts(event)
    decision = n._definitions.decisions.get(facts["decision"])
    name = half(decision.name, n._language) if decision else facts["decision"]
    rules = len(facts["matched_rules"])
    if decision is not None and decision.logic is not None and decision.table is None:
        return "decision", n.say(f"决策“{name}”", f"Decision “{name}”"), "", ""
    if not rules:
        detail = n.say("没有适用的规则", "no rule applied")
    else:
        detail = n.say(f"适用 {rules} 条规则", f"{rules} rule{'s' if rules > 1 else ''} applied")
    return "decision", n.say(f"决策表“{name}”", f"Decision table “{name}”"), detail, ""


@_tells("message_received")
def _message(n: Narrator, event: Recorded) -> Told:
    name = str(_facts(event)["message"])
    words = half(MESSAGES[name], n._language) if name in MESSAGES else name.replace("_", " ")
    return "message", n.say(f"收到消息：{words}", f"Message received: {words}"), "", ""


@_tells("service_performed")
def _service(n: Narrator, event: Recorded) -> Told:
    return "call", n.element(event), n.say("自动", "automatic"), "done"


@_tells("job_completed")
def _job_completed(n: Narrator, event: Recorded) -> Told:
    return "mail", n.element(event), n.say("自动", "automatic"), "done"


@_tells("job_attempt_failed")
def _job_failed(n: Narrator, event: Recorded) -> Told:
    facts = _facts(event)
    detail = n.say(f"第 {facts['attempt']} 次尝试失败", f"attempt {facts['attempt']} failed")
    return "incident", n.element(event), detail, "warning"


@_tells("job_outcome_discarded")
def _job_discarded(n: Narrator, event: Recorded) -> Told:
    mails = len(_facts(event)["mails"])
    detail = n.say(f"结果没有采用，已发出 {mails} 封邮件", f"outcome not used, mails sent: {mails}")
    return "incident", n.element(event), detail, "warning"


@_tells("mail_sent")
def _mail_sent(n: Narrator, event: Recorded) -> Told:
    return "mail", n.say("发件箱中的邮件已发出", "A mail from the outbox was sent"), "", "done"


@_tells("incident_raised")
def _incident(n: Narrator, event: Recorded) -> Told:
    name = n.element(event)
    text = n.say(f"“{name}”需要人处理", f"“{name}” needs a person")
    return "incident", text, "", "warning"


@_tells("incident_resolved")
def _resolved(n: Narrator, event: Recorded) -> Told:
    name = n.element(event)
    return "incident", n.say(f"“{name}”已恢复", f"“{name}” goes on"), "", "done"


@_tells("attachment_added")
def _attachment(n: Narrator, event: Recorded) -> Told:
    size = int(_facts(event)["size"])
    shown = f"{size / 1_048_576:.1f} MB" if size >= 100_000 else f"{max(1, size // 1024)} KB"
    erased = n.say("已删除", "erased")
    name = erased if event.values is None else event.values.get("content.name", "")
    return "file", n.say(f"附件 {name}", f"Attachment {name}"), shown, ""


@_tells("command_refused")
def _refused(n: Narrator, event: Recorded) -> Told:
    name = n.element(event)
    return "incident", n.say(f"拒绝操作“{name}”", f"Refused at “{name}”"), "", "warning"
