"""Erasing a customer's personal data on request: the key is destroyed, evidence stays provable."""

from __future__ import annotations

from runner.engine.access import ADMINISTRATOR, COMPLIANCE, Person, require_group
from runner.engine.site import Site
from runner.engine.transaction import change_chain
from runner.errors import InvalidState, NotFound
from runner.events import PersonErased
from runner.store.cases import active_instances, lock_case
from runner.store.complaints import blank_complaint
from runner.store.incidents import blank_incidents
from runner.store.jobs import blank_job_errors
from runner.store.mails import blank_mails
from runner.store.subscriptions import blank_correlation_keys


def erase_person(site: Site, *, actor: Person, case_id: str) -> None:
    """Makes everything a case holds of its customer unreadable, for everybody and for ever.

    Its events, commitments and proofs stay and still verify. Raises ``NotFound``, and
    ``InvalidState`` for a case that is still running: people need its data to handle it. Other
    processes of the site forget the key within a minute.
    """
    require_group(actor, COMPLIANCE, ADMINISTRATOR)
    with change_chain(site, "access", actor=actor) as change:
        case = lock_case(change.connection, case_id)
        if case is None:
            raise NotFound("没有这起投诉。 / There is no such case.")
        # closed for the customer is not enough: what still waits could never be done again
        if active_instances(change.connection, case_id):
            raise InvalidState(
                "应删除已结束投诉的个人数据，但这起投诉还在处理。 / "
                "Expected to erase the person of a finished complaint, but this one is running."
            )
        site.vault.erase(change.connection, case.subject_id, site.clock)
        blank_complaint(change.connection, case_id)
        blank_mails(change.connection, case_id)
        blank_incidents(change.connection, case_id)
        blank_job_errors(change.connection, case_id)
        blank_correlation_keys(change.connection, case_id)
        change.record(PersonErased(case=case_id))
    site.live.clear()
    site.vault.forget(case.subject_id)  # who read at that moment may have remembered it again
