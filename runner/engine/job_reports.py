"""What becomes of a job's attempt, written into the case: outcome, failure, discarded outcome."""

from __future__ import annotations

from datetime import datetime

from runner.clock import to_text
from runner.definitions.findings import half
from runner.engine.attachments import Upload, keep
from runner.engine.case_change import CaseChange
from runner.engine.documents import keep_document
from runner.engine.elements.incidents import raise_incident
from runner.engine.elements.mappings import take_result
from runner.engine.spiff.host import Token
from runner.errors import Failure
from runner.events import JobAttemptFailed, JobCompleted, JobOutcomeDiscarded
from runner.feel import to_feel
from runner.store.jobs import Job, find_job
from runner.store.mails import Mail, find_mail, insert_mail
from service_tasks.contract import Delivery, Outcome


def keep_outcome(
    change: CaseChange, token: Token, job: Job, attempt: int, outcome: Outcome
) -> None:
    """Notes what the handler gave: its documents and mails, and its variables in the case."""
    plain = [a for a in outcome.attachments if a.document is None]
    kept = keep(change, [Upload(a.name, a.media_type, a.data) for a in plain])
    kept += [
        keep_document(change, made, token=token, job=job.id)
        for made in outcome.attachments
        if made.document is not None
    ]
    mails = [_keep_mail(change, job, delivery) for delivery in outcome.deliveries]
    outputs = {name: to_feel(value) for name, value in outcome.variables.items()}
    change.record(
        JobCompleted(
            element=token.element.id,
            token=token.id,
            process=token.element.process_id,
            instance=token.instance_id,
            job=job.id,
            job_type=job.job_type,
            attempt=str(attempt),
            attachments=tuple(kept),
            mails=tuple(mails),
            outputs=outputs,
        )
    )
    take_result(change, token, outputs)


def note_discarded(change: CaseChange, job_id: str, attempt: int, outcome: Outcome) -> None:
    """What an attempt did that had lost its job. A mail that has left cannot be called back, so
    people must see it; one that only waited would be sent by the next attempt, if there is one."""
    job = find_job(change.connection, job_id)
    if job is None or (job.state == "completed" and job.attempts == attempt):
        return
    mails: list[str] = []
    if not change.site.vault.is_erased(change.connection, change.case.row.subject_id):
        sent = [delivery for delivery in outcome.deliveries if delivery.state == "sent"]
        mails = [_keep_mail(change, job, delivery) for delivery in sent]
    change.record(
        JobOutcomeDiscarded(
            element=job.element_id,
            token=job.token_id,
            job=job.id,
            job_type=job.job_type,
            attempt=str(attempt),
            mails=tuple(mails),
        )
    )


def _keep_mail(change: CaseChange, job: Job, delivery: Delivery) -> str:
    message = delivery.message
    sent = delivery.state == "sent"
    # a message's key may name its recipient, and the log keeps a mail's key for ever
    key = change.site.derived("mail", message.key).hex()[:32]
    if find_mail(change.connection, key) is None:
        insert_mail(
            change.connection,
            Mail(
                key=key,
                root_id=change.case.id,
                job_id=job.id,
                recipient=message.to,
                subject=message.subject,
                body=message.body,
                state="sent" if sent else "waiting",
                detail=delivery.detail,
                created_at=change.at,
                sent_at=change.at if sent else None,
            ),
        )
    return key


def note_failure(
    change: CaseChange, job: Job, attempt: int, error: str, retry_at: datetime | None
) -> None:
    """Notes a failed attempt, and raises the incident where no other follows."""
    assert change.case.execution is not None
    token = change.case.execution.token(job.token_id)
    change.record(
        JobAttemptFailed(
            element=token.element.id,
            token=token.id,
            process=token.element.process_id,
            instance=token.instance_id,
            job=job.id,
            job_type=job.job_type,
            attempt=str(attempt),
            retry_at=None if retry_at is None else to_text(retry_at),
            error={"text": error},
        )
    )
    if retry_at is None:
        # what the handler said may name people: it stays with the job and, sealed, in the event
        zh, en = (half(token.element.name, lang) or job.job_type for lang in ("zh", "en"))
        text = (
            f"自动步骤“{zh}”试了 {attempt} 次都失败了。 / "
            f"The automatic step '{en}' failed after {attempt} attempts."
        )
        raise_incident(change, token, Failure("job_failed", token.element.id, text), job.id)
