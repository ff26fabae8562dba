"""Where each clause, requirement, record and value of the policy is found in the manual."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from runner.definitions.findings import half
from runner.definitions.release import Definitions
from runner.manual.content import (
    Chapter,
    FormTold,
    IndexRow,
    RecordRow,
    Reference,
    TableTold,
)
from runner.manual.forms_told import Forms
from runner.manual.wording import Reader

Places = dict[str, dict[tuple[str, str], Reference]]


def clause_index(
    chapters: Sequence[Chapter], others: Iterable[tuple[Sequence[str], Reference]]
) -> tuple[IndexRow, ...]:
    """Clause to steps and whatever ``others`` serve it, by standard and number."""
    places: Places = {}
    for chapter in chapters:
        for step in chapter.steps:
            where = Reference(step.anchor, step.number, step.name)
            _put(places, step.clauses, where)
    for served, where in others:
        _put(places, served, where)
    return _rows(places)


def requirement_index(
    chapters: Sequence[Chapter],
    annexes: Sequence[FormTold | TableTold],
    others: Iterable[tuple[Sequence[str], Reference]],
) -> tuple[IndexRow, ...]:
    """Requirement to steps, diagrams, forms, tables and whatever ``others`` serve it."""
    places: Places = {}
    for chapter in chapters:
        where = Reference(chapter.anchor, chapter.number, chapter.title)
        _put(places, chapter.requirements, where)
        for step in chapter.steps:
            _put(places, step.requirements, Reference(step.anchor, step.number, step.name))
    for told in annexes:
        _put(places, told.requirements, Reference(told.anchor, told.number, told.title))
    for served, where in others:
        _put(places, served, where)
    return _rows(places)


def record_list(
    definitions: Definitions, chapters: Sequence[Chapter], forms: Forms, reader: Reader
) -> tuple[RecordRow, ...]:
    """Every record: a form people fill in, or a document that is produced; with the steps."""
    found: dict[tuple[str, str], RecordRow] = {}
    steps = [step for chapter in chapters for step in chapter.steps]
    for form_id in definitions.forms:
        told = forms.told(form_id, form_id)
        places = tuple(
            Reference(step.anchor, step.number, step.name)
            for step in steps
            if step.form is not None and step.form.id == form_id
        )
        by = f"{reader.say('表单', 'form')} {told.number}" if told is not None else ""
        for number, name in forms.records(form_id):
            _add(found, RecordRow(number, _both(name, reader), by, places))
    for kind in definitions.documents.values():
        by = reader.say("生成的文件", "document")
        places = tuple(
            Reference(step.anchor, step.number, step.name)
            for step in steps
            if kind.id in step.documents
        )
        for number in kind.record.split() or [""]:
            _add(found, RecordRow(number, _both(kind.title, reader), by, places))
    return tuple(sorted(found.values(), key=lambda row: (row.number == "", row.number, row.name)))


def _both(label: str, reader: Reader) -> str:
    """A record's name in the reader's language, then in the other: people know it by either."""
    chinese, english = half(label, "zh"), half(label, "en")
    if chinese == english:
        return chinese
    return reader.say(f"{chinese} · {english}", f"{english} · {chinese}")


def _add(found: dict[tuple[str, str], RecordRow], row: RecordRow) -> None:
    before = found.get((row.number, row.name))
    if before is None:
        found[row.number, row.name] = row
        return
    by = before.made_by if row.made_by in before.made_by else f"{before.made_by}, {row.made_by}"
    places = {place.anchor: place for place in (*before.places, *row.places)}
    found[row.number, row.name] = RecordRow(row.number, row.name, by, tuple(places.values()))


def _put(places: Places, keys: Iterable[str], where: Reference) -> None:
    for key in keys:
        places.setdefault(key, {}).setdefault((where.anchor, where.title), where)


def _rows(places: Places) -> tuple[IndexRow, ...]:
    return tuple(IndexRow(key, tuple(places[key].values())) for key in sorted(places, key=_natural))


def _natural(key: str) -> tuple[tuple[int, int, str], ...]:
    """9.1.2 before 10.2."""
    parts = re.findall(r"\d+|\D+", key)
    return tuple((1, int(part), "") if part.isdigit() else (0, 0, part) for part in parts)
