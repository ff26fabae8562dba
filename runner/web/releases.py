"""The procedure as released: every release with its state, and the diagrams of the one in force."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template, request
from markupsafe import Markup

from runner.definitions.findings import half
from runner.definitions.svg import render
from runner.errors import NotFound
from runner.store.case_lists import people_names, release_lines
from runner.web.case_reading import ACTORS
from runner.web.form_nodes import Choice
from runner.web.visit import (
    choose_language,
    in_language,
    moments_by,
    office,
    sign_in_required,
    this_site,
)

blueprint = Blueprint("releases", __name__)


@dataclass(frozen=True)
class ReleaseRow:
    number: int
    digest: str
    state: str
    reason: str
    made: str
    by: str
    effective: str


@dataclass(frozen=True)
class ReleasesPage:
    """``svg`` is the chosen diagram of the effective release, drawn by us."""

    rows: tuple[ReleaseRow, ...]
    diagrams: tuple[Choice, ...]
    name: str
    svg: Markup


@blueprint.get("/releases")
@sign_in_required
def listing() -> str:
    site, language = this_site(), choose_language()
    with site.database.read() as connection:
        moments = moments_by(office(connection))
        lines = release_lines(connection)
        names = people_names(connection, {line.created_by for line in lines})
        try:
            digest = site.effective_release(connection).digest
            processes = site.definitions(connection, digest).processes
            files = site.definitions(connection, digest).files
        except NotFound:
            processes, files = {}, {}
    chosen = request.args.get("diagram", "complaint")
    chosen = chosen if chosen in processes else next(iter(processes), "")
    svg, name = Markup(""), ""
    if chosen:
        name = half(processes[chosen].name, language)
        drawn = render(files[processes[chosen].file], language=language)
        svg = Markup(drawn)  # noqa: S704 - drawn by us, every text in it is escaped
    page = ReleasesPage(
        rows=tuple(
            ReleaseRow(
                line.number,
                line.digest,
                line.state,
                in_language(line.reason),
                moments.full(line.created_at),
                in_language(
                    names.get(line.created_by) or ACTORS.get(line.created_by, line.created_by)
                ),
                moments.full(line.effective_at),
            )
            for line in lines
        ),
        diagrams=tuple(
            Choice(p.id, half(p.name, language), p.id == chosen) for p in processes.values()
        ),
        name=name,
        svg=svg,
    )
    return render_template("releases/list.html", page=page)
