"""Documents of a case: revisions, newest first, and making one again."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, redirect, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from runner.definitions.documents import MEDIA_TYPES, DocumentKind
from runner.definitions.findings import half
from runner.documents.making import make_document
from runner.engine.access import Person, may_see_document
from runner.engine.documents import may_make
from runner.errors import InvalidInput
from runner.store.case_pages import files_by_id
from runner.store.documents import DocumentLine, documents_of_case
from runner.store.keys import Vault
from runner.web.case_reading import CaseReading
from runner.web.language import _
from runner.web.moments import Moments, file_size
from runner.web.visit import choose_language, in_language, sign_in_required, staff, this_site

blueprint = Blueprint("case_documents", __name__)
PERIODIC = "duty"


@dataclass(frozen=True)
class RevisionRow:
    """One revision. ``file`` is empty where the reader may not open it."""

    revision: int
    file: str
    name: str
    form: str
    size: str
    language: str
    who: str
    at: str


@dataclass(frozen=True)
class DocumentGroup:
    """One kind with its revisions, the latest first. ``may_make``: a button stands there."""

    kind: str
    title: str
    record: str
    restricted: str
    may_make: bool
    language: str
    form: str
    latest: RevisionRow
    earlier: tuple[RevisionRow, ...]


@dataclass(frozen=True)
class KindChoice:
    id: str
    title: str
    formats: str
    chosen: bool


@dataclass(frozen=True)
class DocumentsPart:
    """``choices`` are the kinds the reader may produce; ``made`` what was just produced; ``error``
    why nothing was."""

    groups: tuple[DocumentGroup, ...]
    choices: tuple[KindChoice, ...]
    made: str
    error: str


def documents_part(
    connection: Connection,
    vault: Vault,
    reading: CaseReading,
    person: Person,
    moments: Moments,
    language: str,
    error: str = "",
) -> DocumentsPart:
    """What the tab shows. A restricted document is named for all, so that nobody thinks it is
    missing, and opened for its groups only."""
    kinds = reading.definitions.documents
    lines = documents_of_case(connection, reading.row.id)
    ids = [line.document.attachment_id for line in lines]
    names = {row.id: row.name for row in files_by_id(connection, vault, reading.row.id, ids)}
    groups = tuple(
        _group(reading, person, kinds.get(kind), list(rows), names, moments, language)
        for kind, rows in groupby(lines, key=lambda line: line.document.kind)
    )
    chosen = request.values.get("kind", "")
    about = "period" if reading.line.kind == PERIODIC else "case"
    choices = tuple(
        KindChoice(
            kind.id,
            _titled(kind, language),
            ", ".join(kind.formats),
            kind.id == chosen,
        )
        for kind in sorted(kinds.values(), key=lambda kind: half(kind.title, language))
        if not reading.erased
        and (kind.about == "case" or about == "period")
        and may_make(person, kind.seen_by, kind.made_by)
    )
    made = request.args.get("made", "")
    shown = half(kinds[made].title, language) if made in kinds else ""
    return DocumentsPart(groups, choices, shown, error)


def _titled(kind: DocumentKind, language: str) -> str:
    title = half(kind.title, language)
    return f"{title} ({kind.record})" if kind.record else title


def _group(
    reading: CaseReading,
    person: Person,
    kind: DocumentKind | None,
    lines: list[DocumentLine],
    names: dict[str, str],
    moments: Moments,
    language: str,
) -> DocumentGroup:
    rows = [_row(reading, person, line, names, moments, language) for line in lines]
    latest = lines[0].document
    groups = [reading.vocabulary.group(g, language) for g in latest.seen_by.split()]
    allowed = kind is not None and may_make(person, kind.seen_by, kind.made_by)
    return DocumentGroup(
        kind=latest.kind,
        title=half(kind.title, language) if kind else latest.kind,
        record=kind.record if kind else "",
        restricted=("、" if language == "zh" else ", ").join(groups),
        may_make=allowed and not reading.erased,
        language=latest.language,
        form=rows[0].form,
        latest=rows[0],
        earlier=tuple(rows[1:]),
    )


def _row(
    reading: CaseReading,
    person: Person,
    line: DocumentLine,
    names: dict[str, str],
    moments: Moments,
    language: str,
) -> RevisionRow:
    document = line.document
    name = names.get(document.attachment_id, "")
    open_to = may_see_document(person, document.seen_by)
    languages = {"zh": _("Chinese"), "en": _("English"), "both": _("both languages")}
    step = reading.element_name(None, document.element_id, language) if document.element_id else ""
    return RevisionRow(
        revision=document.revision,
        file=document.attachment_id if open_to else "",
        name=half(name, language),
        form=_form_of(line.media_type, name),
        size=file_size(line.size),
        language=languages.get(document.language, document.language),
        who=step or reading.who(document.made_by, language),
        at=moments.at(document.made_at),
    )


def _form_of(media_type: str, name: str) -> str:
    known = {media: form for form, media in MEDIA_TYPES.items()}
    return known.get(media_type, name.rpartition(".")[2])


@blueprint.get("/cases/<case_id>/documents")
@sign_in_required
def listing(case_id: str) -> str:
    from runner.web.cases import case_tab

    return case_tab(case_id, "documents")


@blueprint.post("/cases/<case_id>/documents")
@sign_in_required
def make(case_id: str) -> Response | tuple[str, int]:
    from runner.web.cases import case_tab

    try:
        _id, made = make_document(
            this_site(),
            actor=staff(),
            case=case_id,
            kind=request.form.get("kind", ""),
            language=request.form.get("language", ""),
            form=request.form.get("format", ""),
            reader=choose_language(),
        )
    except InvalidInput as refused:
        return case_tab(case_id, "documents", error=in_language(refused.message)), 422
    assert made.document is not None
    return redirect(
        url_for("case_documents.listing", case_id=case_id, made=made.document.kind), code=303
    )
