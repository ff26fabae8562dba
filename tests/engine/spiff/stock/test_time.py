"""Clocks: ours beside the library as shipped."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition

from runner.engine import timers
from runner.store.timers import armed_timers
from tests.conformance.drawing import draw
from tests.engine.conftest import House
from tests.engine.spiff.stock.library import Stock


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The process learns after its start that it is in New York."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_a_clock_that_rang_while_nobody_looked(house: House) -> None:
    shipped = Stock("c: timer\nstart > c > a > end", timers={"c": '"PT0.01S"'})
    time.sleep(0.02)
    shipped.workflow.do_engine_steps()
    assert "a" not in shipped.here  # it looks at clocks only when it has done all else
    shipped.workflow.do_engine_steps()
    assert shipped.here == ["a"]

    house.release(draw("c: catch timer PT1H\nstart > c > a > end", "main"))
    case = house.start(element="start").case_id
    with house.site.database.read() as connection:
        (timer,) = armed_timers(connection, case)
    assert timer.due_at == house.clock.now() + timedelta(hours=1)  # stored once
    house.clock.advance(timedelta(hours=1))
    timers.fire_timer(house.site, timer_id=timer.id)
    assert set(house.tasks(case)) == {"a"}


@pytest.mark.usefixtures("elsewhere")
def test_a_moment_without_an_offset() -> None:
    moments = [
        TimerEventDefinition.get_datetime(f"2099-{month}-01T09:00:00") for month in ("01", "07")
    ]
    offsets = {moment.utcoffset() for moment in moments}
    assert len(offsets) == 1  # winter and summer alike, as when the process began


def test_cycles_that_were_missed(house: House) -> None:
    text = "c: timer cycle beside a\nstart > a > end\nc > b > end2"
    shipped = Stock(text, timers={"c": '"R5/PT0.01S"'})
    time.sleep(0.08)
    for _ in range(8):
        shipped.workflow.do_engine_steps()
    assert shipped.here.count("b") == 5

    house.release(draw("c: beside a timer R5/PT1H\nstart > a > end\nc > b > end2", "main"))
    case = house.start(element="start").case_id
    house.clock.advance(timedelta(hours=4, minutes=30))
    with house.site.database.read() as connection:
        (timer,) = armed_timers(connection, case)
    timers.fire_timer(house.site, timer_id=timer.id)
    with house.site.database.read() as connection:
        (following,) = armed_timers(connection, case)
    assert following.due_at > house.clock.now()  # one ring for four, the next on time
    (fired,) = house.events(case, "timer_fired")
    assert fired.header["facts"]["missed"] == "3"


@pytest.mark.parametrize(("kind", "given"), [("timer", "PT2H"), ("timer cycle", '"0 0 9 * * ?"')])
def test_what_the_modeler_writes(kind: str, given: str) -> None:
    text = f"c: {kind} beside a\nstart > a > end\nc > b > end2"
    with pytest.raises(Exception, match=r"PT2H|0 0 9"):
        Stock(text, timers={"c": given})


@pytest.mark.parametrize("given", ["PT2H", "R/PT2H"])
def test_durations_as_the_modeler_writes_them(given: str, house: House) -> None:
    house.release(draw(f"c: beside a timer {given}\nstart > a > end\nc > b > end2", "main"))
    case = house.start(element="start").case_id
    with house.site.database.read() as connection:
        (timer,) = armed_timers(connection, case)
    assert timer.due_at == house.clock.now() + timedelta(hours=2)
