"""The queue that wakes workers on PostgreSQL: procrastinate, told in the job's own transaction.

It carries a job's key and nothing else. The row in ``jobs`` stays the truth: whatever becomes of
the queue, no job is lost by it and none is done twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, inspect

if TYPE_CHECKING:
    from procrastinate import App
    from procrastinate.types import JSONDict

QUEUE = "ombud"
TASK = "ombud_perform_job"
ANNOUNCING = "ombud_announces"
"""The execution option of connections whose jobs are put into the queue."""


def make_queue(connection: Connection) -> None:
    """Makes the queue's own tables where they are missing. They hold nothing that must be kept."""
    from procrastinate.schema import SchemaManager

    if not inspect(connection).has_table("procrastinate_jobs"):
        _driver(connection).execute(SchemaManager.get_schema())


def announce(connection: Connection, keys: Sequence[str]) -> None:
    """Jobs that are due now; workers hear of them when this transaction is committed."""
    if keys and connection.get_execution_options().get(ANNOUNCING, False):
        task = _deferring().configure_task(TASK, queue=QUEUE, connection=_driver(connection))
        deliveries: list[JSONDict] = [{"key": key} for key in keys]
        task.batch_defer(*deliveries)


@cache
def _deferring() -> App:
    """Never opened: it writes on the connections it is given."""
    from procrastinate import App, SyncPsycopgConnector

    return App(connector=SyncPsycopgConnector())


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection
