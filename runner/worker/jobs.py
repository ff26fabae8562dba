"""One job: its handler runs outside any transaction, then the outcome is reported once."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from runner.engine import jobs
from runner.engine.instances import customer_link
from runner.engine.jobs import ClaimedJob
from runner.engine.scopes import read_case_variables
from runner.engine.site import Site
from runner.errors import Failure, Refusal
from runner.settings import Settings
from runner.store.people import group_addresses
from runner.worker.mail import mailer
from runner.worker.texts import CaseTexts
from service_tasks.contract import Call, Impossible, Outcome, Retry

_log = logging.getLogger(__name__)


def perform(site: Site, settings: Settings, job: ClaimedJob) -> None:
    """Runs the handler and reports. Never raises: what cannot be reported is found again when the
    lease runs out."""
    try:
        try:
            outcome = _run(site, settings, job)
        except Impossible as impossible:
            jobs.fail_job(site, job.id, job.attempt, str(impossible), final=True)
        except Retry as retry:
            jobs.fail_job(site, job.id, job.attempt, str(retry), final=False)
        except Exception as error:
            _log.exception("handler %s failed", job.job_type)
            text = f"{type(error).__name__}: {error}"
            jobs.fail_job(site, job.id, job.attempt, text, final=False)
        else:
            _report(site, job, outcome)
    except Refusal as refusal:
        _log.info("job %s: %s", job.id, refusal.message)
    except Exception:
        _log.exception("the outcome of job %s could not be recorded", job.id)


def _report(site: Site, job: ClaimedJob, outcome: Outcome) -> None:
    """A case that refuses the outcome would refuse it again: a person must look, and the handler
    must not have its effect once more."""
    try:
        jobs.complete_job(site, job.id, job.attempt, outcome)
    except (Refusal, Failure) as refused:
        jobs.fail_job(site, job.id, job.attempt, refused.message, final=True)


def _run(site: Site, settings: Settings, job: ClaimedJob) -> Outcome:
    handler = site.handlers.get(job.job_type)
    if handler is None:
        raise Impossible(
            f"没有处理“{job.job_type}”的程序。 / No handler serves the job type '{job.job_type}'."
        )

    def addresses_of(groups: Sequence[str]) -> Sequence[str]:
        with site.database.read() as connection:
            return group_addresses(connection, groups)

    with site.database.read() as connection:
        definitions = site.definitions(connection, job.release_digest)
        variables = read_case_variables(site, connection, job.case_id)
    texts_of = {**variables, "customer_link": customer_link(site, job.case_id)}
    return handler.run(
        Call(
            case_id=job.case_id,
            element_id=job.element_id,
            idempotency_key=job.id,
            attempt=job.attempt,
            now=site.clock.now().astimezone(site.zone),
            language=job.language,
            inputs=job.inputs,
            headers=job.headers,
            public_url=site.public_url,
            mailer=mailer(settings),
            texts=CaseTexts(definitions, texts_of, addresses_of, site.zone),
        )
    )
