"""Cases move to another release with all they hold, in batches, and back."""

from __future__ import annotations

import pytest

from runner.engine.access import Person
from runner.engine.migration import make_plan, proposed_plan, work_migrations
from runner.engine.migration_batches import start_migration
from runner.engine.suspension import suspend_case
from runner.engine.timers import due_timers, fire_timer
from runner.engine.user_tasks import (
    claim_user_task,
    complete_user_task,
    form_context,
    save_draft,
)
from runner.errors import InvalidInput, InvalidState, NotAllowed
from runner.store.migration_batches import count_items, find_batch
from runner.store.running_cases import Selection
from tests.definitions.diagrams import diagram, extended, line, node
from tests.engine.conftest import House
from tests.engine.moving import HOUR, NEW, OLD, RENAMED, Moving, after, chain, task


@pytest.fixture
def moving(house: House) -> Moving:
    return Moving(house, OLD, NEW)


@pytest.mark.parametrize("restart", [False, True])
def test_a_case_moves_with_its_task_draft_holder_and_deadlines(
    moving: Moving, restart: bool
) -> None:
    house = moving.house
    (task_id,) = house.tasks(moving.case).values()
    claim_user_task(house.site, actor=house.ann, task_id=task_id)
    save_draft(house.site, actor=house.ann, task_id=task_id, data={"half": "typed"})
    before, timers = moving.task(task_id), moving.timers()
    house.clock.set(house.clock.now() + HOUR / 2)
    if restart:
        house.site.live.clear()
    batch = moving.run()
    if restart:
        house.site.live.clear()
    assert moving.result(batch) == ("migrated", "")
    assert moving.release() == moving.target
    assert moving.task(task_id) == before
    shown = form_context(house.site, actor=house.ann, task_id=task_id)
    assert shown.draft == {"half": "typed"}
    now = moving.timers()
    assert set(now) == {"kept", "fresh"}
    assert now["kept"] == timers["kept"]
    assert now["fresh"].due_at == house.clock.now() + 3 * HOUR
    complete_user_task(house.site, actor=house.ann, task_id=task_id, submission={})
    assert set(house.tasks(moving.case)) == {"between"}
    moving.finish()


def test_the_event_says_where_every_token_was_and_is(moving: Moving) -> None:
    plan = moving.plan()
    batch = moving.run(plan)
    (event,) = moving.house.events(moving.case, "case_migrated")
    facts = event.header["facts"]
    assert (facts["before"], facts["after"]) == (moving.source, moving.target)
    assert (facts["plan"], facts["batch"]) == (plan.digest, batch)
    assert [(p["was"], p["element"]) for p in facts["positions"]] == [("a", "a"), ("kept", "kept")]
    assert event.header["release"] == moving.source
    assert event.header["actor"] == moving.house.owner.id
    assert event.values["reason.text"] == "new law"
    later = moving.house.events(moving.case)[event.number :]
    assert {e.header["release"] for e in later} == {moving.target}
    started = moving.house.events("releases", "migration_started")[-1]
    assert started.header["facts"]["cases"] == "1"


@pytest.mark.parametrize("restart", [False, True])
def test_a_revert_puts_back_the_very_same_state(moving: Moving, restart: bool) -> None:
    house = moving.house
    (task_id,) = house.tasks(moving.case).values()
    state, before, timers = moving.state(), moving.task(task_id), moving.timers()
    batch = moving.run()
    house.clock.set(house.clock.now() + HOUR / 2)
    if restart:
        house.site.live.clear()
    moving.back(batch)
    if restart:
        house.site.live.clear()
    assert moving.result(batch) == ("reverted", "")
    assert (moving.release(), moving.state()) == (moving.source, state)
    assert moving.task(task_id) == before
    now = moving.timers()
    assert {key: (t.token_id, t.due_at) for key, t in now.items()} == {
        key: (t.token_id, t.due_at) for key, t in timers.items()
    }
    assert now["kept"] == timers["kept"]
    assert "migration_reverted" in house.types(moving.case)
    house.clock.set(house.clock.now() + 2 * HOUR)
    for timer in due_timers(house.site, house.clock.now()):
        assert fire_timer(house.site, timer_id=timer)
    moving.finish()


def test_a_case_in_which_something_happened_is_not_reverted(moving: Moving) -> None:
    house = moving.house
    batch = moving.run()
    claim_user_task(house.site, actor=house.ann, task_id=house.tasks(moving.case)["a"])
    moving.back(batch)
    state, message = moving.result(batch)
    assert state == "kept"
    assert "Ann" in message.partition(" / ")[0]
    assert "2026-11-20 09:00" in message
    assert moving.release() == moving.target
    moving.finish()


