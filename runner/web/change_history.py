"""What people changed in one case by hand, and where everything stood before and after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template
from markupsafe import Markup
from sqlalchemy import Connection

from runner.definitions.findings import half
from runner.definitions.release import Definitions
from runner.definitions.svg import render
from runner.engine.access import require_group
from runner.engine.cases import check_visible
from runner.engine.repairs import MAY_REPAIR
from runner.engine.site import Site
from runner.engine.suspension import MAY_SUSPEND
from runner.errors import NotFound
from runner.reports.label_words import EVENTS
from runner.store.case_lists import case_line, people_names
from runner.store.event_log import Recorded, read_chain
from runner.web.language import _
from runner.web.migration_pages import named
from runner.web.repair_pages import CANCEL
from runner.web.visit import (
    choose_language,
    in_language,
    moments_by,
    office,
    sign_in_required,
    staff,
    this_site,
)

blueprint = Blueprint("change_history", __name__)
MAY_LOOK = frozenset({*MAY_REPAIR, *MAY_SUSPEND, *CANCEL})
PICTURED = ("token_moved", "case_migrated", "migration_reverted")
KINDS = (
    *PICTURED, "variable_edited", "case_suspended", "case_resumed", "case_cancelled",
    "repair_requested", "repair_declined",
)  # fmt: skip
Counts = dict[str, dict[str, int]]
"""By process, by element: how many tokens stand there."""


@dataclass(frozen=True)
class Change:
    """One change; ``number`` of its event, ``pictured`` where it says how everything stood."""

    number: int
    what: str
    who: str
    at: str
    reason: str
    pictured: bool


@dataclass(frozen=True)
class Pair:
    """One process before and after; either is empty where nothing of it was there."""

    name: str
    before: Markup
    after: Markup
    stood: tuple[str, ...]
    stands: tuple[str, ...]


@dataclass(frozen=True)
class HistoryPage:
    case_id: str
    number: str
    change: Change
    pairs: tuple[Pair, ...]


def changes_of(
    connection: Connection, site: Site, case_id: str, language: str, limit: int = 50
) -> tuple[Change, ...]:
    """What was changed in a case by hand, the latest first."""
    found = list(read_chain(connection, case_id, site.vault, types=KINDS))[-limit:]
    return tuple(_told(connection, found, language))[::-1]


@blueprint.get("/cases/<case_id>/changes/<int:number>")
@sign_in_required
def picture(case_id: str, number: int) -> str:
    site, language, person = this_site(), choose_language(), staff()
    with site.database.read() as connection:
        check_visible(connection, site, person, case_id)
        require_group(person, *MAY_LOOK)
        line = case_line(connection, case_id)
        types = [*PICTURED, "positions_noted"]
        later = list(read_chain(connection, case_id, site.vault, after=number - 1, types=types))
        if (
            line is None
            or not later
            or (later[0].number, later[0].type) not in ((number, kind) for kind in PICTURED)
        ):
            raise NotFound("没有这个更改。 / There is no such change.")
        page = HistoryPage(
            case_id=case_id,
            number=line.complaint_number or _("no number yet"),
            change=next(_told(connection, later[:1], language)),
            pairs=tuple(_pairs(site, connection, later, language)),
        )
    return render_template("repairs/picture.html", page=page)


def _told(connection: Connection, found: Iterable[Recorded], language: str) -> Iterator[Change]:
    events = list(found)
    moments = moments_by(office(connection))
    names = people_names(connection, {str(event.header["actor"]) for event in events})
    for event in events:
        actor = str(event.header["actor"])
        reason = (event.values or {}).get("reason.text")
        yield Change(
            number=event.number,
            what=half(EVENTS[event.type], language),
            who=in_language(names.get(actor, actor)),
            at=moments.full(event.at),
            reason=reason if isinstance(reason, str) else "",
            pictured=event.type in PICTURED,
        )


def _pairs(
    site: Site, connection: Connection, later: list[Recorded], language: str
) -> Iterator[Pair]:
    """The processes in which something stood or stands, those that differ first."""
    facts = _facts(later[0])
    if later[0].type == "token_moved":
        release = str(later[0].header["release"])
        one = other = site.definitions(connection, release)
        noted = next((e for e in later if e.type == "positions_noted"), None)
        before = _counted(facts["positions"])
        after = _counted(() if noted is None else _facts(noted)["positions"])
        into = {process: process for process in before}
    else:
        one = site.definitions(connection, str(facts["before"]))
        other = site.definitions(connection, str(facts["after"]))
        moved = [place for place in facts["positions"] if "watching" not in place]
        into = {_source(place, one): str(place["process"]) for place in moved}
        before = _counted(
            [
                *({**p, "process": _source(p, one), "element": p["was"]} for p in moved),
                *facts.get("ended", ()),
            ]
        )
        after = _counted([*moved, *facts.get("begun", ())])
    order = [*into, *(p for p in before if p not in into)]
    order += [p for p in after if p not in into.values() and p not in order]

    def same(process: str) -> bool:
        return before.get(process) == after.get(into.get(process, process))

    for process in sorted(order, key=same):
        there = into.get(process, process)
        yield Pair(
            name=_name(one, process, language) or _name(other, there, language),
            before=_drawn(one, process, before.get(process, {}), language),
            after=_drawn(other, there, after.get(there, {}), language),
            stood=_steps(one, process, before.get(process, {}), language),
            stands=_steps(other, there, after.get(there, {}), language),
        )


def _facts(event: Recorded) -> Mapping[str, Any]:
    facts = event.header["facts"]
    assert isinstance(facts, Mapping)
    return facts


def _source(place: Mapping[str, str], one: Definitions) -> str:
    """The process a token stood in, which may have another id by now."""
    process = one.processes.get(place["process"])
    if process is not None and place["was"] in process.elements:
        return process.id
    return next((p.id for p in one.processes.values() if place["was"] in p.elements), "")


def _counted(places: Iterable[Mapping[str, str]]) -> Counts:
    """Without events that only watch, and what is inside a multi-instance activity only once."""
    found: Counts = {}
    for place in places:
        if "watching" not in place and "loop" not in place:
            at = found.setdefault(place["process"], {})
            at[place["element"]] = at.get(place["element"], 0) + 1
    return found


def _drawn(
    definitions: Definitions, process_id: str, counts: Mapping[str, int], language: str
) -> Markup:
    process = definitions.processes.get(process_id)
    if process is None:
        return Markup("")
    drawn = render(definitions.files[process.file], language=language, active=counts)
    return Markup(drawn)  # noqa: S704 - drawn by us, all text is escaped


def _steps(
    definitions: Definitions, process_id: str, counts: Mapping[str, int], language: str
) -> tuple[str, ...]:
    process = definitions.processes.get(process_id)
    if process is None:
        return ()
    return tuple(
        named(process.elements[e], language) + (f" ×{n}" if n > 1 else "")
        for e, n in counts.items()
        if e in process.elements
    )


def _name(definitions: Definitions, process_id: str, language: str) -> str:
    process = definitions.processes.get(process_id)
    return "" if process is None else half(process.name, language) or process.id
