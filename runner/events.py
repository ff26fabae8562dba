"""The event catalogue: one frozen dataclass per event; its docstring is its manual entry.

A field annotated ``Values`` holds what people or tables entered: the log keeps only a commitment of
each value (docs/formats.md, "Events"). Every other field is a *fact*: an id, a state, a digest, a
group; never a person's name, never free text. ``None`` facts are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import ClassVar, TypeVar, dataclass_transform

Values = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Event:
    """What every event may say about its place."""

    type: ClassVar[str]
    element: str | None = None
    token: str | None = None
    process: str | None = None
    instance: str | None = None

    def facts(self) -> Iterator[tuple[str, object]]:
        """(name, value) of every fact that is set, place included."""
        for name in _field_names(self)[0]:
            value = getattr(self, name)
            if value is not None:
                yield name, value

    def values(self) -> Iterator[tuple[str, object]]:
        """(name, value) of everything committed to; the name is ``field.key``."""
        for name in _field_names(self)[1]:
            for key, value in getattr(self, name).items():
                yield f"{name}.{key}", value


_Names = tuple[tuple[str, ...], tuple[str, ...]]
_NAMES: dict[str, _Names] = {}


def _field_names(event: Event) -> _Names:
    """The names of an event's facts and of its values, found out once for each type."""
    known = _NAMES.get(event.type)
    if known is None:
        parts = fields(event)
        known = _NAMES[event.type] = (
            tuple(part.name for part in parts if part.type != "Values"),
            tuple(part.name for part in parts if part.type == "Values"),
        )
    return known


E = TypeVar("E", bound=Event)
_CATALOGUE: dict[str, type[Event]] = {}


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def _event(name: str) -> Callable[[type[E]], type[E]]:
    def register(cls: type[E]) -> type[E]:
        made = dataclass(frozen=True, kw_only=True)(cls)
        made.type = name
        _CATALOGUE[name] = made
        return made

    return register


def catalogue() -> Mapping[str, type[Event]]:
    """Every event type by name."""
    return _CATALOGUE


# --- a case as a whole ---


@_event("case_started")
class CaseStarted(Event):
    """A complaint began: first event of its chain; pins release, policy and how it came."""

    policy_id: str
    policy_digest: str
    release_number: str
    start_element: str
    simulated: bool = False
    idempotency_key: str | None = None
    previous_case: str | None = None


@_event("case_completed")
class CaseCompleted(Event):
    """Every token of the case has ended."""


@_event("case_cancelled")
class CaseCancelled(Event):
    """A person with authority ended the case before its end."""

    reason: Values = field(default_factory=dict)


@_event("element_activated")
class ElementActivated(Event):
    """A token rests at an element or an inside began (call activity, sub-process)."""

    loop: str | None = None
    attached_to: str | None = None


@_event("element_completed")
class ElementCompleted(Event):
    """A flow node is done; ``flows`` are the ids of the sequence flows taken, in order."""

    flows: Sequence[str] = ()
    loop: str | None = None


@_event("element_cancelled")
class ElementCancelled(Event):
    """A resting token was withdrawn by an interruption or the end of its process."""


@_event("conditions_evaluated")
class ConditionsEvaluated(Event):
    """A gateway chose: each flow's condition outcome (true, false, null) in the order asked."""

    outcomes: Sequence[Mapping[str, str]]
    chosen: Sequence[str]
    reads: Values = field(default_factory=dict)
    warnings: Values = field(default_factory=dict)


@_event("decision_evaluated")
class DecisionEvaluated(Event):
    """A decision table answered: which rules fired, from which inputs, with which outputs."""

    decision: str
    file_digest: str
    matched_rules: Sequence[str]
    inputs: Values = field(default_factory=dict)
    outputs: Values = field(default_factory=dict)
    warnings: Values = field(default_factory=dict)


@_event("variables_written")
class VariablesWritten(Event):
    """Variables changed: new values and the ones before; ``scope`` is where they live."""

    scope: str
    names: Sequence[str]
    new: Values = field(default_factory=dict)
    old: Values = field(default_factory=dict)


# --- user tasks ---


@_event("user_task_created")
class UserTaskCreated(Event):
    """Work for people: its form, candidate groups and due time (UTC, with calendar version)."""

    form: str | None = None
    groups: Sequence[str] = ()
    due_at: str | None = None
    calendar: str | None = None
    provisional: bool | None = None


@_event("user_task_claimed")
class UserTaskClaimed(Event):
    """A person took the task."""


@_event("user_task_unclaimed")
class UserTaskUnclaimed(Event):
    """A person gave the task back to its candidate groups."""


