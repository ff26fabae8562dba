"""Statements of the hot path, compiled once for each kind of database.

A command's dozen statements are always the same, so looking up and re-binding them each time is a
third of what it costs; here only the values are bound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, CursorResult, Table, insert
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import Select

_GIVEN: Any = object()  # a value that each row gives
_Bind = tuple[str, Callable[[Any], Any] | None, Any]


@dataclass(frozen=True, slots=True)
class _Ready:
    """The text for one dialect. ``binds`` are (name, conversion, fixed value) in order; rows give
    those that are not fixed. ``results`` are the columns that are not as the driver gives them."""

    text: str
    positional: bool
    binds: tuple[_Bind, ...]
    results: tuple[tuple[int, Callable[[Any], Any]], ...]

    def parameters(self, row: Mapping[str, object]) -> tuple[object, ...] | dict[str, object]:
        values = [
            (row[name] if convert is None else convert(row[name])) if fixed is _GIVEN else fixed
            for name, convert, fixed in self.binds
        ]
        if self.positional:
            return tuple(values)
        return {name: value for (name, _, _), value in zip(self.binds, values, strict=True)}


class Prepared:
    """One statement with named values. Immutable but for its memory; safe to share by threads."""

    def __init__(
        self, statement: Select[Any] | UpdateBase, columns: Sequence[str] | None = None
    ) -> None:
        self._statement = statement
        self._columns = columns
        self._ready: dict[str, _Ready] = {}

    def all(self, connection: Connection, row: Mapping[str, object]) -> CursorResult[Any]:
        """Runs it once. Rows come as the database gives them: ``Instant`` columns as numbers."""
        ready = self._for(connection.dialect)
        return connection.exec_driver_sql(ready.text, ready.parameters(row))

    def rows(self, connection: Connection, row: Mapping[str, object]) -> list[Sequence[Any]]:
        """What it finds, with values of the columns' types, as ``Connection.execute`` gives."""
        ready = self._for(connection.dialect)
        found: list[Sequence[Any]] = list(
            connection.exec_driver_sql(ready.text, ready.parameters(row))
        )
        if ready.results:
            typed = [list(values) for values in found]
            for values in typed:
                for place, convert in ready.results:
                    values[place] = convert(values[place])
            return list(typed)
        return found

    def each(self, connection: Connection, rows: Sequence[Mapping[str, object]]) -> int:
        """Runs it for each of ``rows`` in one statement; how many rows of the table changed."""
        ready = self._for(connection.dialect)
        if len(rows) == 1:
            return connection.exec_driver_sql(ready.text, ready.parameters(rows[0])).rowcount
        parameters: Any = [ready.parameters(row) for row in rows]
        return connection.exec_driver_sql(ready.text, parameters).rowcount

    def _for(self, dialect: Dialect) -> _Ready:
        ready = self._ready.get(dialect.name)
        if ready is None:
            ready = self._ready[dialect.name] = self._compile(dialect)
        return ready

    def _compile(self, dialect: Dialect) -> _Ready:
        compiled = self._statement.compile(dialect=dialect, column_keys=self._columns)
        positional = bool(getattr(compiled, "positional", False))
        names = getattr(compiled, "positiontup", None) if positional else list(compiled.params)
        binds: list[_Bind] = []
        for name in names or ():
            bound = compiled.binds[name]
            convert = bound.type.dialect_impl(dialect).bind_processor(dialect)
            fixed = _GIVEN if bound.required else bound.effective_value
            if fixed is not _GIVEN and convert is not None:
                fixed = convert(fixed)
            binds.append((name, convert, fixed))
        return _Ready(str(compiled), positional, tuple(binds), tuple(self._results(dialect)))

    def _results(self, dialect: Dialect) -> Iterator[tuple[int, Callable[[Any], Any]]]:
        columns = getattr(self._statement, "selected_columns", ())
        for place, column in enumerate(columns):
            convert = column.type.dialect_impl(dialect).result_processor(dialect, None)
            if convert is not None:
                yield place, convert


def prepared_insert(table: Table, columns: Sequence[str] | None = None) -> Prepared:
    """An insert of these columns (all of them where None is given)."""
    names = list(columns) if columns is not None else [column.name for column in table.columns]
    return Prepared(insert(table).inline(), names)  # nobody asks for generated ids
