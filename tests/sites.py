"""Sites for tests: one released site is built once, and copied for every test that needs one."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from runner.clock import Clock, SetClock
from runner.definitions.files import read_folder
from runner.engine import people, releases
from runner.engine.access import SYSTEM, Person
from runner.engine.site import Site, open_site
from runner.settings import Settings
from runner.store.people import all_people
from runner.store.start_timers import cancel_start_timers

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)  # Friday, 08:30 in Shanghai
PEOPLE_OF_A_GROUP = 2  # four eyes need two
Staff = Callable[..., Person]


@dataclass(frozen=True)
class Released:
    """A data folder with the shipped procedure effective and two people in every group.

    ``copy`` gives a site of its own; what was read and compiled is shared, the database is not.
    """

    settings: Settings
    site: Site

    def copy(self, folder: Path, clock: Clock | None = None) -> tuple[Site, Settings]:
        shutil.copytree(self.settings.data_dir, folder, dirs_exist_ok=True)
        return self.reopen(replace(self.settings, data_dir=folder), clock or SetClock(NOW))

    def reopen(self, settings: Settings, clock: Clock) -> tuple[Site, Settings]:
        """A copy opened again, as after a restart."""
        site = open_site(settings, clock)
        site._definitions.update(self.site._definitions)
        site._procedures.update(self.site._procedures)
        return site, settings


def release_shipped(
    folder: Path, database_url: str = "", more: Mapping[str, bytes] | None = None
) -> Released:
    """Builds the site that is copied; its database is closed, so that its file is whole. ``more``
    are files released with the shipped ones."""
    settings = Settings(
        data_dir=folder, database_url=database_url, policy="demo-consumer", site_name="test"
    )
    site = open_site(settings, SetClock(NOW))
    made = releases.make_release(
        site, actor=SYSTEM, files={**read_folder(ROOT), **(more or {})}, reason="tests"
    )
    releases.approve_release(site, actor=SYSTEM, digest=made.digest)
    releases.make_effective(site, actor=SYSTEM, digest=made.digest)
    with site.database.write() as connection:  # tests of complaints are not about periodic duties
        cancel_start_timers(connection, NOW)
    with site.database.read() as connection:
        groups = site.definitions(connection, made.digest).groups
        site.procedure(connection, made.digest)
    for group in groups:
        for number in range(1, PEOPLE_OF_A_GROUP + 1):
            people.add_person(
                site,
                actor=SYSTEM,
                username=f"{group}.{number}",
                display_name=f"{group} {number}",
                groups=[group],
            )
    site.database.close()
    return Released(settings, site)


def staff_of(site: Site) -> Staff:
    """``person("superior", "finance")``: a new account in these groups."""
    numbers = count(1)

    def add(*groups: str, password: str | None = None) -> Person:
        number = next(numbers)
        return people.add_person(
            site,
            actor=SYSTEM,
            username=f"person.{number}",
            display_name=f"同事 {number}",
            groups=groups,
            password=password,
        )

    return add


def everybody(site: Site) -> list[Person]:
    """All accounts, as people who act."""
    with site.database.read() as connection:
        rows = all_people(connection)
    return [
        Person(row.id, row.username, row.display_name, row.groups, row.language, row.email)
        for row in rows
    ]


def members(people: Iterable[Person], groups: frozenset[str]) -> list[Person]:
    return [person for person in people if person.groups & groups]
