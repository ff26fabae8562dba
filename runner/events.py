"""The event catalogue: one frozen dataclass per event; its docstring is its manual entry.

A field annotated ``Values`` holds what people or tables entered: the log keeps only a commitment of
each value (docs/formats.md, "Events"). Every other field is a *fact*: an id, a state, a digest, a
group; never a person's name, never free text. ``None`` facts are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from runner.event_base import Event as Event
from runner.event_base import Values as Values
from runner.event_base import catalogue as catalogue
from runner.event_base import event_type
from runner.events_changes import Positions as Positions  # and they enter the catalogue
from runner.events_thrown import ConditionMet as ConditionMet
from runner.events_thrown import SignalAwaited as SignalAwaited
from runner.events_thrown import SignalReceived as SignalReceived
from runner.events_thrown import SignalThrown as SignalThrown
from runner.events_waiting import *  # noqa: F403

# --- a case as a whole ---


@event_type("case_started")
class CaseStarted(Event):
    """A complaint began: first event of its chain; pins release, policy and how it came."""

    policy_id: str
    policy_digest: str
    release_number: str
    start_element: str
    simulated: bool = False
    idempotency_key: str | None = None
    previous_case: str | None = None


@event_type("case_completed")
class CaseCompleted(Event):
    """Every token of the case has ended."""


@event_type("case_cancelled")
class CaseCancelled(Event):
    """A person with authority ended the case before its end."""

    reason: Values = field(default_factory=dict)


@event_type("element_activated")
class ElementActivated(Event):
    """A token rests at an element or an inside began (call activity, sub-process). ``within`` is
    the token of the sub-process or multi-instance body directly around it, where there is one."""

    loop: str | None = None
    attached_to: str | None = None
    within: str | None = None


@event_type("element_completed")
class ElementCompleted(Event):
    """A flow node is done; ``flows`` are the ids of the sequence flows taken, in order."""

    flows: Sequence[str] = ()
    loop: str | None = None
    within: str | None = None


@event_type("element_cancelled")
class ElementCancelled(Event):
    """A resting token was withdrawn by an interruption or the end of its process."""

    within: str | None = None


@event_type("conditions_evaluated")
class ConditionsEvaluated(Event):
    """A gateway chose: each flow's condition outcome (true, false, null) in the order asked."""

    outcomes: Sequence[Mapping[str, str]]
    chosen: Sequence[str]
    reads: Values = field(default_factory=dict)
    warnings: Values = field(default_factory=dict)


@event_type("decision_evaluated")
class DecisionEvaluated(Event):
    """A decision answered: the rules that matched, from which inputs, with which outputs."""

    decision: str
    file_digest: str
    matched_rules: Sequence[Mapping[str, str]]
    inputs: Values = field(default_factory=dict)
    outputs: Values = field(default_factory=dict)
    rule_outputs: Values = field(default_factory=dict)
    warnings: Values = field(default_factory=dict)


@event_type("expression_warned")
class ExpressionWarned(Event):
    """An attribute's expression met something FEEL turns into null, and why; work went on."""

    expression: str
    warnings: Values = field(default_factory=dict)


@event_type("variables_written")
class VariablesWritten(Event):
    """Variables changed: new values and the ones before; ``scope`` is where they live."""

    scope: str
    names: Sequence[str]
    new: Values = field(default_factory=dict)
    old: Values = field(default_factory=dict)


# --- user tasks ---


@event_type("user_task_created")
class UserTaskCreated(Event):
    """Work for people: its form, candidate groups and ``users``, due time (UTC, with calendar)."""

    form: str | None = None
    groups: Sequence[str] = ()
    users: Sequence[str] | None = None
    due_at: str | None = None
    calendar: str | None = None
    provisional: bool | None = None


@event_type("user_task_claimed")
class UserTaskClaimed(Event):
    """A person took the task."""


@event_type("user_task_unclaimed")
class UserTaskUnclaimed(Event):
    """A person gave the task back to its candidate groups."""


@event_type("user_task_completed")
class UserTaskCompleted(Event):
    """A form was submitted, exactly as validated; attachments by digest."""

    form: str | None = None
    form_digest: str | None = None
    attachments: Sequence[str] = ()
    late: bool = False
    submission: Values = field(default_factory=dict)


@event_type("user_task_cancelled")
class UserTaskCancelled(Event):
    """The task is no longer needed: its element was interrupted."""


@event_type("command_refused")
class CommandRefused(Event):
    """Somebody asked for what they may not do; ``command`` was not carried out."""

    command: str
    reason: str


# --- timers, messages, jobs, incidents ---