def test_a_suspended_case_can_be_migrated_and_reverted(moving: Moving) -> None:
    house = moving.house
    suspend_case(house.site, actor=house.owner, case_id=moving.case, reason="to migrate")
    batch = moving.run(state="suspended")
    assert moving.result(batch)[0] == "migrated"
    moving.back(batch)
    assert moving.result(batch)[0] == "reverted"


def test_a_renamed_element_is_found_by_its_name(house: House) -> None:
    moving = Moving(house, diagram(chain(("a", task("a")), ("b", task("b")))), RENAMED)
    with house.site.database.read() as connection:
        plan = proposed_plan(house.site, connection, moving.source, moving.target)
    assert plan.elements["p"]["a"] == "a2"
    (task_id,) = house.tasks(moving.case).values()
    moving.run()
    assert house.tasks(moving.case) == {"a2": task_id}
    moving.finish()


def test_an_element_without_a_target_refuses_its_cases_and_names_it(house: House) -> None:
    moving = Moving(
        house,
        diagram(chain(("a", task("a")), ("b", task("b")))),
        diagram(chain(("b", task("b")))),
    )
    state = moving.state()
    batch = moving.run()
    assert moving.result(batch) == (
        "refused",
        "不能迁移：“名称”在新版本里没有对应的步骤。 / "
        "Cannot be migrated: nothing on the other release was chosen for 'Name of a'.",
    )
    assert moving.state() == state
    batch = moving.run(moving.plan({("p", "a"): "b"}))
    assert moving.result(batch)[0] == "migrated"
    assert list(house.tasks(moving.case)) == ["b"]
    moving.finish()


def test_deadlines_are_computed_anew_only_where_chosen(moving: Moving) -> None:
    house = moving.house
    (task_id,) = house.tasks(moving.case).values()
    due, kept = moving.task(task_id).due_at, moving.timers()["kept"]
    house.clock.set(house.clock.now() + HOUR / 2)
    batch = moving.run(moving.plan(None, ("p", "a"), ("p", "kept")))
    assert moving.task(task_id).due_at == house.clock.now() + 9 * HOUR
    assert moving.timers()["kept"].due_at == house.clock.now() + 7 * HOUR
    moving.back(batch)
    assert moving.result(batch) == ("reverted", "")
    assert moving.task(task_id).due_at == due
    assert moving.timers()["kept"].due_at == kept.due_at
    renewed = house.events(moving.case, "deadline_renewed")
    assert len(renewed) == 2


def test_a_batch_is_resumed_and_never_done_twice(house: House) -> None:
    moving = Moving(house, OLD, NEW)
    house_cases = [moving.case]
    plan = moving.plan()
    with house.site.database.read() as connection:
        pass
    batch = start_migration(
        house.site, actor=house.owner, plan_digest=plan.digest,
        selection=Selection(moving.source), reason="r",
    )  # fmt: skip
    assert work_migrations(house.site, 1) == 1
    house.site.live.clear()
    moving.work()
    moving.work()
    for case in house_cases:
        assert house.types(case).count("case_migrated") == 1
    with house.site.database.read() as connection:
        found = find_batch(connection, batch)
        assert found is not None
        assert found.state == "done"
        assert count_items(connection, batch) == {"migrated": 1}


def test_selected_by_element_and_state(house: House) -> None:
    source = house.release(OLD)
    first, second, third = (house.start().case_id for _ in range(3))
    moving = Moving(house, OLD, NEW)
    assert moving.source == source
    complete_user_task(house.site, actor=house.ann, task_id=house.tasks(second)["a"], submission={})
    suspend_case(house.site, actor=house.owner, case_id=third, reason="x")
    moving.run(element_id="b")
    assert (moving.release(first), moving.release(second)) == (source, moving.target)
    moving.run(state="suspended")
    assert moving.release(third) == moving.target
    moving.run(process_id="p", case_ids=(first,))
    assert moving.release(first) == moving.target
    assert moving.release() == source


def test_a_token_at_a_join_keeps_its_way(house: House) -> None:
    def forked(extra: str, *ids: str) -> bytes:
        return diagram(
            node("startEvent", "s")
            + node("parallelGateway", "f")
            + task("a")
            + task("b")
            + extra
            + node("parallelGateway", "j")
            + node("endEvent", "e")
            + line("s", "f", "a", "j", "e")
            + line("f", "b", *ids, "j")
        )

    moving = Moving(house, forked(""), forked(task("c"), "c"))
    complete_user_task(
        house.site, actor=house.ann, task_id=house.tasks(moving.case)["a"], submission={}
    )
    assert moving.places() == ["b", "j"]
    assert moving.result(moving.run())[0] == "migrated"
    complete_user_task(
        house.site, actor=house.ann, task_id=house.tasks(moving.case)["b"], submission={}
    )
    assert list(house.tasks(moving.case)) == ["c"]
    moving.finish()


