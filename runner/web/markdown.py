"""The little Markdown that owners write in a form's texts, as safe HTML.

Paragraphs, ``###`` headings, lists with ``-`` or ``*``, ``**bold**``, links to http(s) addresses;
everything else is shown as it was typed.
"""

from __future__ import annotations

import re

from markupsafe import Markup, escape

_BOLD = re.compile(r"\*\*(.+?)\*\*|__(.+?)__")
_LINK = re.compile(r"\[([^\]]+)\]\((https?://[^\s)]+)\)")


def render_markdown(text: str) -> Markup:
    """HTML of ``text``. Never raises; markup in ``text`` itself is escaped."""
    html: list[str] = []
    items: list[str] = []
    for line in [*text.strip().splitlines(), ""]:
        stripped = line.strip()
        if stripped.startswith(("- ", "* ")):
            items.append(f"<li>{_inline(stripped[2:])}</li>")
            continue
        if items:
            html.append(f"<ul>{''.join(items)}</ul>")
            items = []
        if not stripped:
            continue
        if stripped.startswith("#"):
            html.append(f"<h3>{_inline(stripped.lstrip('#').strip())}</h3>")
        else:
            html.append(f"<p>{_inline(stripped)}</p>")
    return Markup("".join(html))  # noqa: S704 - every part was escaped by _inline


def _inline(text: str) -> str:
    safe = str(escape(text))
    safe = _BOLD.sub(lambda found: f"<b>{found[1] or found[2]}</b>", safe)
    return _LINK.sub(r'<a href="\2" rel="noopener noreferrer">\1</a>', safe)