@event_type("timer_armed")
class TimerArmed(Event):
    """A clock runs: due once at ``due_at`` (UTC), computed with this calendar version."""

    timer: str
    due_at: str
    calendar: str | None = None
    repeats: str | None = None


@event_type("timer_not_armed")
class TimerNotArmed(Event):
    """The date was null: the owner decided there is no limit here, or it has been met."""


@event_type("timer_fired")
class TimerFired(Event):
    """A due time passed; ``missed`` cycles were skipped while nobody was there to fire."""

    timer: str
    due_at: str
    missed: str = "0"


@event_type("timer_cancelled")
class TimerCancelled(Event):
    """The clock is no longer needed."""

    timer: str


@event_type("message_awaited")
class MessageAwaited(Event):
    """The case can receive this message."""

    message: str


@event_type("message_received")
class MessageReceived(Event):
    """A message came; ``correlated`` says whether an element took it."""

    message: str
    correlated: bool
    kept: str | None = None  # the id it was kept under until then
    payload: Values = field(default_factory=dict)


@event_type("service_performed")
class ServicePerformed(Event):
    """A pure service task ran inside the command."""

    job_type: str
    inputs: Values = field(default_factory=dict)
    outputs: Values = field(default_factory=dict)


@event_type("job_created")
class JobCreated(Event):
    """Work for an external handler; ``job`` is its idempotency key."""

    job: str
    job_type: str
    inputs: Values = field(default_factory=dict)


@event_type("job_completed")
class JobCompleted(Event):
    """The handler did its work; mails by key, documents by digest."""

    job: str
    job_type: str
    attempt: str
    attachments: Sequence[str] = ()
    mails: Sequence[str] = ()
    outputs: Values = field(default_factory=dict)


@event_type("job_attempt_failed")
class JobAttemptFailed(Event):
    """One attempt failed; retried at ``retry_at`` unless none is left."""

    job: str
    job_type: str
    attempt: str
    retry_at: str | None = None
    error: Values = field(default_factory=dict)


@event_type("job_outcome_discarded")
class JobOutcomeDiscarded(Event):
    """A handler did its work, but its attempt had lost the job; ``mails`` (keys) have left."""

    job: str
    job_type: str
    attempt: str
    mails: Sequence[str] = ()


@event_type("mail_sent")
class MailSent(Event):
    """A mail that had waited in the outbox was handed to the mail server."""

    mail: str


@event_type("incident_raised")
class IncidentRaised(Event):
    """The case needs a person at this element."""

    incident: str
    kind: str
    policy_path: str | None = None
    detail: Values = field(default_factory=dict)


@event_type("incident_resolved")
class IncidentResolved(Event):
    """A person repaired the cause; the element is tried again."""

    incident: str
    kind: str
    answer: Values = field(default_factory=dict)


@event_type("policy_value_decided")
class PolicyValueDecided(Event):
    """The owner's answer in another case is used where the policy had left the value open."""

    policy_path: str
    decided_by: str
    decided_in: str
    answer: Values = field(default_factory=dict)


@event_type("attachment_added")
class AttachmentAdded(Event):
    """A document was kept with the case."""

    attachment: str
    media_type: str
    size: str
    content: Values = field(default_factory=dict)


@event_type("document_produced")
class DocumentProduced(Event):
    """A generated document was kept with the case as a new revision; its bytes are those of the
    attachment. Without an element a person made it again."""

    kind: str
    revision: str
    language: str
    attachment: str
    job: str | None = None
    content: Values = field(default_factory=dict)


# --- outside cases ---


@event_type("release_made")
class ReleaseMade(Event):
    """A set of files became a release."""

    release: str
    number: str
    state: str
    reason: Values = field(default_factory=dict)


@event_type("release_state_changed")
class ReleaseStateChanged(Event):
    """A release was checked, approved, became effective or was superseded."""

    release: str
    number: str
    before: str
    after: str


@event_type("person_changed")
class PersonChanged(Event):
    """An account was made or its groups, state or password changed."""

    person: str
    change: str
    groups: Sequence[str] = ()


@event_type("signed_in")
class SignedIn(Event):
    """A person opened a session."""


@event_type("sign_in_refused")
class SignInRefused(Event):
    """A wrong password or an unknown name; ``person`` is set when the name exists."""

    person: str | None = None


@event_type("evidence_exported")
class EvidenceExported(Event):
    """An evidence pack of a case was made."""

    case: str
    tree_size: str


@event_type("person_erased")
class PersonErased(Event):
    """The key of a case's data subject was destroyed; what it sealed cannot be read again."""

    case: str