@_event("user_task_completed")
class UserTaskCompleted(Event):
    """A form was submitted, exactly as validated; attachments by digest."""

    form: str | None = None
    form_digest: str | None = None
    attachments: Sequence[str] = ()
    late: bool = False
    submission: Values = field(default_factory=dict)


@_event("user_task_cancelled")
class UserTaskCancelled(Event):
    """The task is no longer needed: its element was interrupted."""


@_event("command_refused")
class CommandRefused(Event):
    """Somebody asked for what they may not do; ``command`` was not carried out."""

    command: str
    reason: str


# --- timers, messages, jobs, incidents ---


@_event("timer_armed")
class TimerArmed(Event):
    """A clock runs: due once at ``due_at`` (UTC), computed with this calendar version."""

    timer: str
    due_at: str
    calendar: str | None = None
    repeats: str | None = None


@_event("timer_not_armed")
class TimerNotArmed(Event):
    """The date was null: the owner decided there is no limit here, or it has been met."""


@_event("timer_fired")
class TimerFired(Event):
    """A due time passed; ``missed`` cycles were skipped while nobody was there to fire."""

    timer: str
    due_at: str
    missed: str = "0"


@_event("timer_cancelled")
class TimerCancelled(Event):
    """The clock is no longer needed."""

    timer: str


@_event("message_awaited")
class MessageAwaited(Event):
    """The case can receive this message."""

    message: str


@_event("message_received")
class MessageReceived(Event):
    """A message came; ``correlated`` says whether an element took it."""

    message: str
    correlated: bool
    payload: Values = field(default_factory=dict)


@_event("service_performed")
class ServicePerformed(Event):
    """A pure service task ran inside the command."""

    job_type: str
    inputs: Values = field(default_factory=dict)
    outputs: Values = field(default_factory=dict)


@_event("job_created")
class JobCreated(Event):
    """Work for an external handler; ``job`` is its idempotency key."""

    job: str
    job_type: str
    inputs: Values = field(default_factory=dict)


@_event("job_completed")
class JobCompleted(Event):
    """The handler did its work; mails by key, documents by digest."""

    job: str
    job_type: str
    attempt: str
    attachments: Sequence[str] = ()
    mails: Sequence[str] = ()
    outputs: Values = field(default_factory=dict)


@_event("job_attempt_failed")
class JobAttemptFailed(Event):
    """One attempt failed; retried at ``retry_at`` unless none is left."""

    job: str
    job_type: str
    attempt: str
    retry_at: str | None = None
    error: Values = field(default_factory=dict)


@_event("mail_sent")
class MailSent(Event):
    """A mail that had waited in the outbox was handed to the mail server."""

    mail: str


@_event("incident_raised")
class IncidentRaised(Event):
    """The case needs a person at this element."""

    incident: str
    kind: str
    policy_path: str | None = None
    detail: Values = field(default_factory=dict)


@_event("incident_resolved")
class IncidentResolved(Event):
    """A person repaired the cause; the element is tried again."""

    incident: str
    kind: str
    answer: Values = field(default_factory=dict)


@_event("policy_value_decided")
class PolicyValueDecided(Event):
    """The owner's answer in another case is used where the policy had left the value open."""

    policy_path: str
    decided_by: str
    decided_in: str
    answer: Values = field(default_factory=dict)


@_event("attachment_added")
class AttachmentAdded(Event):
    """A document was kept with the case."""

    attachment: str
    media_type: str
    size: str
    content: Values = field(default_factory=dict)


# --- outside cases ---


@_event("release_made")
class ReleaseMade(Event):
    """A set of files became a release."""

    release: str
    number: str
    state: str
    reason: Values = field(default_factory=dict)


@_event("release_state_changed")
class ReleaseStateChanged(Event):
    """A release was checked, approved, became effective or was superseded."""

    release: str
    number: str
    before: str
    after: str


@_event("person_changed")
class PersonChanged(Event):
    """An account was made or its groups, state or password changed."""

    person: str
    change: str
    groups: Sequence[str] = ()


@_event("signed_in")
class SignedIn(Event):
    """A person opened a session."""


@_event("sign_in_refused")
class SignInRefused(Event):
    """A wrong password or an unknown name; ``person`` is set when the name exists."""

    person: str | None = None


@_event("evidence_exported")
class EvidenceExported(Event):
    """An evidence pack of a case was made."""

    case: str
    tree_size: str


@_event("person_erased")
class PersonErased(Event):
    """The key of a case's data subject was destroyed; what it sealed cannot be read again."""

    case: str
