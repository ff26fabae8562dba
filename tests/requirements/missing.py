"""Which requirements have no place yet, by group: ``python -m tests.requirements.missing``."""

from __future__ import annotations

from collections.abc import Iterator

import click

from runner.definitions.files import read_folder
from runner.definitions.release import load_definitions
from tests.requirements.places import ROOT, all_places
from tests.requirements.rows import groups, rows


def lines() -> Iterator[str]:
    placed = {place.requirement for place in all_places(load_definitions(read_folder(ROOT)))}
    missing = [row for row in rows().values() if row.id not in placed]
    yield f"{len(missing)} of {len(rows())} requirements have no place."
    for group in groups().values():
        found = [row for row in missing if row.group == group.id]
        if found:
            yield f"\n{group.id}  {group.title}  ({len(found)})"
            yield from (f"  {row.id}  {row.wording}" for row in found)
    unknown = sorted(placed - set(rows()))
    if unknown:
        yield f"\nNo such requirement, but named: {', '.join(unknown)}"


if __name__ == "__main__":
    for line in lines():
        click.echo(line)
