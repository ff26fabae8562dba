"""What a service-task handler declares, receives, returns and may raise.

A handler lives in a module of its own, named like its job type, and exposes ``HANDLER``. A *pure*
handler runs inside the command's transaction through the narrow ``Registers`` port and touches
nothing outside. An *external* handler runs in a worker outside any transaction, may be called more
than once with the same ``idempotency_key`` and must then have its effect only once; it knows no
database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

Value = object  # a FEEL value: see docs/formats.md, "Values"


@dataclass(frozen=True)
class Parameter:
    """One declared input or output. ``label`` is ``中文 / English``; ``default`` is the text the
    handler takes where a task gives none."""

    name: str
    label: str
    required: bool = False
    kind: Literal["text", "number", "boolean", "list", "context", "date_time", "any"] = "any"
    default: str = ""


@dataclass(frozen=True)
class Message:
    """A mail to hand over. ``to`` is one address; ``key`` makes it unique for ever. ``parts`` go
    with it; a message that waits in the outbox goes without them."""

    key: str
    to: str
    subject: str
    body: str
    parts: Sequence[Attachment] = ()


@dataclass(frozen=True)
class Produced:
    """Which document of ``processes/templates/documents`` this is, and what it says of itself.

    ``language`` is ``zh``, ``en`` or ``both``; ``seen_by`` the groups that may read it, empty for
    everybody who may see the case."""

    kind: str
    revision: int
    language: str
    seen_by: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Attachment:
    """A document the handler made. ``media_type`` is a full MIME type; ``document`` is set by the
    ``Documents`` port, and makes it a revision of a kind."""

    name: str
    media_type: str
    data: bytes
    document: Produced | None = None


@dataclass(frozen=True)
class PastComplaint:
    """An earlier complaint as similarity is judged: its words, without the customer."""

    complaint_number: str
    received_at: datetime
    product: str
    phenomenon: str
    cause: str


@dataclass(frozen=True)
class PeriodComplaint:
    """A complaint as a period is summed up, without the customer. ``public`` tells that it is on
    the public ledger; ``satisfaction`` is empty where nobody was asked."""

    complaint_number: str
    title: str
    product: str
    problem: str
    region: str
    state: str
    severity: str
    public: bool
    satisfaction: str
    received_at: datetime
    due_at: datetime | None
    first_response_at: datetime | None
    handled_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True)
class Outcome:
    """What a handler returns: variables to write (through the element's output mappings),
    documents to keep with the case, and mails handed over with what became of each."""

    variables: Mapping[str, Value] = field(default_factory=dict)
    attachments: Sequence[Attachment] = ()
    deliveries: Sequence[Delivery] = ()


@dataclass(frozen=True)
class Delivery:
    """``sent`` when the mail server took the message; ``not_sent`` when no server is configured, so
    that the message waits in the outbox where a person sees it."""

    message: Message
    state: Literal["sent", "not_sent"]
    detail: str = ""


class Retry(Exception):
    """Try again later: counts as an attempt. The text is shown to people."""


class Impossible(Exception):
    """No later attempt can work: raises the incident at once. The text is shown to people."""


class Registers(Protocol):
    """What a pure handler may ask of the command's transaction."""

    def next_number(self, register: str, year: int) -> int:
        """The next number of a gapless register, 1 first; unique per register and year."""
        ...

    def ledger_row(self, columns: Mapping[str, Value]) -> None:
        """Creates or updates the case's row of the complaint ledger."""
        ...

    def values(self, names: Sequence[str]) -> Mapping[str, Value]:
        """The case's variables of these names as they stand; null for one that is not there."""
        ...

    def customer_file(self, contact: str, name: str) -> str:
        """The id of the customer's file, made when there is none for this contact."""
        ...


class Mailer(Protocol):
    def deliver(self, message: Message) -> Delivery:
        """Hands ``message`` to the mail server. Raises ``Retry`` when it does not answer or refuses
        for now, ``Impossible`` when it refuses for good."""
        ...


class Texts(Protocol):
    def render(
        self, template: str, language: str, variables: Mapping[str, Value]
    ) -> tuple[str, str]:
        """(subject, body) of ``processes/templates/<template>.<language>.txt`` of the release.

        A placeholder without a value reads "—". Raises ``Impossible`` naming a template that is
        missing."""
        ...

    def addresses(self, groups: Sequence[str]) -> Sequence[str]:
        """The e-mail addresses of the active people in ``groups``, sorted, without doubles."""
        ...


class Documents(Protocol):
    def produce(
        self, kind: str, language: str, form: str, inputs: Mapping[str, Value]
    ) -> Attachment:
        """The next revision of a document of the release (``docs/documents.md``). ``language`` and
        ``form`` may be empty: what the kind says. ``inputs`` are seen instead of the variables of
        their names. Raises ``Impossible`` for an unknown kind or a layout that cannot be typeset.
        """
        ...


class Connections(Protocol):
    """Systems outside, by the names an operator gave them (docs/adapters.md)."""

    def has(self, name: str) -> bool:
        """Whether this site has such a connection."""
        ...

    def post(self, name: str, content: Mapping[str, Value], key: str) -> Mapping[str, Value]:
        """Sends ``content`` to a webhook and gives what it answered, texts, numbers (``Decimal``),
        lists and contexts. ``key`` lets the other side recognise a repetition. Raises ``Retry``
        when it does not answer or asks to wait, ``Impossible`` when it refuses."""
        ...

    def look_up(self, name: str, question: Mapping[str, str]) -> Sequence[Mapping[str, Value]]:
        """The records that fit ``question``, texts by column. Raises as ``post`` does."""
        ...


class Past(Protocol):
    def complaints(self, limit: int) -> Sequence[PastComplaint]:
        """Up to ``limit`` other complaints, the latest first; none whose person was erased."""
        ...

    def between(self, since: datetime, until: datetime, limit: int) -> Sequence[PeriodComplaint]:
        """Complaints received or closed in the period, and those open at its end, the oldest first;
        of an erased person what names nobody. Periodic duties are no complaints."""
        ...


@dataclass(frozen=True)
class Call:
    """One call of a handler. ``inputs`` are the mapped inputs; ``now`` is the procedure's
    clock in the site's time zone; ``language`` (``zh``, ``en``) is the customer's; ``public_url``
    the site's address, ``sender`` the mail address it writes from."""

    case_id: str
    element_id: str
    idempotency_key: str
    attempt: int
    now: datetime
    language: str
    inputs: Mapping[str, Value]
    headers: Mapping[str, str]
    public_url: str = ""
    sender: str = ""
    registers: Registers | None = None
    mailer: Mailer | None = None
    texts: Texts | None = None
    connections: Connections | None = None
    past: Past | None = None
    documents: Documents | None = None


@dataclass(frozen=True)
class Handler:
    """``retries`` counts attempts after the first; ``timeout_seconds`` is the lease, which the
    worker renews while the handler runs, for ``time_limit_seconds`` at most: then the attempt is
    given up and counts as failed. Its thread cannot be stopped and its result is not used; an
    ``isolated`` handler runs in a process of its own, which is killed, and may need no more than
    ``memory_mb`` beyond what that process begins with (where the system can limit it: not on
    Windows). The ``run`` of an isolated handler is a plain function of its module. None of this
    holds for pure handlers, which run inside a command and must be quick.
    """

    job_type: str
    kind: Literal["pure", "external"]
    title: str
    description: str
    run: Callable[[Call], Outcome]
    inputs: Sequence[Parameter] = ()
    outputs: Sequence[Parameter] = ()
    retries: int = 3
    timeout_seconds: int = 60
    time_limit_seconds: float = 300
    isolated: bool = False
    memory_mb: int = 512
