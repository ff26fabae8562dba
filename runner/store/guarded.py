"""Guarded writes: a row changes only from the state the writer expects.

Under the lock of a case the expected state is known, so a row that did not change means that
somebody wrote past the lock: the transaction is given up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, Executable

from runner.errors import InvalidState
from runner.store.prepared import Prepared


def write_guarded(
    connection: Connection,
    statement: Executable | Prepared,
    rows: Sequence[Mapping[str, object]],
    noun: str,
) -> None:
    """Runs ``statement`` once for each of ``rows``; each must change exactly one row.

    Raises ``InvalidState`` when fewer changed.
    """
    if not rows:
        return
    if isinstance(statement, Prepared):
        changed = statement.each(connection, rows)
    else:
        changed = connection.execute(statement, list(rows)).rowcount
    if changed != len(rows):
        raise InvalidState(
            f"应更改 {len(rows)} 条{noun}记录，实际更改 {changed} 条。请重试。 / "
            f"Expected to change {len(rows)} rows of {noun}, but {changed} changed. Try again."
        )
