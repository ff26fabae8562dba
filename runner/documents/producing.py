"""Producing a document: the kind of the case's release, filled from the case, in its format.

Nothing is written to the case here: whoever asked keeps what comes back, by the command that is
theirs (``engine.documents``, or the report of a job).
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from runner.definitions.documents import FOLDER, MEDIA_TYPES, DocumentKind
from runner.definitions.findings import half
from runner.documents.facts import CaseFacts, read_facts
from runner.documents.filling import Filled, Filler
from runner.documents.period import period_of, read_period
from runner.documents.sheets import workbook
from runner.documents.slides import deck
from runner.documents.speaking import Speaker
from runner.documents.typesetting import TypesettingFailed, typeset, typeset_pages
from runner.documents.words import word_document
from runner.engine.cases import told_in
from runner.engine.site import Site
from runner.feel.spelling import closest
from runner.store.attachments import attachment_data, find_attachment
from runner.store.documents import documents_of_case, latest_revision
from runner.store.keys import Erased
from service_tasks.contract import Attachment, Impossible, Produced

LANGUAGES = ("zh", "en", "both")
MOST_IN_PACKAGE = 9_000_000  # bytes; a case keeps files up to 10 MB
_NAME = re.compile(r"[^\w.-]+")
_EPOCH = (1980, 1, 1, 0, 0, 0)
_DRAWN = b"""#import "house.typ": *
#set page(width: 180mm, height: auto, margin: 4mm)
#set text(font: sans, size: 9.5pt)
#for g in d.all { pagebreak(weak: true); drawing-of(g) }
"""


def produce(
    site: Site,
    case_id: str,
    kind_id: str,
    *,
    language: str = "",
    form: str = "",
    inputs: Mapping[str, object] | None = None,
    reader: str = "zh",
    by: str = "",
) -> Attachment:
    """The next revision of a document of the case. ``language`` empty: what the kind says, with
    ``reader`` for who asked. ``form`` empty: its first format. ``by`` is who asked, by name.

    Raises ``Impossible`` for a kind the release does not have, a format or language it cannot be
    made in, a layout that cannot be typeset; ``NotFound``, ``Erased``.
    """
    now = site.clock.now().astimezone(site.zone)
    given = dict(inputs or {})
    with site.database.read() as connection:
        facts = read_facts(connection, site, case_id, given, now)
        kind = find_kind(facts, kind_id)
        wanted = _language(kind, language, facts.line.language, reader)
        shape = form or kind.formats[0]
        if shape not in kind.formats:
            raise Impossible(
                f"“{kind.id}”不能生成 {shape}，可用：{'、'.join(kind.formats)}。 / "
                f"'{kind.id}' has no format {shape}; it has {', '.join(kind.formats)}."
            )
        revision = latest_revision(connection, case_id, kind.id) + 1
        made = Making(site, connection, facts, wanted, revision, by, now, given)
        finish = made.prepare(kind, shape)
    data = finish()  # without the database: typesetting may take its time
    name = file_name(facts.line.complaint_number or "", kind, wanted, revision, shape)
    mark = Produced(kind.id, revision, wanted, kind.seen_by)
    return Attachment(name, MEDIA_TYPES[shape], data, mark)


def find_kind(facts: CaseFacts, kind_id: str) -> DocumentKind:
    """Raises ``Impossible`` naming the nearest kind there is."""
    kinds = facts.definitions.documents
    if kind_id in kinds:
        return kinds[kind_id]
    close = closest(kind_id, list(kinds))
    raise Impossible(
        f"发布版中没有文件种类“{kind_id}”。{f'是不是“{close}”？' if close else ''} / "
        f"The release has no kind of document '{kind_id}'."
        f"{f' Did you mean {close!r}?' if close else ''}"
    )


def file_name(number: str, kind: DocumentKind, language: str, revision: int, form: str) -> str:
    """``TS-2026-0001-8D 报告-r2.pdf``, safe on every system."""
    title = half(kind.title, "en" if language == "en" else "zh")
    parts = [part for part in (number, title, f"r{revision}") if part]
    return _NAME.sub("_", "-".join(parts)).strip("_.") + f".{form}"


class Making:
    """One document being made."""

    def __init__(
        self,
        site: Site,
        connection: Connection,
        facts: CaseFacts,
        language: str,
        revision: int,
        by: str,
        now: datetime,
        inputs: Mapping[str, object],
    ) -> None:
        self._site = site
        self._connection = connection
        self._facts = facts
        self._speaker = Speaker(language, facts.labels, site.zone)
        self._revision = revision
        self._by = by
        self._now = now
        self._inputs = inputs
        self._period: dict[str, object] | None = None

    def prepare(self, kind: DocumentKind, form: str) -> Callable[[], bytes]:
        """Reads all the document needs; what comes back makes it in this format."""
        if form == "zip":
            return self._package(kind)
        filled = self._fill(kind)
        return lambda: self._shaped(kind, form, filled)

    def _shaped(self, kind: DocumentKind, form: str, filled: Filled) -> bytes:
        if not self._site.typesets:
            return json.dumps(filled.data, ensure_ascii=False).encode()
        if form == "xlsx":
            return workbook(filled, self._site.zone)
        if form == "pptx":
            return deck(filled, self._now)
        if form == "docx":
            return word_document(filled, self._now, self._drawn(filled))
        return self._pdf(kind, filled)

    def _fill(self, kind: DocumentKind) -> Filled:
        facts = self._facts
        if kind.about == "period":
            facts = _seeing(facts, self._of_period())
        return Filler(facts, self._speaker, self._now).fill(kind, self._head(kind))

    def _head(self, kind: DocumentKind) -> dict[str, Any]:
        say = self._speaker
        line = self._facts.line
        made_at = self._now.strftime("%Y-%m-%d %H:%M")
        simulated = line.simulated
        stamp = [kind.record, f"{say.word('revision')} {self._revision}",
                 f"{say.word('made_at')} {made_at}"]  # fmt: skip
        if simulated:
            stamp.append(say.word("simulated"))
        return {
            "site": say.say(self._site.title),
            "number": line.complaint_number or "",
            "revision": str(self._revision),
            "made_at": made_at,
            "made_by": self._by,
            "simulated": simulated,
            "stamp": "  ·  ".join(part for part in stamp if part),
            "words": {
                name: say.word(name)
                for name in ("revision", "made_at", "simulated", "signature_open", "none")
            },
        }

    def _pdf(self, kind: DocumentKind, filled: Filled) -> bytes:
        layouts = self._layouts()
        main = f"{kind.layout}.typ"
        if main not in layouts:
            raise Impossible(
                f"发布版中没有版式 {kind.layout_file}。 / "
                f"The release has no layout {kind.layout_file}."
            )
        try:
            return typeset(main, {**layouts, **filled.pictures}, filled.data, at=self._now)
        except TypesettingFailed as failed:
            raise Impossible(
                f"“{half(kind.title, 'zh')}”无法排版：{failed.message} / "
                f"'{half(kind.title, 'en')}' cannot be typeset: {failed.message}"
            ) from failed

    def _layouts(self) -> dict[str, bytes]:
        files = self._facts.definitions.files
        return {
            path.removeprefix(FOLDER): data
            for path, data in files.items()
            if path.startswith(FOLDER) and path.endswith(".typ")
        }

    def _drawn(self, filled: Filled) -> dict[str, bytes]:
        """Pictures of the drawings, for formats that cannot draw them."""
        places = [
            (f"{section['id']}-{position}", drawing)
            for section in filled.data["sections"]
            for position, drawing in enumerate(section["drawings"])
        ]
        if not places:
            return {}
        files = {"house.typ": self._layouts().get("house.typ", b""), "drawn.typ": _DRAWN}
        bare = [{**drawing, "caption": ""} for _, drawing in places]
        try:
            pages = typeset_pages("drawn.typ", files, {**filled.data, "all": bare}, at=self._now)
        except TypesettingFailed as failed:
            raise Impossible(f"图无法绘制：{failed.message} / {failed.message}") from failed
        return {name: page for (name, _), page in zip(places, pages, strict=False)}

    def _of_period(self) -> dict[str, object]:
        """Read once for all documents of a package."""
        if self._period is None:
            begins, ends = period_of(_days(self._facts, self._inputs), self._now)
            who = told_in(self._connection, self._site, self._facts.row.id)
            self._period = read_period(self._connection, self._site, who, begins, ends, self._now)
        return self._period

    def _package(self, kind: DocumentKind) -> Callable[[], bytes]:
        """A ZIP of what ``holds`` names: documents of the period made now, and the latest revision
        of each case's documents as it was kept. Restricted ones and erased ones are left out."""
        contents: list[tuple[str, Callable[[], bytes]]] = []
        for name in kind.holds:
            held = self._facts.definitions.documents[name]
            if held.about == "period":
                form = held.formats[0]
                title = half(held.title, "en" if self._speaker.language == "en" else "zh")
                contents.append((f"{title}.{form}", self.prepare(held, form)))
            else:
                contents += self._kept(held)
        index = self._fill(kind).data
        head = f"{index['title']}\n{index['subtitle']}\n{index['stamp']}\n\n"
        return lambda: _zipped(head, [(name, finish()) for name, finish in contents])

    def _kept(self, held: DocumentKind) -> Iterator[tuple[str, Callable[[], bytes]]]:
        cases = self._of_period()["cases"]
        assert isinstance(cases, list)
        for case in cases if not held.seen_by else []:
            lines = documents_of_case(self._connection, str(case["id"]))
            latest = next((line for line in lines if line.document.kind == held.id), None)
            if latest is None or latest.document.seen_by or not case["ended"]:
                continue
            attachment = latest.document.attachment_id
            row = find_attachment(self._connection, attachment, self._site.vault)
            assert row is not None
            try:
                sealed = attachment_data(self._connection, attachment)
                data = self._site.vault.decrypt(self._connection, row.subject_id, sealed)
            except Erased:
                continue
            yield row.name, lambda data=data: data  # type: ignore[misc]


