"""The manual as a PDF: A4, with an A3 foldout for each diagram."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

from runner.documents.typesetting import Limits, typeset
from runner.manual.content import Manual
from runner.manual.laying_out import prepared

# Names in narrow columns may break after these.
_BREAK = re.compile(r"[._(\[,]")
LAYOUT = Path(__file__).parent / "templates" / "manual.typ"
LIMITS = Limits(seconds=120, megabytes=2_000)


def manual_pdf(manual: Manual, *, at: datetime) -> bytes:
    """The PDF; the same manual and time give the same bytes. Raises ``TypesettingFailed``."""
    data = prepared(manual)
    files = {"manual.typ": LAYOUT.read_bytes()}
    for chapter in data["chapters"]:
        name = f"drawing-{chapter['number']}.svg"
        files[name] = chapter["drawing"].encode()
        chapter["drawing"] = name
    for table in data["tables"]:
        table["weights"] = _weights(table)
        table["rules"] = [
            [_BREAK.sub("\\g<0>\u200b", cell) for cell in rule] for rule in table["rules"]
        ]
    return typeset("manual.typ", files, data, at=at, limits=LIMITS)


def _weights(table: dict[str, Any]) -> list[float]:
    """How wide each column of a decision table is: by its longest text, within bounds."""
    columns = zip(*[[*table["inputs"], *table["outputs"]], *table["rules"]], strict=True)
    return [round(min(max(max(map(_length, column)), 6), 60) ** 0.7, 2) for column in columns]


def _length(text: str) -> int:
    return sum(2 if ord(char) > 0x2E7F else 1 for char in text)
