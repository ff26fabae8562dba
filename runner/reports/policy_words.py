"""What the values of a policy are called: by the titles of the release's own schema."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from runner.definitions.findings import half
from runner.definitions.policies import FOLDER
from runner.definitions.release import Definitions

_SCHEMA = f"{FOLDER}policy.schema.json"


def policy_words(definitions: Definitions, path: str) -> str:
    """``中文 / English``: the section and the value, as the policy's pages call them. A key the
    owner made up (a class of complaint) stays as they wrote it, in plain words."""
    data = definitions.files.get(_SCHEMA)
    schema = {} if data is None else _read(data)
    parts: list[str] = []
    for key in path.removeprefix("policy.").split("."):
        known = _properties(schema).get(key)
        schema = known if isinstance(known, dict) else {}
        named = schema.get("title") or schema.get("description")
        parts.append(str(named or key.replace("_", " ")))
    sides = (" › ".join(half(part, language) for part in parts) for language in ("zh", "en"))
    return " / ".join(sides)


@lru_cache(maxsize=8)
def _read(data: bytes) -> dict[str, Any]:
    found = json.loads(data)
    return found if isinstance(found, dict) else {}


def _properties(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    found = schema.get("properties")
    return found if isinstance(found, dict) else {}
