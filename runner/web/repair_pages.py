"""What the page that changes one running case shows."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from runner.definitions.findings import half
from runner.definitions.release import Definitions
from runner.engine.access import Person
from runner.engine.repairs import MAY_REPAIR, MOVE, read_tokens
from runner.engine.scopes import Scopes
from runner.engine.site import Site
from runner.engine.spiff.moving import STARTABLE, Position
from runner.engine.suspension import MAY_SUSPEND, SuspensionShown, suspension_of
from runner.engine.variables import READ_ONLY
from runner.errors import NotFound
from runner.store.case_lists import people_names
from runner.store.cases import find_case
from runner.store.keys import Erased
from runner.store.releases import effective_release, find_release
from runner.store.repair_requests import RepairRequest, open_repair_requests
from runner.web.form_nodes import Choice
from runner.web.language import _
from runner.web.migration_pages import named
from runner.web.moments import Moments
from runner.web.shown_values import show
from runner.web.visit import vocabulary_of

CANCEL = frozenset({"complaint_management", "company_leader", "quality_manager", "administrator"})
MOST_VALUES = 300


@dataclass(frozen=True)
class TokenRow:
    """One place where the case stands, and where its token could go."""

    token: str
    step: str
    process: str
    targets: tuple[Choice, ...]


@dataclass(frozen=True)
class VariableRow:
    scope: str
    where: str
    name: str
    label: str
    shown: str


@dataclass(frozen=True)
class RequestRow:
    """A change that waits for a second person; ``mine``: it cannot be confirmed by the reader."""

    id: str
    what: str
    who: str
    at: str
    mine: bool


@dataclass(frozen=True)
class ChangingPage:
    """``typed`` is the reason of the form that was refused."""

    case_id: str
    number: str
    release: str
    newer: str
    suspended: SuspensionShown | None
    since: str
    may_suspend: bool
    may_cancel: bool
    may_repair: bool
    tokens: tuple[TokenRow, ...]
    variables: tuple[VariableRow, ...]
    requests: tuple[RequestRow, ...]
    errors: tuple[str, ...]
    typed: str


@dataclass(frozen=True)
class Lost:
    """One thing a move withdraws: the step, what is open there."""

    step: str
    what: str


def changing_page(
    connection: Connection,
    site: Site,
    person: Person,
    case_id: str,
    number: str,
    moments: Moments,
    language: str,
    errors: tuple[str, ...],
    typed: str,
) -> ChangingPage:
    """Everything that can be changed in one case, by this person."""
    row = find_case(connection, case_id)
    if row is None:
        raise NotFound("没有这起投诉。 / There is no such case.")
    definitions = site.definitions(connection, row.release_digest)
    release, newest = find_release(connection, row.release_digest), effective_release(connection)
    positions = read_tokens(site, connection, case_id).positions()
    try:
        scopes = Scopes.load(connection, site.vault, case_id, row.subject_id)
        variables = _variables(scopes, definitions, moments, language)
    except Erased:
        variables = ()
    suspended = suspension_of(site, connection, case_id)
    requests = open_repair_requests(connection, case_id)
    names = people_names(connection, {r.requested_by for r in requests})
    newer = newest is not None and newest.digest != row.release_digest
    return ChangingPage(
        case_id=case_id,
        number=number,
        release="" if release is None else str(release.number),
        newer=str(newest.number) if newer and newest is not None else "",
        suspended=suspended,
        since="" if suspended is None else moments.full(suspended.at),
        may_suspend=bool(positions) and bool(person.groups & set(MAY_SUSPEND)),
        may_cancel=bool(positions) and bool(person.groups & CANCEL),
        may_repair=bool(person.groups & set(MAY_REPAIR)),
        tokens=tuple(
            _token(position, definitions, language)
            for position in positions
            if (position.resting or position.flow is not None)  # work, or what waits at a join
            and not position.watching
            and position.loop is None
        ),
        variables=variables,
        requests=tuple(
            _request(r, names.get(r.requested_by, ""), person, moments, language) for r in requests
        ),
        errors=errors,
        typed=typed,
    )


def _token(position: Position, definitions: Definitions, language: str) -> TokenRow:
    process = definitions.processes[position.process_id]
    return TokenRow(
        token=position.token_id,
        step=named(process.elements[position.element_id], language),
        process=half(process.name, language),
        targets=tuple(
            Choice(element.id, named(element, language), False)
            for element in process.elements.values()
            if element.kind in STARTABLE and not element.triggered_by_event
        ),
    )


def _variables(
    scopes: Scopes, definitions: Definitions, moments: Moments, language: str
) -> tuple[VariableRow, ...]:
    rows: list[VariableRow] = []
    labels = vocabulary_of(definitions).labels
    for scope in scopes.all():
        if scope.kind == "policy":
            continue
        where = ""
        for process in definitions.processes.values():
            element = process.elements.get(scope.element_id)
            if element is not None:
                where = named(element, language)
        for name in sorted(scope.values):
            if not name.startswith("#") and name not in READ_ONLY:
                shown = show(scope.values[name], labels, name, moments, language)
                label = labels.name(name, language)
                rows.append(VariableRow(scope.id, where or _("the case"), name, label, shown))
    return tuple(rows[:MOST_VALUES])


def _request(
    request: RepairRequest, who: str, person: Person, moments: Moments, language: str
) -> RequestRow:
    what = _("move a step") if request.kind == MOVE else _("edit a value")
    mine = request.requested_by == person.id
    return RequestRow(
        request.id, what, half(who, language) if who else "", moments.at(request.requested_at), mine
    )
