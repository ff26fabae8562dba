"""Random cases on random releases: a migration keeps what it must keep, a revert restores all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

import pytest

from runner.engine.repairs import read_tokens
from runner.engine.timers import due_timers, fire_timer
from runner.engine.user_tasks import claim_user_task, complete_user_task
from runner.store.user_tasks import UserTask, open_user_tasks
from tests.definitions.diagrams import diagram, flow, line, node
from tests.engine.conftest import House
from tests.engine.moving import Moving, clock, task
from tests.invariants import check_case

CASES, MANY = 12, 400
SHAPES = ("task", "task", "fork", "sub", "each")
EACH = (
    '<bpmn:multiInstanceLoopCharacteristics isSequential="false"><bpmn:extensionElements>'
    '<zeebe:loopCharacteristics inputCollection="=[1, 2]" inputElement="each" />'
    "</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>"
)


@dataclass(frozen=True)
class Block:
    """A part of the diagram between two flows. ``hours`` of a clock on it, 0 for none; ``around``
    sub-processes."""

    name: str
    shape: str
    hours: int = 0
    due: int = 0
    label: str = "Name"
    around: int = 0

    def drawn(self) -> tuple[str, str, str]:
        """(text, where flows come in, where they leave)."""
        text, into, out = self.bare()
        for number in range(self.around):
            n = f"{self.name}_w{number}"
            inside = node("startEvent", f"{n}_s") + text + node("endEvent", f"{n}_e")
            inside += flow(f"{n}_s", into) + flow(out, f"{n}_e")
            text, into, out = node("subProcess", n, inside), n, n
        return text, into, out

    def bare(self) -> tuple[str, str, str]:
        n = self.name
        watch = clock(f"{n}_clock", f"{n}_a" if self.shape == "fork" else n, self.hours)
        watch = watch if self.hours else ""
        if self.shape == "fork":
            text = (
                node("parallelGateway", f"{n}_f") + self.task(f"{n}_a") + self.task(f"{n}_b")
                + node("parallelGateway", f"{n}_j") + line(f"{n}_f", f"{n}_a", f"{n}_j")
                + line(f"{n}_f", f"{n}_b", f"{n}_j")
            )  # fmt: skip
            return text + watch, f"{n}_f", f"{n}_j"
        if self.shape == "sub":
            inside = (
                node("startEvent", f"{n}_s") + self.task(f"{n}_i") + node("endEvent", f"{n}_e")
                + line(f"{n}_s", f"{n}_i", f"{n}_e")
            )  # fmt: skip
            return node("subProcess", n, inside) + watch, n, n
        text = self.task(n)
        if self.shape == "each":
            text = text.replace("</bpmn:userTask>", EACH)
        return text + watch, n, n

    def task(self, name: str) -> str:
        return task(name, due=self.due).replace("Name of", f"{self.label} of")


def drawn(blocks: list[Block]) -> bytes:
    text, last = node("startEvent", "s"), "s"
    for block in blocks:
        inside, into, out = block.drawn()
        text += inside + flow(last, into)
        last = out
    return diagram(text + node("endEvent", "e") + flow(last, "e"))


def mutated(blocks: list[Block], random: Random) -> list[Block]:
    found = list(blocks)
    for number in range(random.randint(1, 4)):
        at = random.randrange(len(found))
        block = found[at]
        match random.choice(
            ("insert", "clock", "due", "label", "drop", "swap", "around", "around")
        ):
            case "insert":
                found.insert(at, Block(f"new{number}", random.choice(SHAPES)))
            case "clock":
                found[at] = replace(block, hours=random.choice((0, 1, 5)))
            case "due":
                found[at] = replace(block, due=random.choice((0, 3, 9)))
            case "around":
                found[at] = replace(block, around=random.choice((0, 1, 1, 2)))
            case "label":
                found[at] = replace(block, label=random.choice(("Label", "Title")))
            case "drop" if len(found) > 1:
                del found[at]
            case _:
                other = random.randrange(len(found))
                found[at], found[other] = found[other], block
    return found


def tasks_of(house: House, case: str) -> dict[str, UserTask]:
    with house.site.database.read() as connection:
        return {found.id: found for found in open_user_tasks(connection, case)}


def wander(house: House, case: str, random: Random) -> None:
    for _ in range(random.randint(0, 4)):
        found = sorted(tasks_of(house, case))
        if len(found) + len(house.events(case, "user_task_completed")) < 2:
            return
        complete_user_task(house.site, actor=house.ann, task_id=random.choice(found), submission={})
        if not tasks_of(house, case):
            return


def verified(house: House, case: str) -> None:
    with house.site.database.read() as connection:
        check_case(connection, house.site, case)


def kept(tasks: dict[str, UserTask]) -> dict[str, tuple[object, ...]]:
    return {
        key: (t.assignee, t.due_at, t.created_at, t.groups, t.state) for key, t in tasks.items()
    }


@pytest.mark.parametrize("seed", range(CASES))
def test_migrations_keep_and_reverts_restore(house: House, seed: int) -> None:
    migrate_and_revert(house, Random(seed))


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(1_000, 1_000 + MANY))
def test_many_more_migrations_keep_and_reverts_restore(house: House, seed: int) -> None:
    migrate_and_revert(house, Random(seed))


def migrate_and_revert(house: House, random: Random) -> None:
    blocks = [
        Block(
            f"n{i}",
            random.choice(SHAPES),
            random.choice((0, 2)),
            random.choice((0, 4)),
            around=random.choice((0, 0, 1)),
        )
        for i in range(random.randint(2, 4))
    ]
    source = house.release(drawn(blocks))
    case = house.start().case_id
    wander(house, case, random)
    if "case_completed" in house.types(case):
        return
    found = tasks_of(house, case)
    if found and random.random() < 0.5:
        claim_user_task(house.site, actor=house.ann, task_id=random.choice(sorted(found)))
    moving = Moving.__new__(Moving)
    moving.house, moving.source, moving.case = house, source, case
    moving.target = house.release(drawn(mutated(blocks, random)))
    if moving.target == source:
        return
    state, before, timers = moving.state(), tasks_of(house, case), moving.timers()
    house.clock.set(house.clock.now() + timedelta(minutes=20))
    if random.random() < 0.5:
        house.site.live.clear()
    plan = moving.plan()
    batch = moving.run(plan)
    result, message = moving.result(batch)
    if result == "refused":
        assert message.startswith("不能迁移")
        assert (moving.state(), moving.release()) == (state, source)
        return
    with house.site.database.read() as connection:
        tokens = read_tokens(house.site, connection, case)
        process = house.site.definitions(connection, moving.target).processes["p"]
    assert {p.element_id for p in tokens.positions()} <= set(process.elements)
    assert kept(tasks_of(house, case)) == kept(before)
    for element, timer in moving.timers().items():
        if element in timers:
            assert timer == timers[element]
    if random.random() < 0.5:
        house.site.live.clear()
    verified(house, case)
    moving.back(batch)
    assert moving.result(batch) == ("reverted", "")
    verified(house, case)
    assert (moving.state(), moving.release()) == (state, source)
    assert tasks_of(house, case) == before
    assert {k: (t.token_id, t.due_at) for k, t in moving.timers().items()} == {
        k: (t.token_id, t.due_at) for k, t in timers.items()
    }
    assert moving.result(moving.run(plan))[0] == "migrated"
    house.clock.set(house.clock.now() + timedelta(hours=6))
    for timer_id in due_timers(house.site, house.clock.now()):
        assert fire_timer(house.site, timer_id=timer_id)
    moving.finish()
    verified(house, case)
