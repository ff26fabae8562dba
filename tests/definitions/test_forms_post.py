"""Plain HTML posts: fields, rows and files as a browser without scripts sends them."""

from __future__ import annotations

import pytest

from runner.definitions.forms import parse_post
from runner.definitions.forms_post import RowChange, change_rows, file_paths, row_change
from tests.definitions.test_forms import choice, form_of, text, why_form


class Post:
    """The part of a web framework's multi dict that reading a post needs."""

    def __init__(self, *pairs: tuple[str, str]) -> None:
        self.pairs = pairs

    def getlist(self, key: str) -> list[str]:
        return [value for name, value in self.pairs if name == key]


def test_a_post_becomes_nested_data() -> None:
    form = form_of(text(), {"type": "checkbox", "key": "ok"}, choice("checklist"))
    post = Post(("name", " Ann\r\nB "), ("answer", "yes"), ("answer", "no"), ("evil", "1"))
    assert parse_post(form, post) == {"name": "Ann\nB", "ok": False, "answer": ["yes", "no"]}


def test_rows_of_a_post_are_counted_by_the_page() -> None:
    post = Post(("_rows.whys", "2"), ("whys.0.why", "a"), ("whys.1.found", "3"))
    assert parse_post(why_form(), post)["whys"] == [
        {"why": "a", "found": None, "checked": None},
        {"why": None, "found": "3", "checked": None},
    ]


def test_row_buttons_change_rows_and_keep_what_was_typed() -> None:
    form = why_form()
    data = {"whys": [{"why": "a"}, {"why": "b"}]}
    add = row_change(form.components, Post(("_add", "whys")))
    assert add == RowChange("whys")
    change_rows(data, add)
    remove = row_change(form.components, Post(("_remove", "whys.0")))
    assert remove == RowChange("whys", 0)
    change_rows(data, remove)
    assert data == {"whys": [{"why": "b"}, {}]}


@pytest.mark.parametrize("path", ["", "whys.9", "nothing.0", "whys.0.why.2", "..", "0"])
def test_a_made_up_row_button_changes_nothing_it_should_not(path: str) -> None:
    data: dict[str, object] = {"whys": [{"why": "a"}]}
    for name in ("_add", "_remove"):
        change = row_change(why_form().components, Post((name, path)))
        if change is not None and change.index is not None:
            change_rows(data, change)
    assert data["whys"] == [{"why": "a"}]


def test_file_places_follow_the_rows() -> None:
    picker = {"type": "filepicker", "id": "p", "key": "proof", "label": "x"}
    form = form_of({"type": "dynamiclist", "path": "rows", "components": [picker]})
    assert [path for path, _ in file_paths(form.components, {"rows": [{}, {}]})] == [
        "rows.0.proof",
        "rows.1.proof",
    ]
