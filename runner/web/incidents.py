"""Incidents: steps that cannot go on without a person; repairing and trying again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from runner.definitions.findings import half
from runner.engine.cases import check_visible
from runner.engine.incidents import NOT_GIVEN, resolve_incident
from runner.engine.scopes import read_case_variables
from runner.errors import InvalidInput, NotFound
from runner.feel import FeelError, compile_expression
from runner.reports.policy_words import policy_words
from runner.store.case_lists import IncidentLine, incident_line, open_incident_lines
from runner.store.cases import find_case
from runner.store.keys import Erased
from runner.web import refused_starts
from runner.web.case_progress import element_of
from runner.web.case_reading import visible_to
from runner.web.form_nodes import Choice
from runner.web.incident_facts import IncidentFacts, facts_of_incident
from runner.web.language import _
from runner.web.refused_starts import StartRow
from runner.web.visit import (
    choose_language,
    in_language,
    moments_by,
    office,
    sign_in_required,
    staff,
    this_site,
)
from runner.web.visit import typed as posted_text

blueprint = Blueprint("incidents", __name__)
LIMIT = 200
UNITS = {
    "minute": "分钟 / minutes",
    "hour": "小时 / hours",
    "day": "天 / days",
    "working_hour": "工作小时 / working hours",
    "working_day": "工作日 / working days",
    "week": "周 / weeks",
    "month": "个月 / months",
    "year": "年 / years",
}


@dataclass(frozen=True)
class IncidentRow:
    id: str
    case_id: str
    number: str
    title: str
    step: str
    kind: str
    message: str
    at: str


@dataclass(frozen=True)
class IncidentListPage:
    rows: tuple[IncidentRow, ...]
    starts: tuple[StartRow, ...]


@dataclass(frozen=True)
class IncidentPage:
    """``decide`` is the policy key to be decided, empty for a repair; values are as typed.
    ``groups`` are offered where the key is a role."""

    row: IncidentRow
    facts: IncidentFacts
    decide: str
    groups: tuple[Choice, ...]
    units: tuple[Choice, ...]
    variables: tuple[str, ...]
    typed: Mapping[str, str]
    errors: tuple[str, ...]


@blueprint.get("/incidents")
@sign_in_required
def listing() -> str:
    site = this_site()
    with site.database.read() as connection:
        lines = open_incident_lines(connection, visible_to(connection, site, staff()), LIMIT)
    rows = tuple(_row(line) for line in lines)
    return render_template(
        "incidents/list.html", page=IncidentListPage(rows, refused_starts.rows())
    )


def _row(line: IncidentLine) -> IncidentRow:
    site, language = this_site(), choose_language()
    with site.database.read() as connection:
        moments = moments_by(office(connection))
        case = find_case(connection, line.case_id)
        step, message = line.element_id, in_language(line.message)
        if case is not None:
            definitions = site.definitions(connection, case.release_digest)
            element = element_of(list(definitions.processes.values()), line.element_id)
            step = half(element.name, language) if element is not None and element.name else step
            if line.policy_path:
                words = half(policy_words(definitions, line.policy_path), language)
                message = message.replace(line.policy_path, words)
    return IncidentRow(
        line.id,
        line.case_id,
        line.complaint_number or "",
        line.title,
        step,
        _kind(line.kind),
        message,
        moments.at(line.created_at),
    )


def _kind(kind: str) -> str:
    return {
        "job_failed": _("An automatic step failed"),
        "service_failed": _("An automatic step failed"),
        "expression_failed": _("An expression failed"),
        "decision_failed": _("A decision table gave no answer"),
        "policy_unset": _("A policy value must be decided"),
        "no_candidates": _("Nobody can take this task"),
        "no_flow": _("No way forward fits"),
        "halted": _("The system could not do it"),
    }.get(kind, _("Something needs a person"))


def _line(incident_id: str) -> IncidentLine:
    site = this_site()
    with site.database.read() as connection:
        line = incident_line(connection, incident_id)
        if line is None:
            raise NotFound("没有这个异常。 / There is no such incident.")
        check_visible(connection, site, staff(), line.case_id)
    return line


def _page(line: IncidentLine, typed: Mapping[str, str], errors: tuple[str, ...]) -> str:
    site = this_site()
    with site.database.read() as connection:
        try:
            known = read_case_variables(site, connection, line.case_id)
        except Erased:
            known = {}
        vocabulary = office(connection)
        facts = facts_of_incident(connection, site, staff(), line, choose_language())
    decide = (line.policy_path or "") if line.kind == "policy_unset" else ""
    chosen = set(request.form.getlist("groups"))
    groups = tuple(
        Choice(group, vocabulary.group(group, choose_language()), group in chosen)
        for group in vocabulary.groups
    )
    page = IncidentPage(
        row=_row(line),
        facts=facts,
        decide=decide,
        groups=groups if decide.startswith("roles.") else (),
        units=tuple(
            Choice(unit, in_language(label), typed.get("unit") == unit)
            for unit, label in UNITS.items()
        ),
        variables=tuple(sorted(known)),
        typed=typed,
        errors=errors,
    )
    return render_template("incidents/page.html", page=page, state=line.state)


_EMPTY = {"how": "", "amount": "", "unit": "", "value": "", "name": "", "new": "", "reason": ""}


@blueprint.get("/incidents/<incident_id>")
@sign_in_required
def page(incident_id: str) -> str:
    return _page(_line(incident_id), _EMPTY, ())


@blueprint.post("/incidents/<incident_id>")
@sign_in_required
def resolve(incident_id: str) -> str | Response:
    line = _line(incident_id)
    typed = {name: posted_text(name) for name in _EMPTY}
    try:
        variables = {typed["name"]: _feel(typed["new"])} if typed["name"] else None
        resolve_incident(
            this_site(),
            actor=staff(),
            incident_id=incident_id,
            variables=variables,
            policy_value=_decided(typed) if line.kind == "policy_unset" else NOT_GIVEN,
            reason=typed["reason"],
        )
    except InvalidInput as refused:
        errors = (in_language(refused.message),)
        return make_response(_page(line, typed, errors), 422)
    return redirect(url_for("cases.page", case_id=line.case_id), 303)


def _decided(typed: Mapping[str, str]) -> object:
    """The policy value as typed: a time, ``none``, ``immediate`` or any FEEL value."""
    how = typed["how"]
    if how == "groups" and request.form.getlist("groups"):
        return request.form.getlist("groups")
    if how in {"none", "immediate"}:
        return how
    if how == "time":
        try:
            amount = Decimal(typed["amount"])
        except InvalidOperation:
            raise InvalidInput(
                f"“{typed['amount']}”不是数字。填一个数，例如 2。 / "
                f'"{typed["amount"]}" is not a number. Enter one, for instance 2.'
            ) from None
        return {"amount": amount, "unit": typed["unit"]}
    if how == "value" and typed["value"]:
        return _feel(typed["value"])
    return NOT_GIVEN


def _feel(text: str) -> object:
    """A literal written in FEEL; a bare word counts as text."""
    try:
        found = compile_expression(text.removeprefix("=")).evaluate({}, now=this_site().clock.now())
    except FeelError as error:
        raise InvalidInput(
            f'“{text}”读不懂。文字用引号，例如 "line"。 / '
            f'"{text}" cannot be read. Put texts in quotes, for instance "line".'
        ) from error
    if found.value is None and text.isidentifier() and text != "null":
        return text
    return found.value
