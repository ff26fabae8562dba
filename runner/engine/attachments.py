"""Attachments: limited in size and number, encrypted for the case's person, kept for ever."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

from runner.definitions.forms import Form
from runner.engine.access import Person, may_see_document
from runner.engine.case_change import CaseChange
from runner.engine.cases import check_visible
from runner.engine.site import Site
from runner.engine.transaction import change_case
from runner.errors import InvalidInput, NotAllowed, NotFound, TooLarge
from runner.events import AttachmentAdded
from runner.store.attachments import (
    AttachmentRow,
    attachment_data,
    count_attachments,
    find_attachment,
)
from runner.store.documents import document_of_attachment

MAX_BYTES = 10_000_000
MAX_AT_ONCE = 20
MAX_IN_CASE = 500  # a long case gathers photos and records at many of its tasks


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a form. ``field`` is the path of its file field, empty for none: keys
    and row numbers (0 first) joined by dots, as in errors."""

    name: str
    media_type: str
    data: bytes
    field: str = ""


def add_attachment(
    site: Site, *, actor: Person, case_id: str, name: str, media_type: str, data: bytes
) -> str:
    """Keeps a document with a case and gives its id. Raises ``TooLarge``, ``NotFound``."""
    with change_case(site, actor=actor, case=case_id, command="add_attachment") as change:
        check_visible(change.connection, site, actor, change.case.id)
        return keep(change, [Upload(name, media_type, data)])[0]


def read_attachment(
    site: Site, *, actor: Person, attachment_id: str
) -> tuple[AttachmentRow, bytes]:
    """(what is known of it, its bytes). Raises ``NotFound``, also where the actor may not see the
    case, ``NotAllowed`` for a document of other groups, and ``Erased``."""
    with site.database.read() as connection:
        row = find_attachment(connection, attachment_id, site.vault)
        if row is None:
            raise NotFound("没有这个附件。 / There is no such attachment.")
        check_visible(connection, site, actor, row.root_id)
        document = document_of_attachment(connection, attachment_id)
        if document is not None and not may_see_document(actor, document.seen_by):
            raise NotAllowed(
                f"只有这些小组可以看这份文件：{document.seen_by}。 / "
                f"Only these groups may read this document: {document.seen_by}.",
                reason="group",
            )
        data = attachment_data(connection, attachment_id)
        return row, site.vault.decrypt(connection, row.subject_id, data)


def keep(change: CaseChange, uploads: Iterable[Upload]) -> list[str]:
    """Adds files to the command's case and gives their ids. Raises ``TooLarge``,
    ``InvalidInput``."""
    files = list(uploads)
    if not files:
        return []
    _check_limits(change, files)
    return [_keep_one(change, upload) for upload in files]


def keep_submitted(
    change: CaseChange, uploads: Sequence[Upload], submission: dict[str, object]
) -> list[str]:
    """Keeps files sent with a form and puts their ids into the fields they came in."""
    ids = keep(change, uploads)
    for upload, attachment_id in zip(uploads, ids, strict=True):
        if upload.field:
            _put(submission, upload.field.split("."), attachment_id)
    return ids


def _put(holder: object, path: Sequence[str], attachment_id: str) -> None:
    """Adds an id to the list at ``path``; a place the submission does not have is made."""
    if isinstance(holder, list):
        if path[0].isdigit() and int(path[0]) < len(holder) and len(path) > 1:
            _put(holder[int(path[0])], path[1:], attachment_id)
        return
    if not isinstance(holder, dict):
        return
    if len(path) > 1:
        _put(holder.setdefault(path[0], {}), path[1:], attachment_id)
    else:
        known = holder.get(path[0])
        holder[path[0]] = [*(known if isinstance(known, list) else []), attachment_id]


def check_attachment_ids(change: CaseChange, form: Form, values: Mapping[str, object]) -> None:
    """Raises ``InvalidInput`` where a file field names what is no attachment of this case."""
    new = {row.id for row, _, _ in change.attachments}
    for info in form.fields():
        if info.type != "filepicker":
            continue
        for found in _values_at(values, info.key.split(".")):
            for attachment_id in found if isinstance(found, list) else [found]:
                if attachment_id is None or attachment_id in new:
                    continue
                row = find_attachment(change.connection, str(attachment_id), change.site.vault)
                if row is None or row.root_id != change.case.id:
                    message = "没有这个附件。 / There is no such attachment."
                    raise InvalidInput(message, {info.key: [message]})


def _values_at(values: object, path: Sequence[str]) -> Iterator[object]:
    if not path:
        yield values
    elif isinstance(values, list):
        for item in values:
            yield from _values_at(item, path)
    elif isinstance(values, Mapping) and path[0] in values:
        yield from _values_at(values[path[0]], path[1:])


def _check_limits(change: CaseChange, files: Sequence[Upload]) -> None:
    for upload in files:
        if len(upload.data) > MAX_BYTES:
            raise TooLarge(
                f"文件“{upload.name}”超过 {MAX_BYTES // 1_000_000} MB。 / "
                f"The file '{upload.name}' is larger than {MAX_BYTES // 1_000_000} MB."
            )
        if not upload.data:
            raise InvalidInput(f"文件“{upload.name}”是空的。 / The file '{upload.name}' is empty.")
    if len(files) > MAX_AT_ONCE:
        raise TooLarge(
            f"一次最多 {MAX_AT_ONCE} 个附件，这里有 {len(files)} 个。 / "
            f"At most {MAX_AT_ONCE} attachments at once; there are {len(files)}."
        )
    present = count_attachments(change.connection, change.case.id) + len(change.attachments)
    if present + len(files) > MAX_IN_CASE:
        raise TooLarge(
            f"一起投诉最多 {MAX_IN_CASE} 个附件，已有 {present} 个。 / "
            f"A case takes at most {MAX_IN_CASE} attachments; there are {present}."
        )


def _keep_one(change: CaseChange, upload: Upload) -> str:
    case = change.case
    digest = hashlib.sha256(upload.data).hexdigest()
    row = AttachmentRow(
        id=uuid4().hex,
        root_id=case.id,
        subject_id=case.row.subject_id,
        name=_plain_name(upload.name),
        media_type=upload.media_type[:100],
        size=len(upload.data),
        sha256=digest,
        added_by=change.actor.id,
        added_at=change.at,
    )
    name, data = (
        change.site.vault.encrypt(change.connection, row.subject_id, plain)
        for plain in (row.name.encode(), upload.data)
    )
    change.attachments.append((row, name, data))
    change.record(
        AttachmentAdded(
            attachment=row.id,
            media_type=row.media_type,
            size=str(row.size),
            content={"sha256": digest, "name": row.name},
        )
    )
    return row.id


def _plain_name(name: str) -> str:
    """The last part of a path, without control characters, at most 200 characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last if c.isprintable())[:200] or "file"