def _zipped(head: str, contents: Sequence[tuple[str, bytes]]) -> bytes:
    rows = "".join(f"{name}\t{len(data)}\n" for name, data in contents)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in [("index.txt", (head + rows).encode()), *contents]:
            package.writestr(zipfile.ZipInfo(name.replace("/", "_"), _EPOCH), data)
    if out.tell() > MOST_IN_PACKAGE:
        raise Impossible(
            "文件包超过 9 MB，请选短一些的时间。 / "
            "The package is larger than 9 MB; choose a shorter period."
        )
    return out.getvalue()


def _seeing(facts: CaseFacts, more: Mapping[str, object]) -> CaseFacts:
    return replace(facts, scope=ChainMap(dict(more), facts.scope))  # type: ignore[arg-type]


def _days(facts: CaseFacts, inputs: Mapping[str, object]) -> dict[str, object]:
    """The first and last day asked for, else those of the periodic case."""
    return {name: inputs.get(name) or facts.scope.get(f"period_{name}") for name in ("from", "to")}


def _language(kind: DocumentKind, asked: str, customer: str, reader: str) -> str:
    if asked and asked not in LANGUAGES:
        raise Impossible(
            f"语言“{asked}”应为 zh、en 或 both。 / The language '{asked}' should be zh, en or both."
        )
    by_kind = {"customer": customer, "reader": reader, "both": "both"}[kind.language]
    if by_kind == "both":
        return asked or by_kind
    return asked or ("zh" if by_kind.startswith("zh") else "en")
