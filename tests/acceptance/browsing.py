"""A browser without JavaScript: reads pages, fills the forms they hold, presses their buttons.

What is sent is what stands on the page: a field the server did not draw cannot be filled.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from runner.engine.access import Person
from runner.engine.people import open_session
from runner.engine.site import Site
from runner.web.visit import LANGUAGE_COOKIE, SESSION_COOKIE

Fields = list[tuple[str, str]]
Files = Sequence[tuple[str, str, bytes]]  # field name, file name, content
_VOID = frozenset({"input", "br", "hr", "img", "meta", "link", "col", "wbr"})


@dataclass
class FormOnPage:
    """``sent`` is what the browser would send as the page stands; ``offered`` maps every field one
    may change to the values it can take (empty: anything)."""

    action: str
    method: str
    sent: Fields = field(default_factory=list)
    offered: dict[str, set[str]] = field(default_factory=dict)
    buttons: Fields = field(default_factory=list)


@dataclass(frozen=True)
class Tag:
    """One start tag, with the text that follows it directly."""

    name: str
    attributes: dict[str, str]


class Page(HTMLParser):
    """One page as a browser parses it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[FormOnPage] = []
        self.tags: list[Tag] = []
        self.texts: list[tuple[str, str]] = []  # (innermost open element, text)
        self._open: list[str] = []
        self._select: tuple[str, list[tuple[str, bool]]] | None = None
        self._area: str | None = None
        self._area_text = ""
        self.feed(html)
        self.close()

    @property
    def text(self) -> str:
        """What a person reads, in one line."""
        hidden = ("script", "style")
        return " ".join(" ".join(t for tag, t in self.texts if tag not in hidden).split())

    def form(self, action: str) -> FormOnPage:
        found = [form for form in self.forms if urlsplit(form.action).path == action]
        assert len(found) == 1, f"{len(found)} forms post to {action}"
        return found[0]

    def links(self) -> list[str]:
        return [tag.attributes["href"] for tag in self.tags if "href" in tag.attributes]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append(Tag(tag, given))
        if tag not in _VOID:
            self._open.append(tag)
        if tag == "form":
            method = given.get("method", "get").lower()
            self.forms.append(FormOnPage(given.get("action", ""), method))
        elif self.forms and "form" in self._open and "disabled" not in given:
            self._control(tag, given)

    def _control(self, tag: str, given: dict[str, str]) -> None:
        form, name = self.forms[-1], given.get("name", "")
        value = given.get("value", "")
        if tag == "input" and name:
            self._input(form, name, value, given)
        elif tag == "textarea" and name:
            self._area, self._area_text = name, ""
            if "readonly" not in given:
                form.offered.setdefault(name, set())
        elif tag == "select" and name:
            self._select = (name, [])
        elif tag == "option" and self._select is not None:
            self._select[1].append((value, "selected" in given))
        elif tag == "button":
            form.buttons.append((name, value))

    @staticmethod
    def _input(form: FormOnPage, name: str, value: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if kind in {"radio", "checkbox"}:
            form.offered.setdefault(name, set()).add(value)
            if "checked" in given:
                form.sent.append((name, value))
        elif kind == "file":
            form.offered.setdefault(name, set())
        elif kind == "hidden":
            form.sent.append((name, value))
        else:
            form.sent.append((name, value))
            if "readonly" not in given:
                form.offered.setdefault(name, set())

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select is not None:
            name, options = self._select
            form = self.forms[-1]
            form.offered[name] = {value for value, _ in options}
            chosen = [value for value, selected in options if selected] or [options[0][0]]
            form.sent.extend((name, value) for value in chosen)
            self._select = None
        elif tag == "textarea" and self._area is not None:
            self.forms[-1].sent.append((self._area, self._area_text.removeprefix("\n")))
            self._area = None
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area_text += data
        self.texts.append((self._open[-1] if self._open else "", data))


@dataclass
class Visitor:
    """Somebody with a browser; follows no redirect by itself."""

    client: FlaskClient

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def page(self, path: str) -> Page:
        """A page that must be there."""
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.location)
        return Page(answer.text)

    def token(self) -> str:
        """The anti-forgery token of this browser."""
        form = next(f for f in self.page("/complaint").forms if f.method == "post")
        return dict(form.sent)["csrf_token"]

    def post(self, path: str, fields: Fields | None = None, files: Files = ()) -> TestResponse:
        """A post of made-up fields, with a valid anti-forgery token."""
        return self.send(path, [("csrf_token", self.token()), *(fields or [])], files)

    def send(self, path: str, fields: Fields, files: Files = ()) -> TestResponse:
        """Exactly these fields."""
        data: MultiDict[str, object] = MultiDict(fields)
        for name, file_name, content in files:
            data.add(name, (io.BytesIO(content), file_name))
        return self.client.post(path, data=data, content_type="multipart/form-data")

    def press(self, page: Page, action: str, button: Fields | None = None) -> TestResponse:
        """Sends the page's form to ``action`` as it stands, by one of its buttons."""
        form = page.form(action)
        for pressed in button or []:
            assert pressed in form.buttons, f"no button {pressed} on the page"
        return self.send(action, [*form.sent, *(button or [])])

    def fill(self, page: Page, action: str, answers: Fields, files: Files = ()) -> TestResponse:
        """Fills the form that posts to ``action`` and submits it; rows are added by their button,
        questions that depend on answers asked for by ``_refresh``."""
        rows = {name: int(count) for name, count in answers if name.startswith("_rows.")}
        for _ in range(60):
            form = page.form(action)
            now = dict(form.sent)
            wanted = [n for n, count in rows.items() if n in now and int(now[n]) < count]
            typed = self._typed(form, answers)
            missing = {n for n, _ in answers} - form.offered.keys() - now.keys()
            if wanted:
                pressed = ("_add", wanted[0].removeprefix("_rows."))
            elif missing and ("_refresh", "1") in form.buttons and typed != form.sent:
                pressed = ("_refresh", "1")
            else:
                break
            assert pressed in form.buttons, f"no button {pressed}"
            answer = self.send(action, [*typed, pressed])
            assert answer.status_code == 200, (action, pressed, answer.status_code)
            page = Page(answer.text)
        there = [file for file in files if file[0] in form.offered]
        return self.send(action, self._typed(form, answers), there)

    @staticmethod
    def _typed(form: FormOnPage, answers: Fields) -> Fields:
        """What stands in the form after the answers it has fields for were typed."""
        given: dict[str, list[str]] = {}
        for name, value in answers:
            if name in form.offered:
                options = form.offered[name]
                assert not options or value in options, f"{name}: no choice {value!r}"
                given.setdefault(name, []).append(value)
        typed = [(n, v) for n, v in form.sent if n not in given]
        return [*typed, *((name, value) for name, values in given.items() for value in values)]


def visitor(app: Flask, site: Site, person: Person | None = None, language: str = "en") -> Visitor:
    """A browser with nothing but a language; ``person`` has signed in with it."""
    client = app.test_client()
    client.set_cookie(LANGUAGE_COOKIE, language)
    if person is not None:
        client.set_cookie(SESSION_COOKIE, open_session(site, person=person))
    return Visitor(client)


def inline_code(page: Page) -> Iterator[str]:
    """Everything a strict content security policy would refuse to run or to style by."""
    for tag in page.tags:
        if tag.name == "style" or (tag.name == "script" and "src" not in tag.attributes):
            yield f"<{tag.name}>"
        for name, value in tag.attributes.items():
            if name == "style" or name.startswith("on"):
                yield f"<{tag.name} {name}>"
            if value.strip().lower().startswith(("javascript:", "vbscript:", "data:text")):
                yield f"<{tag.name} {name}={value[:30]}>"
