"""The task page tells which deadlines stand still, since when, and what is due now."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from runner.engine.people import open_session
from runner.web.app import create_app
from runner.web.visit import SESSION_COOKIE
from tests.engine import conftest
from tests.engine.conftest import House
from tests.engine.test_pausing import answer, ask, waiting


@pytest.fixture
def case(house: House, monkeypatch: pytest.MonkeyPatch) -> str:
    written = conftest.POLICY + "deadlines: {pause_for: [customer]}\n"
    monkeypatch.setattr(conftest, "POLICY", written)
    properties = conftest.POLICY_SCHEMA["properties"]
    monkeypatch.setitem(properties, "deadlines", conftest.SECTION)  # type: ignore[arg-type]
    house.site.default_policy = "plain"
    house.release(waiting())
    return house.start({"reference": "K1"}).case_id


@pytest.fixture
def client(house: House, case: str) -> FlaskClient:
    client = create_app(house.site).test_client()
    client.set_cookie(SESSION_COOKIE, open_session(house.site, person=house.ann))
    return client


def test_since_when_a_clock_stands_still_and_what_is_due_then(
    house: House, client: FlaskClient, case: str
) -> None:
    def page(language: str) -> str:
        return client.get(f"/tasks/{house.tasks(case)['t']}?lang={language}").text

    assert "the clock" not in page("en")
    ask(house, case)
    paused = page("en")
    assert "this task: the clock is paused since today 09:00 (waiting for the customer)" in paused
    assert "it was due today 17:00" in paused
    assert "期限自 今天 09:00 起暂停（等待客户），原期限 今天 17:00" in page("zh")
    house.clock.advance(timedelta(hours=3))
    answer(house)
    resumed = page("en")
    assert "this task: the clock was paused from today 09:00 (waiting for the customer)" in resumed
    assert "new due today 20:00, before today 17:00" in resumed
    assert "新期限 今天 20:00（原 今天 17:00）" in page("zh")


DUE = "=due at(get value(policy.resolution.due, triage.due_class), clock)"


@pytest.fixture
def classified(house: House, case: str) -> str:
    """A case whose own due date, two days after it came, is that of a deadline that may pause."""
    house.release(waiting().replace(b"PT6H", DUE.encode()).replace(b"timeDuration", b"timeDate"))
    triage = {"due_class": "quick"}
    return house.start({"reference": "K1", "triage": triage}).case_id


def test_the_due_date_of_a_case_stops_and_moves_with_its_clock(
    house: House, client: FlaskClient, classified: str
) -> None:
    def pages(language: str) -> str:
        listed = client.get(f"/cases?lang={language}").text
        return listed + client.get(f"/cases/{classified}?lang={language}").text

    assert "Clock stopped" not in pages("en")
    ask(house, classified)
    house.clock.advance(timedelta(hours=3))
    house.site.live.clear()
    paused = pages("en")
    assert paused.count("Clock stopped today 09:00") == 3  # in the list, the header, the tile
    assert paused.count("was due Mon 07:59") == 3
    assert pages("zh").count("今天 09:00 起暂停计时") == 3
    answer(house)
    resumed = pages("en")
    assert "Clock stopped" not in resumed
    assert resumed.count("Mon 10:59") >= 3


def test_a_task_whose_clock_stands_still_says_so_in_the_list(
    house: House, client: FlaskClient, case: str
) -> None:
    ask(house, case)
    assert "Clock stopped today 09:00" in client.get("/tasks?view=all&lang=en").text
    assert "Clock stopped today 09:00" in client.get(f"/cases/{case}?tab=tasks&lang=en").text
