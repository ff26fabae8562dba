"""Plain HTML form posts: from flat names to nested data, and the row buttons of lists.

A field's name is its dotted path (``why_occurrence.0.why``); ``_rows.why_occurrence`` says how many
rows the page had; the buttons ``_add`` and ``_remove`` carry a path. Works without JavaScript.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from runner.definitions.forms_model import (
    Checkbox,
    ChoiceField,
    Component,
    Computed,
    Container,
    Field,
    FileField,
    ListField,
    TextField,
    walk,
)
from runner.definitions.forms_values import MAX_ROWS, write_path

ROWS = "_rows."
ADD = "_add"
REMOVE = "_remove"


class Post(Protocol):
    """What a web framework calls a multi dict."""

    def getlist(self, key: str) -> list[str]: ...


@dataclass(frozen=True)
class RowChange:
    """A row button that was pressed: add at the end of ``path``, or remove row ``index``."""

    path: str
    index: int | None = None


def parse_post(components: tuple[Component, ...], post: Post) -> dict[str, object]:
    """Everything typed, nested by keys, as texts and lists of texts; a checkbox is true or false.

    White space around texts and Windows line ends are removed. Unknown names are ignored.
    """
    data: dict[str, object] = {}
    _read(components, post, data, (), "")
    return data


def _read(
    components: tuple[Component, ...],
    post: Post,
    data: dict[str, object],
    base: tuple[str, ...],
    prefix: str,
) -> None:
    for component in components:
        if isinstance(component, ListField):
            keys = base + component.path
            path = prefix + ".".join(keys)
            count = _count(post, path)
            if count is None:
                continue
            rows: list[object] = []
            for index in range(count):
                row: dict[str, object] = {}
                _read(component.components, post, row, (), f"{path}.{index}.")
                rows.append(row)
            write_path(data, keys, rows)
        elif isinstance(component, Container):
            _read(component.components, post, data, base + component.path, prefix)
        elif isinstance(component, Field) and not isinstance(component, Computed):
            keys = base + component.path
            write_path(data, keys, _value(component, post.getlist(prefix + ".".join(keys))))


def _count(post: Post, path: str) -> int | None:
    sent = post.getlist(ROWS + path)
    if not sent or not sent[0].isascii() or not sent[0].isdigit():
        return None
    return min(int(sent[0][:4]), MAX_ROWS)


def _value(component: Field, sent: Sequence[str]) -> object:
    if isinstance(component, Checkbox):
        return "true" in sent
    if isinstance(component, FileField) or (
        isinstance(component, ChoiceField) and component.several
    ):
        return [text for text in sent if text]
    if not sent:
        return None
    text = sent[0].replace("\r\n", "\n")
    if isinstance(component, TextField):
        text = text.strip()
    return text or None


def row_change(components: tuple[Component, ...], post: Post) -> RowChange | None:
    """The row button that was pressed, if it belongs to a list of this form."""
    for name in (ADD, REMOVE):
        for path in post.getlist(name):
            parts = path.split(".")
            if name == REMOVE and parts[-1].isdecimal():
                return RowChange(".".join(parts[:-1]), int(parts[-1][:4]))
            if name == ADD and not parts[-1].isdecimal():
                return RowChange(path)
    return None


def change_rows(data: dict[str, object], change: RowChange) -> None:
    """Carries out a row button on parsed data, in place; what was typed elsewhere stays."""
    owner: object = data
    parts = change.path.split(".")
    for part in parts[:-1]:
        if isinstance(owner, list):
            owner = owner[int(part)] if part.isdecimal() and int(part) < len(owner) else None
        elif isinstance(owner, dict):
            owner = owner.setdefault(part, {})
        else:
            return
    if not isinstance(owner, dict):
        return
    rows = owner.setdefault(parts[-1], [])
    if not isinstance(rows, list):
        return
    if change.index is None:
        if len(rows) < MAX_ROWS:
            rows.append({})
    elif change.index < len(rows):
        del rows[change.index]


def file_paths(
    components: tuple[Component, ...], data: Mapping[str, object]
) -> list[tuple[str, FileField]]:
    """The dotted paths at which this form, with ``data``'s rows, takes files."""
    found: list[tuple[str, FileField]] = []
    if not any(isinstance(component, FileField) for component in walk(components)):
        return found
    _files(components, data, (), "", found)
    return found


def _files(
    components: tuple[Component, ...],
    data: object,
    base: tuple[str, ...],
    prefix: str,
    found: list[tuple[str, FileField]],
) -> None:
    for component in components:
        if isinstance(component, FileField):
            found.append((prefix + ".".join(base + component.path), component))
        elif isinstance(component, ListField):
            keys = base + component.path
            rows: object = data
            for key in keys:
                rows = rows.get(key) if isinstance(rows, Mapping) else None
            path = prefix + ".".join(keys)
            for index, row in enumerate(rows if isinstance(rows, list) else []):
                _files(component.components, row, (), f"{path}.{index}.", found)
        elif isinstance(component, Container):
            _files(component.components, data, base + component.path, prefix, found)
