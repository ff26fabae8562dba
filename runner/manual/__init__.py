"""The procedure manual: what the diagrams, tables, forms and the policy say, as PDF and HTML."""

from __future__ import annotations

from runner.manual.content import Facts, Manual, Revision
from runner.manual.html import manual_html
from runner.manual.making import make_manual
from runner.manual.pdf import manual_pdf

__all__ = ["Facts", "Manual", "Revision", "make_manual", "manual_html", "manual_pdf"]
