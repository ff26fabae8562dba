"""Making an evidence pack for somebody: who may, a fresh checkpoint, a note that it was made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from runner.definitions.findings import half
from runner.definitions.release import Definitions
from runner.engine.access import Person, may_see_document
from runner.engine.cases import check_visible
from runner.engine.checkpoints import make_checkpoint, origin
from runner.engine.site import Site
from runner.engine.transaction import change_case, change_chain
from runner.errors import NotAllowed
from runner.events import EvidenceExported
from runner.evidence.pack import Signer, build_pack
from runner.evidence.reading import CaseRecord, read_case
from runner.store.complaints import case_by_number
from runner.store.documents import documents_of_case


@dataclass(frozen=True)
class EvidencePack:
    """A pack ready to hand over. ``name`` is a safe file name."""

    name: str
    data: bytes
    public_key: str


def export_evidence(site: Site, *, actor: Person, case: str, language: str) -> EvidencePack:
    """The evidence pack of ``case`` (its id or acceptance number) with everything up to now.

    Raises ``NotFound`` for a case that is not there or that ``actor`` may not see, and
    ``NotAllowed``, which is logged, where the pack would tell them what is kept for other groups: a
    pack is whole or it proves nothing. The export is an event of the chain ``access``.
    """
    with site.database.read() as connection:
        case_id = case_by_number(connection, case) or case
        check_visible(connection, site, actor, case_id)
    make_checkpoint(site)
    with site.database.read() as connection:
        record = read_case(connection, site.vault, case_id)
        definitions = site.definitions(connection, record.case.release_digest)
        kept_back = _kept_back(connection, record, definitions, actor)
    if kept_back:
        with change_case(site, actor=actor, case=case_id, command="export_evidence"):
            raise NotAllowed(
                f"这起投诉的证据里有只给这些小组看的内容：{kept_back}。请合规人员导出。 / "
                f"The evidence of this case holds what only these groups may read: {kept_back}. "
                "Ask compliance to export it.",
                reason="group",
            )
    signer = Signer(origin(site), site.keys.signing())
    data = build_pack(
        record,
        definitions,
        signer,
        site=half(site.title, language),
        made_at=site.machine_clock.now(),
        language=language,
        zone=site.zone,
    )
    with change_chain(site, "access", actor=actor) as change:
        change.record(EvidenceExported(case=case_id, tree_size=str(record.checkpoint.tree_size)))
    return EvidencePack(f"{record.complaint_number}-evidence.zip", data, signer.public_key)


def _kept_back(
    connection: Connection, record: CaseRecord, definitions: Definitions, actor: Person
) -> str:
    """The groups whose answers or documents the case holds and ``actor`` may not read, with commas
    between them. What was erased tells nothing any more."""
    answers = {
        info.key.partition(".")[0]: info.seen_by
        for form in definitions.forms.values()
        for info in form.fields()
        if info.seen_by
    }
    written: set[str] = set()
    for event in record.events:
        facts = event.header["facts"]
        if event.type == "variables_written" and event.values and isinstance(facts, Mapping):
            written.update(facts["names"])
    lines = documents_of_case(connection, record.case.id)
    kept = {answers[name] for name in written & answers.keys()}
    kept |= {
        line.document.seen_by for line in lines if line.document.attachment_id in record.documents
    }
    barred = [groups for groups in kept if not may_see_document(actor, groups)]
    return ", ".join(sorted({group for groups in barred for group in groups.split()}))
