"""Every code that a policy may hold has a name in both languages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from runner.definitions.findings import half
from runner.definitions.policies import FOLDER
from runner.definitions.release import load_definitions, read_folder
from runner.definitions.shipped import shipped_folder
from runner.reports.labels import Labels
from runner.reports.policy_value_words import policy_value_words

SHIPPED = load_definitions(read_folder(shipped_folder()))
SCHEMA = json.loads(SHIPPED.files[f"{FOLDER}policy.schema.json"])
SPECIAL = {"unset", "none", "immediate"}  # said in words of their own everywhere


def codes(node: Any, path: str) -> Iterator[tuple[str, str]]:
    if not isinstance(node, dict):
        return
    for value in node.get("enum", ()):
        if isinstance(value, str) and value not in SPECIAL:
            yield path, value
    for key, inner in node.get("properties", {}).items():
        yield from codes(inner, f"{path}.{key}" if path else key)
    for key in ("items", "additionalProperties"):
        yield from codes(node.get(key), path)
    for key in ("anyOf", "oneOf", "allOf"):
        for inner in node.get(key, ()):
            yield from codes(inner, path)


def test_every_code_of_the_policy_schema_has_a_name_in_both_languages() -> None:
    groups = {group.id: group.name for group in SHIPPED.groups.values()}
    labels = Labels(SHIPPED.forms, groups, SHIPPED.decisions)
    nameless = []
    for path, value in codes(SCHEMA, ""):
        known = policy_value_words(path, value)
        chinese = half(known, "zh") if known else labels.option(path, value, "zh")
        english = half(known, "en") if known else labels.option(path, value, "en")
        plain = not re.search(r"[a-z]_[a-z]", english)
        if chinese == value or not chinese or not english or not plain:
            nameless.append(f"{path}: {value}")
    assert nameless == []


def test_a_code_that_means_two_things_is_named_by_its_key() -> None:
    assert policy_value_words("loop.exit", "close") == "按制度结束 / closed by the policy"
    assert policy_value_words("closure.decision", "close") is None
