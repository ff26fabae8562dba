"""What a worker tells of an attempt: also while the database is away, also of mails that left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from runner.engine import jobs
from runner.engine.jobs import claim_jobs
from runner.errors import Unavailable
from runner.settings import Settings
from runner.store.mails import find_mail
from runner.worker import jobs as performing
from runner.worker.jobs import perform
from service_tasks.contract import Call, Delivery, Handler, Message, Outcome
from tests.engine.conftest import House
from tests.engine.test_jobs import service

MAKE = Callable[..., House]


class Post:
    """A mail server that takes everything."""

    def deliver(self, message: Message) -> Delivery:
        return Delivery(message, "sent")


def begin(make_house: MAKE, run: Callable[[Call], Outcome]) -> tuple[House, str]:
    house = make_house({"send": Handler("send", "external", "发 / Send", "发 / Sends", run)})
    house.release(service("send", retries="1"))
    return house, house.start().case_id


def work(house: House) -> None:
    (job,) = claim_jobs(house.site, "w", 1)
    perform(house.site, Settings(), job)


def away(monkeypatch: pytest.MonkeyPatch, name: str, times: int) -> None:
    """The database is away for the first so many reports."""
    report, tries = getattr(jobs, name), []

    def report_later(*arguments: Any, **options: Any) -> object:
        tries.append(name)
        if len(tries) <= times:
            raise Unavailable("忙 / busy", "busy")
        return report(*arguments, **options)

    monkeypatch.setattr(jobs, name, report_later)
    monkeypatch.setattr(performing, "PAUSES", (0.0, 0.0, 0.0))


def test_an_outcome_is_reported_when_the_database_is_back(
    make_house: MAKE, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[int] = []

    def run(call: Call) -> Outcome:
        done.append(call.attempt)
        return Outcome({"answer": "yes"})

    house, case = begin(make_house, run)
    away(monkeypatch, "complete_job", 2)
    work(house)
    assert house.types(case)[-1] == "case_completed"
    assert done == [1]  # it has had its effect, and has it once


def test_a_failure_is_reported_when_the_database_is_back(
    make_house: MAKE, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(call: Call) -> Outcome:
        raise ValueError("broken")

    house, case = begin(make_house, run)
    away(monkeypatch, "fail_job", 3)
    work(house)
    assert house.types(case)[-1] == "incident_raised"


@pytest.mark.parametrize("ending", ["raises", "nonsense"])
def test_a_mail_that_left_is_noted_whatever_became_of_its_attempt(
    make_house: MAKE, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    def run(call: Call) -> Outcome:
        assert call.mailer is not None
        call.mailer.deliver(Message("k", "li@example.org", "s", "b"))
        if ending == "raises":
            raise ValueError("broken")
        return Outcome({"x": object()})

    monkeypatch.setattr(performing, "mailer", lambda settings: Post())
    house, case = begin(make_house, run)
    work(house)
    (discarded,) = house.events(case, "job_outcome_discarded")
    (key,) = discarded.header["facts"]["mails"]
    with house.site.database.read() as connection:
        mail = find_mail(connection, key)
    assert mail is not None
    assert (mail.state, mail.recipient) == ("sent", "li@example.org")
