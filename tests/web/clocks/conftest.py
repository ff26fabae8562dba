"""The interface on a site whose diagrams are written in the test."""

from __future__ import annotations

from tests.engine.conftest import house, make_house

__all__ = ["house", "make_house"]
