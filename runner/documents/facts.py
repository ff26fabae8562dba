"""What documents can tell of a case beside its variables: who did what and when, its files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection

from runner.calendars import Calendar
from runner.definitions.findings import half
from runner.definitions.release import Definitions
from runner.engine.scopes import Scopes
from runner.engine.site import Site
from runner.engine.variables import Variables, with_decisions
from runner.errors import NotFound
from runner.reports.labels import Labels
from runner.store.attachments import attachment_data, attachments_of_case
from runner.store.case_lists import CaseLine, case_line, people_names
from runner.store.cases import CaseRow, find_case
from runner.store.documents import StepDone, steps_done

MOST_STEPS = 2_000
_MOST_RELEASES = 16
_LABELS: dict[str, Labels] = {}
NAMES = frozenset({"done", "history", "attached", "complaint", "made"})
"""What every document of a case sees beside its variables (docs/documents.md)."""


@dataclass(frozen=True)
class CaseFacts:
    """One case as documents see it. ``open_file`` gives an attachment's plain bytes, None for one
    that is not of this case; ``pictures`` are the ids of those that say they are pictures."""

    row: CaseRow
    line: CaseLine
    definitions: Definitions
    scope: Mapping[str, object]
    labels: Labels
    calendar: Calendar | None
    open_file: Callable[[str], tuple[str, bytes] | None]
    pictures: frozenset[str] = field(default=frozenset())


def read_facts(
    connection: Connection, site: Site, case_id: str, inputs: Mapping[str, object], now: datetime
) -> CaseFacts:
    """Raises ``NotFound``, and ``Erased`` once the person's data is gone."""
    row, line = find_case(connection, case_id), case_line(connection, case_id)
    if row is None or line is None:
        raise NotFound("没有这起投诉。 / There is no such case.")
    definitions = site.definitions(connection, row.release_digest)
    scopes = Scopes.load(connection, site.vault, case_id, row.subject_id)
    files = attachments_of_case(connection, case_id, site.vault)
    steps = steps_done(connection, case_id, MOST_STEPS)
    names = people_names(connection, {step.who for step in steps if step.who})
    names["customer"] = line.customer_name or "客户 / Customer"
    decided = scopes.get(f"{case_id}.policy")
    policy = definitions.policy(row.policy_id)
    made = [_step(step, names) for step in steps]
    known = Variables(
        scopes,
        case_id,
        policy=policy if decided is None else with_decisions(policy, decided.values),
        since=now,
        open_tasks=lambda: 0,
        extras={
            "done": _latest(steps, made),
            "history": made,
            "attached": [
                {"id": f.id, "name": f.name, "media_type": f.media_type, "at": f.added_at}
                for f in files
            ],
            "complaint": complaint_facts(line, now),
            "made": {"at": now},
            **inputs,
        },
    )
    labels = labels_of(definitions)
    by_id = {f.id: f for f in files}

    def open_file(attachment_id: str) -> tuple[str, bytes] | None:
        found = by_id.get(attachment_id)
        if found is None:
            return None
        data = attachment_data(connection, attachment_id)
        return found.name, site.vault.decrypt(connection, found.subject_id, data)

    return CaseFacts(
        row=row,
        line=line,
        definitions=definitions,
        scope=known,
        labels=labels.naming({**names, **{f.id: f.name for f in files}}),
        calendar=calendar_of(definitions, row.policy_id),
        open_file=open_file,
        pictures=frozenset(f.id for f in files if f.media_type.startswith("image/")),
    )


def labels_of(definitions: Definitions) -> Labels:
    """What a release calls its variables and values, collected once for the latest releases."""
    found = _LABELS.get(definitions.digest)
    if found is None:
        groups = {group.id: group.name for group in definitions.groups.values()}
        found = Labels(definitions.forms, groups, definitions.decisions)
        if len(_LABELS) >= _MOST_RELEASES:
            _LABELS.clear()
        _LABELS[definitions.digest] = found
    return found


def complaint_facts(line: CaseLine, now: datetime) -> dict[str, object]:
    """What the lists of the product show of a case, by name."""
    ended = line.closed_at or now
    return {
        "id": line.id,
        "number": line.complaint_number,
        "title": line.title,
        "customer_name": line.customer_name,
        "product": line.product,
        "severity": line.severity,
        "owner_group": line.owner_group,
        "phase": line.phase,
        "channel": line.channel,
        "state": line.state,
        "received_at": line.received_at,
        "due_at": line.due_at,
        "closed_at": line.closed_at,
        "late": line.due_at is not None and ended > line.due_at,
        "age_days": Decimal((ended - line.received_at).days),
    }


def calendar_of(definitions: Definitions, policy_id: str) -> Calendar | None:
    """The policy's calendar, else the only one of the release."""
    wanted = definitions.policies[policy_id].calendar
    if wanted is not None and wanted in definitions.calendars:
        return definitions.calendars[wanted]
    calendars = list(definitions.calendars.values())
    return calendars[0] if len(calendars) == 1 else None


def _step(step: StepDone, names: Mapping[str, str]) -> dict[str, object]:
    return {
        "step": step.element_id,
        "name": step.name,
        "who": half(names.get(step.who or "", step.who or ""), "zh"),
        "at": step.at,
    }


def _latest(steps: list[StepDone], made: list[dict[str, object]]) -> dict[str, object]:
    """By element id: who did it last, when, and how often it was done."""
    found: dict[str, object] = {}
    counts: dict[str, int] = {}
    for step, told in zip(steps, made, strict=True):
        counts[step.element_id] = counts.get(step.element_id, 0) + 1
        found[step.element_id] = {**told, "times": Decimal(counts[step.element_id])}
    return found
