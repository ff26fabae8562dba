"""Time under every executor: downtime, changes of the clocks and leap days fire once, and say how
many firings were missed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from runner.clock import SetClock
from runner.engine.user_tasks import complete_user_task
from runner.settings import Settings
from runner.worker.loop import Worker
from service_tasks.contract import Call, Handler, Outcome
from tests.definitions.diagrams import diagram, extended, line, node
from tests.engine.conftest import House, make_house
from tests.engine.test_timers import timer
from tests.invariants import check_case
from tests.worker.test_executor import database
from tests.worker.test_loop import eventually, running

__all__ = ["database", "make_house"]
TASK = '<zeebe:userTask /><zeebe:assignmentDefinition candidateGroups="office" />'


def reminding(cycle: str) -> bytes:
    """A task that an automatic step reminds of, again and again."""
    return diagram(
        node("startEvent", "s") + node("userTask", "ask", extended(TASK)) + node("endEvent", "e")
        + node("boundaryEvent", "again", timer("timeCycle", cycle), attachedToRef="ask",
               cancelActivity="false")
        + node("serviceTask", "remind", extended('<zeebe:taskDefinition type="remind" />'))
        + node("endEvent", "reminded") + line("s", "ask", "e") + line("again", "remind", "reminded")
    )  # fmt: skip


# (zone, cycle, began, away until, firings missed, the next one)
CASES = {
    "an hour of downtime": (
        "Asia/Shanghai", "R/PT10M", "2027-01-05T00:00", "2027-01-05T01:00", 5, "2027-01-05T01:10",
    ),
    "the clocks go forward": (
        "Europe/Berlin", "R/2027-03-27T09:00:00+01:00/P1D", "2027-03-26T00:00", "2027-03-28T07:00",
        1, "2027-03-29T07:00",
    ),
    "the clocks go back": (
        "Europe/Berlin", "R/2027-10-30T09:00:00+02:00/P1D", "2027-10-29T00:00", "2027-10-31T08:00",
        1, "2027-11-01T08:00",
    ),
    "an hour that does not exist": (
        "Europe/Berlin", "R/2027-03-27T02:30:00+01:00/P1D", "2027-03-26T00:00", "2027-03-28T01:30",
        1, "2027-03-29T00:30",
    ),
    "a leap day": (
        "Asia/Shanghai", "R/2028-02-28T09:00:00+08:00/P1D", "2028-02-27T00:00", "2028-02-29T01:00",
        1, "2028-03-01T01:00",
    ),
    "a leap day each year": (
        "Asia/Shanghai", "R/2028-02-29T09:00:00+08:00/P1Y", "2028-02-27T00:00", "2029-02-28T01:00",
        1, "2030-02-28T01:00",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_was_missed_fires_once_and_is_counted(
    make_house: Callable[..., House], name: str
) -> None:
    zone, cycle, began, until, missed, following = CASES[name]
    reminded: list[str] = []

    def remind(call: Call) -> Outcome:
        reminded.append(call.idempotency_key)
        return Outcome()

    house = make_house({"remind": Handler("remind", "external", "提醒 / Remind", "—", run=remind)})
    house.site.zone = ZoneInfo(zone)
    clock = SetClock(_utc(began))
    house.site.clock = clock
    house.release(reminding(cycle))
    case = house.start().case_id
    clock.set(_utc(until))  # nobody works until then
    with running(Worker(house.site, Settings(), "a")), running(Worker(house.site, Settings(), "b")):
        assert eventually(lambda: len(reminded) == 1)
        assert eventually(lambda: "job_completed" in house.types(case))
        (fired,) = house.events(case, "timer_fired")
        assert fired.header["facts"]["missed"] == str(missed)
        armed = house.events(case, "timer_armed")[-1]
        assert str(armed.header["facts"]["due_at"]).startswith(following)
        clock.set(_utc(following) - timedelta(seconds=1))
        assert not eventually_more(reminded)
        clock.set(_utc(following))
        assert eventually(lambda: len(reminded) == 2)
        assert eventually(lambda: len(house.events(case, "job_completed")) == 2)
    assert house.events(case, "timer_fired")[-1].header["facts"]["missed"] == "0"
    complete_user_task(house.site, actor=house.ann, task_id=house.tasks(case)["ask"], submission={})
    with house.site.database.read() as connection:
        check_case(connection, house.site, case)


def eventually_more(reminded: list[str]) -> bool:
    """Whether another comes within two polls."""
    threading.Event().wait(1.1)
    return len(reminded) > 1


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
