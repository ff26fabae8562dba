"""What kinds of documents refer to, and whether their layouts can be typeset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from runner.definitions.check.subject import Subject
from runner.definitions.check.template_use import constant
from runner.definitions.documents import FOLDER, DocumentKind
from runner.definitions.model import Element
from runner.documents.typesetting import Limits, TypesettingFailed, fonts_there, typeset
from runner.feel.analysis.static_types import ANY, Type

JOB = "produce_document"
SETTINGS = frozenset({"kind", "language", "format"})
ALWAYS = frozenset({"done", "history", "attached", "complaint", "made", "complaint_number"})
OF_A_PERIOD = frozenset({"cases", "period", "figures"})
_AT = datetime(2026, 1, 1, tzinfo=UTC)
_ALL = "all-layouts.typ"


@dataclass(frozen=True)
class Broken:
    """A layout that cannot be typeset, and where."""

    layout: str
    line: int
    message: str


def produced_kind(element: Element) -> str | None:
    """The kind a task produces, where a fixed text says it."""
    if element.job_type != JOB:
        return None
    for mapping in element.inputs:
        if mapping.target == "kind":
            return constant(mapping.source)
    return None


def given_to(subject: Subject) -> Mapping[str, frozenset[str]]:
    """By kind, what the tasks that produce it pass beside its settings."""
    found: dict[str, frozenset[str]] = {}
    for _, element in subject.elements():
        kind = produced_kind(element)
        if kind is not None:
            names = frozenset(m.target.split(".", 1)[0] for m in element.inputs) - SETTINGS
            found[kind] = found.get(kind, frozenset()) | names
    return found


def types_of(
    subject: Subject, kind: DocumentKind, given: frozenset[str]
) -> tuple[Mapping[str, Type], Mapping[str, Type]]:
    """What its formulas may read: once, and of each row."""
    names = subject.names.everywhere | ALWAYS | given
    if kind.about == "period":
        names |= OF_A_PERIOD
    types = dict.fromkeys(names, ANY)
    return types, {**types, "item": ANY}


def restricted_names(subject: Subject) -> Mapping[str, frozenset[str]]:
    """The answers of forms that only some groups may read, with these groups."""
    return {
        info.key.rpartition(".")[2]: frozenset(info.seen_by.split())
        for form in subject.definitions.forms.values()
        for info in form.fields()
        if info.seen_by
    }


def broken_layouts(subject: Subject) -> Iterator[Broken]:
    """Every layout is typeset with made-up content; the ones in order cost one run together."""
    files = subject.definitions.files
    layouts = {
        path.removeprefix(FOLDER): data
        for path, data in files.items()
        if path.startswith(FOLDER) and path.endswith(".typ")
    }
    kinds = subject.definitions.documents.values()
    used = sorted({kind.layout for kind in kinds if "pdf" in kind.formats})
    named = tuple(name for name in used if f"{name}.typ" in layouts)
    if named and fonts_there():
        ids = sorted({section.id for kind in kinds for section in kind.sections})
        yield from _broken(tuple(sorted(layouts.items())), named, tuple(ids))


@lru_cache(maxsize=64)
def _broken(
    layouts: tuple[tuple[str, bytes], ...], named: tuple[str, ...], ids: tuple[str, ...]
) -> tuple[Broken, ...]:
    """Cached: the same layouts are checked again with every release and every spoilt copy."""
    files = dict(layouts)
    together = "".join(f'#include "{name}.typ"\n' for name in named)
    try:
        typeset(_ALL, {**files, _ALL: together.encode()}, _made_up(ids), at=_AT, limits=Limits(20))
    except TypesettingFailed:
        return tuple(found for name in named for found in _alone(files, name, ids))
    return ()


def _alone(files: Mapping[str, bytes], name: str, ids: tuple[str, ...]) -> Iterator[Broken]:
    try:
        typeset(f"{name}.typ", files, _made_up(ids), at=_AT, limits=Limits(20))
    except TypesettingFailed as failed:
        at_fault = failed.file.removesuffix(".typ") or name
        yield Broken(at_fault, failed.line, failed.message)


def _made_up(ids: tuple[str, ...]) -> dict[str, Any]:
    """What a layout gets, with every part filled: docs/documents.md."""
    field = {"label": "-", "text": "-", "wide": False, "raw": None}
    section = {
        "title": "-",
        "texts": ["-"],
        "fields": [field, {**field, "wide": True}],
        "tables": [{"caption": "-", "head": ["-"], "weights": [1], "rows": [["-"]],
                    "variables": [""], "empty": "-"}],
        "drawings": [],
        "photos": [{"file": "", "caption": "-"}],
        "signatures": [{"role": "-", "name": "", "at": "", "note": ""}],
    }  # fmt: skip
    words = ("revision", "made_at", "simulated", "signature_open", "none")
    return {
        "kind": "-", "lang": "en", "title": "-", "record": "F-01", "clauses": [], "subtitle": "-",
        "site": "-", "number": "-", "revision": "1", "made_at": "-", "made_by": "-",
        "simulated": True, "stamp": "-", "words": dict.fromkeys(words, "-"),
        "sections": [{"id": name, **section} for name in ids],
    }  # fmt: skip
