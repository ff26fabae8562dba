"""Changing one running case: suspend, resume, cancel, move a step, edit a value, confirm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from runner.engine.access import require_group
from runner.engine.cases import check_visible
from runner.engine.instances import cancel_case
from runner.engine.repairs import (
    MAY_REPAIR,
    decide_repair,
    edit_variable,
    move_token,
    preview_move,
    read_tokens,
)
from runner.engine.scopes import Scopes
from runner.engine.suspension import MAY_SUSPEND, resume_case, suspend_case
from runner.errors import InvalidInput, InvalidState, NotFound
from runner.store.case_lists import case_line
from runner.store.cases import find_case
from runner.store.repair_requests import find_repair_request
from runner.store.timers import armed_timers
from runner.store.user_tasks import open_user_tasks
from runner.web.change_history import changes_of
from runner.web.form_nodes import Choice
from runner.web.language import _
from runner.web.migration_pages import named
from runner.web.repair_pages import CANCEL, Lost, changing_page
from runner.web.shown_values import show
from runner.web.typed_values import TYPES, read_typed, typed_as
from runner.web.visit import (
    choose_language,
    in_language,
    moments_by,
    office,
    sign_in_required,
    staff,
    this_site,
    typed,
    vocabulary_of,
)

blueprint = Blueprint("repairs", __name__)
MAY_CHANGE = frozenset({*MAY_REPAIR, *MAY_SUSPEND, *CANCEL})


@dataclass(frozen=True)
class MovePage:
    case_id: str
    number: str
    token: str
    target: str
    revision: int
    source_name: str
    target_name: str
    lost: tuple[Lost, ...]
    opened: tuple[str, ...]
    left: tuple[str, ...]
    reason: str
    errors: tuple[str, ...]


@dataclass(frozen=True)
class VariablePage:
    case_id: str
    number: str
    scope: str
    name: str
    label: str
    now: str
    revision: int
    kinds: tuple[Choice, ...]
    value: str
    reason: str
    errors: tuple[str, ...]


@blueprint.get("/cases/<case_id>/changes")
@sign_in_required
def changes(case_id: str) -> str:
    return _changes(case_id, (), "")


@blueprint.post("/cases/<case_id>/suspend")
@sign_in_required
def suspend(case_id: str) -> Response:
    return _done(case_id, lambda reason: suspend_case(
        this_site(), actor=staff(), case_id=case_id, reason=reason
    ))  # fmt: skip


@blueprint.post("/cases/<case_id>/resume")
@sign_in_required
def resume(case_id: str) -> Response:
    def go_on(reason: str) -> None:
        chosen = request.form.get("deadlines", "")
        if chosen not in ("ran", "given_back"):
            raise InvalidInput(
                "请选择期限怎么算。 / Choose what becomes of the deadlines.",
                {"deadlines": ["请选择。 / Choose."]},
            )
        resume_case(
            this_site(), actor=staff(), case_id=case_id, reason=reason,
            give_back=chosen == "given_back",
        )  # fmt: skip

    return _done(case_id, go_on)


@blueprint.post("/cases/<case_id>/cancel")
@sign_in_required
def cancel(case_id: str) -> Response:
    return _done(case_id, lambda reason: cancel_case(
        this_site(), actor=staff(), case_id=case_id, reason=reason
    ))  # fmt: skip


@blueprint.post("/cases/<case_id>/requests/<request_id>")
@sign_in_required
def decide(case_id: str, request_id: str) -> Response:
    with this_site().database.read() as connection:
        found = find_repair_request(connection, request_id)
    if found is None or found.root_id != case_id:
        raise NotFound("没有这个请求。 / There is no such request.")
    return _done(case_id, lambda reason: decide_repair(
        this_site(), actor=staff(), request_id=request_id,
        confirm=request.form.get("decision") == "confirm", reason=reason,
    ))  # fmt: skip


@blueprint.get("/cases/<case_id>/move")
@sign_in_required
def preview(case_id: str) -> str:
    number = _number(case_id, *MAY_REPAIR)
    return _move(case_id, number, request.args.get("token", ""), request.args.get("target", ""), ())


@blueprint.post("/cases/<case_id>/move")
@sign_in_required
def move(case_id: str) -> str | Response:
    number = _number(case_id, *MAY_REPAIR)
    token, target = typed("token"), typed("target")
    try:
        move_token(
            this_site(), actor=staff(), case_id=case_id, token_id=token, target=target,
            reason=typed("reason"), revision=request.form.get("revision", type=int),
        )  # fmt: skip
    except (InvalidInput, InvalidState) as refused:
        if _gone(case_id, token):
            raise
        text = in_language(refused.message)
        return make_response(_move(case_id, number, token, target, (text,)), 422)
    return redirect(url_for("repairs.changes", case_id=case_id), 303)


@blueprint.get("/cases/<case_id>/variable")
@sign_in_required
def variable(case_id: str) -> str:
    number = _number(case_id, *MAY_REPAIR)
    return _variable(
        case_id, number, request.args.get("scope", ""), request.args.get("name", ""), ()
    )


@blueprint.post("/cases/<case_id>/variable")
@sign_in_required
def edit(case_id: str) -> str | Response:
    number = _number(case_id, *MAY_REPAIR)
    site, scope, name = this_site(), typed("scope") or case_id, typed("name")
    try:
        value = read_typed(typed("kind"), typed("value", 20_000), site.clock.now(), site.zone)
        edit_variable(
            site, actor=staff(), case_id=case_id, scope_id=scope, name=name, value=value,
            reason=typed("reason"), revision=request.form.get("revision", type=int),
        )  # fmt: skip
    except (InvalidInput, InvalidState) as refused:
        text = in_language(refused.message)
        return make_response(_variable(case_id, number, scope, name, (text,)), 422)
    return redirect(url_for("repairs.changes", case_id=case_id, _anchor="values"), 303)


def _number(case_id: str, *groups: str) -> str:
    """The case's number, for those who may see and change it."""
    site = this_site()
    with site.database.read() as connection:
        check_visible(connection, site, staff(), case_id)
        line = case_line(connection, case_id)
    require_group(staff(), *groups)
    return (line.complaint_number if line else "") or _("no number yet")


