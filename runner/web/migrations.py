"""Moving running cases to another release: choose, look, run, follow, put back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from runner.engine.access import Person, require_group
from runner.engine.migration import (
    MAY_MIGRATE,
    make_plan,
    proposed_plan,
    read_kept_plan,
)
from runner.engine.migration_batches import (
    WAITS,
    decide_migration,
    revert_migration,
    start_migration,
)
from runner.errors import InvalidInput, InvalidState, NotFound
from runner.store.case_lists import people_names
from runner.store.migration_batches import (
    WORK,
    Batch,
    count_items,
    find_batch,
    item_lines,
    latest_batches,
)
from runner.web.case_reading import ACTORS
from runner.web.language import _
from runner.web.migration_choices import (
    choosing_page,
    chosen_of,
    hidden_of,
    plan_page,
    processes_of,
    renewed_of,
    selection_of,
    two_releases,
)
from runner.web.migration_pages import BatchPage, BatchRow, ItemRow, batch_word, item_word
from runner.web.visit import (
    in_language,
    moments_by,
    office,
    sign_in_required,
    staff,
    this_site,
    typed,
)

blueprint = Blueprint("migrations", __name__)
PAGE = 100
RELOAD_SECONDS = 3
LAST = 1_000_000


def _owner() -> Person:
    person = staff()
    require_group(person, *MAY_MIGRATE)
    return person


@blueprint.get("/migrations")
@sign_in_required
def listing() -> str:
    _owner()
    with this_site().database.read() as connection:
        rows = tuple(_batch_row(connection, batch) for batch in latest_batches(connection))
    return render_template("migrations/list.html", rows=rows)


@blueprint.get("/migrations/new")
@sign_in_required
def choose() -> str:
    _owner()
    return choosing_page(request.args, ())


@blueprint.post("/migrations/plans")
@sign_in_required
def keep() -> str | Response:
    person, fields = _owner(), request.form
    with this_site().database.read() as connection:
        source, target = two_releases(connection, fields)
        processes = processes_of(fields)
        known = proposed_plan(this_site(), connection, source.digest, target.digest, processes)
    try:
        plan = make_plan(
            this_site(),
            actor=person,
            source=source.digest,
            target=target.digest,
            chosen=chosen_of(known, fields),
            renew=renewed_of(fields),
            processes=processes,
        )
    except InvalidInput as refused:
        return make_response(choosing_page(fields, (in_language(refused.message),)), 422)
    chosen: dict[str, Any] = dict(hidden_of(fields))
    return redirect(url_for("migrations.plan", digest=plan.digest, **chosen), 303)


@blueprint.get("/migrations/plans/<digest>")
@sign_in_required
def plan(digest: str) -> str:
    _owner()
    return plan_page(digest, request.args, "", ())


@blueprint.post("/migrations/plans/<digest>/start")
@sign_in_required
def start(digest: str) -> str | Response:
    person, reason = _owner(), typed("reason")
    with this_site().database.read() as connection:
        source = read_kept_plan(connection, digest).source
    try:
        batch = start_migration(
            this_site(),
            actor=person,
            plan_digest=digest,
            selection=selection_of(request.form, source),
            reason=reason,
        )
    except (InvalidInput, InvalidState) as refused:
        return make_response(
            plan_page(digest, request.form, reason, (in_language(refused.message),)), 422
        )
    return redirect(url_for("migrations.batch", batch_id=batch), 303)


@blueprint.get("/migrations/<batch_id>")
@sign_in_required
def batch(batch_id: str) -> Response:
    _owner()
    answer = make_response(_batch(batch_id, "", ()))
    with this_site().database.read() as connection:
        found = find_batch(connection, batch_id)
    if found is not None and found.state in WORK:
        answer.headers["Refresh"] = str(RELOAD_SECONDS)  # there is nothing on it to fill in
    return answer


@blueprint.post("/migrations/<batch_id>/revert")
@sign_in_required
def revert(batch_id: str) -> str | Response:
    person, reason = _owner(), typed("reason")
    try:
        revert_migration(this_site(), actor=person, batch_id=batch_id, reason=reason)
    except InvalidInput as refused:
        return make_response(_batch(batch_id, reason, (in_language(refused.message),)), 422)
    return redirect(url_for("migrations.batch", batch_id=batch_id), 303)


@blueprint.post("/migrations/<batch_id>/decide")
@sign_in_required
def decide(batch_id: str) -> str | Response:
    person, reason = _owner(), typed("reason")
    confirm = request.form.get("decision") == "confirm"
    try:
        decide_migration(
            this_site(), actor=person, batch_id=batch_id, confirm=confirm, reason=reason
        )
    except InvalidInput as refused:
        return make_response(_batch(batch_id, reason, (in_language(refused.message),)), 422)
    return redirect(url_for("migrations.batch", batch_id=batch_id), 303)


def _batch(batch_id: str, reason: str, errors: tuple[str, ...]) -> str:
    shown = request.args.get("show", "")
    offset = min(max(0, request.args.get("from", 0, type=int)), LAST)
    with this_site().database.read() as connection:
        found = find_batch(connection, batch_id)
        if found is None:
            raise NotFound("没有这个迁移。 / There is no such migration.")
        counts = count_items(connection, batch_id)
        shown = shown if shown in counts else ""
        lines = item_lines(connection, batch_id, state=shown, offset=offset, limit=PAGE + 1)
        row = _batch_row(connection, found)
    total = sum(counts.values())
    left = counts.get("pending", 0) + counts.get("reverting", 0)
    page = BatchPage(
        row=row,
        plan=found.plan_digest,
        counts=tuple((state, item_word(state), count) for state, count in sorted(counts.items())),
        percent=100 if not total else (total - left) * 100 // total,
        moving=found.state in ("running", "reverting"),
        rows=tuple(
            ItemRow(
                line.root_id,
                line.complaint_number or _("no number yet"),
                in_language(line.title) if line.title == "投诉 / Complaint" else line.title,
                line.state,
                item_word(line.state),
                in_language(line.message),
            )
            for line in lines[:PAGE]
        ),
        shown=shown,
        next_offset=offset + PAGE if len(lines) > PAGE else 0,
        may_revert=found.state == "done" and counts.get("migrated", 0) > 0,
        asked=found.state if found.state in WAITS else "",
        mine=staff().id == (found.started_by if found.state == "asked" else found.reverted_by),
        people=_people(found),
        typed=reason,
        errors=errors,
    )
    return render_template("migrations/batch.html", page=page)


def _batch_row(connection: Connection, found: Batch) -> BatchRow:
    who = people_names(connection, {found.started_by}).get(found.started_by)
    counts = count_items(connection, found.id)
    return BatchRow(
        id=found.id,
        state=found.state,
        word=batch_word(found.state),
        reason=found.reason,
        who=in_language(who or ACTORS.get(found.started_by, found.started_by)),
        at=moments_by(office(connection)).at(found.started_at),
        counts=", ".join(f"{item_word(state)} {count}" for state, count in sorted(counts.items())),
    )


def _people(found: Batch) -> tuple[tuple[str, str, str], ...]:
    """What each person did to the batch, in order: what, who, and why where that was said."""
    rows = (
        (_("asked for it") if found.state in ("asked", "declined") or found.confirmed_by
         else _("started it"), found.started_by, found.reason),
        (_("confirmed it"), found.confirmed_by, ""),
        (_("asked to put it back") if found.state == "revert_asked" or found.revert_confirmed_by
         else _("had it put back"), found.reverted_by, found.revert_reason or ""),
        (_("confirmed that"), found.revert_confirmed_by, ""),
    )  # fmt: skip
    with this_site().database.read() as connection:
        names = people_names(connection, {person for _what, person, _why in rows if person})
    return tuple(
        (what, in_language(names.get(person) or ACTORS.get(person, person)), why)
        for what, person, why in rows
        if person
    )
