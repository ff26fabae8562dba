"""What an auditor is given: the public key, the verifier's digest, the latest signed tree head."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template

from runner.engine.checkpoints import public_key
from runner.evidence.pack import verifier_digest
from runner.store.checkpoints import latest_checkpoint
from runner.web.visit import moments_by, office, sign_in_required, this_site

blueprint = Blueprint("compliance", __name__)


@dataclass(frozen=True)
class CompliancePage:
    """``note`` is the signed checkpoint as it stands; empty while there is none."""

    key: str
    digest: str
    size: int
    signed: str
    note: str


@blueprint.get("/compliance")
@sign_in_required
def page() -> str:
    site = this_site()
    with site.database.read() as connection:
        moments = moments_by(office(connection))
        latest = latest_checkpoint(connection)
    shown = CompliancePage(
        key=public_key(site),
        digest=verifier_digest(),
        size=latest.tree_size if latest else 0,
        signed=moments.at(latest.created_at) if latest else "",
        note=latest.note if latest else "",
    )
    return render_template("compliance/page.html", page=shown)