def _changes(case_id: str, errors: tuple[str, ...], reason: str) -> str:
    number = _number(case_id, *MAY_CHANGE)
    site = this_site()
    with site.database.read() as connection:
        moments = moments_by(office(connection))
        page = changing_page(
            connection, site, staff(), case_id, number, moments, choose_language(), errors, reason
        )
        made = changes_of(connection, site, case_id, choose_language())
    return render_template("repairs/changes.html", page=page, made=made)


def _done(case_id: str, command: Callable[[str], None]) -> Response:
    """Runs a command with the posted reason and goes back; what was typed is kept otherwise."""
    _number(case_id, *MAY_CHANGE)
    reason = typed("reason")
    try:
        command(reason)
    except InvalidInput as refused:
        return make_response(_changes(case_id, (in_language(refused.message),), reason), 422)
    return redirect(url_for("repairs.changes", case_id=case_id), 303)


def _gone(case_id: str, token: str) -> bool:
    with this_site().database.read() as connection:
        tokens = read_tokens(this_site(), connection, case_id).positions()
    return all(position.token_id != token for position in tokens)


def _move(case_id: str, number: str, token: str, target: str, errors: tuple[str, ...]) -> str:
    site, language = this_site(), choose_language()
    with site.database.read() as connection:
        row = find_case(connection, case_id)
        assert row is not None
        shown = preview_move(site, connection, case_id=case_id, token_id=token, target=target)
        tasks = {task.id: task for task in open_user_tasks(connection, case_id)}
        timers = {timer.token_id: timer for timer in armed_timers(connection, case_id)}
        definitions = site.definitions(connection, row.release_digest)
        moments = moments_by(office(connection))
    places = {position.token_id: position for position in shown.positions}
    process = definitions.processes[places[token].process_id]
    lost: list[Lost] = []
    for key in shown.cancelled:
        place = places[key]
        element = definitions.processes[place.process_id].elements[place.element_id]
        what = ""
        if key in tasks:
            what = _("open task, with its drafts")
        elif key in timers:
            what = _("clock, due %(when)s", when=moments.full(timers[key].due_at))
        lost.append(Lost(named(element, language), what))
    page = MovePage(
        case_id=case_id,
        number=number,
        token=token,
        target=target,
        revision=shown.revision,
        source_name=named(process.elements[places[token].element_id], language),
        target_name=named(process.elements[target], language),
        lost=tuple(lost),
        opened=tuple(named(process.elements[e], language) for e in shown.opened),
        left=tuple(named(process.elements[e], language) for e in shown.left),
        reason=typed("reason"),
        errors=errors,
    )
    return render_template("repairs/move.html", page=page)


def _variable(case_id: str, number: str, scope: str, name: str, errors: tuple[str, ...]) -> str:
    site, language = this_site(), choose_language()
    with site.database.read() as connection:
        row = find_case(connection, case_id)
        assert row is not None
        found = Scopes.load(connection, site.vault, case_id, row.subject_id).get(scope or case_id)
        labels = vocabulary_of(site.definitions(connection, row.release_digest)).labels
        moments = moments_by(office(connection))
    if found is None:
        raise NotFound("没有这些数据。 / There are no such values.")
    value = found.values.get(name)
    kind, text = typed_as(value, site.zone)
    if errors:
        kind, text = typed("kind"), typed("value", 20_000)
    page = VariablePage(
        case_id=case_id,
        number=number,
        scope=found.id,
        name=name,
        label=labels.name(name, language) if name else "",
        now=show(value, labels, name, moments, language) if name in found.values else "",
        revision=row.revision,
        kinds=tuple(Choice(k, in_language(label), k == kind) for k, label in TYPES.items()),
        value=text,
        reason=typed("reason"),
        errors=errors,
    )
    return render_template("repairs/variable.html", page=page)
