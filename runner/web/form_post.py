"""What a posted form page wants: typed data, files kept at once, and which button was pressed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Request

from runner.definitions.forms import Form, parse_post
from runner.definitions.forms_post import change_rows, file_paths, row_change
from runner.errors import InvalidInput, TooLarge
from runner.web.uploads import Upload, read_uploads

FILE_SUFFIX = ":file"
DROP = "_drop"
REFRESH = "_refresh"


@dataclass
class Posted:
    """``data`` is nested and raw. ``only_shape`` is true when a button changed rows or files, or
    asked to see the form anew: nothing is to be submitted then."""

    data: dict[str, object]
    errors: dict[str, list[str]] = field(default_factory=dict)
    only_shape: bool = False


def read_post(form: Form, request: Request, keep: Callable[[Upload, str], str] | None) -> Posted:
    """Reads a post of ``form``. Each uploaded file is handed to ``keep`` with its field's path,
    which returns the id the field then holds; refused files become errors of their field. With
    ``keep`` None files are left alone."""
    posted = Posted(parse_post(form, request.form))
    for path, component in file_paths(form.components, posted.data) if keep is not None else ():
        try:
            uploads = read_uploads(request.files.getlist(path + FILE_SUFFIX))
            kept: list[object] = [keep(upload, path) for upload in uploads] if keep else []
        except (InvalidInput, TooLarge) as refused:
            posted.errors.setdefault(path, []).append(refused.message)
            continue
        if kept:
            before = _at(posted.data, path)
            together = [*before, *kept] if component.multiple else kept[-1:]
            _put(posted.data, path, together)
    for dropped in request.form.getlist(DROP):
        path, _, identity = dropped.partition(":")
        if any(path == known for known, _ in file_paths(form.components, posted.data)):
            _put(posted.data, path, [item for item in _at(posted.data, path) if item != identity])
            posted.only_shape = True
    change = row_change(form.components, request.form)
    if change is not None:
        change_rows(posted.data, change)
        posted.only_shape = True
    if REFRESH in request.form:
        posted.only_shape = True
    return posted


def _owner(data: object, path: str) -> tuple[object, str]:
    *parents, last = path.split(".")
    for part in parents:
        if isinstance(data, list):
            data = data[int(part)] if part.isdigit() and int(part) < len(data) else {}
        elif isinstance(data, dict):
            data = data.setdefault(part, {})
    return data, last


def _at(data: object, path: str) -> list[object]:
    owner, last = _owner(data, path)
    found = owner.get(last) if isinstance(owner, dict) else None
    return found if isinstance(found, list) else []


def _put(data: object, path: str, value: list[object]) -> None:
    owner, last = _owner(data, path)
    if isinstance(owner, dict):
        owner[last] = value
