"""A command is one transaction: failing after any SQL statement leaves the database untouched."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, text

from runner.engine.user_tasks import complete_user_task
from tests.definitions.diagrams import diagram, line, node, user_task
from tests.engine.conftest import House
from tests.engine.test_timers import timer

TABLES = (
    "process_instances", "cases", "complaints", "scopes", "user_tasks", "candidate_groups",
    "timers", "events", "event_values", "incidents", "jobs", "attachments",
)  # fmt: skip
BUSY = diagram(
    node("startEvent", "s")
    + user_task("t", form="")
    + node("boundaryEvent", "late", timer("timeDuration", "PT1H"), attachedToRef="t",
           cancelActivity="false")
    + user_task("u", form="", groups="leader")
    + node("boundaryEvent", "later", timer("timeDuration", "PT1H"), attachedToRef="u",
           cancelActivity="false")
    + node("endEvent", "e")
    + node("endEvent", "e1")
    + node("endEvent", "e2")
    + line("s", "t", "u", "e")
    + line("late", "e1")
    + line("later", "e2")
)  # fmt: skip


class Broken(Exception):
    pass


@contextmanager
def breaking_after(house: House, statements: int) -> Iterator[list[str]]:
    """Raises after so many statements of a writing transaction; lists what ran."""
    ran: list[str] = []

    def count(*args: object) -> None:
        ran.append(str(args[2]))
        if len(ran) == statements:
            raise Broken

    engine = house.site.database.engine
    event.listen(engine, "after_cursor_execute", count)
    try:
        yield ran
    finally:
        event.remove(engine, "after_cursor_execute", count)


def contents(house: House) -> dict[str, list[tuple[object, ...]]]:
    with house.site.database.read() as connection:
        return {
            table: sorted(map(tuple, connection.execute(text(f"SELECT * FROM {table}"))), key=str)
            for table in TABLES
        }


@pytest.mark.parametrize("warm", [True, False])
def test_failure_after_any_statement_changes_nothing(house: House, warm: bool) -> None:
    house.release(BUSY)
    case = house.start().case_id
    task = house.tasks(case)["t"]
    before = contents(house)
    broken = 0
    for statements in range(1, 60):
        if not warm:
            house.site.live.clear()
        with breaking_after(house, statements) as ran:
            try:
                complete_user_task(house.site, actor=house.ann, task_id=task, submission={})
            except Broken:
                broken += 1
        if len(ran) < statements:
            break
        assert contents(house) == before
    assert broken > 8
    assert set(house.tasks(case)) == {"u"}
    complete_user_task(house.site, actor=house.lea, task_id=house.tasks(case)["u"], submission={})
    assert house.types(case)[-1] == "case_completed"


def test_a_completion_is_at_most_twelve_statements_and_one_commit(house: House) -> None:
    house.release(BUSY)
    case = house.start().case_id
    task = house.tasks(case)["t"]
    commits: list[object] = []

    def committed(connection: object) -> None:
        commits.append(connection)

    event.listen(house.site.database.engine, "commit", committed)
    with breaking_after(house, 1_000) as ran:
        complete_user_task(house.site, actor=house.ann, task_id=task, submission={})
    event.remove(house.site.database.engine, "commit", committed)
    statements = [statement for statement in ran if not statement.startswith("BEGIN")]
    assert len(statements) <= 12, "\n".join(statements)
    assert len(commits) == 1


def test_the_chain_is_whole_after_many_commands(house: House) -> None:
    import hashlib

    from runner.store.event_log import GENESIS, leaf_hash

    house.release(BUSY)
    case = house.start().case_id
    complete_user_task(house.site, actor=house.ann, task_id=house.tasks(case)["t"], submission={})
    house.site.live.clear()
    house.clock.advance(timedelta(minutes=1))
    complete_user_task(house.site, actor=house.lea, task_id=house.tasks(case)["u"], submission={})
    previous = GENESIS.hex()
    for number, recorded in enumerate(house.events(case), 1):
        assert recorded.number == number
        assert recorded.header["previous"] == previous
        previous = hashlib.sha256(recorded.header_bytes).hexdigest()
        assert len(leaf_hash(recorded.header_bytes)) == 32
    with house.site.database.read() as connection:
        head = connection.execute(text("SELECT event_head FROM cases")).scalar_one()
    assert head.hex() == previous
