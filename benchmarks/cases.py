"""A site on either database with the measured diagram released, and cases of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from benchmarks.procedure import GROUP, POLICY, START, answers, first_variables, our_files
from runner.clock import SystemClock
from runner.engine import instances, people, user_tasks
from runner.engine.access import SYSTEM, Person
from runner.engine.site import Site
from runner.feel import to_feel
from runner.settings import Settings
from runner.store.user_tasks import open_user_tasks
from tests.sites import Released, release_shipped


@dataclass(frozen=True)
class Ground:
    """Where is measured: an open site, its settings, and somebody who does the work."""

    site: Site
    settings: Settings
    person: Person
    session: str


class OurCase:
    """One case of the measured diagram, and its open user task."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self.completed = 0
        values = to_feel(first_variables())
        assert isinstance(values, dict)
        self.id = instances.start_complaint(
            ground.site,
            actor=SYSTEM,
            variables=values,
            channel="phone",
            start_element=START,
            policy_id=POLICY,
            idempotency_key=uuid4().hex,
        ).case_id
        self.look()

    def look(self) -> None:
        """Finds the task that waits now; not part of what is timed."""
        with self._ground.site.database.read() as connection:
            (task,) = open_user_tasks(connection, self.id)
        self.task_id, self.element_id = task.id, task.element_id

    def step(self) -> None:
        """Completes the open user task through the service layer."""
        user_tasks.complete_user_task(
            self._ground.site,
            actor=self._ground.person,
            task_id=self.task_id,
            submission=answers(self.element_id, self.completed),
        )
        self.completed += 1

    def until(self, completed: int) -> OurCase:
        while self.completed < completed:
            self.step()
            self.look()
        return self


@contextmanager
def ground(
    base: Released | None = None, database_url: str = "", more: Mapping[str, bytes] | None = None
) -> Iterator[Ground]:
    """A new site, on SQLite unless an address is given; its files are removed afterwards. ``more``
    are files released with the measured diagram."""
    with TemporaryDirectory(prefix="ombud-bench-") as folder:
        files = {**our_files(), **(more or {})}
        made = Path(folder) / "released"
        released = base or release_shipped(made, database_url, more=files)
        if database_url:
            site, settings = released.reopen(released.settings, SystemClock())
        else:
            site, settings = released.copy(Path(folder) / "site", SystemClock())
        person = people.add_person(
            site, actor=SYSTEM, username="measured", display_name="Measured", groups=[GROUP]
        )
        yield Ground(site, settings, person, people.open_session(site, person=person))
        site.database.close()
