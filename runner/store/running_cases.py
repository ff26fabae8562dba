"""Which cases run on a release, chosen by where they are and how they stand. Reads only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from runner.store.tables import (
    cases,
    complaints,
    incidents,
    jobs,
    message_subscriptions,
    process_instances,
    timers,
    user_tasks,
)

STATES = ("", "going", "suspended", "incident")
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Selection:
    """Running cases of one release. Empty texts choose nothing: ``process_id`` has an active
    instance, ``element_id`` has something open; ``state`` is one of ``STATES``; ``case_ids`` are
    only these."""

    release_digest: str
    process_id: str = ""
    element_id: str = ""
    state: str = ""
    case_ids: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class RunningCase:
    """A case as a list shows it."""

    id: str
    complaint_number: str | None
    title: str
    phase: str | None
    suspended: bool


def count_running(connection: Connection, selection: Selection) -> int:
    query = _chosen(select(func.count()).select_from(cases), selection)
    return int(connection.execute(query).scalar_one())


def running_by_release(connection: Connection) -> dict[str, int]:
    """How many cases run on each release."""
    query = (
        select(cases.c.release_digest, func.count())
        .join(process_instances, process_instances.c.id == cases.c.id)
        .where(process_instances.c.state == "active")
        .group_by(cases.c.release_digest)
    )
    return {str(row[0]): int(row[1]) for row in connection.execute(query)}


def policies_of_running(connection: Connection, release_digest: str) -> frozenset[str]:
    """The policies that running cases of a release follow."""
    query = (
        select(cases.c.policy_id)
        .join(process_instances, process_instances.c.id == cases.c.id)
        .where(cases.c.release_digest == release_digest, process_instances.c.state == "active")
        .distinct()
    )
    return frozenset(connection.execute(query).scalars())


def running_ids(
    connection: Connection, selection: Selection, limit: int | None = None
) -> list[str]:
    """The longest running first."""
    query = _chosen(select(cases.c.id), selection).order_by(
        process_instances.c.started_at, cases.c.id
    )
    if limit is not None:
        query = query.limit(limit)
    return list(connection.execute(query).scalars())


def running_cases(
    connection: Connection, selection: Selection, *, offset: int = 0, limit: int = 50
) -> list[RunningCase]:
    """The longest running first."""
    query = _chosen(
        select(
            cases.c.id,
            complaints.c.complaint_number,
            complaints.c.title,
            complaints.c.phase,
            cases.c.suspended,
        ).join(complaints, complaints.c.id == cases.c.id),
        selection,
    ).order_by(process_instances.c.started_at, cases.c.id)
    return [RunningCase(*row) for row in connection.execute(query.offset(offset).limit(limit))]


def executions(connection: Connection, case_ids: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """(case, tokens) of each."""
    for start in range(0, len(case_ids), _CHUNK):
        part = list(case_ids[start : start + _CHUNK])
        query = select(cases.c.id, cases.c.execution).where(cases.c.id.in_(part))
        for row in connection.execute(query):
            yield str(row[0]), bytes(row[1])


def _chosen(query: Select[Any], selection: Selection) -> Select[Any]:
    query = query.join(process_instances, process_instances.c.id == cases.c.id).where(
        cases.c.release_digest == selection.release_digest,
        process_instances.c.state == "active",
    )
    if selection.case_ids:
        query = query.where(cases.c.id.in_(list(selection.case_ids)))
    if selection.process_id:
        called = process_instances.alias("called")
        query = query.where(
            select(1)
            .where(
                called.c.root_id == cases.c.id,
                called.c.process_id == selection.process_id,
                called.c.state == "active",
            )
            .exists()
        )
    if selection.element_id:
        query = query.where(_stands_at(selection.element_id))
    if selection.state in ("going", "suspended"):
        query = query.where(cases.c.suspended.is_(selection.state == "suspended"))
    elif selection.state == "incident":
        query = query.where(
            select(1).where(incidents.c.root_id == cases.c.id, incidents.c.state == "open").exists()
        )
    return query


def _stands_at(element_id: str) -> ColumnElement[bool]:
    open_states = (
        (user_tasks, ("created",)),
        (timers, ("armed",)),
        (message_subscriptions, ("open",)),
        (jobs, ("created", "activated", "failed")),
        (incidents, ("open",)),
    )
    ways: list[ColumnElement[bool]] = [
        select(1)
        .where(
            table.c.root_id == cases.c.id,
            table.c.element_id == element_id,
            table.c.state.in_(states),
        )
        .exists()
        for table, states in open_states
    ]
    calls = process_instances.alias("calls")
    ways.append(
        select(1)
        .where(
            calls.c.root_id == cases.c.id,
            calls.c.call_element_id == element_id,
            calls.c.state == "active",
        )
        .exists()
    )
    return or_(*ways)
