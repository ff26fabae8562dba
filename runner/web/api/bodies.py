"""What a request of a program says: one JSON object, every member read or refused by its place."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from flask import request
from werkzeug.exceptions import UnsupportedMediaType

from runner.errors import InvalidInput
from runner.web.api.values import read_json

MAX_BODY = 2_000_000
Body = Mapping[str, object]


def read_body(*names: str) -> Body:
    """The request's JSON object. Raises ``InvalidInput`` for a member nobody reads."""
    if request.content_length and request.mimetype != "application/json":
        raise UnsupportedMediaType
    request.max_content_length = MAX_BODY
    body = read_json(request.get_data(cache=False))
    for name in body:
        if name not in names:
            raise wrong(name, ", ".join(names), "—")
    return body


def form(body: Body) -> str:
    """How the body writes values: ``plain`` or ``typed``."""
    found = body.get("values", "plain")
    if found not in ("plain", "typed"):
        raise wrong("values", "plain, typed", found)
    return str(found)


def whole(body: Body, name: str) -> int:
    found = body.get(name)
    if not isinstance(found, Decimal) or found != found.to_integral_value() or abs(found) > 10**9:
        raise wrong(name, "1, 2, 3 …", found)
    return int(found)


def number(body: Body, name: str, otherwise: float, most: int = 10**9) -> float:
    found = body.get(name, Decimal(otherwise))
    if not isinstance(found, Decimal) or abs(found) > most:
        raise wrong(name, "0, 1, 2.5 …", found)
    return float(found)


def text(body: Body, name: str) -> str:
    found = body.get(name, "")
    if not isinstance(found, str):
        raise wrong(name, '"…"', found)
    return found


def texts(body: Body, name: str) -> list[str]:
    found = body.get(name, [])
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        raise wrong(name, '["…"]', found)
    return found


def wrong(name: str, expected: str, found: object) -> InvalidInput:
    told = " ".join(str(found).split())[:60]
    message = (
        f"“{name}”应为 {expected}，得到的是 {told}。 / "
        f"'{name}' should be one of: {expected}; found: {told}."
    )
    return InvalidInput(message, {name: [message]})
