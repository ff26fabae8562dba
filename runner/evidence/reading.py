"""Everything an evidence pack holds of one case, read in one snapshot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection

from runner.errors import NotFound
from runner.merkle import Tree
from runner.store.attachments import AttachmentRow, attachment_data, attachments_of_case
from runner.store.cases import CaseRow, find_case
from runner.store.checkpoints import CheckpointRow, latest_checkpoint, leaf_hashes, leaf_indexes
from runner.store.complaints import find_complaint
from runner.store.event_log import Recorded, read_chain
from runner.store.keys import Erased, Vault
from runner.store.people import all_people
from runner.store.releases import read_release_files


@dataclass(frozen=True)
class Proof:
    """Where an event stands in the signed log, and the path that proves it."""

    index: int
    path: Sequence[bytes]


@dataclass(frozen=True)
class CaseRecord:
    """One case as recorded. ``documents`` maps attachment ids to bytes; erased ones are absent."""

    case: CaseRow
    complaint_number: str
    title: str
    received_at: datetime
    closed_at: datetime | None
    events: Sequence[Recorded]
    proofs: Sequence[Proof]
    checkpoint: CheckpointRow
    release_files: Mapping[str, bytes]
    attachments: Sequence[AttachmentRow]
    documents: Mapping[str, bytes]
    names: Mapping[str, str]
    earlier_releases: Mapping[str, Mapping[str, bytes]] = field(default_factory=dict)


def read_case(connection: Connection, vault: Vault, case_id: str) -> CaseRecord:
    """Reads the case up to the latest checkpoint.

    Raises ``NotFound`` for an unknown case, or one that no checkpoint covers yet.
    """
    case = find_case(connection, case_id)
    complaint = find_complaint(connection, case_id)
    if case is None or not complaint:
        raise NotFound("没有这个案件。 / There is no such case.")
    checkpoint = latest_checkpoint(connection)
    places = leaf_indexes(connection, case_id)
    if checkpoint is not None:
        places = [index for index in places if index < checkpoint.tree_size]
    if checkpoint is None or not places:
        raise NotFound("还没有覆盖本案的签名检查点。 / No signed checkpoint covers this case yet.")
    # Leaf indexes follow the chain's order, so what the checkpoint covers is a prefix of it.
    recorded = list(islice(read_chain(connection, case_id, vault), len(places)))
    tree = Tree(leaf_hashes(connection, checkpoint.tree_size))
    added = set(map(_attachment, recorded))
    # what came after the checkpoint cannot be proven yet, so it is no evidence yet
    case = replace(case, release_digest=_releases(recorded)[-1])
    attachments = [
        row for row in attachments_of_case(connection, case_id, vault) if row.id in added
    ]
    documents: dict[str, bytes] = {}
    for row in attachments:
        try:
            documents[row.id] = vault.decrypt(
                connection, row.subject_id, attachment_data(connection, row.id)
            )
        except Erased:
            continue
    return CaseRecord(
        case=case,
        complaint_number=str(complaint["complaint_number"] or case_id),
        title=str(complaint["title"]),
        received_at=_instant(complaint["received_at"]),
        closed_at=_instant(complaint["closed_at"]) if complaint["closed_at"] else None,
        events=recorded,
        proofs=[Proof(index, tree.inclusion_proof(index)) for index in places],
        checkpoint=checkpoint,
        release_files=read_release_files(connection, case.release_digest),
        attachments=attachments,
        documents=documents,
        names={person.id: person.display_name for person in all_people(connection)},
        earlier_releases={
            digest: read_release_files(connection, digest)
            for digest in _releases(recorded)
            if digest != case.release_digest
        },
    )


def _releases(events: Sequence[Recorded]) -> list[str]:
    """The releases the case followed, in this order: by its events, not by where it is now, which
    may be later than what the checkpoint covers."""
    found = [str(events[0].header["release"])]
    for event in events:
        facts = event.header["facts"]
        if event.type in ("case_migrated", "migration_reverted") and isinstance(facts, Mapping):
            found.append(str(facts["after"]))
    return found


def _attachment(event: Recorded) -> object:
    """The id of the attachment an event added."""
    facts = event.header["facts"]
    assert isinstance(facts, Mapping)
    return facts["attachment"] if event.type == "attachment_added" else None


def _instant(value: object) -> datetime:
    assert isinstance(value, datetime)
    return value
