"""One task: where we are, the form, what others said; submitting it and losing a race."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from runner.definitions.findings import half
from runner.definitions.forms import Form
from runner.definitions.forms_start import start_data
from runner.engine.access import Person
from runner.engine.attachments import add_attachment
from runner.engine.messages import correlate_message
from runner.engine.task_forms import FormContext, form_context
from runner.engine.user_tasks import complete_user_task, save_draft
from runner.errors import InvalidInput, InvalidState, NotAllowed
from runner.store.complaints import find_complaint
from runner.store.subscriptions import matching_subscriptions
from runner.store.task_lists import open_marks
from runner.store.user_tasks import find_user_task
from runner.web.case_reading import CaseReading, read_case
from runner.web.customer_said import marks_of_cases
from runner.web.form_post import Posted, read_post
from runner.web.form_view import FormContent, FormView, view_form
from runner.web.language import _
from runner.web.moments import Moments
from runner.web.shown_values import readable, show
from runner.web.task_barriers import ended_words, four_eyes_bar
from runner.web.task_list_page import in_view
from runner.web.task_page import Neighbours, TaskPage, build_task_page, case_files
from runner.web.uploads import Upload
from runner.web.visit import (
    choose_language,
    moments_by,
    sign_in_required,
    staff,
    this_site,
    typed,
)

blueprint = Blueprint("task", __name__)
HELP = "help_requested"
RECORDING = "record_complaint"


@dataclass(frozen=True)
class ConflictPage:
    """Somebody was first: who and when (``message``), and what this person had entered."""

    case_id: str
    number: str
    step: str
    message: str
    entered: tuple[tuple[str, str], ...]


@blueprint.get("/tasks/<task_id>")
@sign_in_required
def page(task_id: str) -> str | Response:
    context = form_context(this_site(), actor=staff(), task_id=task_id)
    if context.task.state != "created":
        return redirect(url_for("cases.page", case_id=context.case.id), 303)
    return _render(context, None)


@blueprint.post("/tasks/<task_id>")
@sign_in_required
def submit(task_id: str) -> str | Response:
    site, person = this_site(), staff()
    context = form_context(site, actor=person, task_id=task_id)
    form = context.form or Form("", "", ())
    if context.task.state != "created":
        return _conflict(context, form, read_post(form, request, None).data)
    if "_preview" in request.form:
        return _preview(context, form, read_post(form, request, None))
    # Files of somebody who may not submit are left alone; the command refuses the rest.
    keep = _keeping(context, person) if context.may_complete else None
    posted = read_post(form, request, keep)
    if posted.only_shape:
        return _render(context, posted)
    if posted.errors:
        return make_response(_render(context, posted), 422)
    if "_draft" in request.form:
        save_draft(site, actor=person, task_id=task_id, data=posted.data)
        return redirect(url_for("task.page", task_id=task_id, saved=1), 303)
    view = _view(context, posted)[1] if posted.asked is not None else None
    if view is not None and posted.find_new_questions(view.asked):
        return make_response(_render(context, posted), 422)
    try:
        done = complete_user_task(site, actor=person, task_id=task_id, submission=posted.data)
    except InvalidInput as refused:
        posted.errors = {path: list(found) for path, found in refused.errors.items()}
        posted.errors = posted.errors or {"": [refused.message]}
        return make_response(_render(context, posted), 422)
    except InvalidState:
        return _conflict(context, form, posted.data)
    registered = context.element.id == RECORDING
    if done.next_tasks:
        after = {"registered" if registered else "after": task_id}
        place = url_for("task.page", task_id=done.next_tasks[0])
        return redirect(f"{place}?{urlencode(after)}", 303)
    if registered:
        return redirect(url_for("tasks.listing", registered=done.case_id), 303)
    step = half(context.task.name, choose_language())
    return redirect(url_for("tasks.listing", done=step), 303)


def _keeping(context: FormContext, person: Person) -> Callable[[Upload, str], str]:
    def keep(upload: Upload, path: str) -> str:
        return add_attachment(
            this_site(),
            actor=person,
            case_id=context.case.id,
            name=upload.name,
            media_type=upload.media_type,
            data=upload.data,
        )

    return keep


def _content(
    context: FormContext, posted: Posted | None, form: Form
) -> tuple[Mapping[str, object], Mapping[str, list[str]]]:
    if posted is not None:
        return posted.data, posted.errors
    if context.draft is not None:
        return context.draft, {}
    known = start_data(form, context.variables)
    return known if context.may_complete else readable(form, known), {}


def _view(
    context: FormContext, posted: Posted | None
) -> tuple[CaseReading, FormView | None, Moments]:
    site, person = this_site(), staff()
    language = choose_language()
    with site.database.read() as connection:
        reading = read_case(connection, site, person, context.case.id)
        moments = moments_by(reading.vocabulary)
        if context.form is None:
            return reading, None, moments
        data, errors = _content(context, posted, context.form)
        files = case_files(connection, site.vault, context.case.id, data, context.variables)
    content = FormContent(data, context.variables, errors, files)
    view = view_form(context.form, content, moments, language, reading.vocabulary.labels)
    return reading, view, moments


def _render(context: FormContext, posted: Posted | None) -> str:
    reading, form, moments = _view(context, posted)
    around = _neighbours(context, reading)
    note = ""
    if request.args.get("saved"):
        note = _("Draft saved. Only you see it; it comes back when you open this task.")
    elif request.args.get("registered") and reading.line.complaint_number:
        number = reading.line.complaint_number
        note = _("%(number)s is registered. This is the next step.", number=number)
    elif request.args.get("after") or request.args.get("registered"):
        note = _("Submitted. This is the next step of the same case.")
    elif request.args.get("helped"):
        note = _("Support was requested. The superior has a task now; yours goes on.")
    site, language = this_site(), choose_language()
    with site.database.read() as connection:
        bar = four_eyes_bar(connection, reading, context, staff(), language)
        shown: TaskPage = build_task_page(
            connection, site, reading, context, form, staff().id, moments, language, around, note,
            bar,
        )  # fmt: skip
    return render_template("task/page.html", page=shown)


def _neighbours(context: FormContext, reading: CaseReading) -> Neighbours:
    site, person = this_site(), staff()
    number = reading.line.complaint_number
    with site.database.read() as connection:
        marks = open_marks(connection, person.id, person.candidate_as)
        ids = in_view(marks, "mine", person.id, moments_by(reading.vocabulary))
        said = marks_of_cases(connection, [context.case.id]).get(context.case.id, ())
        waits = number and matching_subscriptions(connection, HELP, number)
    if context.task.id not in ids:
        return Neighbours(may_ask_help=bool(waits), marks=said)
    index = ids.index(context.task.id)
    return Neighbours(
        before=ids[index - 1] if index else "",
        after=ids[index + 1] if index + 1 < len(ids) else "",
        place=_("%(n)s of %(total)s", n=index + 1, total=len(ids)),
        may_ask_help=bool(waits),
        marks=said,
    )


@blueprint.post("/tasks/<task_id>/help")
@sign_in_required
def ask_help(task_id: str) -> Response:
    """Asks the superior to help decide; the task itself stays with its people."""
    site, person = this_site(), staff()
    context = form_context(site, actor=person, task_id=task_id)
    if not context.may_complete:
        raise NotAllowed("这个任务属于其他小组。 / This task belongs to another group.")
    with site.database.read() as connection:
        number = find_complaint(connection, context.case.id).get("complaint_number")
        if not matching_subscriptions(connection, HELP, str(number or "")):
            raise InvalidState(
                "现在还不能请求支援：案件不在处理中。 / "
                "Support cannot be asked for now: the case is not being handled."
            )
    reason = typed("reason")
    correlate_message(
        site,
        actor=person,
        name=HELP,
        correlation_key=str(number or ""),
        payload={"help_reason": reason} if reason else {},
        idempotency_key=f"help:{task_id}:{typed('key', 24)}",
    )
    return redirect(url_for("task.page", task_id=task_id, helped=1), 303)


def _preview(context: FormContext, form: Form, posted: Posted) -> str:
    """The form's fields alone, as they follow from what was typed so far."""
    _reading, view, _moments = _view(context, posted)
    return render_template("task/_fields.html", form=view)


def _conflict(context: FormContext, form: Form, data: Mapping[str, object]) -> Response:
    site, language = this_site(), choose_language()
    with site.database.read() as connection:
        reading = read_case(connection, site, staff(), context.case.id)
        moments = moments_by(reading.vocabulary)
        task = find_user_task(connection, context.task.id) or context.task
        message = ended_words(connection, task, moments, language)
    labels = reading.vocabulary.labels
    entered = tuple(
        (labels.name(key, language), text)
        for key, value in data.items()
        if (text := show(value, labels, key, moments, language)) and value is not False
    )
    shown = ConflictPage(
        context.case.id,
        reading.line.complaint_number or "",
        half(context.task.name, language),
        message,
        entered,
    )
    return make_response(render_template("task/conflict.html", page=shown), 409)
