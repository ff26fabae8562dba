"""A closed case that recurs opens a linked one by itself and stays as it was (CL-04, CL-10)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from runner.clock import SetClock
from runner.engine import instances, user_tasks
from runner.engine.scopes import read_case_variables
from runner.engine.site import Site
from runner.settings import Settings
from runner.store.cases import find_case
from runner.store.event_log import read_chain
from runner.store.tables import complaints
from runner.store.user_tasks import open_user_tasks
from runner.worker.loop import Worker
from tests.sites import NOW, Released, everybody, members, release_shipped

CLOSED = {
    "complaint_number": "TS-2026-0007",
    "customer_name": "李丽",
    "contact": "13800000001",
    "product_name": "净水器",
    "phenomenon": "滤芯漏水",
    "closed_at": NOW,
    "registered_at": NOW,
}


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Released:
    return release_shipped(tmp_path_factory.mktemp("shipped"))


class Watched:
    """A closed case of the demonstration company that is being watched."""

    def __init__(self, released: Released, folder: Path) -> None:
        self.clock = SetClock(NOW)
        site, settings = released.copy(folder, self.clock)
        self.site: Site = site
        self.settings: Settings = settings
        self.people = everybody(site)
        self.case = instances.start_complaint(
            site,
            actor=self.people[0],
            variables=CLOSED,
            channel="phone",
            start_element="start_watch",
            process_id="effect_watch",
            policy_id="demo-consumer",
            idempotency_key=uuid4().hex,
        ).case_id

    def later(self, days: int) -> None:
        self.clock.advance(timedelta(days=days))
        self.work()

    def work(self) -> None:
        while Worker(self.site, self.settings).work_off():
            pass

    def tasks(self, case: str) -> dict[str, str]:
        with self.site.database.read() as connection:
            return {task.element_id: task.id for task in open_user_tasks(connection, case)}

    def do(self, element: str, **answers: object) -> None:
        task = self.tasks(self.case)[element]
        with self.site.database.read() as connection:
            (found,) = [t for t in open_user_tasks(connection, self.case) if t.id == task]
        user_tasks.complete_user_task(
            self.site,
            actor=members(self.people, found.groups)[0],
            task_id=task,
            submission=answers,
            attachments=[],
        )
        self.work()

    def complaints(self) -> list[str]:
        """Without the periodic duties that begin meanwhile."""
        with self.site.database.read() as connection:
            query = select(complaints.c.id).where(complaints.c.kind == "complaint")
            return list(connection.execute(query).scalars())

    def headers(self, case: str) -> list[bytes]:
        with self.site.database.read() as connection:
            return [event.header_bytes for event in read_chain(connection, case, self.site.vault)]


def test_a_recurrence_opens_a_linked_case_that_reviews_the_old_one_first(
    released: Released, tmp_path: Path
) -> None:
    watched = Watched(released, tmp_path / "site")
    watched.later(20)
    assert watched.tasks(watched.case) == {}  # the re-check is due after 30 days
    watched.later(12)
    watched.do("recheck_effect", effect="failed", effect_reason="同一批次又漏水", before=3, after=3)
    watched.do("record_recurrence", recurrence_note="客户再次来电")
    (linked,) = [case for case in watched.complaints() if case != watched.case]
    with watched.site.database.read() as connection:
        values = read_case_variables(watched.site, connection, linked)
        row = find_case(connection, watched.case)
    assert values["previous_complaint"] == "TS-2026-0007"
    assert values["product_name"] == "净水器"
    assert set(watched.tasks(linked)) >= {"review_closed_case"}
    assert row is not None
    before = watched.headers(watched.case)
    watched.later(1)
    assert watched.headers(watched.case) == before  # nothing of the old case is touched


def test_an_effect_that_lasts_opens_nothing(released: Released, tmp_path: Path) -> None:
    watched = Watched(released, tmp_path / "site")
    watched.later(32)
    watched.do("recheck_effect", effect="not_yet", effect_reason="还看不出", before=3, after=3)
    assert watched.tasks(watched.case) == {}  # looked at again after the tracking cycle
    watched.later(20)
    watched.do("recheck_effect", effect="shown", before=3, after=0)
    assert watched.complaints() == [watched.case]
