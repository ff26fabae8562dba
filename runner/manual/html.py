"""The manual as one HTML file that needs nothing else: to read, to search and to print."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from runner.manual.content import Manual
from runner.manual.laying_out import prepared


def manual_html(manual: Manual) -> str:
    """The whole page; every text in it is escaped, the drawings are ours."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    data = prepared(manual)
    for chapter in data["chapters"]:
        # Drawn by us, with every text in it escaped.
        chapter["drawing"] = Markup(chapter["drawing"])  # noqa: S704
    return environment.get_template("manual.html").render(d=data, word=data["words"])
