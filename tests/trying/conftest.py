"""Fixtures of the scenario tests."""

from __future__ import annotations

from tests.trying.small import play

__all__ = ["play"]
