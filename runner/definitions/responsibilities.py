"""Who answers for a step, is asked and is told: the roles its properties name (RACI)."""

from __future__ import annotations

import re

from runner.definitions.model import Element

PARTS = ("accountable", "consulted", "informed")
"""The properties; who is responsible are the candidate groups."""
_BETWEEN = re.compile(r"[;,，、\s]+")


def roles_named(element: Element, part: str) -> tuple[str, ...]:
    """The roles of the policy a property names, each once; ``policy.roles.`` may stand before."""
    written = _BETWEEN.split(element.properties.get(part, ""))
    names = (name.removeprefix("=").removeprefix("policy.roles.") for name in written)
    return tuple(dict.fromkeys(name for name in names if name))
