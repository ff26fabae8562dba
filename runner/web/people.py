"""Accounts and their groups, for administrators."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from runner.engine.access import ADMINISTRATOR
from runner.engine.people import add_person, set_active, set_groups, set_password
from runner.errors import AlreadyExists, InvalidInput
from runner.store.people import all_people
from runner.web.form_nodes import Choice
from runner.web.visit import (
    administrators_only,
    choose_language,
    in_language,
    office,
    staff,
    this_site,
    typed,
)

blueprint = Blueprint("people", __name__)


@dataclass(frozen=True)
class PersonRow:
    id: str
    username: str
    name: str
    groups: tuple[str, ...]
    email: str
    active: bool
    chosen: tuple[Choice, ...]


@dataclass(frozen=True)
class PeoplePage:
    """``groups`` are all groups of the effective release, and administrator."""

    rows: tuple[PersonRow, ...]
    groups: tuple[Choice, ...]
    error: str
    edit: str


def _page(error: str, edit: str) -> str:
    language = choose_language()
    with this_site().database.read() as connection:
        vocabulary = office(connection)
        found = all_people(connection)
    names = {g: vocabulary.group(g, language) for g in vocabulary.groups}
    names.setdefault(ADMINISTRATOR, in_language("管理员 / Administrator"))
    rows = tuple(
        PersonRow(
            row.id,
            row.username,
            in_language(row.display_name),
            tuple(names.get(g, g) for g in sorted(row.groups)),
            row.email or "",
            row.active,
            tuple(Choice(g, name, g in row.groups) for g, name in names.items()),
        )
        for row in found
    )
    groups = tuple(Choice(g, name, False) for g, name in names.items())
    return render_template("people/list.html", page=PeoplePage(rows, groups, error, edit))


@blueprint.get("/people")
@administrators_only
def listing() -> str:
    return _page("", request.args.get("edit", ""))


@blueprint.post("/people")
@administrators_only
def add() -> str | Response:
    form = request.form
    try:
        add_person(
            this_site(),
            actor=staff(),
            username=typed("username"),
            display_name=typed("display_name"),
            groups=form.getlist("groups"),
            password=form.get("password") or None,
            email=typed("email") or None,
            language=form.get("language", "zh"),
        )
    except (InvalidInput, AlreadyExists) as refused:
        return make_response(_page(in_language(refused.message), ""), 422)
    return redirect(url_for("people.listing"), 303)


@blueprint.post("/people/<person_id>")
@administrators_only
def change(person_id: str) -> str | Response:
    site, actor, form = this_site(), staff(), request.form
    try:
        if "active" in form:
            set_active(site, actor=actor, person_id=person_id, active=form["active"] == "yes")
        else:
            if form.get("password"):  # first: a password that is refused must change nothing
                set_password(site, actor=actor, person_id=person_id, password=form["password"])
            set_groups(site, actor=actor, person_id=person_id, groups=form.getlist("groups"))
    except InvalidInput as refused:
        return make_response(_page(in_language(refused.message), person_id), 422)
    return redirect(url_for("people.listing"), 303)
