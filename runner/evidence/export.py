"""Making an evidence pack for somebody: who may, a fresh checkpoint, a note that it was made."""

from __future__ import annotations

from dataclasses import dataclass

from runner.definitions.findings import half
from runner.engine.access import Person
from runner.engine.cases import check_visible
from runner.engine.checkpoints import make_checkpoint, origin
from runner.engine.site import Site
from runner.engine.transaction import change_chain
from runner.events import EvidenceExported
from runner.evidence.pack import Signer, build_pack
from runner.evidence.reading import read_case
from runner.store.complaints import case_by_number


@dataclass(frozen=True)
class EvidencePack:
    """A pack ready to hand over. ``name`` is a safe file name."""

    name: str
    data: bytes
    public_key: str


def export_evidence(site: Site, *, actor: Person, case: str, language: str) -> EvidencePack:
    """The evidence pack of ``case`` (its id or acceptance number) with everything up to now.

    Raises ``NotFound`` for a case that is not there or that ``actor`` may not see. The export is an
    event of the chain ``access``.
    """
    with site.database.read() as connection:
        case_id = case_by_number(connection, case) or case
        check_visible(connection, site, actor, case_id)
    make_checkpoint(site)
    with site.database.read() as connection:
        record = read_case(connection, site.vault, case_id)
        definitions = site.definitions(connection, record.case.release_digest)
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
