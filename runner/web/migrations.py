"""Moving running cases to another release: choose, look, run, follow, put back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from runner.definitions.findings import half
from runner.engine.access import Person, require_group
from runner.engine.migration import (
    MAY_MIGRATE,
    TARGETS,
    make_plan,
    proposed_plan,
    read_kept_plan,
    revert_migration,
    start_migration,
)
from runner.engine.migration_notes import notes_of
from runner.engine.migration_plan import Place, Plan
from runner.engine.rehearsal import rehearse
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
from runner.store.releases import ReleaseRow, all_releases
from runner.store.running_cases import (
    STATES,
    Selection,
    count_running,
    policies_of_running,
    running_by_release,
    running_cases,
)
from runner.web.case_reading import ACTORS
from runner.web.form_nodes import Choice
from runner.web.language import _
from runner.web.migration_pages import (
    BatchPage,
    BatchRow,
    ChoosingPage,
    ItemRow,
    PlanPage,
    ProcessPairs,
    batch_word,
    both_diagrams,
    item_word,
    named,
    pairs_of,
    state_choices,
)
from runner.web.visit import (
    choose_language,
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
SHOWN = 20
LAST = 1_000_000
CONTAINERS = frozenset({"callActivity", "subProcess"})
Fields = MultiDict[str, str]


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
    return _choosing(request.args, ())


@blueprint.post("/migrations/plans")
@sign_in_required
def keep() -> str | Response:
    person, fields = _owner(), request.form
    with this_site().database.read() as connection:
        source, target = _two(connection, fields)
        known = proposed_plan(this_site(), connection, source.digest, target.digest)
    try:
        plan = make_plan(
            this_site(),
            actor=person,
            source=source.digest,
            target=target.digest,
            chosen=_chosen(known, fields),
            renew=_renewed(fields),
        )
    except InvalidInput as refused:
        return make_response(_choosing(fields, (in_language(refused.message),)), 422)
    chosen: dict[str, Any] = dict(_hidden(fields))
    return redirect(url_for("migrations.plan", digest=plan.digest, **chosen), 303)


@blueprint.get("/migrations/plans/<digest>")
@sign_in_required
def plan(digest: str) -> str:
    _owner()
    return _plan(digest, request.args, "", ())


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
            selection=_selection(request.form, source),
            reason=reason,
        )
    except (InvalidInput, InvalidState) as refused:
        return make_response(
            _plan(digest, request.form, reason, (in_language(refused.message),)), 422
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


def _two(connection: Connection, fields: Mapping[str, str]) -> tuple[ReleaseRow, ReleaseRow]:
    """The releases of the form: by number, else the one most cases run on and the one in force."""
    rows = all_releases(connection)
    running = running_by_release(connection)
    numbers = {str(row.number): row for row in rows}
    targets = [row for row in rows if row.state in TARGETS]
    if not targets:
        raise NotFound("还没有生效的发布版本。 / No release is in force yet.")
    target = numbers.get(fields.get("target", ""))
    if target is None or target not in targets:
        target = next((row for row in targets if row.state == "effective"), targets[0])
    source = numbers.get(fields.get("source", ""))
    if source is None:
        older = [row for row in rows if row.digest != target.digest]
        source = max(older, key=lambda row: running.get(row.digest, 0), default=target)
    return source, target


def _selection(fields: Mapping[str, str], release: str) -> Selection:
    state = fields.get("state", "")
    case = fields.get("case", "")[:64]
    return Selection(
        release_digest=release,
        process_id=fields.get("process", "")[:200],
        element_id=fields.get("element", "")[:200],
        state=state if state in STATES else "",
        case_ids=(case,) if case else (),
    )


def _hidden(fields: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    names = ("process", "element", "state", "case")
    return tuple((name, fields[name][:200]) for name in names if fields.get(name))


def _chosen(known: Plan, fields: Fields) -> dict[Place, str | None]:
    """What the dropdowns say where it is not what was proposed."""
    found: dict[Place, str | None] = {}
    for process, pairs in known.elements.items():
        for element, proposed in pairs.items():
            given = fields.get(f"to {process} {element}")
            if given is not None and (given or None) != proposed:
                found[process, element] = given or None
    return found


def _renewed(fields: Fields) -> frozenset[Place]:
    parts = (text.partition(" ") for text in fields.getlist("renew"))
    return frozenset((process, element) for process, _blank, element in parts if element)


def _choosing(fields: Fields, errors: tuple[str, ...]) -> str:
    site, language = this_site(), choose_language()
    with site.database.read() as connection:
        source, target = _two(connection, fields)
        selection = _selection(fields, source.digest)
        rows, running = all_releases(connection), running_by_release(connection)
        total = count_running(connection, selection)
        cases = tuple(running_cases(connection, selection, limit=SHOWN))
        definitions = site.definitions(connection, source.digest)
        pairs: tuple[ProcessPairs, ...] = ()
        if source.digest != target.digest:
            plan = proposed_plan(site, connection, source.digest, target.digest)
            plan = plan.with_choices(_chosen(plan, fields), _renewed(fields))
            rehearsal = rehearse(site, connection, plan, selection)
            there = site.definitions(connection, target.digest)
            pairs = pairs_of(plan, definitions, there, rehearsal.standing, language)
    process = definitions.processes.get(selection.process_id)
    page = ChoosingPage(
        sources=tuple(
            Choice(
                str(r.number),
                _release_label(r, running.get(r.digest, 0)),
                r.digest == source.digest,
            )
            for r in rows
            if running.get(r.digest) or r.digest == source.digest
        ),
        targets=tuple(
            Choice(str(r.number), _release_label(r, None), r.digest == target.digest)
            for r in rows
            if r.state in TARGETS
        ),
        processes=tuple(
            Choice(p.id, half(p.name, language), p.id == selection.process_id)
            for p in definitions.processes.values()
        ),
        elements=tuple(
            Choice(e.id, named(e, language), e.id == selection.element_id)
            for e in (process.elements.values() if process else ())
            if not e.kind.endswith("Gateway") and e.kind not in ("startEvent", "endEvent")
        ),
        states=state_choices(selection),
        total=total,
        cases=cases,
        plan=pairs,
        hidden=(
            ("source", str(source.number)), ("target", str(target.number)), *_hidden(fields),
        ),
        errors=errors,
    )  # fmt: skip
    return render_template("migrations/new.html", page=page)


def _release_label(row: ReleaseRow, running: int | None) -> str:
    number = _("Release %(number)s", number=row.number)
    if running is None:
        state = _("in force") if row.state == "effective" else _("approved")
        return f"{number} ({state})"
    return f"{number} ({_('%(n)s running', n=running)})"


def _plan(digest: str, fields: Fields, reason: str, errors: tuple[str, ...]) -> str:
    site, language = this_site(), choose_language()
    with site.database.read() as connection:
        plan = read_kept_plan(connection, digest)
        selection = _selection(fields, plan.source)
        rehearsal = rehearse(site, connection, plan, selection)
        one = site.definitions(connection, plan.source)
        other = site.definitions(connection, plan.target)
        numbers = {row.digest: row.number for row in all_releases(connection)}
        followed = policies_of_running(connection, plan.source)
    notes = notes_of(plan, one, other, followed)
    counts: dict[str, int] = {}
    for (process, element), count in rehearsal.standing.items():
        if one.processes[process].elements[element].kind not in CONTAINERS:
            counts[process] = counts.get(process, 0) + count
    busiest = max(plan.elements, key=lambda process: counts.get(process, 0), default="")
    shown = fields.get("diagram", "")
    shown = shown if shown in plan.elements else busiest
    before, after = both_diagrams(plan, one, other, rehearsal, shown, language)
    hidden = _hidden(fields)
    back: dict[str, Any] = dict(hidden)
    page = PlanPage(
        digest=digest,
        source=str(numbers[plan.source]),
        target=str(numbers[plan.target]),
        rehearsal=rehearsal,
        notes=tuple(notes),
        diagrams=tuple(
            Choice(p, half(one.processes[p].name, language), p == shown) for p in plan.elements
        ),
        before=before,
        after=after,
        hidden=hidden,
        reason=reason,
        errors=errors,
        change=url_for(
            "migrations.choose", source=numbers[plan.source], target=numbers[plan.target], **back
        ),
    )  # fmt: skip
    return render_template("migrations/plan.html", page=page)


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
