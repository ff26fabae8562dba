"""Events of what waits: external workers, kept messages, timers that start cases, deadlines that
stand still (docs/workers.md, docs/deadlines.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field

from runner.event_base import Event, Values, event_type


@event_type("job_error_thrown")
class JobErrorThrown(Event):
    """A worker ended the job with a BPMN error, which the diagram catches or an incident shows."""

    job: str
    job_type: str
    attempt: str
    caught: bool
    error: Values = field(default_factory=dict)
    outputs: Values = field(default_factory=dict)


@event_type("worker_token_changed")
class WorkerTokenChanged(Event):
    """A token of a program outside was made or revoked: which ``job_types`` it may serve, which
    ``messages`` it may publish and which ``signals`` it may broadcast."""

    worker: str
    change: str
    job_types: Sequence[str] = ()
    messages: Sequence[str] = ()
    signals: Sequence[str] = ()


@event_type("message_kept")
class MessageKept(Event):
    """Nobody awaits this message yet: it is kept until ``expires_at``, or until somebody does."""

    message: str
    kept: str
    expires_at: str


@event_type("message_expired")
class MessageExpired(Event):
    """A kept message's time was over before anybody awaited it; it was removed."""

    message: str
    kept: str


@event_type("mail_received")
class MailReceived(Event):
    """A mail came to the complaint mailbox and began this case, or ``answered`` one of its mails
    and was kept with it as ``attachments``. ``mail`` is the SHA-256 of its Message-ID."""

    mail: str
    answered: bool
    attachments: Sequence[str] = ()
    content: Values = field(default_factory=dict)


@event_type("start_timer_armed")
class StartTimerArmed(Event):
    """The effective release starts a case of ``process`` at ``due_at`` (UTC), for ``item`` where
    the start event has a list of them."""

    timer: str
    due_at: str
    repeats: str | None = None
    item: str | None = None


@event_type("start_timer_not_armed")
class StartTimerNotArmed(Event):
    """The time of a timer start event could not be computed, or is none; ``reason`` says which."""

    reason: str
    item: str | None = None


@event_type("start_refused")
class StartRefused(Event):
    """A signal, message or timer (``source``) began no case; a person tries again or not."""

    source: str
    start: str
    message: str


@event_type("start_decided")
class StartDecided(Event):
    """A person tries a refused start again (``retried``) or drops it (``given_up``), and why."""

    source: str
    start: str
    decision: str
    reason: str


@event_type("deadline_paused")
class DeadlinePaused(Event):
    """The clock of a timer or task stands still while the case waits for ``reason``."""

    deadline: str
    due_at: str
    reason: str


@event_type("deadline_resumed")
class DeadlineResumed(Event):
    """The clock goes on; the time since ``paused_at`` was given back: due at ``new_due_at``."""

    deadline: str
    due_at: str
    new_due_at: str
    paused_at: str
    reason: str
    calendar: str | None = None


__all__ = [
    "DeadlinePaused",
    "DeadlineResumed",
    "JobErrorThrown",
    "MailReceived",
    "MessageExpired",
    "MessageKept",
    "StartDecided",
    "StartRefused",
    "StartTimerArmed",
    "StartTimerNotArmed",
    "WorkerTokenChanged",
]
