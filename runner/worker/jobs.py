"""One job: its handler runs outside any transaction, then the outcome is reported once."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from email.utils import parseaddr

from runner.engine import jobs
from runner.engine.documents import StaleRevision
from runner.engine.instances import customer_link
from runner.engine.jobs import ClaimedJob
from runner.engine.outcomes import problem_with
from runner.engine.scopes import read_case_variables
from runner.engine.site import Site
from runner.errors import Failure, Refusal, Unavailable
from runner.settings import Settings
from runner.store.people import group_addresses
from runner.worker.bounded import TookTooLong, within
from runner.worker.connections import BadConnections, Connected, read_connections
from runner.worker.documents import CaseDocuments
from runner.worker.isolated import run_isolated
from runner.worker.mail import Noting, mailer
from runner.worker.past import PastComplaints
from runner.worker.texts import CaseTexts
from service_tasks.contract import Call, Impossible, Mailer, Outcome, Retry

PAUSES = (0.2, 1.0, 5.0)  # seconds; each try may itself wait for a lock
_log = logging.getLogger(__name__)


def perform(site: Site, settings: Settings, job: ClaimedJob) -> None:
    """Runs the handler and reports. Never raises: what cannot be reported is found again when the
    lease runs out. Returns when the handler's time is over, whether it has ended or not."""
    post = Noting(mailer(settings))
    try:
        try:
            outcome = _run(site, settings, job, post)
        except Impossible as impossible:
            _fail(site, job, post, str(impossible), final=True)
        except Retry as retry:
            _fail(site, job, post, str(retry))
        except TookTooLong:
            _fail(site, job, post, _too_long(site, job))
        except BadConnections as wrong:
            _fail(site, job, post, f"连接文件有错：{wrong} / The connections are wrong: {wrong}")
        except Exception as error:
            _log.exception("handler %s failed", job.job_type)
            _fail(site, job, post, f"{type(error).__name__}: {error}")
        else:
            _report(site, job, post, outcome)
    except Refusal as refusal:
        _log.info("job %s: %s", job.id, refusal.message)
    except Exception:
        _log.exception("the outcome of job %s could not be recorded", job.id)


def _fail(site: Site, job: ClaimedJob, post: Noting, text: str, *, final: bool = False) -> None:
    _patiently(lambda: jobs.fail_job(site, job.id, job.attempt, text, final=final))
    _patiently(lambda: jobs.note_mails_left(site, job.id, job.attempt, post.delivered))


def _patiently(report: Callable[[], object]) -> None:
    """Reports also where the database is away for a moment: not knowing what the handler did, the
    next attempt would do it again. The lease is kept meanwhile."""
    for pause in PAUSES:
        try:
            report()
            return
        except Unavailable as error:
            _log.warning("a report waits for the database: %s", error.message)
            time.sleep(pause)
    report()


def _too_long(site: Site, job: ClaimedJob) -> str:
    limit = site.handlers[job.job_type].time_limit_seconds
    return (
        f"自动步骤“{job.job_type}”在 {limit:g} 秒内没有结束，这次尝试作废。 / "
        f"The automatic step '{job.job_type}' did not end within {limit:g} seconds; "
        "this attempt was given up."
    )


def _report(site: Site, job: ClaimedJob, post: Noting, outcome: Outcome) -> None:
    """A case that refuses the outcome would refuse it again: a person must look, and the handler
    must not have its effect once more."""
    wrong = problem_with(site.handlers[job.job_type], outcome)
    if wrong is not None:
        _fail(site, job, post, wrong, final=True)
        return
    try:
        _patiently(lambda: jobs.complete_job(site, job.id, job.attempt, outcome))
    except StaleRevision as stale:  # the next attempt prints the next number
        _fail(site, job, post, stale.message)
    except (Refusal, Failure) as refused:
        _fail(site, job, post, refused.message, final=True)


def _run(site: Site, settings: Settings, job: ClaimedJob, post: Mailer) -> Outcome:
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
        sender=parseaddr(settings.smtp_from)[1],
        mailer=post,
        texts=CaseTexts(definitions, texts_of, addresses_of, site.zone),
        connections=Connected(read_connections(settings.connections)),
        past=PastComplaints(site, job.case_id),
        documents=CaseDocuments(site, job.case_id),
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
