"""Fixtures of the conflict tests."""

from __future__ import annotations

from tests.conflicts.switching import play

__all__ = ["play"]
