"""The choices on the pages of migrations, from their fields, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template, url_for
from sqlalchemy import Connection
from werkzeug.datastructures import MultiDict

from runner.definitions.findings import half
from runner.engine.migration import TARGETS, proposed_plan, read_kept_plan
from runner.engine.migration_notes import notes_of
from runner.engine.migration_plan import Place, Plan
from runner.engine.rehearsal import rehearse
from runner.errors import NotFound
from runner.store.releases import ReleaseRow, all_releases
from runner.store.running_cases import (
    STATES,
    Selection,
    count_running,
    policies_of_running,
    running_by_release,
    running_cases,
)
from runner.web.form_nodes import Choice
from runner.web.language import _
from runner.web.migration_pages import (
    ChoosingPage,
    PlanPage,
    ProcessPairs,
    both_diagrams,
    named,
    pairs_of,
    state_choices,
)
from runner.web.visit import choose_language, this_site

SHOWN = 20
CONTAINERS = frozenset({"callActivity", "subProcess"})
Fields = MultiDict[str, str]


def two_releases(
    connection: Connection, fields: Mapping[str, str]
) -> tuple[ReleaseRow, ReleaseRow]:
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


def selection_of(fields: Mapping[str, str], release: str) -> Selection:
    state = fields.get("state", "")
    case = fields.get("case", "")[:64]
    return Selection(
        release_digest=release,
        process_id=fields.get("process", "")[:200],
        element_id=fields.get("element", "")[:200],
        state=state if state in STATES else "",
        case_ids=(case,) if case else (),
    )


def hidden_of(fields: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    names = ("process", "element", "state", "case")
    return tuple((name, fields[name][:200]) for name in names if fields.get(name))


def chosen_of(known: Plan, fields: Fields) -> dict[Place, str | None]:
    """What the dropdowns say where it is not what was proposed."""
    found: dict[Place, str | None] = {}
    for process, pairs in known.elements.items():
        for element, proposed in pairs.items():
            given = fields.get(f"to {process} {element}")
            if given is not None and (given or None) != proposed:
                found[process, element] = given or None
    return found


def processes_of(fields: Fields) -> dict[str, str]:
    """Which process of the other release the dropdowns say a process becomes."""
    found = {}
    for name, value in fields.items():
        if name.startswith("into ") and value:
            found[name.removeprefix("into ")[:200]] = value[:200]
    return found


def renewed_of(fields: Fields) -> frozenset[Place]:
    parts = (text.partition(" ") for text in fields.getlist("renew"))
    return frozenset((process, element) for process, _blank, element in parts if element)


def choosing_page(fields: Fields, errors: tuple[str, ...]) -> str:
    site, language = this_site(), choose_language()
    with site.database.read() as connection:
        source, target = two_releases(connection, fields)
        selection = selection_of(fields, source.digest)
        rows, running = all_releases(connection), running_by_release(connection)
        total = count_running(connection, selection)
        cases = tuple(running_cases(connection, selection, limit=SHOWN))
        definitions = site.definitions(connection, source.digest)
        pairs: tuple[ProcessPairs, ...] = ()
        if source.digest != target.digest:
            plan = proposed_plan(
                site, connection, source.digest, target.digest, processes_of(fields)
            )
            plan = plan.with_choices(chosen_of(plan, fields), renewed_of(fields))
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
            ("source", str(source.number)), ("target", str(target.number)), *hidden_of(fields),
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


def plan_page(digest: str, fields: Fields, reason: str, errors: tuple[str, ...]) -> str:
    site, language = this_site(), choose_language()
    with site.database.read() as connection:
        plan = read_kept_plan(connection, digest)
        selection = selection_of(fields, plan.source)
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
    hidden = hidden_of(fields)
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
