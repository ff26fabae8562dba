"""Steps move into and out of sub-processes with their case, and processes get other ids."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.engine.migration_notes import notes_of
from runner.engine.timers import due_timers, fire_timer
from runner.engine.user_tasks import claim_user_task, complete_user_task, save_draft
from tests.definitions.diagrams import diagram, extended, line, node
from tests.engine.conftest import House
from tests.engine.moving import HOUR, Moving, after, chain, clock, task
from tests.engine.test_changed_evidence import pack_of
from tests.invariants import check_case

EACH = (
    '<bpmn:multiInstanceLoopCharacteristics isSequential="false"><bpmn:extensionElements>'
    '<zeebe:loopCharacteristics inputCollection="=[1, 2]" inputElement="each" />'
    "</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
)
FLAT = diagram(chain(("a", task("a")), ("b", task("b"))))


def sub(name: str, *ids: str, before: str = "", more: str = "") -> str:
    inside = (
        node("startEvent", f"{name}_s")
        + "".join(task(i) for i in ids)
        + node("endEvent", f"{name}_e")
        + line(f"{name}_s", *ids, f"{name}_e")
    )
    return node("subProcess", name, before + inside + more)


def wrapped(before: str = "", watching: str = "", more: str = "") -> bytes:
    return diagram(
        chain(("sub", sub("sub", "a", before=before, more=more)), ("b", task("b"))) + watching
    )


def verified(moving: Moving) -> None:
    with moving.house.site.database.read() as connection:
        check_case(connection, moving.house.site, moving.case)


@pytest.mark.parametrize("restart", [False, True])
def test_a_step_moves_into_a_sub_process_that_begins_around_it(
    house: House, tmp_path: Path, restart: bool
) -> None:
    inputs = extended(
        '<zeebe:ioMapping><zeebe:input source="=1 + 1" target="two" /></zeebe:ioMapping>'
    )
    handler = node(
        "subProcess",
        "late",
        node("startEvent", "late_s", after(5), isInterrupting="false")
        + task("late_t")
        + node("endEvent", "late_e")
        + line("late_s", "late_t", "late_e"),
        triggeredByEvent="true",
    )
    moving = Moving(house, FLAT, wrapped(inputs, clock("watch", "sub", 3), handler))
    (task_id,) = house.tasks(moving.case).values()
    claim_user_task(house.site, actor=house.ann, task_id=task_id)
    save_draft(house.site, actor=house.ann, task_id=task_id, data={"half": "typed"})
    state, before = moving.state(), moving.task(task_id)
    batch = moving.run()
    assert moving.result(batch) == ("migrated", "")
    if restart:
        house.site.live.clear()
    verified(moving)
    assert moving.places() == ["a", "late_s", "sub", "watch"]
    assert set(moving.timers()) == {"watch", "late_s"}
    assert moving.task(task_id).assignee == before.assignee
    pack_of(house, moving.case, tmp_path)
    moving.back(batch)
    assert moving.result(batch) == ("reverted", "")
    assert (moving.state(), moving.task(task_id), moving.timers()) == (state, before, {})
    verified(moving)
    moving.run()
    complete_user_task(house.site, actor=house.ann, task_id=task_id, submission={})
    assert list(house.tasks(moving.case)) == ["b"]
    moving.finish()
    verified(moving)
    pack_of(house, moving.case, tmp_path)


@pytest.mark.parametrize("restart", [False, True])
def test_a_step_moves_out_of_a_sub_process_that_ends(
    house: House, tmp_path: Path, restart: bool
) -> None:
    moving = Moving(house, wrapped(watching=clock("watch", "sub", 3)), FLAT)
    (task_id,) = house.tasks(moving.case).values()
    state, timers, before = moving.state(), moving.timers(), moving.task(task_id)
    batch = moving.run()
    assert moving.result(batch) == ("migrated", "")
    if restart:
        house.site.live.clear()
    verified(moving)
    assert (moving.places(), moving.timers()) == (["a"], {})
    moving.back(batch)
    assert moving.result(batch) == ("reverted", "")
    assert (moving.state(), moving.task(task_id)) == (state, before)
    assert {k: t.due_at for k, t in moving.timers().items()} == {
        k: t.due_at for k, t in timers.items()
    }
    verified(moving)
    moving.run()
    moving.finish()
    verified(moving)
    pack_of(house, moving.case, tmp_path)


def test_what_is_kept_in_a_sub_process_alone_is_not_lost(house: House) -> None:
    inputs = extended('<zeebe:ioMapping><zeebe:input source="=1" target="own" /></zeebe:ioMapping>')
    moving = Moving(house, wrapped(inputs), FLAT)
    state = moving.state()
    plan = moving.plan()
    with house.site.database.read() as connection:
        site = house.site
        notes = notes_of(
            plan,
            site.definitions(connection, moving.source),
            site.definitions(connection, moving.target),
            frozenset(),
        )
    assert any(note.level == "loses" and "own" in note.en for note in notes)
    state_of, message = moving.result(moving.run(plan))
    assert state_of == "refused"
    assert "lost: own" in message
    assert moving.state() == state


def test_two_steps_of_a_fork_move_into_one_sub_process(house: House) -> None:
    def forked(inner: str, outer: str) -> bytes:
        return diagram(outer.replace("INNER", inner))

    fork = (
        node("parallelGateway", "f") + task("a") + task("b") + node("parallelGateway", "j")
        + line("f", "a", "j") + line("f", "b", "j")
    )  # fmt: skip
    flat = diagram(
        node("startEvent", "s") + fork + task("z") + node("endEvent", "e") + line("s", "f")
        + line("j", "z", "e")
    )  # fmt: skip
    inside = (
        fork + node("startEvent", "ss") + node("endEvent", "se") + line("ss", "f") + line("j", "se")
    )
    deep = node("subProcess", "inner", inside)
    around = node("startEvent", "os") + deep + node("endEvent", "oe") + line("os", "inner", "oe")
    nested = diagram(chain(("outer", node("subProcess", "outer", around)), ("z", task("z"))))
    moving = Moving(house, flat, nested)
    complete_user_task(
        house.site, actor=house.ann, task_id=house.tasks(moving.case)["a"], submission={}
    )
    state = moving.state()
    batch = moving.run()
    assert moving.result(batch) == ("migrated", "")
    assert moving.places() == ["b", "inner", "j", "outer"]
    verified(moving)
    moving.back(batch)
    assert (moving.result(batch), moving.state()) == (("reverted", ""), state)
    verified(moving)
    back = Moving.__new__(Moving)
    assert moving.result(moving.run())[0] == "migrated"
    back.house, back.case, back.source, back.target = (
        house, moving.case, moving.target, house.release(flat.replace(b"Name of z", b"Name of Z")),
    )  # fmt: skip
    assert back.result(back.run())[0] == "migrated"
    assert back.places() == ["b", "j"]
    verified(back)
    back.finish()


def test_a_step_changes_from_one_sub_process_to_another(house: House) -> None:
    def two(first: tuple[str, ...], second: tuple[str, ...]) -> bytes:
        return diagram(
            node("startEvent", "s") + node("parallelGateway", "f") + sub("one", *first)
            + sub("two", *second) + node("parallelGateway", "j") + node("endEvent", "e")
            + line("s", "f", "one", "j", "e") + line("f", "two", "j")
        )  # fmt: skip

    moving = Moving(house, two(("a", "b"), ("c",)), two(("b",), ("c", "a")))
    state = moving.state()
    batch = moving.run()
    state_of, message = moving.result(batch)
    assert state_of == "refused"  # nothing of "one" would be left to reach the join
    assert "its own way on" in message
    assert moving.state() == state
    complete_user_task(
        house.site, actor=house.ann, task_id=house.tasks(moving.case)["c"], submission={}
    )


def test_nothing_moves_across_a_multi_instance_activity(house: House) -> None:
    many = diagram(chain(("sub", sub("sub", "a", more=EACH)), ("b", task("b"))))
    moving = Moving(house, many, FLAT)
    state_of, message = moving.result(moving.run(moving.plan({("p", "a"): "a"})))
    assert state_of == "refused"
    assert moving.release() == moving.source
    other = Moving(house, FLAT, many.replace(b"Name of b", b"Name of B"))
    state_of, message = other.result(other.run(case_ids=(other.case,)))
    assert state_of == "refused"
    assert "multi-instance" in message


def test_a_process_with_another_id_goes_on(house: House, tmp_path: Path) -> None:
    def calling(process: str, called: str, extra: str = "") -> tuple[bytes, bytes]:
        ids = ("k", extra) if extra else ("k",)
        return (
            diagram(
                chain(
                    ("call", node("callActivity", "call",
                                  extended(f'<zeebe:calledElement processId="{called}" />'))),
                    ("z", task("z")),
                ),
                process=process,
            ),
            diagram(chain(*((i, task(i)) for i in ids)), process=called),
        )  # fmt: skip

    source = house.release(*calling("p", "q"))
    case = house.start().case_id
    moving = Moving.__new__(Moving)
    moving.house, moving.source, moving.case = house, source, case
    moving.target = house.release(*calling("p", "r", "l"))
    plan = moving.plan()
    assert plan.processes == {"p": "p", "q": "r"}
    state = moving.state()
    batch = moving.run(plan)
    assert moving.result(batch) == ("migrated", "")
    verified(moving)
    (task_id,) = house.tasks(case).values()
    assert moving.task(task_id).process_id == "r"
    moving.back(batch)
    assert (moving.result(batch), moving.state()) == (("reverted", ""), state)
    assert moving.task(task_id).process_id == "q"
    verified(moving)
    assert moving.result(moving.run(plan))[0] == "migrated"
    complete_user_task(house.site, actor=house.ann, task_id=task_id, submission={})
    assert list(house.tasks(case)) == ["l"]
    house.clock.set(house.clock.now() + HOUR)
    for timer in due_timers(house.site, house.clock.now()):
        assert fire_timer(house.site, timer_id=timer)
    moving.finish()
    pack_of(house, case, tmp_path)
