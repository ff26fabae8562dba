"""One complaint full of hostile texts, handled up to its approval; each test gets a copy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from runner.demo.stories import Story
from runner.engine import jobs
from runner.engine.access import CUSTOMER, SYSTEM
from runner.engine.instances import Started, start_complaint
from runner.engine.people import add_person
from runner.worker.loop import LEASE
from tests.acceptance.office import Office, open_office, web_story
from tests.sites import Released

# As it is typed, and as it must be read: none of it markup.
SCRIPT = '<script>alert("1")</script>'
HOSTILE = (
    f"{SCRIPT}<img src=x onerror=alert(2)>{{{{7331*7}}}}{{% raw %}}${{7331*7}}</textarea></title>"
    "<svg/onload=alert(3)>'\"&lt;b&gt;\u202egnp.exe 🙂 =cmd|' /C calc'!A0 " + "长文" * 300
)
NAME = '<b onclick=alert(4)>王</b>{{7331*7}}"'
PRODUCT = "<img src=x onerror=alert(5)>{{7331*7}} P-60"
SECRET = f"机密：向供应商索赔 {SCRIPT}"
EVE = "<i onmouseover=alert(6)>伊</i> / <i onmouseover=alert(6)>Eve</i>"


@dataclass(frozen=True)
class Others:
    """Cases beside the one that is handled: ``open`` lets every department read, ``narrow`` only
    those who need to know; ``stuck`` and ``narrow_stuck`` wait for somebody to repair a mail."""

    open: Started
    stuck: Started
    narrow: Started
    narrow_stuck: Started


def _story_full_of_traps() -> Story:
    story = web_story()
    said = {
        **story.said,
        "solution": {**story.said["solution"], "steps": f"{SECRET} steps"},
        "reply": {"cause": f"the battery {SCRIPT}", "measures": "we pay {{7331*7}}"},
        "application": {**story.said["application"], "history": f"{SECRET} history"},
    }
    return replace(
        story,
        what=HOSTILE,
        wants=HOSTILE[:900],
        customer={**story.customer, "name": NAME, "address": NAME},
        product={**story.product, "name": PRODUCT, "model": "x"},
        reason=SECRET,
        said=said,
    )


def _begin(office: Office, key: str, policy: str) -> Started:
    return start_complaint(
        office.site,
        actor=CUSTOMER,
        variables={
            "subject": "product",
            "phenomenon": f"the neighbour's complaint {key}",
            "desired_solution": "repair",
            "contact": f"{key}@example.com",
            "request_kind": "complaint",
        },
        channel="web_form",
        start_element="start_received",
        policy_id=policy,
        idempotency_key=key,
        language="en",
    )


def _fail_the_mail(office: Office) -> None:
    while claimed := jobs.claim_jobs(office.site, "a worker that fails", 10, LEASE):
        for job in claimed:
            jobs.fail_job(office.site, job.id, job.attempt, f"no way {SCRIPT}", final=True)


@pytest.fixture(scope="session")
def handled(
    released: Released, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Office, Others]]:
    """The office just before a leader decides, and the other cases. Nobody may change it."""
    office = open_office(released, tmp_path_factory.mktemp("office") / "site")
    office.story = _story_full_of_traps()
    eve = add_person(
        office.site,
        actor=SYSTEM,
        username="eve",
        display_name=EVE,
        groups=["customer_service", "after_sales"],
    )
    office.people = [eve, *office.people]
    office.file_complaint()
    assert office.run_until("decide_application") is not None
    begun = [_begin(office, "open", ""), _begin(office, "narrow", "demo-ebike")]
    office.work_off()
    stuck = [_begin(office, "stuck", ""), _begin(office, "narrow_stuck", "demo-ebike")]
    _fail_the_mail(office)
    yield office, Others(begun[0], stuck[0], begun[1], stuck[1])
    office.site.database.close()


@pytest.fixture
def office(handled: tuple[Office, Others], tmp_path: Path) -> Iterator[Office]:
    """A copy of that office, to do with as one likes."""
    copied = handled[0].copy(tmp_path / "office")
    yield copied
    copied.site.database.close()


@pytest.fixture
def others(handled: tuple[Office, Others]) -> Others:
    return handled[1]
