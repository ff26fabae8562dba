"""A case between two releases, and small diagrams for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from runner.engine.migration import make_plan, work_migrations
from runner.engine.migration_batches import revert_migration, start_migration
from runner.engine.migration_plan import Place, Plan
from runner.engine.repairs import read_tokens
from runner.engine.user_tasks import (
    complete_user_task,
)
from runner.store.cases import find_case, read_execution
from runner.store.migration_batches import item_lines
from runner.store.running_cases import Selection
from runner.store.timers import Timer, armed_timers
from runner.store.user_tasks import UserTask, find_user_task
from tests.definitions.diagrams import diagram, flow, line, node, user_task
from tests.engine.conftest import House

HOUR = timedelta(hours=1)


def after(hours: int) -> str:
    return (
        f"<bpmn:timerEventDefinition><bpmn:timeDuration>PT{hours}H</bpmn:timeDuration>"
        "</bpmn:timerEventDefinition>"
    )


def clock(element_id: str, host: str, hours: int) -> str:
    return (
        node("boundaryEvent", element_id, after(hours), attachedToRef=host, cancelActivity="false")
        + node("endEvent", f"{element_id}_end")
        + flow(element_id, f"{element_id}_end")
    )


def task(element_id: str, *parts: str, due: int = 0) -> str:
    schedule = f'<zeebe:taskSchedule dueDate="=now() + duration(&quot;PT{due}H&quot;)" />'
    return user_task(element_id, *([schedule] if due else []), *parts, form="")


def chain(*elements: tuple[str, str]) -> str:
    ids = ["s", *(element_id for element_id, _ in elements), "e"]
    return (
        node("startEvent", "s")
        + "".join(text for _, text in elements)
        + node("endEvent", "e")
        + line(*ids)
    )


OLD = diagram(
    chain(("a", task("a", due=5)), ("b", task("b"))) + clock("kept", "a", 1) + clock("gone", "a", 2)
)
NEW = diagram(
    chain(("a", task("a", due=9)), ("between", task("between")), ("b", task("b")))
    + clock("kept", "a", 7)
    + clock("fresh", "a", 3)
)
RENAMED = diagram(chain(("a2", task("a2").replace("Name of a2", "Name of a")), ("b", task("b"))))


class Moving:
    """Two releases and a case on the first."""

    def __init__(self, house: House, old: bytes, new: bytes) -> None:
        self.house = house
        self.source = house.release(old)
        self.case = house.start().case_id
        self.target = house.release(new)

    def plan(self, chosen: Mapping[Place, str | None] | None = None, *renew: Place) -> Plan:
        return make_plan(
            self.house.site,
            actor=self.house.owner,
            source=self.source,
            target=self.target,
            chosen=chosen,
            renew=frozenset(renew),
        )

    def run(self, plan: Plan | None = None, **selected: object) -> str:
        batch = start_migration(
            self.house.site,
            actor=self.house.owner,
            plan_digest=(plan or self.plan()).digest,
            selection=Selection(self.source, **selected),  # type: ignore[arg-type]
            reason="new law",
        )
        self.work()
        return batch

    def work(self) -> None:
        for _ in range(50):
            if not work_migrations(self.house.site, 2):
                return
        raise AssertionError("the batch never ends")

    def back(self, batch: str) -> None:
        revert_migration(
            self.house.site, actor=self.house.owner, batch_id=batch, reason="a mistake"
        )
        self.work()

    def result(self, batch: str) -> tuple[str, str]:
        with self.house.site.database.read() as connection:
            (item,) = item_lines(connection, batch)
        return item.state, item.message

    def release(self, case: str = "") -> str:
        with self.house.site.database.read() as connection:
            row = find_case(connection, case or self.case)
        assert row is not None
        return row.release_digest

    def state(self) -> bytes:
        with self.house.site.database.read() as connection:
            return read_execution(connection, self.case)

    def places(self) -> list[str]:
        with self.house.site.database.read() as connection:
            tokens = read_tokens(self.house.site, connection, self.case)
        return sorted(p.element_id for p in tokens.positions())

    def timers(self) -> dict[str, Timer]:
        with self.house.site.database.read() as connection:
            return {t.element_id: t for t in armed_timers(connection, self.case)}

    def task(self, task_id: str) -> UserTask:
        with self.house.site.database.read() as connection:
            found = find_user_task(connection, task_id)
        assert found is not None
        return found

    def finish(self) -> None:
        house = self.house
        for _ in range(20):
            open_tasks = sorted(house.tasks(self.case).values())
            if not open_tasks:
                break
            complete_user_task(house.site, actor=house.ann, task_id=open_tasks[0], submission={})
        assert house.types(self.case)[-1] == "case_completed"
