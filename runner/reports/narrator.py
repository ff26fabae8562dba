"""The teller of events: what the sentences of ``narrative`` are made with.

Each sentence says who did what, where, with which values and why, in one language. Nothing in it
is an id: what has no name is called by what it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any

from runner.clock import from_text
from runner.definitions.findings import half
from runner.definitions.model import Element
from runner.definitions.release import Definitions
from runner.definitions.warning_words import warning_words
from runner.reports.label_words import MESSAGES, VALUES
from runner.reports.labels import Labels
from runner.reports.policy_words import policy_words
from runner.reports.presenting import instant, is_chinese, value
from runner.store.event_log import Recorded

LONG = 12  # a sentence rather than a code, a name or a choice
_FILLED_IN = frozenset({"received_at", "submitted_at", "channel", "language"})
_SOURCES = re.compile(r"(?:[ ,，、]+[A-Z]{2}-\d+)+$")  # the requirements a rule comes from
_KINDS = {
    "userTask": ("一个任务", "a task"),
    "startEvent": ("开始", "the start"),
    "endEvent": ("一个结束点", "an end"),
    "callActivity": ("一个阶段", "a phase"),
    "subProcess": ("一个子流程", "a part"),
    "boundaryEvent": ("一个事件", "an event"),
    "intermediateCatchEvent": ("一个事件", "an event"),
    "intermediateThrowEvent": ("一个事件", "an event"),
}
_ACTORS = {
    "customer": ("客户", "the customer"),
    "worker": ("系统", "the system"),
    "system": ("系统", "the system"),
}


@dataclass(frozen=True)
class Line:
    """One line of the story. ``kind`` picks the symbol: case, task, clock, decision, mail, file,
    incident, message, call, data, change. ``tone`` is ``""``, ``done``, ``late`` or ``warning``.
    ``detail`` has the values and the reason."""

    number: int
    at: datetime
    actor: str
    kind: str
    text: str
    detail: str = ""
    element_id: str = ""
    process_id: str = ""
    tone: str = ""


Told = tuple[str, str, str, str]
Teller = Callable[["Narrator", Recorded], Told]
TELLERS: dict[str, Teller] = {}


def tells(name: str) -> Callable[[Teller], Teller]:
    """Registers the sentence of one type of event."""

    def register(teller: Teller) -> Teller:
        TELLERS[name] = teller
        return teller

    return register


def rule_reason(description: str, language: str) -> str:
    """What the author of a rule says of it, in one language, without requirement ids."""
    return half(_SOURCES.sub("", description), language).rstrip("。.；;")


def facts_of(event: Recorded) -> Mapping[str, Any]:
    facts = event.header["facts"]
    assert isinstance(facts, Mapping)
    return facts


class Narrator:
    """Tells events in one language. ``names`` maps ids of people to their names, ``mails`` keys of
    mails to their state, ``releases`` digests to numbers; ``labels`` knows what values are called
    (the release's own where none is given)."""

    def __init__(
        self,
        definitions: Definitions,
        names: Mapping[str, str],
        language: str,
        zone: tzinfo,
        *,
        labels: Labels | None = None,
        mails: Mapping[str, str] | None = None,
        releases: Mapping[str, int] | None = None,
        may_read: Callable[[str], bool] = lambda variable: True,
    ) -> None:
        self.definitions = definitions
        self.language = language
        self.mails = mails or {}
        self._may_read = may_read
        self._releases = releases or {}
        self._names = names
        self._zone = zone
        self._chinese = is_chinese(language)
        known = {group.id: group.name for group in definitions.groups.values()}
        self.labels = labels or Labels(definitions.forms, known, definitions.decisions)

    def line(self, event: Recorded) -> Line:
        """The sentence of one event, of whatever type of the catalogue."""
        kind, text, detail, tone = TELLERS[event.type](self, event)
        return Line(
            number=event.number,
            at=event.at,
            actor=self.actor(str(event.header["actor"])),
            kind=kind,
            text=text[:1].upper() + text[1:],
            detail=detail,
            element_id=str(event.header.get("element", "")),
            process_id=str(event.header.get("process", "")),
            tone=tone,
        )

    # --- words ---

    def say(self, chinese: str, english: str) -> str:
        return chinese if self._chinese else english

    def half(self, label: str) -> str:
        return half(label, self.language)

    def join(self, parts: Iterable[str]) -> str:
        """Parts of a detail, empty ones left out."""
        told = [part for part in parts if part]
        ended = [part.rstrip("。；;") for part in told[:-1]] + told[-1:]
        return ("；" if self._chinese else "; ").join(ended)

    def listed(self, parts: Iterable[str]) -> str:
        return ("、" if self._chinese else ", ").join(part for part in parts if part)

    def quoted(self, name: str) -> str:
        return f"“{name}”"

    def word(self, name: object) -> str:
        """A name from a diagram (of a message, signal, error) in plain words, quoted."""
        text = str(name)
        label = MESSAGES.get(text) or VALUES.get(text)
        return self.quoted(self.half(label) if label else self.half(text.replace("_", " ")))

    def actor(self, identity: str) -> str:
        if identity in _ACTORS:
            return _ACTORS[identity][0 if self._chinese else 1]
        return self.half(self._names.get(identity) or self.say("一位同事", "a colleague"))

    def who(self, event: Recorded) -> str:
        return self.actor(str(event.header["actor"]))

    # --- places ---

    def _element(self, event: Recorded, identity: str = "") -> Element | None:
        identity = identity or str(event.header.get("element", ""))
        process = self.definitions.processes.get(str(event.header.get("process", "")))
        found = process.elements.get(identity) if process else None
        if found is None:
            everywhere = (p.elements.get(identity) for p in self.definitions.processes.values())
            found = next((element for element in everywhere if element is not None), None)
        return found

    def element(self, event: Recorded, identity: str = "") -> str:
        """The reader's half of the element's label; what it is, where it has none."""
        found = self._element(event, identity)
        if found is not None and found.name:
            return self.half(found.name)
        return self._kind(found)

    def step(self, event: Recorded, identity: str = "") -> str:
        """As ``element``, quoted where it is a label."""
        found = self._element(event, identity)
        if found is not None and found.name:
            return self.quoted(self.half(found.name))
        return self._kind(found)

    def _kind(self, element: Element | None) -> str:
        kind = "" if element is None else element.kind
        if kind.endswith("Gateway"):
            return self.say("一个网关", "a gateway")
        return self.say(*_KINDS.get(kind, ("一个步骤", "a step")))

    def process(self, process_id: object) -> str:
        found = self.definitions.processes.get(str(process_id))
        if found is None or not found.name:
            return self.say("一个流程", "a process")
        return self.quoted(self.half(found.name))

    def flows(self, event: Recorded, ids: Iterable[str]) -> str:
        """The labels of sequence flows; unlabelled ones by where they lead."""
        process = self.definitions.processes.get(str(event.header.get("process", "")))
        found: list[str] = []
        for flow in (process.flows.get(i) for i in ids) if process else ():
            if flow is not None:
                leads = self.say("到", "to ") + self.step(event, flow.target)
                found.append(self.quoted(self.half(flow.name)) if flow.name else leads)
        return self.listed(found)

    def groups(self, ids: Iterable[str]) -> str:
        known = self.definitions.groups
        return self.listed(
            self.half(known[i].name) if i in known else i.replace("_", " ") for i in ids
        )

    def people(self, ids: Iterable[str]) -> str:
        return self.listed(self.actor(person) for person in ids)

    def release(self, digest: object) -> str:
        number = self._releases.get(str(digest))
        if number is None:
            return self.say("另一版", "another release")
        return self.say(f"第 {number} 版", f"release {number}")

    def policy(self, path: object) -> str:
        """What a policy value is called by the policy's own schema."""
        return self.quoted(self.half(policy_words(self.definitions, str(path))))

    # --- times and values ---

    def when(self, text: object) -> str:
        return instant(from_text(str(text)), self._zone)

    def show(self, content: object, variable: str) -> str:
        if content not in (None, "", []) and not self._may_read(variable):
            return self.say("限阅", "restricted")
        text = value(content, self.language, self._zone, None, self.labels, variable)
        return " ".join(text.split()).rstrip("。；;")

    def given(self, event: Recorded, prefix: str) -> dict[str, object]:
        """The values under ``prefix`` by name; none once they were erased."""
        return {
            name.removeprefix(f"{prefix}."): content
            for name, content in (event.values or {}).items()
            if name.startswith(f"{prefix}.")
        }

    def pairs(self, event: Recorded, prefix: str, limit: int = 3) -> str:
        """``label: value`` of the first values that have a name people know; how many more there
        are."""
        if event.values is None:
            return self.erased()
        colon = self.say("：", ": ")
        filled = {
            name: content
            for name, content in self.given(event, prefix).items()
            if content not in (None, "", []) and not name.startswith("#")
        }
        told = [
            f"{self.labels.name(name, self.language).rstrip('？?')}{colon}{text}"
            for name, content in filled.items()
            if self.labels.knows(name) and (text := self.show(content, name))
        ]
        more = len(filled) - min(len(told), limit)
        rest = self.say(f"另有 {more} 项", f"{more} more") if more > 0 else ""
        return self.join([*(_short(part) for part in told[:limit]), rest])

    def entered(self, event: Recorded, prefix: str, limit: int = 2) -> str:
        """The longest texts people entered; without any, the first answers with their labels."""
        if event.values is None:
            return self.erased()
        texts: list[str] = []
        pairs: list[str] = []
        for key, content in self.given(event, prefix).items():
            if content in (None, "", []) or key in _FILLED_IN:
                continue
            text = self.show(content, key)
            typed = isinstance(content, str) and text == " ".join(content.split()).rstrip("。；;")
            if typed and _is_said(text):
                if text not in texts:
                    texts.append(text)
            elif text and isinstance(content, bool | str | Decimal):
                label = self.labels.name(key, self.language).rstrip("？?")
                pairs.append(f"{label}{self.say('：', ': ')}{text}")
        return self.join(sorted(texts, key=len, reverse=True)[:limit] or pairs[: limit + 1])

    def reason(self, event: Recorded, prefix: str = "reason") -> str:
        """Why, in the person's own words."""
        if event.values is None:
            return self.erased()
        given = self.given(event, prefix)
        return self.reason_of(given.get("text") or next(iter(given.values()), "") or "")

    def reason_of(self, text: object) -> str:
        text = " ".join(str(text).split())
        return self.say(f"理由：{text}", f"reason: {text}") if text else ""

    def message(self, event: Recorded, name: str) -> str:
        """A bilingual sentence kept as a value, in the reader's half."""
        if event.values is None:
            return self.erased()
        return self.half(str(event.values.get(name) or ""))

    def warnings(self, event: Recorded) -> str:
        """What FEEL could not make sense of, and why; "" where there is nothing."""
        told = [
            self.half(warning_words(content))
            for content in self.given(event, "warnings").values()
            if isinstance(content, Mapping) and content.get("kind") != "unknown_name"
        ]
        return self.join(dict.fromkeys(told))

    def erased(self) -> str:
        return self.say("个人信息已删除", "personal data was erased")


def _short(text: str, most: int = 80) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _is_said(text: str) -> bool:
    """Whether somebody wrote words rather than a name, a number or an address."""
    wide = sum(1 for character in text if character > "\u2e7f")
    return len(text) + wide >= LONG and (wide > 0 or " " in text)
