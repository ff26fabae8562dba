"""Which policy a case follows by channel or product line: the lines of a company's policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from runner.definitions.owners_yaml import Data


@dataclass(frozen=True)
class PolicyLine:
    """``when`` is FEEL over what is known when a case begins; ``policy`` the id it then follows."""

    id: str
    name: str
    when: str
    policy: str


@dataclass(frozen=True)
class ProductLine:
    """A product line to choose when a complaint is recorded: the case's ``product_line``."""

    id: str
    name: str


def lines_of(document: Data) -> tuple[PolicyLine, ...]:
    """The lines of one policy file, in order, their formulas without the equals sign."""
    return tuple(
        PolicyLine(
            id=str(row["id"]),
            name=str(row["name"]),
            when=str(row["when"]).strip().removeprefix("="),
            policy=str(row["policy"]),
        )
        for row in _rows(document, "lines")
    )


def product_lines_of(document: Data) -> tuple[ProductLine, ...]:
    """The product lines of one policy file, in order."""
    return tuple(
        ProductLine(str(row["id"]), str(row["name"])) for row in _rows(document, "product_lines")
    )


def _rows(document: Data, key: str) -> list[Mapping[str, Data]]:
    rows = document.get(key) if isinstance(document, dict) else None
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
