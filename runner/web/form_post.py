"""What a posted form page wants: typed data, files kept at once, and which button was pressed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from flask import Request

from runner.definitions.forms import Form, parse_post
from runner.definitions.forms_post import change_rows, file_paths, row_change
from runner.errors import InvalidInput, TooLarge
from runner.web.uploads import Upload, read_uploads

FILE_SUFFIX = ":file"
DROP = "_drop"
REFRESH = "_refresh"
ASKED = "_asked"
NEW_QUESTION = (
    "有新问题要回答：前面的答复带出了这一项，看过再提交。 / "
    "A new question: your answers brought it up. Answer it, then send the form again."
)


@dataclass
class Posted:
    """``data`` is nested and raw. ``only_shape`` is true when a button changed rows or files, or
    asked to see the form anew: nothing is to be submitted then. ``asked`` are the fields the page
    showed or the post holds, None where the page did not say."""

    data: dict[str, object]
    errors: dict[str, list[str]] = field(default_factory=dict)
    only_shape: bool = False
    asked: frozenset[str] | None = None

    def find_new_questions(self, asked: Iterable[str]) -> bool:
        """Whether ``asked``, the fields these answers show, has some that the page did not. Those
        become the errors: without scripts nobody has seen them, so nothing was answered."""
        if self.asked is None:
            return False
        unseen = [path for path in asked if path not in self.asked]
        if unseen:
            self.errors = {path: [NEW_QUESTION] for path in unseen}
        return bool(unseen)


def read_post(form: Form, request: Request, keep: Callable[[Upload, str], str] | None) -> Posted:
    """Reads a post of ``form``. Each uploaded file is handed to ``keep`` with its field's path,
    which returns the id the field then holds; refused files become errors of their field. With
    ``keep`` None files are left alone."""
    posted = Posted(parse_post(form, request.form))
    for path, component in file_paths(form.components, posted.data) if keep is not None else ():
        try:
            uploads = read_uploads(request.files.getlist(path + FILE_SUFFIX), component.accept)
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
    if ASKED in request.form:
        posted.asked = frozenset([*request.form[ASKED].split(), *request.form])
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
