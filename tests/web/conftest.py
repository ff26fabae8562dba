"""A web client on a real site: pages as a browser without scripts sees them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from runner.engine.access import CUSTOMER, Person
from runner.engine.instances import Started, start_complaint
from runner.engine.people import open_session
from runner.engine.site import Site
from runner.settings import Settings
from runner.store.user_tasks import UserTask, open_user_tasks
from runner.web.app import create_app
from runner.web.visit import LANGUAGE_COOKIE, SESSION_COOKIE
from runner.worker.loop import Worker

_CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Visitor:
    """Somebody with a browser. ``post`` fetches the anti-forgery token itself."""

    client: FlaskClient

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, **more)

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        token = _CSRF.search(self.client.get("/").text)
        assert token is not None
        sent = {"csrf_token": unescape(token[1]), **(data or {})}
        return self.client.post(path, data=sent, content_type="multipart/form-data", **more)

    def read(self, path: str) -> str:
        """The page's text, which must be there."""
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text


@pytest.fixture
def app(site: Site) -> Flask:
    return create_app(site)


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(site: Site, app: Flask) -> Visit:
    """``visit()`` is a stranger, ``visit(person)`` somebody signed in; English unless told."""

    def come(person: Person | None = None, language: str = "en") -> Visitor:
        client = app.test_client()
        client.set_cookie(LANGUAGE_COOKIE, language)
        if person is not None:
            client.set_cookie(SESSION_COOKIE, open_session(site, person=person))
        return Visitor(client)

    return come


@pytest.fixture
def complaint(site: Site, site_settings: Settings) -> Callable[..., Started]:
    """A complaint from the web form, with its automatic steps done."""

    def begin(key: str = "one", **more: object) -> Started:
        started = start_complaint(
            site,
            actor=CUSTOMER,
            variables={
                "subject": "product",
                "product_name": "循环泵 P-60",
                "phenomenon": "接口处一直渗水 <b>快</b>",
                "desired_solution": "换一台",
                "contact": "wang@example.com",
                "request_kind": "complaint",
                **more,
            },
            channel="web_form",
            start_element="start_received",
            idempotency_key=key,
            language="en",
        )
        Worker(site, site_settings).work_off()
        return started

    return begin


@pytest.fixture
def tasks_of(site: Site) -> Callable[[str], list[UserTask]]:
    def read(case_id: str) -> list[UserTask]:
        with site.database.read() as connection:
            return open_user_tasks(connection, case_id)

    return read


def picture(name: str = "照片.png") -> tuple[io.BytesIO, str]:
    """A small real photo to upload."""
    data = io.BytesIO()
    Image.new("RGB", (12, 8), "red").save(data, "PNG")
    return io.BytesIO(data.getvalue()), name


def plain(html: str) -> str:
    """What a person reads of a page: no tags, single spaces."""
    text = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def said(texts: Iterable[str], html: str) -> list[str]:
    """Those of ``texts`` that the page does not say."""
    shown = plain(html)
    return [text for text in texts if text not in shown]
