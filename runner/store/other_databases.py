"""Reading a database that is not ours: the operator's own query, with bound parameters only."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError


class CannotRead(Exception):
    """The query gave nothing; the text is what the database said, in one line."""


def read_rows(
    url: str, query: str, parameters: Mapping[str, str], limit: int
) -> list[dict[str, str | None]]:
    """At most ``limit`` rows, all values as texts. Raises ``CannotRead``."""
    try:
        engine = create_engine(url, pool_pre_ping=True)
        try:
            with engine.connect() as database:
                rows = database.execute(text(query), dict(parameters)).mappings()
                return [
                    {name: None if value is None else str(value) for name, value in row.items()}
                    for row in rows.fetchmany(limit)
                ]
        finally:
            engine.dispose()
    except (SQLAlchemyError, ImportError) as error:
        said = str(getattr(error, "orig", None) or error).splitlines()
        raise CannotRead(said[0][:200] if said else type(error).__name__) from error
