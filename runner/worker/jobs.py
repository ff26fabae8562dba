"""One job: its handler runs outside any transaction, then the outcome is reported once."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from runner.engine import jobs
from runner.engine.instances import customer_link
from runner.engine.jobs import ClaimedJob
from runner.engine.outcomes import problem_with
from runner.engine.scopes import read_case_variables
from runner.engine.site import Site
from runner.errors import Failure, Refusal
from runner.settings import Settings
from runner.store.people import group_addresses
from runner.worker.bounded import TookTooLong, within
from runner.worker.isolated import run_isolated
from runner.worker.mail import mailer
from runner.worker.texts import CaseTexts
from service_tasks.contract import Call, Impossible, Outcome, Retry

_log = logging.getLogger(__name__)


def perform(site: Site, settings: Settings, job: ClaimedJob) -> None:
    """Runs the handler and reports. Never raises: what cannot be reported is found again when the
    lease runs out. Returns when the handler's time is over, whether it has ended or not."""
    try:
        try:
            outcome = _run(site, settings, job)
        except Impossible as impossible:
            jobs.fail_job(site, job.id, job.attempt, str(impossible), final=True)
        except Retry as retry:
            jobs.fail_job(site, job.id, job.attempt, str(retry), final=False)
        except TookTooLong:
            jobs.fail_job(site, job.id, job.attempt, _too_long(site, job), final=False)
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


def _too_long(site: Site, job: ClaimedJob) -> str:
    limit = site.handlers[job.job_type].time_limit_seconds
    return (
        f"自动步骤“{job.job_type}”在 {limit:g} 秒内没有结束，这次尝试作废。 / "
        f"The automatic step '{job.job_type}' did not end within {limit:g} seconds; "
        "this attempt was given up."
    )


def _report(site: Site, job: ClaimedJob, outcome: Outcome) -> None:
    """A case that refuses the outcome would refuse it again: a person must look, and the handler
    must not have its effect once more."""
    wrong = problem_with(site.handlers[job.job_type], outcome)
    if wrong is not None:
        jobs.fail_job(site, job.id, job.attempt, wrong, final=True)
        return
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
    call = Call(
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
    if handler.isolated:
        return run_isolated(
            handler.run,
            call,
            seconds=handler.time_limit_seconds,
            memory_mb=handler.memory_mb,
        )

    def late(outcome: Outcome) -> None:
        """The attempt was given up: the case notes what it did all the same."""
        try:
            jobs.complete_job(site, job.id, job.attempt, outcome)
        except Exception:
            _log.exception("a late outcome of job %s could not be noted", job.id)

    return within(handler.time_limit_seconds, lambda: handler.run(call), late)
