"""The open rows of one noun of a case, and what a command adds and ends among them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass
class OpenRows(Generic[Row]):
    """Rows by key. ``ended`` are ``(row, state, person)``. Whoever stores them calls ``stored``."""

    key_of: Callable[[Row], str]
    open: dict[str, Row] = field(default_factory=dict)
    added: list[Row] = field(default_factory=list)
    ended: list[tuple[Row, str, str | None]] = field(default_factory=list)

    def load(self, rows: Iterable[Row]) -> None:
        """Rows that are in the database already."""
        self.open.update((self.key_of(row), row) for row in rows)

    def add(self, row: Row) -> None:
        self.open[self.key_of(row)] = row
        self.added.append(row)

    def end(self, key: str, state: str, person: str | None = None) -> Row | None:
        """Takes the row out of the open ones; None where there is none."""
        row = self.open.pop(key, None)
        if row is not None:
            self.ended.append((row, state, person))
        return row

    def replace(self, row: Row) -> None:
        """The row as it was stored by a write of its own."""
        self.open[self.key_of(row)] = row

    def stored(self) -> None:
        self.added.clear()
        self.ended.clear()
