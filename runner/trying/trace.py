"""What really happened in a case, read back from its event log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from runner.clock import from_text
from runner.definitions.model import Element
from runner.encoding import loads
from runner.engine.handlers import load_handlers
from runner.engine.scopes import read_case_variables
from runner.engine.site import Site
from runner.store.attachments import attachment_data, attachments_of_case
from runner.store.case_lists import mails_of_case
from runner.store.cases import find_case
from runner.store.event_log import Recorded, read_chain
from runner.store.registers import read_ledger

MOST_TEXT = 300_000  # bytes of a document whose text is looked into
WAITS_UNSEEN = frozenset({"boundaryEvent", "startEvent"})
"""Activated while they only listen: passed when they happen."""


@dataclass(frozen=True)
class TaskSeen:
    """One user task: when it came, its groups and due time, and how it ended."""

    element: str
    process: str
    created_at: datetime
    groups: tuple[str, ...]
    form: str | None
    due_at: datetime | None
    ended: str = ""
    ended_at: datetime | None = None
    late: bool = False
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Made:
    """A mail or document and what it came from: element, job type, template or kind."""

    element: str
    names: frozenset[str]
    title: str
    to: str = ""
    text: str = ""


@dataclass
class Trace:
    """``passed`` are (process, element) in order; ``flows`` (process, flow id); ``dues`` by
    element, every one in order, None where there is no limit; ``rules`` (decision, rule id)."""

    passed: list[tuple[str, str]] = field(default_factory=list)
    flows: list[tuple[str, str]] = field(default_factory=list)
    tasks: list[TaskSeen] = field(default_factory=list)
    dues: dict[str, list[datetime | None]] = field(default_factory=dict)
    rules: list[tuple[str, str]] = field(default_factory=list)
    outputs: dict[str, list[object]] = field(default_factory=dict)
    documents: list[Made] = field(default_factory=list)
    mails: list[Made] = field(default_factory=list)
    incidents: list[tuple[str, str]] = field(default_factory=list)
    escalated: list[str] = field(default_factory=list)
    completed_at: dict[str, datetime] = field(default_factory=dict)
    variables: Mapping[str, object] = field(default_factory=dict)
    ledger: Mapping[str, object] | None = None
    state: str = "active"
    ends: list[str] = field(default_factory=list)
    started_at: datetime | None = None

    @property
    def open_tasks(self) -> list[TaskSeen]:
        return [task for task in self.tasks if not task.ended]

    def submitted_fields(self) -> Iterator[tuple[str, str]]:
        """(form, field) of every answer given."""
        for task in self.tasks:
            for name in task.fields:
                yield str(task.form), name


def read_trace(site: Site, connection: Connection, case_id: str) -> Trace:
    """The trace of a case up to now."""
    row = find_case(connection, case_id)
    assert row is not None
    processes = site.definitions(connection, row.release_digest).processes
    elements = {
        (process.id, element.id): element
        for process in processes.values()
        for element in process.elements.values()
    }
    root = ""
    reading = _Reading(elements)
    for event in read_chain(connection, case_id, site.vault):
        reading.take(event)
        root = root or str(event.header.get("process", ""))
    trace = reading.trace
    trace.tasks = list(reading.tasks.values())
    trace.variables = read_case_variables(site, connection, case_id)
    sealed = read_ledger(connection, case_id)
    if sealed is not None:
        opened = loads(site.vault.decrypt(connection, row.subject_id, sealed))
        trace.ledger = opened if isinstance(opened, Mapping) else None
    trace.ends = [
        name for process, name in trace.passed
        if process == root and (found := elements.get((process, name))) is not None
        and found.kind == "endEvent" and found.parent == process
    ]  # fmt: skip
    trace.documents = _documents(site, connection, case_id, reading)
    made = {key: job for job, keys in reading.mails.items() for key in keys}
    for mail in reversed(mails_of_case(connection, case_id)):
        element, described, _ = reading.jobs.get(made.get(mail.key, ""), ("", [], []))
        names_of = frozenset({*described, str(mail.job_type)})
        trace.mails.append(
            Made(mail.element_id or element, names_of, mail.subject, mail.recipient, mail.body)
        )
    return trace


def _documents(site: Site, connection: Connection, case_id: str, reading: _Reading) -> list[Made]:
    """What handlers made, each with its kind; those that people sent are no documents here."""
    by = {
        attachment: (element, names)
        for element, names, attachments in reading.jobs.values()
        for attachment in attachments
    }
    found = []
    for row in attachments_of_case(connection, case_id, site.vault):
        element, names = by.get(row.id, ("", []))
        produced, kind = reading.kinds.get(row.id, ("", ""))
        if row.id not in by and not kind:
            continue
        text = ""
        if row.size <= MOST_TEXT:
            data = site.vault.decrypt(
                connection, row.subject_id, attachment_data(connection, row.id)
            )
            text = data.decode("utf-8", "ignore")
        known = frozenset(name for name in (*names, kind) if name)
        found.append(Made(element or produced, known, row.name, text=text))
    return found


class _Reading:
    def __init__(self, elements: Mapping[tuple[str, str], Element]) -> None:
        self.elements = elements
        self.handlers = load_handlers()
        self.trace = Trace()
        self.tasks: dict[str, TaskSeen] = {}
        self.jobs: dict[str, tuple[str, list[str], list[str]]] = {}
        self.mails: dict[str, Sequence[str]] = {}
        self.kinds: dict[str, tuple[str, str]] = {}
        self._activated: set[str] = set()

    def take(self, event: Recorded) -> None:
        read = getattr(self, f"_{event.type}", None)
        if read is not None:
            facts: Any = event.header["facts"]
            place = [str(event.header.get(name, "")) for name in ("element", "process", "token")]
            read(event, facts, *place)

    def _case_started(self, event: Recorded, *_: object) -> None:
        self.trace.started_at = event.at

    def _element_activated(
        self, event: Recorded, facts: Any, element: str, process: str, token: str
    ) -> None:
        found = self.elements.get((process, element))
        if found is None or found.kind not in WAITS_UNSEEN:
            self._activated.add(token)
            self.trace.passed.append((process, element))

    def _element_completed(
        self, event: Recorded, facts: Any, element: str, process: str, token: str
    ) -> None:
        if token not in self._activated:
            self.trace.passed.append((process, element))
        self.trace.completed_at.setdefault(element, event.at)
        self.trace.flows += [(process, flow) for flow in facts.get("flows", ())]

    def _user_task_created(
        self, event: Recorded, facts: Any, element: str, process: str, token: str
    ) -> None:
        due = from_text(facts["due_at"]) if facts.get("due_at") else None
        groups = tuple(sorted(facts.get("groups", ())))
        self.tasks[token] = TaskSeen(element, process, event.at, groups, facts.get("form"), due)
        self.trace.dues.setdefault(element, []).append(due)

    def _user_task_completed(
        self, event: Recorded, facts: Any, element: str, process: str, token: str
    ) -> None:
        values = event.values or {}
        fields = sorted({
            name.removeprefix("submission.") for name, value in values.items()
            if name.startswith("submission.") and value not in (None, "", [], False)
        })  # fmt: skip
        self._end(token, "completed", event.at, bool(facts.get("late")), tuple(fields))

    def _user_task_cancelled(
        self, event: Recorded, facts: Any, element: str, process: str, token: str
    ) -> None:
        self._end(token, "cancelled", event.at)

    def _end(
        self, token: str, how: str, at: datetime, late: bool = False, fields: tuple[str, ...] = ()
    ) -> None:
        task = self.tasks[token]
        self.tasks[token] = TaskSeen(
            task.element, task.process, task.created_at, task.groups, task.form, task.due_at,
            how, at, late, fields,
        )  # fmt: skip

    def _timer_armed(
        self, event: Recorded, facts: Any, element: str, process: str, token: str
    ) -> None:
        self.trace.dues.setdefault(element, []).append(from_text(facts["due_at"]))

    def _timer_not_armed(
        self, event: Recorded, facts: Any, element: str, process: str, token: str
    ) -> None:
        self.trace.dues.setdefault(element, []).append(None)

    def _decision_evaluated(
        self, event: Recorded, facts: Any, element: str, process: str, token: str
    ) -> None:
        decision = str(facts["decision"])
        for matched in facts.get("matched_rules", ()):
            self.trace.rules.append((decision, str(matched.get("id"))))
        found = (event.values or {}).get("outputs.value")
        self.trace.outputs.setdefault(decision, []).append(found)

    def _job_created(
        self, event: Recorded, facts: Any, element: str, process: str, token: str
    ) -> None:
        values = event.values or {}
        described = [element, str(facts["job_type"])]
        known = self.elements.get((process, element))
        headers = known.headers if known is not None else {}
        for name in ("template", "kind", "document"):
            for found in (values.get(f"inputs.{name}"), headers.get(name)):
                if isinstance(found, str):
                    described.append(found)
        described += self._by_default(str(facts["job_type"]), values, headers)
        self.jobs[facts["job"]] = (element, described, [])

    def _by_default(
        self, job_type: str, values: Mapping[str, object], headers: Mapping[str, str]
    ) -> list[str]:
        """What the handler takes where its task names no template."""
        handler = self.handlers.get(job_type)
        return [
            one.default for one in (handler.inputs if handler is not None else ())
            if one.default and not values.get(f"inputs.{one.name}") and one.name not in headers
        ]  # fmt: skip

    def _job_completed(
        self, event: Recorded, facts: Any, element: str, process: str, token: str
    ) -> None:
        job = self.jobs.setdefault(facts["job"], (element, [element, facts["job_type"]], []))
        job[2].extend(facts.get("attachments", ()))
        self.mails[facts["job"]] = facts.get("mails", ())

    def _document_produced(
        self, event: Recorded, facts: Any, element: str, process: str, token: str
    ) -> None:
        self.kinds[str(facts["attachment"])] = (element, str(facts["kind"]))

    def _incident_raised(
        self, event: Recorded, facts: Any, element: str, process: str, token: str
    ) -> None:
        self.trace.incidents.append((str(facts["kind"]), element))

    def _timer_fired(
        self, event: Recorded, facts: Any, element: str, process: str, token: str
    ) -> None:
        self.trace.escalated.append(element)

    def _case_completed(self, *_: object) -> None:
        self.trace.state = "completed"

    def _case_cancelled(self, *_: object) -> None:
        self.trace.state = "cancelled"
