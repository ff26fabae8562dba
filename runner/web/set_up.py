"""Set-up: what a policy leaves its owner to decide, and the lines that decide it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request
from sqlalchemy import Connection

from runner.definitions.deciding import as_written
from runner.definitions.findings import half
from runner.definitions.policies import Policy
from runner.definitions.release import Definitions
from runner.encoding import loads
from runner.engine.access import ADMINISTRATOR, Person
from runner.errors import NotAllowed, NotFound
from runner.reports.open_values import (
    NOT_ASKED,
    OpenSection,
    OpenValue,
    open_sections,
    yaml_lines,
)
from runner.reports.policy_words import policy_words
from runner.store.case_lists import people_names
from runner.store.policy_decisions import policy_decisions_of
from runner.web.form_nodes import Choice
from runner.web.language import _
from runner.web.moments import Moments
from runner.web.visit import (
    choose_language,
    in_language,
    moments_by,
    office,
    sign_in_required,
    staff,
    this_site,
)

blueprint = Blueprint("set_up", __name__)
OWNER = "process_owner"
MORE_STEPS = 1  # the first step by name, the others by their number


@dataclass(frozen=True)
class ValueRow:
    """``step`` is who asks first, empty where nothing asks yet; ``more`` how many others do."""

    path: str
    title: str
    meaning: str
    ids: str
    step: str
    more: int
    stated: str
    lines: str


@dataclass(frozen=True)
class SectionRow:
    title: str
    anchor: str
    rows: tuple[ValueRow, ...]


@dataclass(frozen=True)
class DecidedRow:
    """A value an owner decided in a case, to be written into the policy for the next release."""

    title: str
    lines: str
    who: str
    at: str
    case: str


@dataclass(frozen=True)
class SetUpPage:
    """``asked`` of the ``total`` values are read by steps of the procedure. ``every`` tells
    whether the others are shown too; ``own`` whether the policy is a company's own."""

    policy: str
    name: str
    source: str
    file: str
    own: bool
    policies: tuple[Choice, ...]
    total: int
    asked: int
    every: bool
    sections: tuple[SectionRow, ...]
    decided: tuple[DecidedRow, ...]
    lines: str


@blueprint.get("/set-up")
@sign_in_required
def page() -> str:
    site = this_site()
    with site.database.read() as connection:
        definitions = _definitions(connection)
        policy = _chosen(definitions, request.args.get("policy", "") or site.default_policy)
        _require(staff(), policy)
        decided = _decided(connection, definitions, policy, moments_by(office(connection)))
    every = request.args.get("all") == "1"
    sections = open_sections(definitions, policy)
    values = [value for section in sections for value in section.values]
    shown = [value for value in values if every or value.rank < NOT_ASKED]
    page = SetUpPage(
        policy=policy.id,
        name=in_language(policy.name),
        source=in_language(str(policy.values.get("source") or "")),
        file=policy.file,
        own=len(policy.lineage) > 1,
        policies=tuple(
            Choice(p.id, f"{in_language(p.name)} ({p.id})", p.id == policy.id)
            for p in definitions.policies.values()
        ),
        total=len(values),
        asked=sum(value.rank < NOT_ASKED for value in values),
        every=every,
        sections=tuple(_section(section, every) for section in sections if _any(section, every)),
        decided=decided,
        lines=yaml_lines({value.path: value.proposed for value in shown}),
    )
    return render_template("set_up/page.html", page=page)


@blueprint.get("/set-up/<policy>.yaml")
@sign_in_required
def draft(policy: str) -> Response:
    """A policy file to edit: extends this one, every open key with its proposal."""
    site = this_site()
    with site.database.read() as connection:
        definitions = _definitions(connection)
    chosen = _chosen(definitions, policy)
    _require(staff(), chosen)
    values = [value for section in open_sections(definitions, chosen) for value in section.values]
    head = _(
        "# Proposals, nobody's decisions: read each line, change it, then remove this one.\n"
        "# Save the file under processes/policies, with the name that id gives.\n"
    )
    first = f"id: our-policy\nextends: {chosen.id}\nname: 本公司的制度 / Our policy\n"
    answer = Response(
        head + first + yaml_lines({value.path: value.proposed for value in values}),
        mimetype="text/yaml; charset=utf-8",
    )
    answer.headers["Content-Disposition"] = 'attachment; filename="our-policy.yaml"'
    return answer


def may_set_up(person: Person) -> bool:
    """Whether a person is offered the page: process owners and administrators."""
    return bool(person.groups & {OWNER, ADMINISTRATOR})


def _require(person: Person, policy: Policy) -> None:
    owners = policy.values.get("owner")
    named = {g for g in owners if isinstance(g, str)} if isinstance(owners, list) else set()
    if not may_set_up(person) and not person.groups & named:
        raise NotAllowed(
            "只有制度的负责人可以打开这个页面。 / Only the owners of the policy may open this page."
        )


def _definitions(connection: Connection) -> Definitions:
    site = this_site()
    return site.definitions(connection, site.effective_release(connection).digest)


def _chosen(definitions: Definitions, policy_id: str) -> Policy:
    policy = definitions.policies.get(policy_id)
    if policy is None:
        raise NotFound("没有这个制度。 / There is no such policy.")
    return policy


def _decided(
    connection: Connection, definitions: Definitions, policy: Policy, moments: Moments
) -> tuple[DecidedRow, ...]:
    decisions = policy_decisions_of(connection, policy.digest)
    names = people_names(connection, {decision.decided_by for decision in decisions})
    return tuple(
        DecidedRow(
            title=in_language(policy_words(definitions, decision.path)),
            lines=yaml_lines({decision.path: as_written(loads(decision.data))}),
            who=in_language(names.get(decision.decided_by, "")),
            at=moments.at(decision.decided_at),
            case=decision.root_id,
        )
        for decision in decisions
    )


def _any(section: OpenSection, every: bool) -> bool:
    return any(every or value.rank < NOT_ASKED for value in section.values)


def _section(section: OpenSection, every: bool) -> SectionRow:
    rows = [value for value in section.values if every or value.rank < NOT_ASKED]
    rows.sort(key=lambda value: value.rank)
    anchor = rows[0].path.partition(".")[0]
    return SectionRow(in_language(section.title), anchor, tuple(_row(value) for value in rows))


def _row(value: OpenValue) -> ValueRow:
    language = choose_language()
    return ValueRow(
        path=value.path,
        title=half(value.title, language),
        meaning=half(value.meaning, language),
        ids=value.ids,
        step=half(value.steps[0], language) if value.steps else "",
        more=max(0, len(value.steps) - MORE_STEPS),
        stated=value.stated,
        lines=value.lines,
    )
