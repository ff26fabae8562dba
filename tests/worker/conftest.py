"""Workers on a site whose diagrams and handlers are written in the test."""

from __future__ import annotations

from tests.engine.conftest import make_house

__all__ = ["make_house"]
