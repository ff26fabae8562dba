"""The task list: what is late, what is due today, what can wait."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from runner.engine.access import ADMINISTRATOR, COMPLIANCE, Person
from runner.engine.cases import can_see_case
from runner.engine.user_tasks import claim_user_task, form_context, unclaim_user_task
from runner.errors import NotAllowed
from runner.store.case_lists import case_line
from runner.store.task_lists import (
    all_open_marks,
    done_lines,
    matching_tasks,
    open_marks,
    task_lines,
)
from runner.web.customer_said import marks_of_cases
from runner.web.language import _
from runner.web.register import may_register
from runner.web.task_items import items_of_twins
from runner.web.task_list_page import (
    VIEWS,
    Group,
    TaskListPage,
    View,
    count_text,
    done_line_of,
    grouped,
    in_view,
    line_of,
)
from runner.web.visit import (
    choose_language,
    is_safe_target,
    moments_by,
    office,
    sign_in_required,
    staff,
    this_site,
)

blueprint = Blueprint("tasks", __name__)
PAGE = 50
LONGEST = 500


@blueprint.get("/tasks")
@sign_in_required
def listing() -> str:
    person, language, site = staff(), choose_language(), this_site()
    view = request.args.get("view", "mine")
    view = view if view in VIEWS else "mine"
    words = request.args.get("q", "").strip()[:100]
    case_id = request.args.get("registered", "")
    shown = min(max(request.args.get("show", PAGE, type=int), PAGE), LONGEST)
    with site.database.read() as connection:
        moments = moments_by(office(connection))
        marks = open_marks(connection, person.id, person.candidate_as)
        registered = None
        if case_id and can_see_case(connection, site, person, case_id):
            registered = case_line(connection, case_id)
        everything = all_open_marks(connection) if reads_everything(person) else []
        if view == "done":
            found = done_lines(connection, person.id, shown + 1)
            lines = [done_line_of(line, person.id, moments, language) for line in found[:shown]]
            total = len(found)
            groups: tuple[Group, ...] = (Group(_("Done by me"), tuple(lines), len(lines)),)
        else:
            pool = everything if view == "all" and everything else marks
            ids = in_view(pool, view, person.id, moments)
            if words:
                ids = matching_tasks(connection, ids, words)
            total = len(ids)
            found = task_lines(connection, ids[:shown])
            items = items_of_twins(connection, site, found, moments, language)
            said = marks_of_cases(connection, {line.case_id for line in found})
            lines = [
                line_of(
                    line, person.id, moments, language, items.get(line.id, ""),
                    said.get(line.case_id, ()),
                )
                for line in found
            ]  # fmt: skip
            groups = grouped(pool, lines, moments)
    counts = {
        name: len(in_view(everything if name == "all" else marks, name, person.id, moments))
        for name in VIEWS
    }
    views = _views(view, counts, person)
    page = TaskListPage(
        title=next((entry.label for entry in views if entry.id == view), _("My tasks")),
        view=view,
        views=views,
        groups=groups if lines else (),
        shown=len(lines),
        total=f"{shown}+" if view == "done" and total > shown else count_text(total),
        more=shown + PAGE if total > shown and shown < LONGEST else 0,
        words=words,
        hours=moments.hours_line(),
        done=request.args.get("done", "")[:120],
        registered_case=case_id if registered is not None else "",
        registered_number=(registered.complaint_number or "") if registered is not None else "",
        may_register=may_register(person),
    )
    return render_template("tasks/list.html", page=page)


def reads_everything(person: Person) -> bool:
    """Administrators and compliance see every task; only the former's groups let them act."""
    return bool(person.groups & {ADMINISTRATOR, COMPLIANCE})


def _views(current: str, counts: Mapping[str, int], person: Person) -> tuple[View, ...]:
    entries = [
        ("mine", _("My tasks"), "inbox"),
        ("groups", _("My groups"), "people"),
        ("today", _("Due today"), "calendar"),
        ("late", _("Late"), "alert"),
        ("waiting", _("Waiting"), "pause"),
        ("done", _("Done by me"), "check"),
    ]
    if reads_everything(person):
        entries.append(("all", _("All open tasks"), "pack"))
    return tuple(
        View(
            view,
            label,
            icon,
            "" if view == "done" else count_text(counts[view]),
            view == current,
            alarming=view == "late" and counts[view] > 0,
        )
        for view, label, icon in entries
    )


@blueprint.post("/tasks/<task_id>/claim")
@sign_in_required
def claim(task_id: str) -> Response:
    try:
        claim_user_task(this_site(), actor=staff(), task_id=task_id)
    except NotAllowed as refused:
        form_context(this_site(), actor=staff(), task_id=task_id)  # else one may not know of it
        if (
            refused.details.get("reason") == "four_eyes"
        ):  # the page says so, and shows what was done
            return redirect(url_for("task.page", task_id=task_id), 303)
        raise
    return redirect(_back(url_for("task.page", task_id=task_id)), 303)


@blueprint.post("/tasks/<task_id>/unclaim")
@sign_in_required
def unclaim(task_id: str) -> Response:
    form_context(this_site(), actor=staff(), task_id=task_id)
    unclaim_user_task(this_site(), actor=staff(), task_id=task_id)
    return redirect(_back(url_for("task.page", task_id=task_id)), 303)


def _back(default: str) -> str:
    target = request.form.get("back", "")
    return target if target and is_safe_target(target) else default
