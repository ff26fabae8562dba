"""100,000 open cases, each a copy of one that really ran: rows written by SQL alone."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, Table, text

from benchmarks.cases import Ground, OurCase
from runner.store.tables import (
    cases,
    complaints,
    event_values,
    events,
    process_instances,
    scopes,
    user_tasks,
)

OPEN_CASES = 100_000
EVENTS_OF_EACH = 3
DUE_AFTER_STEPS = 100  # seconds between due times, so that a list has an order
NEVER = 4_000_000_000_000_000  # microseconds since 1970: in the year 2096


def seed(ground: Ground, count: int = OPEN_CASES, after: int = 0) -> None:
    """Copies keep their rows' content; ids, due times and numbers differ, counted from ``after``.
    Chains of copies are not to be verified, their keys are the original's."""
    original = OurCase(ground).until(4).id
    sqlite = ground.site.database.is_sqlite
    number = "printf('%032x', i)" if sqlite else "lpad(to_hex(i), 32, '0')"
    with ground.site.database.write() as connection:
        connection.execute(
            text(
                "CREATE TEMP TABLE copies AS WITH RECURSIVE n(i) AS "
                "(SELECT CAST(:first AS bigint) UNION ALL SELECT i + 1 FROM n WHERE i < :last) "
                f"SELECT i, {number} AS id FROM n"
            ),
            {"first": after + 1, "last": after + count},
        )
        _copy(connection, process_instances, original, {"id": "c.id", "root_id": "c.id"})
        _copy(connection, cases, original, {"id": "c.id"}, where="id")
        _copy(
            connection,
            complaints,
            original,
            {
                "id": "c.id",
                "access_digest": "'copy ' || c.id",
                "complaint_number": "'COPY-' || c.i",
                "received_at": "o.received_at - c.i * 1000000",
            },
            where="id",
        )
        _copy(connection, scopes, original, {"id": "c.id", "root_id": "c.id"}, rows="1")
        due = f"o.due_at + c.i * {DUE_AFTER_STEPS} * 1000000"
        open_only = "o.state = 'created'"
        _copy(
            connection,
            user_tasks,
            original,
            {"id": "'t' || c.id", "root_id": "c.id", "instance_id": "c.id", "due_at": due},
            more=open_only,
        )
        connection.execute(
            text(
                "INSERT INTO candidate_groups (user_task_id, group_id, open, due_at) "
                "SELECT 't' || c.id, g.group_id, g.open, "
                f"g.due_at + c.i * {DUE_AFTER_STEPS} * 1000000 FROM copies c, "
                "(SELECT g.* FROM candidate_groups g JOIN user_tasks t ON t.id = g.user_task_id "
                "WHERE t.root_id = :original AND g.open) g"
            ),
            {"original": original},
        )
        connection.execute(
            text(
                "INSERT INTO timers (id, root_id, token_id, element_id, state, due_at) "
                "SELECT 'm' || c.id, c.id, 't' || c.id, 'late', 'armed', "
                f"{NEVER} + c.i * 1000000 FROM copies c"
            )
        )
        _copy(
            connection,
            events,
            original,
            {"id": "", "chain": "c.id"},
            where="chain",
            more=f"o.number <= {EVENTS_OF_EACH}",
        )
        _copy(
            connection,
            event_values,
            original,
            {"chain": "c.id"},
            where="chain",
            more=f"o.number <= {EVENTS_OF_EACH}",
        )
        connection.execute(text("DROP TABLE copies"))
    if not sqlite:  # as the server does by itself in time
        with ground.site.database.engine.connect() as connection:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            alone.exec_driver_sql("ANALYZE")


def _copy(
    connection: Connection,
    table: Table,
    original: str,
    changed: Mapping[str, str],
    *,
    where: str = "root_id",
    more: str = "1 = 1",
    rows: str = "",
) -> None:
    """``changed`` gives what is not copied; "" leaves a column to the database."""
    names = [column.name for column in table.columns if changed.get(column.name) != ""]
    values = ", ".join(changed.get(name, f"o.{name}") for name in names)
    limit = f" LIMIT {rows}" if rows else ""
    source = f"(SELECT * FROM {table.name} o WHERE o.{where} = :original AND {more}{limit})"
    connection.execute(
        text(
            f"INSERT INTO {table.name} ({', '.join(names)}) "
            f"SELECT {values} FROM copies c, {source} o"
        ),
        {"original": original},
    )
