"""Everything an evidence pack holds of one case, read in one snapshot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from runner.errors import NotFound
from runner.merkle import Tree
from runner.store.attachments import AttachmentRow, attachment_data, attachments_of_case
from runner.store.cases import CaseRow, find_case
from runner.store.checkpoints import CheckpointRow, latest_checkpoint, leaf_hashes
from runner.store.event_log import Recorded, read_chain
from runner.store.keys import Erased, Vault
from runner.store.people import all_people
from runner.store.releases import read_release_files
from runner.store.tables import complaints, event_leaves, events


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


def read_case(connection: Connection, vault: Vault, case_id: str) -> CaseRecord:
    """Reads the case up to the latest checkpoint, which must cover all its events.

    Raises ``NotFound`` for an unknown case, or when no checkpoint covers it yet.
    """
    case = find_case(connection, case_id)
    complaint = connection.execute(
        select(complaints).where(complaints.c.id == case_id)
    ).one_or_none()
    if case is None or complaint is None:
        raise NotFound("没有这个案件。 / There is no such case.")
    checkpoint = latest_checkpoint(connection)
    recorded = list(read_chain(connection, case_id, vault))
    places = _leaf_indexes(connection, case_id)
    if (
        checkpoint is None
        or any(index >= checkpoint.tree_size for index in places)
        or len(places) != len(recorded)
    ):
        raise NotFound(
            "还没有覆盖本案全部事件的签名检查点。 / No signed checkpoint covers all events yet."
        )
    tree = Tree(leaf_hashes(connection, checkpoint.tree_size))
    attachments = attachments_of_case(connection, case_id)
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
        complaint_number=complaint.complaint_number or case_id,
        title=complaint.title,
        received_at=complaint.received_at,
        closed_at=complaint.closed_at,
        events=recorded,
        proofs=[Proof(index, tree.inclusion_proof(index)) for index in places],
        checkpoint=checkpoint,
        release_files=read_release_files(connection, case.release_digest),
        attachments=attachments,
        documents=documents,
        names={person.id: person.display_name for person in all_people(connection)},
    )


def _leaf_indexes(connection: Connection, chain: str) -> list[int]:
    query = (
        select(event_leaves.c.leaf_index)
        .join(events, events.c.id == event_leaves.c.event_id)
        .where(events.c.chain == chain)
        .order_by(events.c.number)
    )
    return list(connection.execute(query).scalars())
