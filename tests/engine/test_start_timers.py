"""Processes that begin by themselves: one release's timers at a time, each firing once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from runner.engine import start_timers
from runner.engine.releases import make_effective
from runner.engine.start_timers import fire_due_start_timers, fire_start_timer
from runner.store.start_timers import StartTimer, armed_start_timers
from tests.definitions.diagrams import diagram, extended, line, node, user_task
from tests.engine.conftest import START, House
from tests.engine.test_timers import timer
from tests.invariants import check_all

HOUR = timedelta(hours=1)


def begins(kind: str, when: str, name: str = "t") -> bytes:
    return diagram(
        node("startEvent", "s", timer(kind, when))
        + user_task(name, form="")
        + node("endEvent", "e")
        + line("s", name, "e")
    )


@pytest.fixture(autouse=True)
def policy(house: House) -> None:
    house.site.default_policy = "plain"


def armed(house: House) -> list[StartTimer]:
    with house.site.database.read() as connection:
        return armed_start_timers(connection)


def cases(house: House) -> list[str]:
    with house.site.database.read() as connection:
        check_all(connection, house.site)
        return list(connection.execute(text("SELECT id FROM cases")).scalars())


def test_a_cycle_begins_a_case_each_time(house: House) -> None:
    house.release(begins("timeCycle", "R2/PT1H"))
    assert fire_due_start_timers(house.site) == 0
    for number in (1, 2):
        house.clock.advance(HOUR)
        assert fire_due_start_timers(house.site) == 1
        assert fire_due_start_timers(house.site) == 0
        assert len(cases(house)) == number
    assert armed(house) == []
    (case, *_) = cases(house)
    assert set(house.tasks(case)) == {"t"}
    (fired,) = house.events(case, "timer_fired")
    assert fired.header["facts"]["missed"] == "0"
    assert house.variables(case)["channel"] == "timer"


def test_after_downtime_it_begins_once_and_says_how_many_were_missed(house: House) -> None:
    house.release(begins("timeCycle", "R/PT1H"))
    house.clock.advance(5 * HOUR + HOUR / 2)
    assert fire_due_start_timers(house.site) == 1
    (case,) = cases(house)
    assert house.events(case, "timer_fired")[0].header["facts"]["missed"] == "4"
    assert [t.due_at for t in armed(house)] == [START + 6 * HOUR]
    assert fire_due_start_timers(house.site) == 0


def test_a_cron_pattern_begins_a_case_on_the_clock_of_the_site_and_counts_what_was_missed(
    house: House,
) -> None:
    house.release(begins("timeCycle", " 0 0  9 * * MON-FRI"))
    (first,) = armed(house)
    local = first.due_at.astimezone(house.site.zone)
    assert (local.hour, first.repeats) == (9, "0 0 9 * * MON-FRI")
    house.clock.advance(first.due_at - house.clock.now() + timedelta(days=7))
    assert fire_due_start_timers(house.site) == 1
    (case,) = cases(house)
    (fired,) = house.events(case, "timer_fired")
    assert fired.header["facts"]["missed"] == "5"
    (following,) = armed(house)
    later = following.due_at.astimezone(house.site.zone)
    assert (later.hour, later.isoweekday() < 6) == (9, True)
    assert timedelta() < following.due_at - house.clock.now() <= timedelta(days=3)


def test_two_workers_begin_one_case(house: House) -> None:
    house.release(begins("timeDuration", "PT1H"))
    (found,) = armed(house)
    assert not fire_start_timer(house.site, found)  # not yet
    house.clock.advance(HOUR)
    assert fire_start_timer(house.site, found)
    assert len(cases(house)) == 1
    fire_start_timer(house.site, found)  # the other worker, a moment later
    assert len(cases(house)) == 1


def test_another_release_takes_over(house: House) -> None:
    first = house.release(begins("timeCycle", "R/PT1H"))
    (old,) = armed(house)
    house.clock.advance(HOUR / 2)
    second = house.release(begins("timeCycle", "R/PT2H", "t2"))
    (new,) = armed(house)
    assert (new.release_digest, new.due_at) == (second, START + 2.5 * HOUR)
    house.clock.advance(HOUR)
    assert not fire_start_timer(house.site, old)
    assert cases(house) == []
    make_effective(house.site, actor=house.owner, digest=first)
    (again,) = armed(house)
    assert (again.release_digest, again.due_at) == (first, START + 2.5 * HOUR)
    told = house.types("releases").count("start_timer_armed")
    assert told == 3


def test_a_date_fires_once_also_when_its_release_comes_back(house: House) -> None:
    when = "2026-11-20T02:00:00Z"
    first = house.release(begins("timeDate", when))
    house.clock.advance(HOUR)
    assert fire_due_start_timers(house.site) == 1
    house.release(begins("timeDate", when, "t2"))
    make_effective(house.site, actor=house.owner, digest=first)
    assert armed(house) == []
    assert fire_due_start_timers(house.site) == 0
    reasons = [
        e.header["facts"]["reason"] for e in house.events("releases", "start_timer_not_armed")
    ]
    assert reasons == ["fired_before", "fired_before"]
    assert len(cases(house)) == 1


@pytest.mark.parametrize(
    ("kind", "when", "reason"),
    [
        ("timeDate", "=null", "null"),
        ("timeDate", "=1 + 1", "unusable"),
        ("timeDuration", "P9000Y", "unusable"),
        ("timeDate", "=due at(policy.ack.first_response_due, clock)", "expression_failed"),
    ],
)
def test_a_time_that_is_none_is_told(house: House, kind: str, when: str, reason: str) -> None:
    house.release(begins(kind, when))
    assert armed(house) == []
    (told,) = house.events("releases", "start_timer_not_armed")
    assert told.header["facts"]["reason"] in (reason, "unusable", "null")


def test_an_expression_may_ask_the_policy(house: House) -> None:
    house.release(begins("timeDate", "=now() + duration(&quot;PT90M&quot;)"))
    assert [t.due_at for t in armed(house)] == [START + 1.5 * HOUR]


def test_one_that_cannot_begin_keeps_no_other_from_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.release(begins("timeCycle", "R/PT1H"), begins("timeCycle", "R/PT1H").replace(
        b'id="p"', b'id="q"').replace(b'id="s"', b'id="s2"').replace(b'"s"', b'"s2"')
        .replace(b"s_to_t", b"s2_to_t"))  # fmt: skip
    assert len(armed(house)) == 2
    house.clock.advance(HOUR)
    fire = start_timers.fire_start_timer

    def wrong(site: object, timer: StartTimer) -> bool:
        if timer.element_id == "s":
            raise RuntimeError("broken")
        return fire(site, timer)  # type: ignore[arg-type]

    monkeypatch.setattr(start_timers, "fire_start_timer", wrong)
    with pytest.raises(ExceptionGroup):
        fire_due_start_timers(house.site)
    assert len(cases(house)) == 1
    assert len(armed(house)) == 2


def test_what_is_long_over_begins_at_once(house: House) -> None:
    house.release(begins("timeDate", "2026-01-01T00:00:00Z"))
    assert [t.due_at for t in armed(house)] == [datetime(2026, 1, 1, tzinfo=UTC)]
    assert fire_due_start_timers(house.site) == 1


DUTIES = (
    'id: plain\nname: 制度 / Policy\nduties: [{id: meeting, cycle: "R/PT1H"}, '
    '{id: audit, cycle: unset}, {id: drill, cycle: "R/PT3H"}]\n'
)


def each_duty() -> bytes:
    each = extended(
        '<zeebe:properties><zeebe:property name="for_each" value="=policy.duties.id" />'
        '<zeebe:property name="item" value="duty_id" /></zeebe:properties>'
    )
    when = timer("timeCycle", "=policy.duties[id = duty_id][1].cycle")
    return diagram(
        extended(
            '<zeebe:properties><zeebe:property name="case_kind" value="duty" /></zeebe:properties>'
        )
        + node("startEvent", "s", each + when)
        + user_task("t", form="")
        + node("endEvent", "e")
        + line("s", "t", "e")
    )


def test_a_list_has_a_timer_for_each_item_and_what_is_not_decided_leaves_the_others_alone(
    house: House,
) -> None:
    house.release(each_duty(), **{"policies/plain__yaml": DUTIES.encode()})
    assert [(t.item, t.due_at) for t in armed(house)] == [
        ('"s:meeting"', START + HOUR),
        ('"s:drill"', START + 3 * HOUR),
    ]
    told = house.types("releases")
    assert (told.count("start_timer_armed"), told.count("start_timer_not_armed")) == (2, 1)
    house.clock.advance(HOUR)
    assert fire_due_start_timers(house.site) == 1
    (case,) = cases(house)
    assert house.variables(case)["duty_id"] == "meeting"
    house.clock.advance(2 * HOUR)
    assert fire_due_start_timers(house.site) == 2
    begun = [house.variables(case)["duty_id"] for case in cases(house)]
    assert sorted(str(name) for name in begun) == ["drill", "meeting", "meeting"]


def test_what_the_process_says_it_is_is_no_complaint(house: House) -> None:
    house.release(each_duty(), **{"policies/plain__yaml": DUTIES.encode()})
    house.clock.advance(HOUR)
    fire_due_start_timers(house.site)
    with house.site.database.read() as connection:
        kinds = connection.execute(text("SELECT kind, title FROM complaints")).all()
    assert [tuple(row) for row in kinds] == [("duty", "流程 / Process")]
