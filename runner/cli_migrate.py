"""``ombud migrate``: running cases to another release, from the command line."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import click

from runner.terminal import console, plainly

if TYPE_CHECKING:  # read when a command runs: the other commands start without them
    from runner.engine.migration_plan import Place
    from runner.engine.site import Site
    from runner.store.releases import ReleaseRow

Opened = Callable[[], AbstractContextManager[Any]]


def migrate_group(opened: Opened, actor_of: Callable[[Any, str], Any]) -> click.Group:
    """The commands; ``opened`` gives the site of the settings, ``actor_of`` an account by name."""

    @click.group()
    def migrate() -> None:
        """Move running cases to another release: plan, run, revert, status."""

    @migrate.command()
    @click.option("--from", "source", required=True, help="Number of the release to leave.")
    @click.option("--to", "target", required=True, help="Number of an approved release.")
    @click.option("--map", "chosen", multiple=True, help="PROCESS.ELEMENT=TARGET; empty: nothing.")
    @click.option("--renew", multiple=True, help="PROCESS.ELEMENT whose deadline is computed anew.")
    @click.option("--into", multiple=True, help="PROCESS=PROCESS, where it has another id.")
    @click.option("--by", "username", default="", help="Account; default: the system.")
    @plainly
    def plan(
        source: str,
        target: str,
        chosen: tuple[str, ...],
        renew: tuple[str, ...],
        into: tuple[str, ...],
        username: str,
    ) -> None:
        """Keep a plan and say what it would do with all cases that run."""
        from runner.engine.migration import make_plan
        from runner.engine.migration_notes import notes_of
        from runner.engine.rehearsal import rehearse
        from runner.store.running_cases import Selection, policies_of_running

        with opened() as site:
            one, other = _release(site, source), _release(site, target)
            kept = make_plan(
                site,
                actor=actor_of(site, username),
                source=one.digest,
                target=other.digest,
                chosen=dict(_mapped(text) for text in chosen),
                renew=frozenset(_place(text) for text in renew),
                processes=dict(_processes(text) for text in into),
            )
            with site.database.read() as connection:
                found = rehearse(site, connection, kept, Selection(one.digest))
                notes = notes_of(
                    kept,
                    site.definitions(connection, one.digest),
                    site.definitions(connection, other.digest),
                    policies_of_running(connection, one.digest),
                )
            for note in notes:
                console.print(f"{note.level}: {note.zh} / {note.en}", markup=False)
            for text, count in found.refused.items():
                console.print(f"{count} x {text}", markup=False)
            console.print(f"{found.total} cases, {found.refused_cases} would stay.")
            click.echo(kept.digest)

    @migrate.command()
    @click.argument("digest")
    @click.option("--reason", required=True, help="Why, in one sentence; kept in every case.")
    @click.option("--process", "process_id", default="", help="Only cases in this process.")
    @click.option("--element", "element_id", default="", help="Only cases at this element.")
    @click.option("--state", default="", help="going, suspended or incident.")
    @click.option("--case", "cases", multiple=True, help="Only these cases.")
    @click.option("--by", "username", default="", help="Account; default: the system.")
    @plainly
    def run(
        digest: str,
        reason: str,
        process_id: str,
        element_id: str,
        state: str,
        cases: tuple[str, ...],
        username: str,
    ) -> None:
        """Move the selected cases by the plan DIGEST, here and now."""
        from runner.engine.migration import read_kept_plan
        from runner.engine.migration_batches import start_migration
        from runner.store.complaints import case_by_number
        from runner.store.running_cases import STATES, Selection

        if state not in STATES:
            raise click.UsageError(f"--state is one of: {', '.join(filter(None, STATES))}.")
        with opened() as site:
            with site.database.read() as connection:
                source = read_kept_plan(connection, digest).source
                case_ids = tuple(case_by_number(connection, case) or case for case in cases)
            batch = start_migration(
                site,
                actor=actor_of(site, username),
                plan_digest=digest,
                selection=Selection(source, process_id, element_id, state, case_ids),
                reason=reason,
            )
            _work(site, batch)

    @migrate.command()
    @click.argument("batch")
    @click.option("--reason", required=True, help="Why, in one sentence; kept in every case.")
    @click.option("--by", "username", default="", help="Account; default: the system.")
    @plainly
    def revert(batch: str, reason: str, username: str) -> None:
        """Put the cases of BATCH back where nothing happened in them since."""
        from runner.engine.migration_batches import revert_migration

        with opened() as site:
            actor = actor_of(site, username)
            revert_migration(site, actor=actor, batch_id=batch, reason=reason)
            _work(site, batch)

    @migrate.command()
    @click.argument("batch")
    @click.option("--by", "username", required=True, help="Account of the second person.")
    @click.option("--decline", default="", help="Decline instead, with this reason.")
    @plainly
    def confirm(batch: str, username: str, decline: str) -> None:
        """Confirm BATCH, or its revert, where the policy asks for a second person."""
        from runner.engine.migration_batches import decide_migration

        with opened() as site:
            actor = actor_of(site, username)
            decide_migration(site, actor=actor, batch_id=batch, confirm=not decline, reason=decline)
            if decline:
                click.echo(batch)
            else:
                _work(site, batch)

    @migrate.command()
    @click.argument("batch", required=False)
    @click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
    @plainly
    def status(batch: str | None, form: str) -> None:
        """How BATCH stands, case by case; without it, the latest ones."""
        from runner.errors import NotFound
        from runner.store.migration_batches import (
            count_items,
            find_batch,
            item_lines,
            latest_batches,
        )

        with opened() as site, site.database.read() as connection:
            if batch is None:
                rows = [
                    {"batch": found.id, "state": found.state, **count_items(connection, found.id)}
                    for found in latest_batches(connection)
                ]
            else:
                if find_batch(connection, batch) is None:
                    raise NotFound("没有这个迁移。 / There is no such migration.")
                rows = [
                    {"case": line.complaint_number or line.root_id, "state": line.state,
                     "message": line.message}
                    for line in item_lines(connection, batch, limit=1_000_000)
                ]  # fmt: skip
        if form == "json":
            click.echo(json.dumps(rows, ensure_ascii=False))
            return
        for row in rows:
            console.print("  ".join(str(part) for part in row.values() if part != ""), markup=False)

    return migrate


def _work(site: Site, batch: str) -> None:
    """Does what is left, beside any worker that does the same, and says what became of it."""
    from runner.engine.migration import work_migrations
    from runner.store.migration_batches import WORK, count_items, find_batch

    while True:
        work_migrations(site)
        with site.database.read() as connection:
            found, counts = find_batch(connection, batch), count_items(connection, batch)
        if found is None or found.state not in WORK:
            break
    if found is not None and found.state in ("asked", "revert_asked"):
        console.print("Waits for a second person: ombud migrate confirm BATCH --by ACCOUNT")
        click.echo(batch)
        return
    told = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    console.print(f"{told}.")
    click.echo(batch)
    if counts.get("refused") or counts.get("kept"):
        sys.exit(1)


def _release(site: Site, number: str) -> ReleaseRow:
    from runner.errors import NotFound
    from runner.store.releases import all_releases

    with site.database.read() as connection:
        rows = all_releases(connection)
    found = next((row for row in rows if number in (str(row.number), row.digest)), None)
    if found is None:
        raise NotFound(f"没有第 {number} 版。 / There is no release {number}.")
    return found


def _mapped(text: str) -> tuple[Place, str | None]:
    place, separator, target = text.partition("=")
    if not separator:
        raise click.UsageError(f"--map should look like PROCESS.ELEMENT=TARGET, found: {text}")
    return _place(place), target or None


def _processes(text: str) -> tuple[str, str]:
    process, separator, other = text.partition("=")
    if not separator:
        raise click.UsageError(f"--into should look like PROCESS=PROCESS, found: {text}")
    return process, other


def _place(text: str) -> Place:
    process, separator, element = text.partition(".")
    if not separator:
        raise click.UsageError(f"Expected PROCESS.ELEMENT, found: {text}")
    return process, element
