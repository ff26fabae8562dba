"""Produced documents as revisions of a case: numbered, never overwritten, shown to whom they may be
shown."""

from __future__ import annotations

import hashlib
from uuid import uuid4

from runner.engine.access import SYSTEM, Person, may_see_document
from runner.engine.attachments import Upload, keep
from runner.engine.case_change import CaseChange
from runner.engine.cases import check_visible
from runner.engine.site import Site
from runner.engine.spiff.host import Token
from runner.engine.transaction import change_case
from runner.errors import InvalidInput, InvalidState, NotAllowed
from runner.events import DocumentProduced
from runner.store.documents import DocumentRow, latest_revision
from service_tasks.contract import Attachment


class StaleRevision(InvalidState):
    """Somebody produced the same document meanwhile: what this one says of itself is not true."""


def keep_document(
    change: CaseChange, made: Attachment, *, token: Token | None = None, job: str | None = None
) -> str:
    """Keeps a produced document as the next revision of its kind and gives the attachment's id.

    Raises ``StaleRevision`` where another document took the number printed in it.
    """
    mark = made.document
    assert mark is not None
    waiting = sum(1 for row in change.documents if row.kind == mark.kind)
    following = latest_revision(change.connection, change.case.id, mark.kind) + waiting + 1
    if mark.revision != following:
        raise StaleRevision(
            f"第 {mark.revision} 版同时被别人生成了，下一版是第 {following} 版。请再生成一次。 / "
            f"Revision {mark.revision} was produced by somebody else meanwhile; the next is "
            f"{following}. Produce it once more."
        )
    (attachment_id,) = keep(change, [Upload(made.name, made.media_type, made.data)])
    change.documents.append(
        DocumentRow(
            id=uuid4().hex,
            root_id=change.case.id,
            kind=mark.kind,
            revision=mark.revision,
            attachment_id=attachment_id,
            language=mark.language,
            seen_by=" ".join(sorted(mark.seen_by)),
            element_id="" if token is None else token.element.id,
            made_by=change.actor.id,
            made_at=change.at,
        )
    )
    place = (
        {}
        if token is None
        else {
            "element": token.element.id,
            "token": token.id,
            "process": token.element.process_id,
            "instance": token.instance_id,
        }
    )
    change.record(
        DocumentProduced(
            **place,
            kind=mark.kind,
            revision=str(mark.revision),
            language=mark.language,
            attachment=attachment_id,
            job=job,
            content={"sha256": hashlib.sha256(made.data).hexdigest(), "name": made.name},
        )
    )
    return attachment_id


def add_document(site: Site, *, actor: Person, case_id: str, made: Attachment) -> str:
    """Keeps what a person produced again. Raises ``NotFound``, ``StaleRevision``, ``TooLarge``."""
    if made.document is None:
        raise InvalidInput("这不是生成的文件。 / This is no produced document.")
    with change_case(site, actor=actor, case=case_id, command="add_document") as change:
        check_visible(change.connection, site, actor, change.case.id)
        return keep_document(change, made)


def may_make(actor: Person, seen_by: frozenset[str], made_by: frozenset[str]) -> bool:
    """Whether somebody who may see the case may produce a document again that is for ``seen_by``
    and made by ``made_by``; empty means everybody."""
    may_see = may_see_document(actor, " ".join(seen_by))
    return actor is SYSTEM or (may_see and (not made_by or bool(actor.groups & made_by)))


def check_may_make(
    site: Site, *, actor: Person, case_id: str, seen_by: frozenset[str], made_by: frozenset[str]
) -> None:
    """Raises ``NotFound`` where the actor may not see the case, ``NotAllowed``, which is logged,
    where they may not produce the document."""
    with site.database.read() as connection:
        check_visible(connection, site, actor, case_id)
    if may_make(actor, seen_by, made_by):
        return
    names = ", ".join(sorted(made_by or seen_by))
    with change_case(site, actor=actor, case=case_id, command="add_document"):
        raise NotAllowed(
            f"只有这些小组可以生成这份文件：{names}。 / "
            f"Only these groups may produce this document: {names}.",
            reason="group",
        )
