"""The 472 requirements in short words, and the clauses each group serves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

FILE = Path(__file__).with_name("rows.yaml")


@dataclass(frozen=True)
class Row:
    """One requirement."""

    id: str
    wording: str
    kind: str

    @property
    def group(self) -> str:
        return self.id[:2]


@dataclass(frozen=True)
class Group:
    """Requirements of one kind of step; ``clauses`` hold for those whose places name none."""

    id: str
    title: str
    clauses: tuple[str, ...]


@cache
def rows() -> Mapping[str, Row]:
    """Every requirement by id, in order."""
    data = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {key: Row(key, wording, kind) for key, (wording, kind) in data["rows"].items()}


@cache
def groups() -> Mapping[str, Group]:
    data = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {
        key: Group(key, value["title"], tuple(value["clauses"]))
        for key, value in data["groups"].items()
    }
