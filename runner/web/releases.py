"""The procedure as released: every release with its state, and the diagrams of the one in force."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from flask import Blueprint, render_template, request
from markupsafe import Markup
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from runner.definitions.findings import half
from runner.definitions.sheets import SheetsRefused, export_workbook
from runner.definitions.svg import render
from runner.engine.migration import MAY_MIGRATE
from runner.engine.site import Site
from runner.errors import NotFound
from runner.store.case_lists import ReleaseLine, people_names, release_lines
from runner.web.case_reading import ACTORS
from runner.web.form_nodes import Choice
from runner.web.sending import send_file
from runner.web.set_up import may_set_up
from runner.web.visit import (
    choose_language,
    in_language,
    moments_by,
    office,
    sign_in_required,
    staff,
    this_site,
)

blueprint = Blueprint("releases", __name__)
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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
class TablesFile:
    """A file with decision tables: its name without its ending, and their names."""

    stem: str
    names: str


@dataclass(frozen=True)
class ReleasesPage:
    """``svg`` is the chosen diagram of the effective release, drawn by us; ``tables`` are the
    decision tables of the release number ``tables_of``, 0 without a release; ``policies`` are those
    a manual of it can be printed for."""

    rows: tuple[ReleaseRow, ...]
    diagrams: tuple[Choice, ...]
    name: str
    svg: Markup
    tables: tuple[TablesFile, ...]
    tables_of: int
    policies: tuple[Choice, ...]
    may_migrate: bool
    may_set_up: bool


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
            digest, processes, files = "", {}, {}
        shown = _line(lines, request.args.get("release", ""))
        shown = shown or next((line for line in lines if line.digest == digest), None)
        tables = _tables(site, connection, shown, language)
        policies = _policies(site, connection, shown, language)
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
        tables=tables,
        tables_of=shown.number if shown else 0,
        policies=policies,
        may_migrate=bool(staff().groups & set(MAY_MIGRATE)),
        may_set_up=may_set_up(staff()),
    )
    return render_template("releases/list.html", page=page)


@blueprint.get("/releases/<number>/<stem>.xlsx")
@sign_in_required
def tables(number: str, stem: str) -> Response:
    """The decision tables of one file of a release as a workbook."""
    site = this_site()
    with site.database.read() as connection:
        line = _line(release_lines(connection), number)
        files = site.definitions(connection, line.digest).files if line else {}
    data = next((files[path] for path in files if PurePath(path).name == f"{stem}.dmn"), None)
    if data is None:
        raise NotFound("该版本没有这些决策表。 / The release has no such decision tables.")
    try:
        book, _ = export_workbook(data, f"{stem}.dmn")
    except SheetsRefused:
        raise NotFound("该文件没有决策表。 / The file has no decision table.") from None
    return send_file(f"{stem}.xlsx", EXCEL, book, download=True)


@blueprint.get("/releases/<number>/names.md")
@sign_in_required
def names_of(number: str) -> Response:
    """Every name of a release that answers, messages, scenarios and FEEL may use."""
    from runner.trying.naming import names_page  # what tries cases is not needed to serve pages

    site = this_site()
    with site.database.read() as connection:
        line = _line(release_lines(connection), number)
        definitions = site.definitions(connection, line.digest) if line else None
    if definitions is None:
        raise NotFound("没有这个发布版本。 / There is no such release.")
    page = names_page(definitions).encode()
    return send_file(f"names-R{number}.md", "text/markdown", page, download=True)


def _line(lines: list[ReleaseLine], number: str) -> ReleaseLine | None:
    return next((line for line in lines if str(line.number) == number), None)


def _policies(
    site: Site, connection: Connection, line: ReleaseLine | None, language: str
) -> tuple[Choice, ...]:
    """The policies of a release, the site's own chosen."""
    if line is None:
        return ()
    found = site.definitions(connection, line.digest).policies
    return tuple(
        Choice(policy.id, half(policy.name, language), policy.id == site.default_policy)
        for policy in found.values()
    )


def _tables(
    site: Site, connection: Connection, line: ReleaseLine | None, language: str
) -> tuple[TablesFile, ...]:
    if line is None:
        return ()
    definitions = site.definitions(connection, line.digest)
    names: dict[str, list[str]] = {}
    for decision in definitions.decisions.values():
        if decision.table is not None:
            names.setdefault(decision.file, []).append(half(decision.name, language))
    comma = "、" if language.startswith("zh") else ", "
    return tuple(
        TablesFile(PurePath(file).stem, comma.join(found)) for file, found in sorted(names.items())
    )
