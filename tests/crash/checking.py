"""After any fault: what the server acknowledged is there, once, and everything goes on."""

from __future__ import annotations

import json
from datetime import timedelta

from sqlalchemy import Connection, func, select

from runner.clock import SetClock, SystemClock
from runner.engine import timers
from runner.engine.instances import access_digest
from runner.engine.site import Site
from runner.settings import Settings
from runner.store.event_log import read_chain
from runner.store.tables import (
    attachments,
    command_keys,
    complaints,
    events,
    incidents,
    jobs,
    mails,
    registers,
    user_tasks,
)
from runner.worker.loop import Worker
from tests.crash.load import Remembered
from tests.crash.soaking import tell
from tests.invariants import check_all
from tests.sites import Released


def check_remembered(released: Released, settings: Settings, remembered: Remembered) -> None:
    """Nothing acknowledged is lost, nothing is there twice, nothing is stuck, every hash verifies.
    The servers are down; what is due is done here first, as it would be after a restart."""
    assert not remembered.wrong, remembered.wrong
    later = SystemClock().now() + timedelta(minutes=10)  # past every lease and pause
    clock = SetClock(later)
    site, _ = released.reopen(settings, clock)
    Worker(site, settings).work_off()
    clock.advance(timedelta(minutes=10))
    Worker(site, settings).work_off()
    with site.database.read() as connection:
        cases = check_all(connection, site)
        assert cases >= len(remembered.complaints) + len(remembered.registered) > 0
        _check_complaints(connection, site, remembered)
        _check_registrations(connection, remembered)
        _check_tasks(connection, remembered)
        _check_jobs(connection, site)
        written = connection.execute(select(func.count()).select_from(events)).scalar_one()
    tell(
        cases=cases, complaints=len(remembered.complaints), hashes=written,
        calls=len(remembered.registered), tasks=len(remembered.completed),
    )  # fmt: skip
    assert not timers.due_timers(site, clock.now())
    site.database.close()


def _check_complaints(connection: Connection, site: Site, remembered: Remembered) -> None:
    """Every acknowledged complaint is there once, with its files; no number twice, none missing."""
    kept = {
        row.key.removeprefix("web:"): str(json.loads(row.result)["case_id"])
        for row in connection.execute(select(command_keys).where(command_keys.c.key.like("web:%")))
    }
    sent = {complaint.key: complaint for complaint in remembered.markers.values()}
    assert remembered.complaints.keys() <= kept.keys() <= sent.keys()
    assert len(set(kept.values())) == len(kept)
    started = connection.execute(select(events.c.header).where(events.c.type == "case_started"))
    by_customers = sum(b'"actor":"customer"' in bytes(header) for header in started.scalars())
    assert by_customers == len(kept)
    for key, case_id in kept.items():
        row = connection.execute(select(complaints).where(complaints.c.id == case_id)).one()
        if key in remembered.complaints:
            assert row.access_digest == access_digest(remembered.complaints[key])
        documents = connection.execute(
            select(func.count()).where(
                attachments.c.root_id == case_id, attachments.c.added_by == "customer"
            )
        ).scalar_one()
        assert documents == len(sent[key].files)
        first = next(read_chain(connection, case_id, site.vault, types=["variables_written"]))
        assert first.values is not None
        assert first.values["new.phenomenon"] == sent[key].marker
    given = connection.execute(
        select(func.count()).where(complaints.c.complaint_number.is_not(None))
    ).scalar_one()
    last = connection.execute(select(func.sum(registers.c.last))).scalar_one()
    assert given == last, f"{last} numbers were given, {given} are there"


def _check_registrations(connection: Connection, remembered: Remembered) -> None:
    keys = connection.execute(
        select(command_keys.c.key).where(command_keys.c.key.like("register:%"))
    ).scalars()
    kept = {key.rsplit(":", 1)[1] for key in keys}
    assert set(remembered.registered) <= kept <= remembered.sent_registrations


def _check_tasks(connection: Connection, remembered: Remembered) -> None:
    """Every acknowledged submission was kept, of that person, and once."""
    rows = {
        row.id: row
        for row in connection.execute(
            select(user_tasks.c.id, user_tasks.c.state, user_tasks.c.completed_by)
        )
    }
    for task_id, person_id in remembered.completed.items():
        row = rows[task_id]
        assert (row.state, row.completed_by) == ("completed", person_id)
    completed = sum(row.state == "completed" for row in rows.values())
    recorded = connection.execute(
        select(func.count()).where(events.c.type == "user_task_completed")
    ).scalar_one()
    assert completed == recorded >= len(remembered.completed) > 0


def _check_jobs(connection: Connection, site: Site) -> None:
    """Everything that was due is done: by a second attempt where the first died with the server."""
    now = site.clock.now()
    left = connection.execute(
        select(jobs.c.job_type, jobs.c.state, jobs.c.last_error).where(
            jobs.c.state.in_(("activated", "failed"))
            | ((jobs.c.state == "created") & (jobs.c.due_at <= now))
        )
    ).all()
    assert not left
    assert not connection.execute(select(incidents).where(incidents.c.state == "open")).all()
    doubled = connection.execute(
        select(mails.c.job_id, mails.c.recipient)
        .group_by(mails.c.job_id, mails.c.recipient)
        .having(func.count() > 1)
    ).all()
    assert not doubled
