"""Raising an incident: the token stays until a person has repaired the cause."""

from __future__ import annotations

from uuid import uuid4

from runner.engine.case_change import CaseChange
from runner.engine.spiff.host import Token
from runner.errors import Failure
from runner.events import IncidentRaised
from runner.store.incidents import Incident


def unset(element_id: str, path: str) -> Failure:
    """The failure of needing a policy value that nobody has decided."""
    return Failure(
        "policy_unset",
        element_id,
        f"制度里的“{path}”还没有决定，现在需要它。 / "
        f"The policy value '{path}' has not been decided, and it is needed now.",
        policy_path=path,
    )


def raise_incident(
    change: CaseChange, token: Token, failure: Failure, job_id: str | None = None
) -> None:
    """One open incident for each token."""
    incident = Incident(
        id=uuid4().hex,
        root_id=change.case.id,
        token_id=token.id,
        element_id=token.element.id,
        job_id=job_id,
        kind=failure.kind,
        message=failure.message,
        policy_path=failure.facts.get("policy_path"),
        created_at=change.at,
    )
    change.case.incidents.end(token.id, "cancelled")
    change.case.incidents.add(incident)
    change.record(
        IncidentRaised(
            element=token.element.id,
            token=token.id,
            process=token.element.process_id,
            instance=token.instance_id,
            incident=incident.id,
            kind=failure.kind,
            policy_path=incident.policy_path,
            detail={"message": failure.message},
        )
    )
