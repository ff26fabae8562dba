"""Signed JSON over HTTP: what goes out carries a key and a signature, what comes back is bounded.

``Idempotency-Key`` is the job's, so that the receiver knows a repetition; ``Ombud-Signature`` is
``t=<seconds>,v1=<hex>``, HMAC-SHA256 with the shared secret over ``<seconds>.<body>``.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import IO

from service_tasks.contract import Impossible, Retry, Value

LARGEST = 1_000_000  # bytes of an answer
_LATER = frozenset({408, 425, 429})


@dataclass(frozen=True)
class Webhook:
    """Where to, and the shared secret; an empty one means no signature."""

    name: str
    url: str
    secret: bytes
    timeout_seconds: int


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the content to somewhere the operator did not name."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str,
        headers: http.client.HTTPMessage, newurl: str,
    ) -> urllib.request.Request | None:  # fmt: skip
        return None


_OPENER = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))


def signature(secret: bytes, seconds: int, body: bytes) -> str:
    """The header ``Ombud-Signature``."""
    signed = hmac.new(secret, b"%d." % seconds + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={signed}"


def post_json(webhook: Webhook, content: Mapping[str, Value], key: str) -> dict[str, Value]:
    """What the receiver answered, {} for an empty answer. Raises ``Retry``, ``Impossible``."""
    body = json.dumps(_plain(content), ensure_ascii=False, sort_keys=True).encode()
    request = urllib.request.Request(webhook.url, data=body, method="POST")  # noqa: S310 - checked
    request.add_header("Content-Type", "application/json; charset=utf-8")
    request.add_header("Idempotency-Key", key)
    answer = _answered(webhook, request, body)
    if not isinstance(answer, dict):
        raise Impossible(
            f"“{webhook.name}”的回答应是 JSON 对象。 / "
            f"The answer of '{webhook.name}' should be a JSON object."
        )
    return answer


def get_json(webhook: Webhook, question: Mapping[str, str]) -> Value:
    """What is found at the address: ``{name}`` in it is replaced, other names become its query."""
    url = webhook.url
    rest = {}
    for name, value in question.items():
        if "{" + name + "}" in url:
            if value in (".", ".."):  # would be another place at that address
                raise Impossible(f"“{value}”不能用来查询。 / '{value}' cannot be looked up.")
            url = url.replace("{" + name + "}", urllib.parse.quote(value, safe=""))
        else:
            rest[name] = value
    if rest:
        url += ("&" if "?" in url else "?") + urllib.parse.urlencode(rest)
    return _answered(webhook, urllib.request.Request(url), b"")  # noqa: S310 - checked on reading


def _answered(webhook: Webhook, request: urllib.request.Request, body: bytes) -> Value:
    request.add_header("Accept", "application/json")
    request.add_header("User-Agent", "Ombud")
    if webhook.secret:
        request.add_header("Ombud-Signature", signature(webhook.secret, int(time.time()), body))
    name = webhook.name
    try:
        with _OPENER.open(request, timeout=webhook.timeout_seconds) as response:
            data: bytes = response.read(LARGEST + 1)
    except urllib.error.HTTPError as error:
        with error:
            said = error.read(300).decode("utf-8", "replace")
        sentence = f"“{name}”回答 {error.code}：{said} / '{name}' answered {error.code}: {said}"
        if error.code in _LATER or error.code >= 500:
            raise Retry(sentence) from error
        raise Impossible(sentence) from error
    except (OSError, http.client.HTTPException) as error:
        raise Retry(f"“{name}”没有应答：{error} / '{name}' did not answer: {error}") from error
    if len(data) > LARGEST:
        raise Impossible(f"“{name}”的回答超过 1 MB。 / The answer of '{name}' is larger than 1 MB.")
    if not data.strip():
        return {}
    try:
        answer: Value = json.loads(data, parse_float=Decimal, parse_int=Decimal)
        return answer
    except (ValueError, RecursionError) as error:
        raise Impossible(
            f"“{name}”的回答不是 JSON。 / The answer of '{name}' is no JSON."
        ) from error


def _plain(value: Value) -> object:
    """A value as JSON: numbers as they are written, times in ISO 8601."""
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, bool) or value is None or isinstance(value, str | int):
        return value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)
