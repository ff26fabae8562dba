"""What is wrong with a file an owner wrote: one finding each, in both languages.

Severities (``docs/formats.md``): ``error`` refuses a release, ``warning`` asks the owner to look,
``info`` tells. A finding names the file, the element's id and name, the value found and what was
expected, in words for a person who has never seen a line of code.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, order=True)
class Finding:
    """One thing a person should know about one place of one file."""

    file: str
    rule: str
    severity: Severity
    zh: str
    en: str
    element_id: str = ""
    element_name: str = ""
    line: int = 0

    def message(self, language: str) -> str:
        """The sentence in the reader's language (``zh`` for any Chinese, else English)."""
        return self.zh if language.lower().startswith("zh") else self.en

    def as_row(self, language: str) -> dict[str, object]:
        """The row of ``ombud check --format json``."""
        row = asdict(self)
        row.pop("zh"), row.pop("en")
        row["message"] = self.message(language)
        return row


def half(label: str, language: str) -> str:
    """The reader's half of a bilingual label: split at the first slash between white space.

    The whole label where there is no such slash.
    """
    for index, char in enumerate(label):
        if (
            char == "/"
            and 0 < index < len(label) - 1
            and label[index - 1].isspace()
            and label[index + 1].isspace()
        ):
            chinese, english = label[:index].strip(), label[index + 1 :].strip()
            return chinese if language.lower().startswith("zh") else english
    return " ".join(label.split())
