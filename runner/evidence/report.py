"""The report of an evidence pack: one HTML file that needs nothing else, made to be printed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from runner.definitions.findings import half
from runner.definitions.forms import FieldInfo
from runner.definitions.release import Definitions
from runner.evidence.reading import CaseRecord
from runner.reports.narrative import Line, Narrator
from runner.reports.presenting import instant, is_chinese, value
from runner.store.event_log import Recorded


@dataclass(frozen=True)
class Answer:
    """One field of a submitted form, with the form's own wording."""

    label: str
    text: str
    rows: Sequence[Sequence[tuple[str, str]]] = ()


@dataclass(frozen=True)
class Submission:
    """One form as it was submitted."""

    number: int
    title: str
    form_title: str
    actor: str
    at: str
    late: bool
    erased: bool
    answers: Sequence[Answer]


@dataclass(frozen=True)
class DecisionShown:
    """One answer of a decision table: its rules by their own words."""

    number: int
    title: str
    at: str
    rules: Sequence[str]
    inputs: Sequence[tuple[str, str]]
    outputs: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class DiagramShown:
    """One diagram with the path the case took."""

    title: str
    svg: Markup


@dataclass(frozen=True)
class ReportFacts:
    """What stands on the first page."""

    site: str
    origin: str
    public_key: str
    made_at: str
    verifier_digest: str


def render_report(
    record: CaseRecord,
    definitions: Definitions,
    diagrams: Sequence[DiagramShown],
    facts: ReportFacts,
    language: str,
    zone: tzinfo,
) -> str:
    """The whole report as HTML. Erased values are shown as erased, never left out."""
    teller = _Teller(record, definitions, language, zone)
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    chinese = is_chinese(language)
    return environment.get_template("report.html").render(
        zh=chinese,
        say=lambda zh, en: zh if chinese else en,
        when=lambda moment: instant(moment, zone),
        record=record,
        facts=facts,
        diagrams=diagrams,
        story=teller.story(),
        submissions=list(teller.submissions()),
        decisions=list(teller.decisions()),
        erased=sum(event.values is None for event in record.events),
    )


class _Teller:
    def __init__(
        self, record: CaseRecord, definitions: Definitions, language: str, zone: tzinfo
    ) -> None:
        self._record = record
        self._definitions = definitions
        self._language = language
        self._zone = zone
        self._narrator = Narrator(definitions, record.names, language, zone)

    def story(self) -> list[Line]:
        return list(self._narrator.tell(self._record.events))

    def submissions(self) -> Iterator[Submission]:
        for event in self._of("user_task_completed"):
            facts = _facts(event)
            form = self._definitions.forms.get(str(facts.get("form", "")))
            fields = {info.key: info for info in form.fields() if not info.in_list} if form else {}
            inner = form.fields() if form else ()
            answers = [
                self._answer(name.removeprefix("submission."), content, fields, inner)
                for name, content in (event.values or {}).items()
                if name.startswith("submission.")
            ]
            order = list(fields)
            answers.sort(key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order))
            yield Submission(
                number=event.number,
                title=self._narrator.element(event),
                form_title=str(facts.get("form", "")),
                actor=self._narrator.actor(str(event.header["actor"])),
                at=instant(event.at, self._zone),
                late=bool(facts.get("late")),
                erased=event.values is None,
                answers=[answer for _, answer in answers],
            )

    def decisions(self) -> Iterator[DecisionShown]:
        for event in self._of("decision_evaluated"):
            facts = _facts(event)
            decision = self._definitions.decisions.get(str(facts["decision"]))
            values = event.values or {}
            yield DecisionShown(
                number=event.number,
                title=half(decision.name, self._language) if decision else str(facts["decision"]),
                at=instant(event.at, self._zone),
                rules=[str(rule) for rule in facts["matched_rules"]],  # type: ignore[attr-defined]
                inputs=self._pairs(values, "inputs."),
                outputs=self._pairs(values, "outputs."),
            )

    def _of(self, kind: str) -> Iterator[Recorded]:
        return (event for event in self._record.events if event.type == kind)

    def _pairs(self, values: Mapping[str, object], prefix: str) -> list[tuple[str, str]]:
        return [
            (half(name.removeprefix(prefix), self._language), self._text(content))
            for name, content in values.items()
            if name.startswith(prefix)
        ]

    def _text(self, content: object, info: FieldInfo | None = None) -> str:
        return value(content, self._language, self._zone, info)

    def _answer(
        self,
        key: str,
        content: object,
        fields: Mapping[str, FieldInfo],
        inner: Sequence[FieldInfo],
    ) -> tuple[str, Answer]:
        info = fields.get(key)
        label = half(info.label, self._language) if info else key
        if isinstance(content, list) and content and isinstance(content[0], Mapping):
            labels = {part.key: part for part in inner if part.in_list == key}
            rows = [
                [
                    (
                        half(labels[name].label, self._language) if name in labels else name,
                        self._text(item, labels.get(name)),
                    )
                    for name, item in row.items()
                ]
                for row in content
                if isinstance(row, Mapping)
            ]
            return key, Answer(label, "", rows)
        return key, Answer(label, self._text(content, info))


def _facts(event: Recorded) -> Mapping[str, object]:
    facts = event.header["facts"]
    assert isinstance(facts, Mapping)
    return facts


def now_text(moment: datetime, zone: tzinfo) -> str:
    """The instant a pack was made, for its first page."""
    return instant(moment, zone)
