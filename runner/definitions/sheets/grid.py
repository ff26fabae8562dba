"""A decision table as people see it: texts in rows and columns, with the identity of each."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

Kind = Literal["input", "output", "annotation"]
KINDS: tuple[Kind, ...] = ("input", "output", "annotation")
POLICIES = (
    "UNIQUE",
    "FIRST",
    "ANY",
    "PRIORITY",
    "RULE ORDER",
    "OUTPUT ORDER",
    "COLLECT",
    "COLLECT SUM",
    "COLLECT MIN",
    "COLLECT MAX",
    "COLLECT COUNT",
)


@dataclass(frozen=True)
class Column:
    """A column. `key` identifies it within its table, "" for one that has no identity yet.

    `expression` is the input expression, or the output's name; an annotation has a label only.
    """

    key: str
    kind: Kind
    label: str = ""
    expression: str = ""
    type_ref: str = ""
    allowed: str = ""
    default: str = ""


@dataclass(frozen=True)
class Row:
    """A rule: a cell for each column, in the order of the columns. `key` as of columns."""

    key: str
    cells: tuple[str, ...]
    description: str = ""


@dataclass(frozen=True)
class Grid:
    """A decision table. `owner` is the id of what it is the logic of, `ordinal` which of the tables
    inside that, from 0; inputs come before outputs, outputs before annotations."""

    owner: str
    ordinal: int
    title: str
    description: str
    policy: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def address(self) -> tuple[str, int]:
        """What identifies the table within its file."""
        return self.owner, self.ordinal

    @property
    def digest(self) -> str:
        """A short mark of everything the table says."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]
