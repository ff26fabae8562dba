"""The timeline of a case in words: what happened, who did it, and what it was about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from runner.reports.narrative import rule_reason
from runner.store.case_lists import MailLine
from runner.store.event_log import Recorded
from runner.web.case_log import warnings_of
from runner.web.case_reading import CaseReading, labels_of
from runner.web.language import _, ngettext
from runner.web.moments import Moments
from runner.web.shown_values import show

MAX_DETAIL = 120
LONG = 12  # a sentence rather than a code, a name or a choice
_FILLED_IN = frozenset({"received_at", "submitted_at", "channel", "language"})


def _is_said(text: str) -> bool:
    """Whether somebody wrote words rather than a name, a number or an address."""
    wide = sum(1 for character in text if character > "\u2e7f")
    return len(text) + wide >= LONG and (wide > 0 or " " in text)


@dataclass(frozen=True)
class Happening:
    """One line: ``what`` is bold, ``rest`` follows it, ``detail`` stands below."""

    at: str
    exact: str
    icon: str
    kind: str
    what: str
    rest: str
    detail: str


def timeline(
    reading: CaseReading, mails: Sequence[MailLine], moments: Moments, language: str
) -> list[Happening]:
    """What people want to know of a case, the latest first; ``mails`` as the outbox has them."""
    teller = _Teller(reading, mails, moments, language)
    told = [event for event in reading.events if not teller.is_part(event)]
    lines = [line for event in told if (line := teller.tell(event)) is not None]
    return lines[::-1]


class _Teller:
    def __init__(
        self, reading: CaseReading, mails: Sequence[MailLine], moments: Moments, language: str
    ) -> None:
        self.reading = reading
        self.mails = {mail.key: mail.state for mail in mails}
        self.moments = moments
        self.language = language
        self.labels = labels_of(reading)
        self._tops: dict[tuple[object, object, object], int] = {}
        self._ended = {
            event.header.get("token")
            for event in reading.events
            if event.type in {"user_task_completed", "user_task_cancelled"}
        }
        for event in reading.events:
            if event.type == "decision_evaluated":
                self._tops[self._asked(event)] = event.number

    def _asked(self, event: Recorded) -> tuple[object, object, object]:
        header = event.header
        return header.get("token"), header.get("element"), header.get("at")

    def is_part(self, event: Recorded) -> bool:
        """Whether a decision only served another one asked by the same step at the same moment."""
        if event.type != "decision_evaluated" or warnings_of(event, self.language):
            return False
        return self._tops[self._asked(event)] != event.number

    def tell(self, event: Recorded) -> Happening | None:
        method = getattr(self, f"_{event.type}", None)
        if method is None:
            return None
        found = method(event)
        return found if isinstance(found, Happening) else None

    def _line(
        self, event: Recorded, icon: str, kind: str, what: str, rest: str = "", detail: str = ""
    ) -> Happening:
        return Happening(
            at=self.moments.at(event.at),
            exact=self.moments.exact(event.at),
            icon=icon,
            kind=kind,
            what=what,
            rest=rest,
            detail=detail if len(detail) <= MAX_DETAIL else detail[: MAX_DETAIL - 1] + "…",
        )

    def _step(self, event: Recorded) -> str:
        header = event.header
        return self.reading.element_name(
            header.get("process"), header.get("element"), self.language
        ) or str(header.get("element", ""))

    def _who(self, event: Recorded) -> str:
        return self.reading.who(event.header.get("actor"), self.language)

    def _facts(self, event: Recorded) -> Mapping[str, object]:
        facts = event.header.get("facts")
        return facts if isinstance(facts, Mapping) else {}

    def _value(self, event: Recorded, prefix: str, limit: int = 2) -> str:
        """The longest texts people entered; without any, the first answers with their labels."""
        if event.values is None:
            return _("Personal data was erased.")
        chinese = self.language.startswith("zh")
        texts: list[str] = []
        pairs: list[str] = []
        for name, value in event.values.items():
            key = name.removeprefix(prefix + ".")
            if name == key or value in (None, "", []) or key in _FILLED_IN:
                continue
            shown = show(value, self.labels, key, self.moments, self.language)
            text = " ".join(shown.split()).rstrip("。；;")
            typed = isinstance(value, str) and text == " ".join(value.split()).rstrip("。；;")
            if isinstance(value, str) and (prefix != "submission" or (typed and _is_said(text))):
                if text and text not in texts:
                    texts.append(text)
            elif text and isinstance(value, bool | str | Decimal):
                label = self.labels.name(key, self.language).rstrip("？?")
                pairs.append(f"{label}{'：' if chinese else ': '}{text}")
        found = sorted(texts, key=len, reverse=True)[:limit] or pairs[: limit + 1]
        return ("；" if chinese else "; ").join(found)

    # --- one method for each event people are told about ---

    def _case_started(self, event: Recorded) -> Happening:
        channel = self.reading.line.channel or ""
        words = self.labels.option("channel", channel, self.language)
        number = self.reading.line.complaint_number or ""
        return self._line(
            event, "inbox", "", _("Complaint received"), words, _("Number %(n)s", n=number)
        )

    def _user_task_completed(self, event: Recorded) -> Happening:
        late = self._facts(event).get("late") is True
        rest = _("submitted by %(who)s", who=self._who(event))
        if late:
            rest = _("%(rest)s, late", rest=rest)
        kind = "late" if late else "ok"
        return self._line(
            event, "check", kind, self._step(event), rest, self._value(event, "submission")
        )

    def _user_task_claimed(self, event: Recorded) -> Happening | None:
        if event.header.get("token") in self._ended:
            return None  # who submitted it stands there already
        return self._line(
            event, "play", "", self._step(event), _("claimed by %(who)s", who=self._who(event))
        )

    def _user_task_unclaimed(self, event: Recorded) -> Happening:
        return self._line(
            event, "people", "", self._step(event), _("given back by %(who)s", who=self._who(event))
        )

    def _user_task_cancelled(self, event: Recorded) -> Happening:
        return self._line(event, "x", "", self._step(event), _("no longer needed"))

    def _decision_evaluated(self, event: Recorded) -> Happening:
        facts = self._facts(event)
        found = facts.get("matched_rules")
        given = found if isinstance(found, list) else []
        rules = [rule for rule in given if isinstance(rule, Mapping)]
        chinese = self.language.startswith("zh")
        numbers = ("、" if chinese else ", ").join(str(rule["number"]) for rule in rules)
        join = "；" if chinese else "; "
        why = join.join(
            reason
            for rule in rules
            if (reason := rule_reason(str(rule["description"]), self.language))
        )
        answer = " → ".join(text for text in (why, self._outputs(event)) if text)
        warned = warnings_of(event, self.language)
        detail = join.join(text for text in (warned, answer) if text)
        is_table = bool(rules) or any(name.startswith("inputs.") for name in event.values or ())
        return self._line(
            event,
            "split",
            "",
            self._step(event) or str(facts.get("decision")),
            ngettext(
                "decision table, rule %(numbers)s",
                "decision table, rules %(numbers)s",
                len(rules),
                numbers=numbers,
            )
            if rules
            else _("decision table, no rule applied")
            if is_table
            else _("decided"),
            detail,
        )

    def _outputs(self, event: Recorded) -> str:
        if event.values is None:
            return ""
        labels = self.labels
        shown = [
            show(value, labels, name.removeprefix("outputs."), self.moments, self.language)
            for name, value in event.values.items()
            if name.startswith("outputs.")
        ]
        join = "；" if self.language.startswith("zh") else "; "
        return join.join(" ".join(text.split()).rstrip("。；;") for text in shown if text)

    def _conditions_evaluated(self, event: Recorded) -> Happening | None:
        """Only where something went wrong; where the token went, the diagram shows."""
        told = warnings_of(event, self.language)
        return (
            self._line(
                event, "alert", "late", self._step(event), _("a condition met a problem"), told
            )
            if told
            else None
        )

    def _expression_warned(self, event: Recorded) -> Happening:
        told = warnings_of(event, self.language)
        return self._line(
            event, "alert", "late", self._step(event), _("an expression met a problem"), told
        )

    def _timer_fired(self, event: Recorded) -> Happening:
        return self._line(event, "clock", "late", self._step(event), _("the deadline passed"))

    def _job_completed(self, event: Recorded) -> Happening:
        facts = self._facts(event)
        mails = facts.get("mails")
        rest = _("done by the system")
        if isinstance(mails, list) and mails:
            states = {self.mails.get(str(key), "waiting") for key in mails}
            state = next(s for s in ("waiting", "withdrawn", "sent") if s in states)
            words = {"sent": _("sent"), "withdrawn": _("withdrawn"), "waiting": _("not sent")}
            rest = _("mail: %(state)s", state=words[state])
        return self._line(event, "mail" if mails else "bolt", "", self._step(event), rest)

    def _job_attempt_failed(self, event: Recorded) -> Happening:
        return self._line(
            event, "alert", "late", self._step(event), _("an attempt failed"),
            self._value(event, "error", 1),
        )  # fmt: skip

    def _mail_sent(self, event: Recorded) -> Happening:
        return self._line(event, "mail", "ok", _("A waiting mail"), _("was sent"))

    def _message_received(self, event: Recorded) -> Happening:
        name = str(self._facts(event).get("message"))
        words = {
            "withdrawal_received": _("The customer withdraws"),
            "information_added": _("The customer added information"),
            "appeal_received": _("The customer asks for a review"),
            "help_requested": _("Support was requested"),
        }.get(name, name.replace("_", " "))
        return self._line(
            event, "mail", "", words, self._who(event), self._value(event, "payload", 1)
        )

    def _incident_raised(self, event: Recorded) -> Happening:
        return self._line(
            event, "alert", "late", self._step(event), _("needs a person to repair something")
        )

    def _incident_resolved(self, event: Recorded) -> Happening:
        return self._line(
            event, "check", "ok", self._step(event), _("repaired by %(who)s", who=self._who(event))
        )

    def _attachment_added(self, event: Recorded) -> Happening:
        name = (event.values or {}).get("content.name")
        what = str(name) if name else _("A file")
        return self._line(event, "file", "", what, _("added by %(who)s", who=self._who(event)))

    def _case_completed(self, event: Recorded) -> Happening:
        return self._line(event, "check", "ok", _("The case is finished"))

    def _case_cancelled(self, event: Recorded) -> Happening:
        return self._line(
            event, "x", "late", _("The case was cancelled"), self._who(event),
            self._value(event, "reason", 1),
        )  # fmt: skip
