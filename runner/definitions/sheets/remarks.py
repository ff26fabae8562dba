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
        return self.said()

    def said(self, language: str = "") -> str:
        """The place and the sentence in the language (`zh`, `en`), or in both."""
        words = {"zh": self.zh, "en": self.en}.get(language, f"{self.zh} / {self.en}")
        return f"{self.place}: {words}"


class SheetsRefused(Exception):
    """Nothing was exported or imported; `remarks`, at least one, say why."""

    def __init__(self, *remarks: Remark) -> None:
        super().__init__("\n".join(str(remark) for remark in remarks))
        self.remarks = remarks
