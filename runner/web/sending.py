"""Handing a file to a browser so that it can do no harm there."""

from __future__ import annotations

from urllib.parse import quote

from flask import make_response
from werkzeug.wrappers import Response

from runner.web.uploads import shown_inline


def send_file(name: str, media_type: str, data: bytes, *, download: bool = False) -> Response:
    """Pictures are shown, everything else is downloaded; the browser never guesses a type."""
    inline = shown_inline(media_type) and not download
    response = make_response(data)
    response.headers["Content-Type"] = media_type if inline else "application/octet-stream"
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_. ") else "_" for c in name)
    how = "inline" if inline else "attachment"
    response.headers["Content-Disposition"] = (
        f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
