"""What the exchange with Excel has to say about one place of a workbook or of a DMN file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Remark:
    """A sentence in both languages; `place` is a cell (`Triage!C12`), a sheet or a file."""

    place: str
    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.place}: {self.zh} / {self.en}"


class SheetsRefused(Exception):
    """Nothing was exported or imported; `remarks`, at least one, say why."""

    def __init__(self, *remarks: Remark) -> None:
        super().__init__("\n".join(str(remark) for remark in remarks))
        self.remarks = remarks
