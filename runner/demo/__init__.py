"""The filled demonstration of ``ombud demo``: fictitious companies, people and complaints."""

from __future__ import annotations

from runner.demo.ensuring import ensure_filled
from runner.demo.filling import fill, first_moment

__all__ = ["ensure_filled", "fill", "first_moment"]
