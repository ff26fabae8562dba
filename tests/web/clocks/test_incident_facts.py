"""An incident's page has what a person needs: a sentence, the step, what it saw, what to do, a
retry; in either language, for every kind of place that can fail."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask.testing import FlaskClient

from runner.engine.jobs import claim_jobs, fail_job
from runner.engine.people import open_session
from runner.feel import to_feel
from runner.lifecycle import INCIDENT_KINDS
from runner.reports.incident_words import WHAT_TO_DO
from runner.reports.label_words import INCIDENTS
from runner.store.incidents import Incident, open_incidents
from runner.web.app import create_app
from runner.web.visit import SESSION_COOKIE
from tests.engine.conftest import House
from tests.engine.failing_places import PLACES
from tests.engine.test_jobs import external, service
from tests.web.conftest import plain


def visitor(house: House) -> FlaskClient:
    house.site.default_policy = "plain"
    client = create_app(house.site).test_client()
    reader = house.person("max", "quality_manager")
    client.set_cookie(SESSION_COOKIE, open_session(house.site, person=reader))
    return client


def incident_of(house: House, case: str) -> Incident:
    with house.site.database.read() as connection:
        (found,) = open_incidents(connection, case)
    return found


def section(page: str, heading: str) -> str:
    """What stands under a heading."""
    found = re.search(rf"<h2>{heading}</h2></header>(.*?)</section>", page, re.DOTALL)
    return "" if found is None else unescape(re.sub(r"<[^>]+>", " ", found[1])).strip()


def test_every_failing_place_is_told_with_all_that_is_needed(house: House) -> None:
    client = visitor(house)
    missing: list[str] = []
    for place in PLACES:
        house.release(place.content, **place.files)
        case = house.start({"v": to_feel(place.wrong[0]), "key": "k"}).case_id
        incident = incident_of(house, case)
        page = client.get(f"/incidents/{incident.id}?lang=zh").text
        text = plain(page)
        told = {
            "sentence": incident.message.split(" / ")[0].split("\n")[0][:12] in text,
            "element": "名称</h1>" in page or "名称 </h1>" in page,
            "saw": bool(section(page, "这一步看到的数据")),
            "to do": section(page, "怎么办") == WHAT_TO_DO[incident.kind].split(" / ")[0],
            "retry": "记录并重试" in text,
            "diagram": "现在的位置" in text,
        }
        missing += [f"{place.name}: {what}" for what, there in told.items() if not there]
    assert not missing, "\n".join(missing)


def test_a_failed_job_tells_its_inputs_and_what_the_handler_said(
    make_house: Callable[..., House],
) -> None:
    house = make_house({"send": external()})
    mapping = '<zeebe:input source="=recipient" target="recipient" />'
    house.release(service("send", mapping, retries="1"))
    case = house.start({"recipient": "nobody@example.com"}).case_id
    (job,) = claim_jobs(house.site, "w", 1)
    said = "邮件服务器拒绝了这个地址。 / The mail server refused this address."
    fail_job(house.site, job.id, job.attempt, said)
    incident = incident_of(house, case)
    client = visitor(house)
    zh = client.get(f"/incidents/{incident.id}?lang=zh").text
    assert "原因：邮件服务器拒绝了这个地址。" in plain(zh)
    assert "nobody@example.com" in section(zh, "这一步看到的数据")
    assert "自动步骤“名称”试了 1 次都失败了。" in plain(zh)
    en = client.get(f"/incidents/{incident.id}?lang=en").text
    assert "Cause: The mail server refused this address." in plain(en)
    assert "brings it back" in section(en, "What to do")


@pytest.mark.parametrize("kind", sorted(INCIDENT_KINDS))
def test_every_kind_of_incident_has_its_words(kind: str) -> None:
    assert " / " in WHAT_TO_DO[kind]
    assert " / " in INCIDENTS[kind]
