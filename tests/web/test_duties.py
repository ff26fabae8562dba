"""The page of periodic duties: what comes round when, and beginning one between its times."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from runner.clock import SetClock
from runner.engine.access import Person
from runner.engine.people import open_session
from runner.engine.site import Site
from runner.engine.start_timers import arm_again
from runner.store.tables import complaints
from runner.web.app import create_app
from runner.web.visit import LANGUAGE_COOKIE, SESSION_COOKIE
from tests.sites import NOW, Released, everybody, members, release_shipped
from tests.web.conftest import Visitor


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Released:
    return release_shipped(tmp_path_factory.mktemp("shipped"))


@pytest.fixture
def shipped(released: Released, tmp_path: Path) -> Iterator[Site]:
    site, _ = released.copy(tmp_path / "site", SetClock(NOW))
    arm_again(site)
    yield site
    site.database.close()


Come = Callable[..., Visitor]


@pytest.fixture
def come(shipped: Site) -> Come:
    app = create_app(shipped)

    def visitor(group: str, language: str = "en") -> Visitor:
        (person, *_) = members(everybody(shipped), frozenset({group}))
        return Visitor(_client(app, shipped, person, language))

    return visitor


def _client(app, site: Site, person: Person, language: str):  # type: ignore[no-untyped-def]
    client = app.test_client()
    client.set_cookie(LANGUAGE_COOKIE, language)
    client.set_cookie(SESSION_COOKIE, open_session(site, person=person))
    return client


def begun(site: Site) -> list[str]:
    with site.database.read() as connection:
        query = select(complaints.c.title).where(complaints.c.kind == "duty")
        return [title for (title,) in connection.execute(query)]


def test_every_duty_says_when_it_begins_next(come: Come) -> None:
    page = come("hr").read("/duties")
    assert "Quality training" in page
    assert "2026-11-23 08:00" in page  # the weekly summary, on Monday
    assert "2026-12-01 08:00" in page  # the monthly evaluation, on the first
    assert "质量培训课程" in come("hr", "zh").read("/duties")


def test_who_does_a_duty_begins_it_now_and_once(come: Come, shipped: Site) -> None:
    trainer = come("hr")
    sent = {"key": "one"}
    first = trainer.post("/duties/quality_training", sent)
    again = trainer.post("/duties/quality_training", sent)
    assert (first.status_code, first.location) == (303, again.location)
    assert len(begun(shipped)) == 1
    assert "Quality training" in trainer.read("/duties")


def test_another_group_and_an_unknown_duty_are_refused(come: Come, shipped: Site) -> None:
    assert come("store").post("/duties/quality_training", {"key": "x"}).status_code == 403
    assert come("hr").post("/duties/no_such_duty", {"key": "x"}).status_code == 404
    assert begun(shipped) == []


def test_the_list_of_complaints_leaves_duties_out(come: Come) -> None:
    trainer = come("hr")
    trainer.post("/duties/quality_training", {"key": "one"})
    listed = come("quality_manager")
    assert "Periodic duties" not in listed.read("/cases")
    assert "What comes round when" in listed.read("/cases?state=duties")
