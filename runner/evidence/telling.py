"""What was entered and what tables answered, in the words of the forms and tables themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from runner.definitions.dmn.model import Decision
from runner.definitions.findings import half
from runner.definitions.forms import FieldInfo
from runner.definitions.release import Definitions
from runner.evidence.reading import CaseRecord
from runner.reports.labels import Labels
from runner.reports.narrative import Line, Narrator, rule_reason, tell
from runner.reports.presenting import instant, value
from runner.store.event_log import Recorded


@dataclass(frozen=True)
class FileShown:
    """A file that was handed in; ``path`` is its place in the pack, empty once erased."""

    name: str
    path: str


@dataclass(frozen=True)
class Cell:
    """One value with the form's own wording; ``files`` instead of ``text`` where it holds files."""

    label: str
    text: str
    files: Sequence[FileShown] = ()


@dataclass(frozen=True)
class Answer:
    """One field of a submitted form, or a list with its rows."""

    cell: Cell
    rows: Sequence[Sequence[Cell]] = ()


@dataclass(frozen=True)
class Submission:
    """One form as it was submitted."""

    number: int
    title: str
    actor: str
    at: str
    late: bool
    erased: bool
    answers: Sequence[Answer]


@dataclass(frozen=True)
class DecisionShown:
    """One answer of a decision table: its rules by their own words, several rows for a list."""

    number: int
    title: str
    at: str
    erased: bool
    rules: Sequence[str]
    inputs: Sequence[Cell]
    outputs: Sequence[Sequence[Cell]]


class Teller:
    """Reads a record's events for one language and time zone."""

    def __init__(
        self, record: CaseRecord, definitions: Definitions, language: str, zone: tzinfo
    ) -> None:
        self._record = record
        self._definitions = definitions
        self._language = language
        self._zone = zone
        self._files = {row.id: self._file(row.id, row.name) for row in record.attachments}
        groups = {group.id: group.name for group in definitions.groups.values()}
        named = {**record.names, **{key: file.name for key, file in self._files.items()}}
        labels = Labels(definitions.forms, groups, definitions.decisions)
        self._labels = labels.naming(named)
        self._narrator = Narrator(definitions, record.names, language, zone, labels=self._labels)

    def _file(self, identity: str, name: str) -> FileShown:
        if identity in self._record.documents:
            return FileShown(half(name, self._language), f"attachments/{identity}")
        return FileShown(half("已删除 / erased", self._language), "")

    def story(self) -> list[Line]:
        """One line for each event that matters to a person."""
        return list(tell(self._narrator, self._record.events))

    def submissions(self) -> Iterator[Submission]:
        """Every submitted form, its fields in the form's order."""
        for event in self._of("user_task_completed"):
            facts = _facts(event)
            form = self._definitions.forms.get(str(facts.get("form", "")))
            fields = {info.key: info for info in form.fields()} if form else {}
            order = list(fields)
            given = {
                name.removeprefix("submission."): content
                for name, content in (event.values or {}).items()
                if name.startswith("submission.")
            }
            keys = sorted(given, key=lambda key: order.index(key) if key in fields else len(order))
            yield Submission(
                number=event.number,
                title=self._narrator.element(event),
                actor=self._narrator.actor(str(event.header["actor"])),
                at=instant(event.at, self._zone),
                late=bool(facts.get("late")),
                erased=event.values is None,
                answers=[self._answer(key, given[key], fields) for key in keys],
            )

    def decisions(self) -> Iterator[DecisionShown]:
        """Every answer of a decision table."""
        for event in self._of("decision_evaluated"):
            facts = _facts(event)
            identity = str(facts["decision"])
            decision = self._definitions.decisions.get(identity)
            matched = facts["matched_rules"]
            assert isinstance(matched, list)
            values = event.values or {}
            inputs = {
                name.removeprefix("inputs."): content
                for name, content in values.items()
                if name.startswith("inputs.")
            }
            yield DecisionShown(
                number=event.number,
                title=half(decision.name, self._language) if decision else identity,
                at=instant(event.at, self._zone),
                erased=event.values is None,
                rules=[self._rule(rule) for rule in matched if isinstance(rule, Mapping)],
                inputs=self._inputs(decision, inputs),
                outputs=self._outputs(decision, values.get("outputs.value")),
            )

    def _of(self, kind: str) -> Iterator[Recorded]:
        return (event for event in self._record.events if event.type == kind)

    def _rule(self, rule: Mapping[str, str]) -> str:
        said = rule_reason(rule["description"], self._language) or rule["id"]
        return f"{rule['number']}. {said}"

    def _inputs(self, decision: Decision | None, inputs: Mapping[str, object]) -> list[Cell]:
        table = decision.table if decision else None
        columns = {
            column.source.compiled.text.strip(): column.label
            for column in (table.inputs if table else ())
        }
        return [
            self._cell(
                half(columns[text], self._language)
                if columns.get(text)
                else self._labels.name(text, self._language),
                f"asked.{text}",
                content,
            )
            for text, content in inputs.items()
        ]

    def _outputs(self, decision: Decision | None, found: object) -> list[list[Cell]]:
        table = decision.table if decision else None
        columns = {o.name: o.label for o in table.outputs} if table else {}
        if isinstance(found, list) and found and all(isinstance(row, Mapping) for row in found):
            return [self._row(row, columns) for row in found]
        if isinstance(found, Mapping):
            return [self._row(found, columns)]
        name, label = next(iter(columns.items()), ("", ""))
        label = label or (decision.name if decision else "")
        return [[self._cell(half(label, self._language), f"answer.{name}", found)]]

    def _row(self, row: Mapping[str, object], columns: Mapping[str, str]) -> list[Cell]:
        return [
            self._cell(
                half(columns[key], self._language)
                if columns.get(key)
                else self._labels.inner_name("", key, self._language),
                f"answer.{key}",
                content,
            )
            for key, content in row.items()
        ]

    def _cell(
        self, label: str, variable: str, content: object, info: FieldInfo | None = None
    ) -> Cell:
        items = content if isinstance(content, list) else [content]
        files = [
            self._files[item] for item in items if isinstance(item, str) and item in self._files
        ]
        if files and len(files) == len(items):
            return Cell(label, "", files)
        text = value(content, self._language, self._zone, info, self._labels, variable)
        return Cell(label, text)

    def _answer(self, key: str, content: object, fields: Mapping[str, FieldInfo]) -> Answer:
        info = fields.get(key)
        own = half(info.label, self._language) if info and info.label else ""
        label = own or self._labels.name(key, self._language)
        if isinstance(content, list) and content and isinstance(content[0], Mapping):
            rows = [
                [
                    self._cell(
                        self._labels.inner_name(key, name, self._language),
                        f"{key}.{name}",
                        item,
                        fields.get(f"{key}.{name}"),
                    )
                    for name, item in row.items()
                ]
                for row in content
                if isinstance(row, Mapping)
            ]
            return Answer(Cell(label, ""), rows)
        return Answer(self._cell(label, key, content, info))


def _facts(event: Recorded) -> Mapping[str, object]:
    facts = event.header["facts"]
    assert isinstance(facts, Mapping)
    return facts
