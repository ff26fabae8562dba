"""Kinds of documents: ``processes/templates/documents/<kind>.yaml`` with ``<kind>.typ`` beside it.

The YAML says what a document holds: texts, fields, tables, drawings, photos and signatures, each
taken from the case by FEEL. The layout says how it looks. ``docs/documents.md`` is the manual.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from runner.feel import Expression

FOLDER = "processes/templates/documents/"
DOCUMENT_SCHEMA = f"{FOLDER}document.schema.json"
HOUSE = f"{FOLDER}house.typ"

Format = Literal["pdf", "docx", "xlsx", "pptx", "zip"]
MEDIA_TYPES: Mapping[str, str] = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "zip": "application/zip",
}


@dataclass(frozen=True)
class Formula:
    """One FEEL expression and the line it stands on. ``item`` tells that it is asked of each row,
    by that name; ``variable`` is the variable it simply reads, whose labels its values have."""

    expression: Expression
    line: int
    item: bool = False
    variable: str = ""


@dataclass(frozen=True)
class TextPart:
    """A paragraph: pieces of fixed text ``中文 / English`` and formulas, in order, a language."""

    zh: tuple[str | Formula, ...]
    en: tuple[str | Formula, ...]


@dataclass(frozen=True)
class FieldPart:
    """A labelled value. An empty label means what the variable is called in the forms."""

    label: str
    value: Formula
    wide: bool = False


@dataclass(frozen=True)
class ColumnPart:
    label: str
    value: Formula
    weight: int = 1


@dataclass(frozen=True)
class TablePart:
    caption: str
    rows: Formula
    columns: tuple[ColumnPart, ...]


@dataclass(frozen=True)
class DrawingPart:
    """``kind``: fishbone, chain, flow, trend or pareto; ``parts`` are its formulas by name."""

    kind: str
    caption: str
    rows: Formula
    parts: Mapping[str, Formula]
    series: tuple[ColumnPart, ...] = ()
    unit: str = ""


@dataclass(frozen=True)
class SignaturePart:
    """Who signs: one place, or one for each row."""

    role: str
    parts: Mapping[str, Formula]
    rows: Formula | None = None


@dataclass(frozen=True)
class SectionPart:
    id: str
    title: str
    when: Formula | None = None
    texts: tuple[TextPart, ...] = ()
    fields: tuple[FieldPart, ...] = ()
    tables: tuple[TablePart, ...] = ()
    drawings: tuple[DrawingPart, ...] = ()
    photos: Formula | None = None
    signatures: tuple[SignaturePart, ...] = ()


@dataclass(frozen=True)
class DocumentKind:
    """``about`` is ``case`` or ``period``; ``language`` is ``customer``, ``reader`` or ``both``.

    ``seen_by`` are the groups that may read it, ``made_by`` those that may make it again; empty
    means everybody who may see the case. ``holds`` are the kinds a package gathers. ``layout`` is
    the name of its layout: its own, else ``standard``.
    """

    id: str
    file: str
    title: str
    record: str
    about: Literal["case", "period"]
    language: Literal["customer", "reader", "both"]
    formats: tuple[str, ...]
    sections: tuple[SectionPart, ...]
    subtitle: TextPart | None = None
    requirements: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    seen_by: frozenset[str] = frozenset()
    made_by: frozenset[str] = frozenset()
    holds: tuple[str, ...] = ()
    layout: str = "standard"
    lines: Mapping[str, int] = field(default_factory=dict)

    @property
    def layout_file(self) -> str:
        """The path of its layout; only PDF needs one."""
        return f"{FOLDER}{self.layout}.typ"

    def formulas(self) -> tuple[Formula, ...]:
        """Every formula of the document."""
        found: list[Formula] = []

        def text(part: TextPart | None) -> None:
            for piece in (*part.zh, *part.en) if part else ():
                if isinstance(piece, Formula):
                    found.append(piece)

        text(self.subtitle)
        for section in self.sections:
            found += [f for f in (section.when, section.photos) if f is not None]
            for paragraph in section.texts:
                text(paragraph)
            found += [part.value for part in section.fields]
            for table in section.tables:
                found += [table.rows, *(column.value for column in table.columns)]
            for drawing in section.drawings:
                found += [drawing.rows, *drawing.parts.values()]
                found += [series.value for series in drawing.series]
            for signature in section.signatures:
                found += [*signature.parts.values()]
                found += [signature.rows] if signature.rows is not None else []
        return tuple(found)