def test_sub_processes_calls_and_bodies_move_with_what_is_in_them(house: House) -> None:
    each = (
        '<bpmn:multiInstanceLoopCharacteristics isSequential="false"><bpmn:extensionElements>'
        '<zeebe:loopCharacteristics inputCollection="=[1, 2]" inputElement="each" />'
        "</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
    )
    many = extended("<zeebe:userTask />", '<zeebe:assignmentDefinition candidateGroups="office" />')

    def nested(last: str) -> bytes:
        inner = (
            node("startEvent", "s1") + task("i") + node("endEvent", "e1") + line("s1", "i", "e1")
        )
        parts = (
            node("startEvent", "s") + node("parallelGateway", "f")
            + node("subProcess", "sub", inner)
            + node("userTask", "m", many + each)
            + node("callActivity", "call", extended('<zeebe:calledElement processId="q" />'))
            + node("parallelGateway", "j") + last
            + node("endEvent", "e")
        )  # fmt: skip
        flows = line("s", "f") + "".join(line("f", x, "j") for x in ("sub", "m", "call"))
        tail = line("j", "z", "e") if last else line("j", "e")
        return diagram(parts + flows + tail)

    called = diagram(
        node("startEvent", "s2") + task("k") + node("endEvent", "e2") + line("s2", "k", "e2"),
        process="q",
    )
    source = house.release(nested(""), called)
    case = house.start().case_id
    moving = Moving(house, OLD, OLD.replace(b"Name of b", b"Name of B"))
    moving.source, moving.case, moving.target = (
        source,
        case,
        house.release(nested(task("z")), called),
    )
    places, state = moving.places(), moving.state()
    batch = moving.run()
    assert moving.result(batch) == ("migrated", "")
    assert moving.places() == places
    moving.back(batch)
    assert moving.state() == state
    assert moving.result(moving.run())[0] == "migrated"
    moving.finish()
    assert "z" in {e.header.get("element") for e in house.events(case, "user_task_completed")}


def test_event_sub_processes_begin_and_cease_to_wait(house: House) -> None:
    def handling(name: str) -> str:
        start = node("startEvent", f"{name}_s", after(3), isInterrupting="false")
        inside = start + task(f"{name}_t") + node("endEvent", f"{name}_e")
        flows = line(f"{name}_s", f"{name}_t", f"{name}_e")
        return node("subProcess", name, inside + flows, triggeredByEvent="true")

    text = chain(("a", task("a")), ("b", task("b")))
    moving = Moving(house, diagram(text + handling("x")), diagram(text + handling("y")))
    state = moving.state()
    assert set(moving.timers()) == {"x_s"}
    batch = moving.run()
    assert moving.result(batch) == ("migrated", "")
    assert set(moving.timers()) == {"y_s"}
    moving.back(batch)
    assert moving.result(batch) == ("reverted", "")
    assert (moving.state(), set(moving.timers())) == (state, {"x_s"})
    assert moving.result(moving.run())[0] == "migrated"
    house.clock.set(house.clock.now() + 4 * HOUR)
    for timer in due_timers(house.site, house.clock.now()):
        assert fire_timer(house.site, timer_id=timer)
    assert "y_t" in house.tasks(moving.case)
    moving.finish()


def test_a_task_that_ended_before_can_still_be_read(house: House) -> None:
    moving = Moving(
        house,
        diagram(chain(("a", task("a")), ("b", task("b")))),
        diagram(chain(("b", task("b")))),
    )
    ended = house.tasks(moving.case)["a"]
    complete_user_task(house.site, actor=house.ann, task_id=ended, submission={})
    assert moving.result(moving.run())[0] == "migrated"
    shown = form_context(house.site, actor=house.ann, task_id=ended)
    assert shown.element.name == "名称 / Name of a"


def test_who_may_and_where_to(moving: Moving) -> None:
    house = moving.house
    with pytest.raises(NotAllowed):
        make_plan(house.site, actor=house.ann, source=moving.source, target=moving.target)
    with pytest.raises(InvalidInput):
        make_plan(house.site, actor=house.owner, source=moving.source, target=moving.source)
    with pytest.raises(InvalidState, match="approved or in force"):
        make_plan(house.site, actor=house.owner, source=moving.target, target=moving.source)
    with pytest.raises(InvalidInput):
        moving.plan({("p", "a"): "s"})
    plan = moving.plan()
    assert plan == moving.plan()
    with pytest.raises(InvalidInput, match="No case"):
        moving.run(plan, element_id="nowhere")
    with pytest.raises(NotAllowed):
        start_migration(
            house.site, actor=Person("x"), plan_digest=plan.digest,
            selection=Selection(moving.source), reason="r",
        )  # fmt: skip
    batch = moving.run(plan)
    moving.back(batch)
    with pytest.raises(InvalidState, match="reverted"):
        moving.back(batch)
