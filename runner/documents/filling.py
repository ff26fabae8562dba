"""Filling a kind of document: its formulas are asked, and what they give becomes texts.

The result is plain data (``docs/documents.md``, "What a layout gets"): layouts and writers of other
formats show it and compute nothing. A formula that fails leaves its place empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from runner.calendars import Calendar
from runner.definitions.documents import (
    DocumentKind,
    DrawingPart,
    FieldPart,
    Formula,
    SectionPart,
    SignaturePart,
    TablePart,
    TextPart,
)
from runner.documents.drawings import drawing_data
from runner.documents.facts import CaseFacts
from runner.documents.pictures import MOST, small_picture
from runner.documents.speaking import Speaker, flat, number
from runner.feel import FeelError, to_feel

MOST_ROWS = 3_000
_SHORT = 26  # a longer value gets the whole width


@dataclass
class Filled:
    """``data`` is JSON; ``pictures`` are the photos it names; ``cells`` the values of each table
    as they are, for spreadsheets: by section id and position."""

    data: dict[str, Any]
    pictures: dict[str, bytes] = field(default_factory=dict)
    cells: dict[tuple[str, int], list[list[object]]] = field(default_factory=dict)


class Filler:
    """Fills one document. ``facts.scope`` is what its formulas see."""

    def __init__(self, facts: CaseFacts, speaker: Speaker, now: datetime) -> None:
        self._facts = facts
        self._say = speaker
        self._now = now
        self._calendar: Calendar | None = facts.calendar
        self._pictures: dict[str, bytes] = {}
        self._cells: dict[tuple[str, int], list[list[object]]] = {}

    def fill(self, kind: DocumentKind, head: Mapping[str, object]) -> Filled:
        """``head`` are the facts of the document itself: site, number, revision and the like."""
        sections = [s for part in kind.sections if (s := self._section(part)) is not None]
        data: dict[str, Any] = {
            "kind": kind.id,
            "lang": self._say.language,
            "title": self._say.say(kind.title),
            "record": kind.record,
            "clauses": list(kind.clauses),
            "subtitle": "" if kind.subtitle is None else self._paragraph(kind.subtitle),
            "sections": sections,
            **head,
        }
        return Filled(data, self._pictures, self._cells)

    # --- asking ---

    def value(self, formula: Formula, row: object = None) -> object:
        """What the formula gives; None for nothing, also where it fails or its owner has not
        decided a value it needs."""
        expression = formula.expression
        local: dict[str, object] = {"item": to_feel(row)} if formula.item else {}
        scope: dict[str, object] = {}
        for path in (*expression.names, *expression.possible_names):
            name = path.split(".", 1)[0]
            scope[name] = local[name] if name in local else self._facts.scope.get(name)
        try:
            return expression.evaluate(scope, now=self._now, calendar=self._calendar).value
        except FeelError:
            return None

    def text(self, formula: Formula | None, row: object = None) -> str:
        if formula is None:
            return ""
        return self._say.shown(self.value(formula, row), formula.variable)

    def rows(self, formula: Formula) -> list[object]:
        """The rows of a list; one row for one thing, none for null."""
        found = self.value(formula)
        if found is None:
            return []
        rows = list(found) if isinstance(found, list | tuple) else [found]
        return rows[:MOST_ROWS]

    # --- parts ---

    def _section(self, part: SectionPart) -> dict[str, Any] | None:
        if part.when is not None and self.value(part.when) is not True:
            return None
        return {
            "id": part.id,
            "title": self._say.say(part.title),
            "texts": [text for p in part.texts for text in self._paragraphs(p)],
            "fields": [self._field(item) for item in part.fields],
            "tables": [
                self._table(part.id, number, table) for number, table in enumerate(part.tables)
            ],
            "drawings": [self._drawing(item) for item in part.drawings],
            "photos": [] if part.photos is None else self._photos(part.photos),
            "signatures": [s for item in part.signatures for s in self._signatures(item)],
        }

    def _paragraphs(self, part: TextPart) -> Iterable[str]:
        if self._say.language == "both" and part.zh != part.en:
            return [
                text for text in (self._pieces(part.zh, "zh"), self._pieces(part.en, "en")) if text
            ]
        text = self._paragraph(part)
        return [text] if text else []

    def _paragraph(self, part: TextPart) -> str:
        if self._say.language == "both" and part.zh != part.en:
            return f"{self._pieces(part.zh, 'zh')} / {self._pieces(part.en, 'en')}"
        return self._pieces(part.en if self._say.language == "en" else part.zh, "")

    def _pieces(self, pieces: Iterable[str | Formula], language: str) -> str:
        speaker = self._say
        if language:
            speaker = Speaker(language, speaker.labels, speaker.zone)
        return "".join(
            piece
            if isinstance(piece, str)
            else speaker.shown(self.value(piece), piece.variable) or "—"
            for piece in pieces
        ).strip()

    def _field(self, part: FieldPart) -> dict[str, Any]:
        text = self.text(part.value)
        label = self._say.say(part.label) if part.label else self._say.name(part.value.variable)
        wide = part.wide or len(text) > _SHORT or "\n" in text
        return {"label": label, "text": text, "wide": wide, "raw": number(self.value(part.value))}

    def _table(self, section: str, position: int, part: TablePart) -> dict[str, Any]:
        rows = self.rows(part.rows)
        self._cells[section, position] = [
            [self.value(column.value, row) for column in part.columns] for row in rows
        ]
        return {
            "caption": self._say.say(part.caption),
            "head": [self._say.say(column.label) for column in part.columns],
            "weights": [column.weight for column in part.columns],
            "rows": [[self.text(column.value, row) for column in part.columns] for row in rows],
            "variables": [column.value.variable for column in part.columns],
            "empty": self._say.word("none"),
        }

    def _drawing(self, part: DrawingPart) -> dict[str, Any]:
        made = drawing_data(self, self._say, part, self._facts.definitions)
        return {"kind": part.kind, "caption": self._say.say(part.caption), **made}

    def _photos(self, formula: Formula) -> list[dict[str, str]]:
        """Pictures are shown, other files only named."""
        found: list[dict[str, str]] = []
        for attachment_id in flat(self.value(formula)):
            opened = self._facts.open_file(attachment_id)
            if opened is None:
                continue
            name, data = opened
            picture = None
            if attachment_id in self._facts.pictures and len(self._pictures) < MOST:
                picture = small_picture(data)
            caption = self._say.shown(name)
            if picture is not None:
                file = f"picture-{len(self._pictures) + 1}.jpg"
                self._pictures[file] = picture
                found.append({"file": file, "caption": caption})
            else:
                found.append({"file": "", "caption": f"{caption} ({self._say.word('not_shown')})"})
        return found

    def _signatures(self, part: SignaturePart) -> list[dict[str, str]]:
        rows = [None] if part.rows is None else self.rows(part.rows)
        return [
            {
                "role": self.text(part.parts.get("who"), row) or self._say.say(part.role),
                "name": self.text(part.parts.get("name"), row),
                "at": self.text(part.parts.get("at"), row),
                "note": self.text(part.parts.get("note"), row),
            }
            for row in rows
        ]
