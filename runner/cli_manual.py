"""``ombud manual``: the procedure as a document, for people who do not open diagrams."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from runner.settings import Settings
from runner.terminal import console, errors, plainly, procedure_folder, whole

if TYPE_CHECKING:  # read when the command runs: the other commands start without them
    from runner.definitions.release import Definitions
    from runner.manual import Facts

Opened = Callable[[], AbstractContextManager[Any]]


def manual_command(opened: Opened, settings: Callable[[], Settings]) -> click.Command:
    """The command; ``opened`` gives the site of the ``settings``, for a manual of a release."""

    @click.command("manual")
    @click.argument("folder", type=click.Path(path_type=Path, file_okay=False), required=False)
    @click.option("--policy", default="", help="Whose deadlines and roles; default: the site's.")
    @click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
    @click.option("--pdf", type=click.Path(path_type=Path, dir_okay=False), help="Write a PDF.")
    @click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="One HTML file.")
    @click.option("--release", "number", type=int, help="Of this release, not of the folder here.")
    @plainly
    def manual(
        folder: Path | None,
        policy: str,
        lang: str,
        pdf: Path | None,
        html: Path | None,
        number: int | None,
    ) -> None:
        """Print the procedure as one document: diagrams, steps, forms, roles, deadlines, tables.

        Of FOLDER (otherwise the procedure here, as a draft), or of a release of the site."""
        if pdf is None and html is None:
            raise click.UsageError("Say where to write it: --pdf FILE, --html FILE, or both.")
        if folder is not None and number is not None:
            raise click.UsageError("Give a folder or --release, not both.")
        from runner.clock import SystemClock
        from runner.documents.typesetting import TypesettingFailed
        from runner.manual import make_manual, manual_html, manual_pdf

        chosen, now = settings(), SystemClock().now()
        if number is None:
            definitions, facts = _draft(folder, chosen, now, lang)
        else:
            with opened() as site:
                definitions, facts = _released(site, number, now, lang)
        made = make_manual(
            definitions, policy or _only(definitions, chosen), language=lang, facts=facts
        )
        if html is not None:
            html.write_text(manual_html(made), encoding="utf-8")
            console.print(f"{html}", markup=False)
        if pdf is not None:
            try:
                data = manual_pdf(made, at=now)
            except TypesettingFailed as failed:
                errors.print(failed.message, markup=False)
                sys.exit(1)
            pdf.write_bytes(data)
            console.print(f"{pdf} ({len(data):,} bytes)", markup=False)
        if made.undecided:
            console.print(f"{made.undecided} values of the policy are still to be decided.")

    return manual


def _draft(
    folder: Path | None, settings: Settings, now: Any, language: str
) -> tuple[Definitions, Facts]:
    from runner.definitions.release import load_definitions, read_folder
    from runner.manual.revisions import draft_facts

    definitions = load_definitions(read_folder(whole(folder) if folder else procedure_folder()))
    wrong = sum(finding.severity == "error" for finding in definitions.findings)
    if wrong:
        errors.print(f"{wrong} errors in the files; what could not be read is missing: ombud check")
    facts = draft_facts(
        definitions,
        site=settings.site_title,
        now=now,
        zone=settings.zone,
        language=language,
    )
    return definitions, facts


def _released(site: Any, number: int, now: Any, language: str) -> tuple[Definitions, Facts]:
    from runner.manual.revisions import release_facts

    with site.database.read() as connection:
        facts = release_facts(
            connection, number, site=site.title, now=now, zone=site.zone, language=language
        )
        return site.definitions(connection, facts.digest), facts


def _only(definitions: Definitions, settings: Settings) -> str:
    """The policy to use where none is named: the site's, else the only one there is."""
    if settings.policy:
        return settings.policy
    usable = sorted(definitions.policies)
    if len(usable) == 1:
        return usable[0]
    raise click.UsageError(f"Name a policy with --policy: {', '.join(usable)}.")
