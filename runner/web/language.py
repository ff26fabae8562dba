"""Texts of the interface in the reader's language: English in the source, Chinese by catalogue."""

from __future__ import annotations

import flask_babel


def _(text: str, **values: object) -> str:
    """``text`` in the request's language, with its ``%(name)s`` places filled."""
    return str(flask_babel.gettext(text, **values))


def ngettext(one: str, many: str, count: int, **values: object) -> str:
    """The form that fits ``count``; ``%(num)d`` is the count."""
    return str(flask_babel.ngettext(one, many, count, **values))
