"""``ombud document``: produces a document of a case as a new revision, and writes it to a file."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import click

from runner.terminal import console, plainly

Opened = Callable[[], AbstractContextManager[Any]]


def document_command(opened: Opened, actor_of: Callable[[Any, str], Any]) -> click.Command:
    """The command; ``opened`` gives the site of the settings, ``actor_of`` somebody by name."""

    @click.command("document")
    @click.argument("case")
    @click.argument("kind", required=False)
    @click.option("-o", "--output", type=click.Path(path_type=Path), default=None)
    @click.option("--lang", default="", help="zh, en or both; otherwise what the kind says.")
    @click.option("--format", "form", default="", help="pdf, docx, xlsx, pptx; else the usual one.")
    @click.option("--from", "begins", default="", help="First day of a period, 2026-11-01.")
    @click.option("--to", "ends", default="", help="Last day of a period.")
    @click.option("--by", "username", default="", help="Account that asks; default: the system.")
    @plainly
    def document(
        case: str, kind: str | None, output: Path | None, lang: str, form: str,
        begins: str, ends: str, username: str,
    ) -> None:  # fmt: skip
        """Produce a document of CASE (acceptance number or case id) as its next revision.

        Without KIND: list what there is and what can be produced."""
        from runner.documents.making import make_document

        with opened() as site:
            if kind is None:
                _list(site, actor_of(site, username), case)
                return
            inputs: dict[str, object] = {
                name: day for name, day in (("from", begins), ("to", ends)) if day
            }
            _id, made = make_document(
                site, actor=actor_of(site, username), case=case, kind=kind, language=lang,
                form=form, inputs=inputs,
            )  # fmt: skip
            target = output or Path(made.name)
            target.write_bytes(made.data)
            assert made.document is not None
            console.print(
                f"{target} ({len(made.data):,} bytes), revision {made.document.revision}",
                markup=False,
            )

    return document


def _list(site: Any, actor: Any, case: str) -> None:
    from rich.table import Table

    from runner.definitions.findings import half
    from runner.engine.cases import check_visible
    from runner.store.cases import find_case
    from runner.store.complaints import case_by_number
    from runner.store.documents import documents_of_case

    with site.database.read() as connection:
        case_id = case_by_number(connection, case) or case
        check_visible(connection, site, actor, case_id)
        row = find_case(connection, case_id)
        assert row is not None
        kinds = site.definitions(connection, row.release_digest).documents
        lines = documents_of_case(connection, case_id)
    table = Table("Kind", "Title", "Record", "Formats", "Revisions", box=None)
    for kind in kinds.values():
        count = sum(1 for line in lines if line.document.kind == kind.id)
        table.add_row(
            kind.id, half(kind.title, "en"), kind.record, ", ".join(kind.formats), str(count or "")
        )
    console.print(table)
