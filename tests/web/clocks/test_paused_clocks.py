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
