"""Why a person cannot do a task, said before they fill anything in: four eyes, or it has ended."""

from __future__ import annotations

from sqlalchemy import Connection

from runner.definitions.findings import half
from runner.engine.access import Person
from runner.engine.suspended import suspended_words
from runner.engine.task_forms import FormContext
from runner.store.people import display_name
from runner.store.user_tasks import UserTask, people_who_completed
from runner.web.case_reading import CaseReading
from runner.web.language import _
from runner.web.moments import Moments
from runner.web.visit import this_site


def four_eyes_bar(
    connection: Connection,
    reading: CaseReading,
    context: FormContext,
    person: Person,
    language: str,
) -> str:
    """A sentence naming the step this person did, where that bars them from the task; else empty.
    The command refuses them for the same reason, and everybody while the case is suspended."""
    if context.case.suspended:
        return half(suspended_words(this_site(), connection, context.case), language)
    if not context.may_complete:
        return ""
    for element in context.element.properties.get("four_eyes", "").split(","):
        name = element.strip()
        if name and person.id in people_who_completed(connection, context.case.id, name):
            step = reading.element_name(context.task.process_id, name, language) or name
            return _(
                "Four eyes: you did “%(step)s” in this case, so a colleague must do this step.",
                step=step,
            )
    return ""


def ended_words(connection: Connection, task: UserTask, moments: Moments, language: str) -> str:
    """Who ended a task and when, or, of an open one, who holds it since when."""
    if task.state == "created":
        who, when, word = task.assignee, task.claimed_at, "held"
    elif task.state == "completed":
        who, when, word = task.completed_by, task.ended_at, "done"
    else:
        return _(
            "This task was withdrawn %(when)s; it is no longer needed.",
            when=moments.full(task.ended_at),
        )
    name = half(display_name(connection, who) or str(who or ""), language)
    if word == "held":
        return _("%(name)s has held this task since %(when)s.", name=name, when=moments.full(when))
    return _("%(name)s finished this task: %(when)s.", name=name, when=moments.full(when))
