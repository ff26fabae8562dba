"""One mail a working day to each person with open tasks that are late or fall due today."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from runner.definitions.findings import half
from runner.engine.site import Site
from runner.errors import NotFound
from runner.store.people import PersonRow, all_people
from runner.store.reminders import claim_reminder, give_back_reminder, reminded
from runner.store.task_lists import open_marks, task_lines
from runner.store.user_tasks import seat_of

TEMPLATE = "daily_reminder"
SHOWN = 30


@dataclass(frozen=True, slots=True)
class Reminder:
    """What a person is to be told: ``key`` is unique for the person and the day."""

    person_id: str
    day: date
    to: str
    subject: str
    body: str

    @property
    def key(self) -> str:
        return f"reminder.{self.person_id}.{self.day.isoformat()}"


def reminders_due(site: Site) -> list[Reminder]:
    """Those nobody has sent today. None on a day that is no working day of the site's policy, or
    without the template ``daily_reminder`` in the effective release."""
    here = site.clock.now().astimezone(site.zone)
    with site.database.read() as connection:
        try:
            release = site.effective_release(connection)
        except NotFound:
            return []
        definitions = site.definitions(connection, release.digest)
        policy = definitions.policies.get(site.default_policy)
        name = None if policy is None else policy.calendar
        calendar = definitions.calendars.get(name) if name else None
        if calendar is not None and not calendar.is_working_day(here.date()):
            return []
        done = reminded(connection, here.date().isoformat())
        people = [p for p in all_people(connection) if p.active and p.email and p.id not in done]
        found = []
        for person in people:
            template = definitions.templates.get((TEMPLATE, person.language[:2]))
            told = None if template is None else _tasks(site, connection, person, here)
            if template is None or told is None:
                continue
            values = {
                **told,
                "name": half(person.display_name, person.language[:2]),
                "link": f"{site.public_url.rstrip('/')}/tasks",
            }
            subject, body = template.render(_known(values))
            assert person.email is not None
            found.append(Reminder(person.id, here.date(), person.email, subject, body))
    return found


def _tasks(
    site: Site, connection: Connection, person: PersonRow, here: datetime
) -> dict[str, str] | None:
    """None where nothing of theirs is late or due today: what a colleague holds is not, nor what
    waits for its day."""
    midnight = datetime.combine(here.date() + timedelta(1), time(), here.tzinfo)
    marks = [
        mark
        for mark in open_marks(connection, person.id, {*person.groups, seat_of(person.id)})
        if mark.assignee in (None, person.id)
        and (mark.follow_up_at is None or mark.follow_up_at <= here)
        and mark.due_at is not None
        and mark.due_at < midnight
    ]
    if not marks:
        return None
    late = sum(1 for mark in marks if mark.due_at is not None and mark.due_at < here)
    lines = task_lines(connection, [mark.id for mark in marks[:SHOWN]])
    by_id = {line.id: line for line in lines}
    shown: Sequence[str] = [
        f"- {line.complaint_number or ''} {half(line.name, person.language[:2])} "
        f"{site.local_time(line.due_at)} {site.public_url.rstrip('/')}/tasks/{line.id}"
        for mark in marks[:SHOWN]
        if (line := by_id.get(mark.id)) is not None
        and line.due_at is not None
        and line.paused_at is None
    ]
    if not shown:
        return None
    return {"late": str(late), "today": str(len(marks) - late), "tasks": "\n".join(shown)}


def _known(values: Mapping[str, str]) -> Callable[[str], str]:
    return lambda path: values.get(path, "—")


def begin_reminder(site: Site, reminder: Reminder) -> bool:
    """False where another worker sends it, or has."""
    try:
        with site.database.write() as connection:
            claim_reminder(
                connection, reminder.person_id, reminder.day.isoformat(), site.clock.now()
            )
    except IntegrityError:
        return False
    return True


def postpone_reminder(site: Site, reminder: Reminder) -> None:
    """The mail could not leave: it is due again."""
    with site.database.write() as connection:
        give_back_reminder(connection, reminder.person_id, reminder.day.isoformat())
