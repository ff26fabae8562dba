"""What a customer reads about their own complaint: plain words, no internal data.

Only the stages, the customer's own words and files, and what we wrote to them leave the case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from runner.store.attachments import attachments_of_case
from runner.store.case_lists import CaseLine, InstanceLine, mails_of_case
from runner.store.keys import Vault
from runner.web.form_nodes import FileItem
from runner.web.language import _
from runner.web.moments import Moments, file_size
from runner.web.visit import in_language

# A recall notice goes to the colleagues who publish it, not to the customer.
LETTER_JOBS = frozenset({"send_reply", "send_acknowledgement"})
_LOOKING = frozenset({"emergency_response", "recall", "investigation", "cause_and_liability"})
_SOLVING = frozenset({"resolution", "agree_solution", "major_incident", "after_sales_service"})


@dataclass(frozen=True)
class Stage:
    """One line of the progress. ``state`` is ``ok``, ``now`` or ``wait``."""

    state: str
    label: str
    at: str


@dataclass(frozen=True)
class Letter:
    """What we wrote to the customer."""

    subject: str
    body: str
    at: str


@dataclass(frozen=True)
class StatusPage:
    """``sent`` is a word about what the customer just did."""

    token: str
    number: str
    heading: str
    text: str
    plan: str
    stages: tuple[Stage, ...]
    letter: Letter | None
    files: tuple[FileItem, ...]
    own_files: tuple[FileItem, ...]
    closed: bool
    may_withdraw: bool
    simulated: bool
    key: str
    sent: str


def _processes(instances: Iterable[InstanceLine], state: str) -> set[str]:
    return {line.process_id for line in instances if line.state == state}


def stages_of(
    line: CaseLine,
    variables: Mapping[str, object],
    instances: tuple[InstanceLine, ...],
    moments: Moments,
) -> tuple[Stage, ...]:
    """Received, contacted, looked into, being solved, your rating, closed."""
    active, ended = _processes(instances, "active"), _processes(instances, "completed")
    contacted = variables.get("first_response_at")
    closed = line.closed_at
    looking, solving = bool(active & _LOOKING), bool(active & _SOLVING)
    asking = "follow_up" in active
    looked = bool(ended & {"investigation"}) or solving or asking or closed is not None
    solved = asking or ("resolution" in ended) or closed is not None
    stages = [Stage("ok", _("We received your complaint"), moments.full(line.received_at))]
    if isinstance(contacted, datetime):
        stages.append(Stage("ok", _("We contacted you"), moments.full(contacted)))
    elif closed is None:
        now = not (looking or solving or asking)
        stages.append(Stage("now" if now else "wait", _("We contact you"), ""))
    withdrawn = variables.get("withdrawn_at")
    if isinstance(withdrawn, datetime):
        stages = [stage for stage in stages if stage.state == "ok"]
        stages.append(Stage("ok", _("You withdrew your complaint"), moments.full(withdrawn)))
        if closed is None:
            stages.append(Stage("now", _("We confirm it"), _("now")))
        return (*stages, Stage("ok" if closed else "wait", _("Closed"), moments.full(closed)))
    stages.append(
        Stage(_state(looked and not looking, looking), _("We find out what happened"), "")
    )
    stages.append(Stage(_state(solved, solving and not asking), _("We put it right"), ""))
    if asking or "follow_up" in ended:
        stages.append(Stage(_state("follow_up" in ended, asking), _("Your opinion"), ""))
    stages.append(Stage("ok" if closed else "wait", _("Closed"), moments.full(closed)))
    if not any(stage.state == "now" for stage in stages) and closed is None:
        first = next(i for i, stage in enumerate(stages) if stage.state == "wait")
        stages[first] = Stage("now", stages[first].label, stages[first].at)
    return tuple(_with_now(stage) for stage in stages)


def _state(done: bool, now: bool) -> str:
    return "now" if now else "ok" if done else "wait"


def _with_now(stage: Stage) -> Stage:
    return Stage("now", stage.label, _("now")) if stage.state == "now" else stage


def headline(
    line: CaseLine,
    variables: Mapping[str, object],
    instances: tuple[InstanceLine, ...],
    stopped: bool,
) -> tuple[str, str]:
    """A sentence to the customer, and one or two more below it. ``stopped``: their withdrawal
    ended the work, else a colleague confirms it."""
    active = _processes(instances, "active")
    if line.state == "cancelled":
        return _("This complaint was ended"), _("Call us if you do not know why.")
    if isinstance(variables.get("withdrawn_at"), datetime) and not stopped:
        return (
            _("We noted your withdrawal"),
            _("A colleague will confirm it with you."),
        )
    if isinstance(variables.get("withdrawn_at"), datetime):
        return (
            _("You withdrew your complaint"),
            _("We stopped working on your request. You can file a new complaint at any time."),
        )
    if line.closed_at is not None:
        if variables.get("triage_result") == "not_pursued":
            return (
                _("We cannot take this further"),
                _("Our letter below says why. If you disagree, ask for a review."),
            )
        return (
            _("Your complaint is closed"),
            _("If the problem comes back or you disagree, ask for a review below."),
        )
    if "follow_up" in active:
        return (
            _("Done on our side: what do you think?"),
            _("We will call you to ask whether you are satisfied. You can also write to us below."),
        )
    if active & _SOLVING:
        return (
            _("We are putting it right"),
            _("We know what to do and are doing it. We tell you when it is done."),
        )
    if active & _LOOKING:
        return (
            _("We are finding out what happened"),
            _("Colleagues are looking into it. We contact you when we know more."),
        )
    return (
        _("We have your complaint"),
        _("A colleague is reading it and will contact you."),
    )


def plan_of(line: CaseLine, moments: Moments) -> str:
    """By when we want to be done, or an honest word that it takes longer."""
    if line.closed_at is not None or line.due_at is None:
        return ""
    if line.due_at < moments.now:
        return _("It is taking longer than we planned. We are sorry and keep working on it.")
    day = f"{moments.local(line.due_at):%Y-%m-%d}"
    return _("We plan to be done by %(day)s.", day=day)


def letter_of(connection: Connection, case_id: str, moments: Moments) -> Letter | None:
    """The latest thing we wrote to the customer: a reply before an acknowledgement."""
    found = [m for m in mails_of_case(connection, case_id) if m.job_type in LETTER_JOBS]
    found.sort(key=lambda mail: mail.job_type == "send_reply", reverse=True)
    if not found:
        return None
    mail = found[0]
    return Letter(mail.subject, mail.body, moments.full(mail.sent_at or mail.created_at))


def files_of(
    connection: Connection, vault: Vault, case_id: str, letters: frozenset[str]
) -> tuple[tuple[FileItem, ...], tuple[FileItem, ...]]:
    """(our letters, the customer's own files); no other attachment of the case is named."""
    ours: list[FileItem] = []
    own: list[FileItem] = []
    for row in attachments_of_case(connection, case_id, vault):
        item = FileItem(row.id, in_language(row.name), file_size(row.size))
        if row.added_by == "customer":
            own.append(item)
        elif row.id in letters:
            ours.append(item)
    return tuple(ours), tuple(own)
