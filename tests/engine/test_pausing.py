"""Deadlines stand still while the case waits for the customer, where the policy says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from runner.calendars import Calendar, Interval
from runner.engine.access import SYSTEM
from runner.engine.incidents import resolve_incident
from runner.engine.instances import cancel_case
from runner.engine.messages import correlate_message
from runner.engine.pausing import given_back
from runner.engine.suspension import resume_case, suspend_case
from runner.engine.timers import due_timers, fire_timer
from runner.engine.user_tasks import complete_user_task
from runner.store.incidents import open_incidents
from runner.store.pauses import Pause
from runner.store.timers import armed_timers
from runner.store.user_tasks import open_user_tasks
from tests.definitions.diagrams import diagram, extended, flow, line, node, user_task
from tests.engine import conftest
from tests.engine.conftest import START, House
from tests.engine.test_messages import MESSAGE, REF
from tests.engine.test_timers import timer
from tests.invariants import check_case

HOUR = timedelta(hours=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = Calendar(
    id="office",
    version="1",
    zone=SHANGHAI,
    weekly=((Interval(540, 720), Interval(780, 1080)),) * 5 + ((), ()),
)


def mark(name: str, value: str = "customer") -> str:
    return f'<zeebe:properties><zeebe:property name="{name}" value="{value}" /></zeebe:properties>'


def waiting(pauses: str = mark("pauses_for"), waits: str = mark("waits_for")) -> bytes:
    """A task due in 8 h with a watching timer of 6 h, beside a wait for the customer's answer."""
    schedule = '<zeebe:taskSchedule dueDate="=now() + duration(&quot;PT8H&quot;)" />'
    task = user_task("t", form="").replace(
        "<zeebe:userTask />", f"<zeebe:userTask />{schedule}{pauses}"
    )
    return diagram(
        node("startEvent", "s")
        + node("parallelGateway", "g")
        + task
        + node(
            "boundaryEvent", "late", extended(pauses) + timer("timeDuration", "PT6H"),
            attachedToRef="t", cancelActivity="false",
        )
        + node("endEvent", "e1")
        + node("endEvent", "told")
        + user_task("ask", form="")
        + node("intermediateCatchEvent", "answer", extended(waits) + REF)
        + node("endEvent", "e2")
        + line("s", "g", "t", "e1")
        + flow("g", "ask")
        + line("ask", "answer", "e2")
        + flow("late", "told"),
        outside=MESSAGE,
    )  # fmt: skip


