"""A suspended case stands still and loses nothing; who suspended it, when and why is said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from runner.engine.access import CUSTOMER, SYSTEM
from runner.engine.instances import cancel_case
from runner.engine.jobs import claim_jobs, complete_job
from runner.engine.messages import correlate_message
from runner.engine.suspension import resume_case, suspend_case, suspension_of
from runner.engine.timers import due_timers, fire_timer, next_timer_at
from runner.engine.user_tasks import (
    claim_user_task,
    complete_user_task,
    form_context,
    save_draft,
)
from runner.errors import InvalidInput, InvalidState, NotAllowed
from service_tasks.contract import Call, Handler, Outcome
from tests.definitions.diagrams import diagram, extended, line, node, simple, user_task
from tests.engine.conftest import House

HOUR = timedelta(hours=1)


def timed(content: str) -> str:
    return f"<bpmn:timerEventDefinition>{content}</bpmn:timerEventDefinition>"


WATCHED = diagram(
    node("startEvent", "s")
    + user_task(
        "t", '<zeebe:taskSchedule dueDate="=now() + duration(&quot;PT3H&quot;)" />', form=""
    )
    + node(
        "boundaryEvent",
        "late",
        timed("<bpmn:timeCycle>R3/PT1H</bpmn:timeCycle>"),
        attachedToRef="t",
        cancelActivity="false",
    )
    + node("endEvent", "e")
    + node("endEvent", "e2")
    + line("s", "t", "e")
    + line("late", "e2")
)
MESSAGE = (
    '<bpmn:message id="m" name="news"><bpmn:extensionElements>'
    '<zeebe:subscription correlationKey="=key" /></bpmn:extensionElements></bpmn:message>'
)
LISTENING = diagram(
    node("startEvent", "s") + node("receiveTask", "r", messageRef="m") + node("endEvent", "e")
    + line("s", "r", "e"),
    outside=MESSAGE,
)  # fmt: skip


@pytest.fixture
def watched(house: House) -> tuple[House, str]:
    house.release(WATCHED)
    return house, house.start().case_id


def suspend(house: House, case: str, reason: str = "waits for the court") -> None:
    suspend_case(house.site, actor=house.owner, case_id=case, reason=reason)


def resume(house: House, case: str, *, give_back: bool = False) -> None:
    resume_case(house.site, actor=house.owner, case_id=case, reason="on", give_back=give_back)


@pytest.mark.parametrize("restart", [False, True])
def test_no_task_is_taken_or_completed_and_the_refusal_says_why(
    watched: tuple[House, str], restart: bool
) -> None:
    house, case = watched
    task = house.tasks(case)["t"]
    suspend(house, case)
    if restart:
        house.site.live.clear()
    for attempt in (
        lambda: claim_user_task(house.site, actor=house.ann, task_id=task),
        lambda: complete_user_task(house.site, actor=house.ann, task_id=task, submission={}),
    ):
        with pytest.raises(InvalidState) as refused:
            attempt()
        zh, en = refused.value.message.split(" / ")
        assert "Olga" in zh
        assert "暂停" in zh
        assert "2026-11-20 09:00" in en
        assert "because: waits for the court" in en
    save_draft(house.site, actor=house.ann, task_id=task, data={"half": "typed"})
    resume(house, case)
    assert form_context(house.site, actor=house.ann, task_id=task).draft == {"half": "typed"}
    complete_user_task(house.site, actor=house.ann, task_id=task, submission={})
    assert house.types(case)[-1] == "case_completed"


def test_timers_wait_and_fire_once_after_resuming(watched: tuple[House, str]) -> None:
    house, case = watched
    (timer,) = due_timers(house.site, house.clock.now() + HOUR)
    suspend(house, case)
    house.clock.set(house.clock.now() + 2.5 * HOUR)
    assert due_timers(house.site, house.clock.now()) == []
    assert next_timer_at(house.site) is None
    with pytest.raises(InvalidState):
        fire_timer(house.site, timer_id=timer)
    resume(house, case)
    assert due_timers(house.site, house.clock.now()) == [timer]
    assert fire_timer(house.site, timer_id=timer)
    assert due_timers(house.site, house.clock.now()) == []
    (fired,) = house.events(case, "timer_fired")
    assert fired.header["facts"]["missed"] == "1"


def test_deadlines_are_given_back_where_somebody_says_so(watched: tuple[House, str]) -> None:
    house, case = watched
    task = house.tasks(case)["t"]
    due = form_context(house.site, actor=house.ann, task_id=task).task.due_at
    first = next_timer_at(house.site)
    assert due is not None
    assert first is not None
    suspend(house, case)
    house.clock.set(house.clock.now() + 2 * HOUR)
    resume(house, case, give_back=True)
    assert next_timer_at(house.site) == first + 2 * HOUR
    for _ in range(2):
        shown = form_context(house.site, actor=house.ann, task_id=task).task.due_at
        assert shown == due + 2 * HOUR
        house.site.live.clear()
    (resumed,) = house.events(case, "case_resumed")
    facts = resumed.header["facts"]
    assert (facts["deadlines"], facts["seconds"]) == ("given_back", "7200")
    assert {moved["kind"] for moved in facts["moved"]} == {"timer", "task"}


def test_deadlines_run_on_otherwise(watched: tuple[House, str]) -> None:
    house, case = watched
    first = next_timer_at(house.site)
    suspend(house, case)
    house.clock.set(house.clock.now() + 2 * HOUR)
    resume(house, case)
    assert next_timer_at(house.site) == first
    (resumed,) = house.events(case, "case_resumed")
    assert resumed.header["facts"]["deadlines"] == "ran"
    assert resumed.header["facts"]["moved"] == []


@pytest.mark.parametrize("restart", [False, True])
def test_messages_are_kept_and_delivered_in_order(house: House, restart: bool) -> None:
    house.release(LISTENING)
    case = house.start({"key": "K1"}).case_id
    suspend(house, case)

    def send(text: str, key: str) -> object:
        return correlate_message(
            house.site, actor=CUSTOMER, name="news", correlation_key="K1",
            payload={"text": text}, idempotency_key=key,
        )  # fmt: skip

    first = send("one", "a")
    assert send("one", "a") == first
    send("two", "b")
    assert "text" not in house.variables(case)
    assert house.types(case)[-2:] == ["message_held", "message_held"]
    if restart:
        house.site.live.clear()
    resume(house, case)
    assert house.variables(case)["text"] in ("one", "two")
    received = house.events(case, "message_received")
    assert [event.values["payload.text"] for event in received] == ["one"]
    assert "case_completed" in house.types(case)


def test_no_job_is_taken_but_one_that_runs_may_report(
    make_house: Callable[..., House],
) -> None:
    def run(call: Call) -> Outcome:
        return Outcome({})

    house = make_house({"post": Handler("post", "external", "寄 / Post", "寄 / Posts", run)})
    house.release(
        simple(
            node("serviceTask", "t", extended('<zeebe:taskDefinition type="post" />')), middle="t"
        )
    )
    waiting, running = house.start().case_id, house.start().case_id
    suspend(house, waiting)
    (job,) = claim_jobs(house.site, "w", 10)
    assert job.case_id == running
    suspend(house, running)
    assert complete_job(house.site, job.id, job.attempt, Outcome({}))
    assert house.types(running)[-1] == "case_completed"
    resume(house, waiting)
    assert [job.case_id for job in claim_jobs(house.site, "w", 10)] == [waiting]


def test_a_suspended_case_can_be_cancelled_and_says_who_suspended_it(
    watched: tuple[House, str],
) -> None:
    house, case = watched
    suspend(house, case, "a / b.")
    with house.site.database.read() as connection:
        shown = suspension_of(house.site, connection, case)
    assert shown is not None
    assert (shown.who, shown.reason, shown.at) == ("Olga", "a/b", house.clock.now())
    cancel_case(house.site, actor=SYSTEM, case_id=case, reason="no")
    assert house.types(case)[-1] == "case_cancelled"


def test_who_may_and_when(watched: tuple[House, str]) -> None:
    house, case = watched
    with pytest.raises(NotAllowed):
        suspend_case(house.site, actor=house.ann, case_id=case, reason="x")
    with pytest.raises(InvalidInput):
        suspend(house, case, "  ")
    with pytest.raises(InvalidState):
        resume(house, case)
    suspend(house, case)
    with pytest.raises(InvalidState):
        suspend(house, case)
    with pytest.raises(NotAllowed):
        resume_case(house.site, actor=house.ann, case_id=case, reason="x", give_back=True)
    resume(house, case)
    complete_user_task(house.site, actor=house.ann, task_id=house.tasks(case)["t"], submission={})
    with pytest.raises(InvalidState, match="ended"):
        suspend(house, case)