@pytest.fixture
def begin(house: House, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    def begin(pause_for: str = "[customer]", **marks: str) -> str:
        written = conftest.POLICY + f"deadlines: {{pause_for: {pause_for}}}\n"
        monkeypatch.setattr(conftest, "POLICY", written)
        monkeypatch.setitem(
            conftest.POLICY_SCHEMA["properties"],
            "deadlines",
            conftest.SECTION,  # type: ignore[index]
        )
        house.release(waiting(**marks))
        return house.start({"reference": "K1"}).case_id

    return begin


def ask(house: House, case: str) -> None:
    complete_user_task(house.site, actor=house.ann, task_id=house.tasks(case)["ask"], submission={})


def answer(house: House) -> None:
    correlate_message(
        house.site, actor=SYSTEM, name="reply", correlation_key="K1", payload={},
        idempotency_key="1",
    )  # fmt: skip


def dues(house: House, case: str) -> tuple[datetime | None, datetime | None]:
    """Of the task and of its timer."""
    with house.site.database.read() as connection:
        task = next(t for t in open_user_tasks(connection, case) if t.element_id == "t")
        (armed,) = armed_timers(connection, case)
        check_case(connection, house.site, case)
    return task.due_at, armed.due_at


@pytest.mark.parametrize("restart", [False, True])
def test_the_time_the_customer_took_is_given_back(
    house: House, begin: Callable[..., str], restart: bool
) -> None:
    case = begin()
    assert dues(house, case) == (START + 8 * HOUR, START + 6 * HOUR)
    house.clock.advance(HOUR)
    ask(house, case)
    assert dues(house, case)[0] is None
    paused = house.events(case, "deadline_paused")
    assert {(e.header["facts"]["deadline"], e.header["element"]) for e in paused} == {
        ("task", "t"), ("timer", "late"),
    }  # fmt: skip
    house.clock.advance(100 * HOUR)
    assert due_timers(house.site, house.clock.now()) == []
    with house.site.database.read() as connection:
        (armed,) = armed_timers(connection, case)
    assert not fire_timer(house.site, timer_id=armed.id)
    if restart:
        house.site.live.clear()
    answer(house)
    assert dues(house, case) == (START + 108 * HOUR, START + 106 * HOUR)
    resumed = house.events(case, "deadline_resumed")[0].header["facts"]
    assert resumed["paused_at"] == "2026-11-20T02:00:00.000000Z"
    assert resumed["reason"] == "customer"
    assert resumed["due_at"] < resumed["new_due_at"]
    house.clock.advance(5 * HOUR)
    assert fire_timer(house.site, timer_id=armed.id)
    assert "told" in [e.header["element"] for e in house.events(case, "element_completed")]


def test_where_the_policy_does_not_say_so_clocks_run(
    house: House, begin: Callable[..., str]
) -> None:
    case = begin("[]")
    ask(house, case)
    assert dues(house, case) == (START + 8 * HOUR, START + 6 * HOUR)
    assert "deadline_paused" not in house.types(case)


def test_only_marked_deadlines_stand_still(house: House, begin: Callable[..., str]) -> None:
    case = begin(pauses=mark("pauses_for", "authority"))
    ask(house, case)
    assert dues(house, case) == (START + 8 * HOUR, START + 6 * HOUR)


def test_what_is_overdue_already_is_not_saved_by_asking(
    house: House, begin: Callable[..., str]
) -> None:
    case = begin()
    house.clock.advance(7 * HOUR)
    ask(house, case)
    assert [e.header["facts"]["deadline"] for e in house.events(case, "deadline_paused")] == [
        "task"
    ]
    assert dues(house, case) == (None, START + 6 * HOUR)


def test_a_task_done_while_its_clock_stands_is_not_late(
    house: House, begin: Callable[..., str]
) -> None:
    case = begin()
    ask(house, case)
    house.clock.advance(50 * HOUR)
    complete_user_task(house.site, actor=house.ann, task_id=house.tasks(case)["t"], submission={})
    done = house.events(case, "user_task_completed")[-1]
    assert done.header["facts"]["late"] is False
    answer(house)
    assert house.types(case)[-1] == "case_completed"
    assert "deadline_resumed" not in house.types(case)
    with house.site.database.read() as connection:
        check_case(connection, house.site, case)


def test_a_cancelled_case_leaves_nothing_standing(house: House, begin: Callable[..., str]) -> None:
    case = begin()
    ask(house, case)
    cancel_case(house.site, actor=SYSTEM, case_id=case, reason="double")
    with house.site.database.read() as connection:
        check_case(connection, house.site, case)
        assert armed_timers(connection, case) == []


def test_an_undecided_policy_asks_its_owner_before_the_wait_begins(
    house: House, begin: Callable[..., str]
) -> None:
    case = begin("unset")
    ask(house, case)
    with house.site.database.read() as connection:
        (incident,) = open_incidents(connection, case)
    assert (incident.element_id, incident.policy_path) == ("answer", "deadlines.pause_for")
    resolve_incident(
        house.site, actor=house.owner, incident_id=incident.id, policy_value=["customer"],
        reason="decided",
    )  # fmt: skip
    assert len(house.events(case, "deadline_paused")) == 2


def test_a_suspended_case_goes_on_with_its_clocks_still_standing(
    house: House, begin: Callable[..., str]
) -> None:
    case = begin()
    ask(house, case)
    suspend_case(house.site, actor=SYSTEM, case_id=case, reason="look")
    house.clock.advance(HOUR)
    resume_case(house.site, actor=SYSTEM, case_id=case, reason="go", give_back=True)
    assert dues(house, case)[0] is None
    house.clock.advance(HOUR)
    answer(house)
    assert dues(house, case) == (START + 10 * HOUR, START + 8 * HOUR)


def local(*when: int) -> datetime:
    return datetime(*when, tzinfo=SHANGHAI).astimezone(UTC)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("paused", "due", "resumed", "expected"),
    [
        # Friday noon, due 14:00; answered on Monday at 10:00: two hours were left, one of them now
        ((2026, 11, 20, 12), (2026, 11, 20, 14), (2026, 11, 23, 10), (2026, 11, 23, 11)),
        # over night: no working time passed, nothing to give back
        ((2026, 11, 19, 18), (2026, 11, 20, 14), (2026, 11, 20, 9), (2026, 11, 20, 14)),
        # the last second of a day stays one until working time was lost
        ((2026, 11, 19, 20), (2026, 11, 20, 23), (2026, 11, 20, 8), (2026, 11, 20, 23)),
        # due at the week-end, answered after it: what was left on the clock
        ((2026, 11, 20, 18), (2026, 11, 21, 10), (2026, 11, 23, 9), (2026, 11, 24, 1)),
    ],
)
def test_working_time_is_given_back(
    paused: tuple[int, ...],
    due: tuple[int, ...],
    resumed: tuple[int, ...],
    expected: tuple[int, ...],
) -> None:
    pause = Pause("t", "c", "timer", local(*due), local(*paused), "customer")
    assert given_back(pause, local(*resumed), OFFICE) == local(*expected)


def test_a_deadline_is_never_over_at_once_after_a_pause() -> None:
    for hours in range(1, 200, 7):
        for left in (1, 30, 71):
            pause = Pause("t", "c", "task", START + left * HOUR, START, "customer")
            now = START + hours * HOUR
            assert given_back(pause, now, OFFICE) > now
            assert given_back(pause, now, OFFICE) >= pause.due_at
            assert given_back(pause, now, None) == now + left * HOUR


def test_decimal_is_no_float() -> None:
    assert OFFICE.add_working_hours(START, Decimal("0.5")) > START
