"""Every key an owner can decide does something: a step, a form, a table, a document or the program
reads it, or its description says that it stands in the manual only, and there it stands."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from runner.definitions.check.rules.unset_policy_value import is_read, read_paths
from runner.definitions.check.subject import Subject
from runner.definitions.files import read_folder
from runner.definitions.release import Definitions, load_definitions
from runner.definitions.schemas import POLICY_SCHEMA, read_schema
from runner.manual import Facts, make_manual
from service_tasks import handlers

ROOT = Path(__file__).resolve().parents[2]
KINDS = ROOT / "processes" / "templates" / "documents"
SCHEMA = read_schema({}, POLICY_SCHEMA)[0]
MANUAL_ONLY = "In the manual only:"
# What the program itself reads, and where: the name stands in that module.
PROGRAM = {
    "id": "runner.definitions.policies",
    "name": "runner.definitions.policies",
    "extends": "runner.definitions.policies",
    "lines": "runner.definitions.policy_lines",
    "product_lines": "runner.definitions.policy_lines",
    "calendar": "runner.definitions.policies",
    "source": "runner.web.set_up",
    "changes.four_eyes": "runner.engine.repairs",
    "deadlines.pause_for": "runner.engine.pausing",
    "intake.channels": "runner.web.register",
    "records.visibility": "runner.engine.access",
}
# What a procedure says of itself, in the chapter "Scope" of the manual.
OF_ITSELF = frozenset({"sector", "scope", "effective_from", "legal_basis", "linked_procedures"})


def keys(node: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, child in node.get("properties", {}).items():
        path = f"{above}.{name}" if above else name
        if child.get("type") == "object":
            yield from keys(child, path)
        else:
            yield path, child


KEYS = dict(keys(SCHEMA))


@cache
def shipped() -> Definitions:
    return load_definitions(read_folder(ROOT))


@cache
def read() -> frozenset[str]:
    """What expressions read: of diagrams, forms and tables, and of the documents produced."""
    documents = "".join(path.read_text("utf-8") for path in sorted(KINDS.glob("*.yaml")))
    named = set(re.findall(r"\bpolicy\.([a-z_]+(?:\.[a-z_]+)*)", documents))
    return read_paths(Subject(shipped(), handlers())) | named


@cache
def manual_text(policy: str) -> str:
    facts = Facts("Example", "7", "in force", "d" * 64, "2026-11-20 16:00")
    made = make_manual(shipped(), policy, language="en", facts=facts)
    return "\n".join([*made.scope, *(row.title for row in made.settings)])


@pytest.mark.parametrize("key", KEYS)
def test_something_reads_the_key(key: str) -> None:
    program = PROGRAM.get(key)
    if program is not None:
        source = inspect.getsource(importlib.import_module(program))
        assert f'"{key.rpartition(".")[2]}"' in source
    elif key in OF_ITSELF or MANUAL_ONLY in KEYS[key]["description"]:
        assert KEYS[key]["title"].partition(" / ")[2] in manual_text("demo-autoparts")
    else:
        assert is_read(key, read()), f"nothing reads policy.{key}"


@pytest.mark.parametrize("key", [k for k in KEYS if MANUAL_ONLY in KEYS[k].get("description", "")])
def test_what_is_said_to_stand_in_the_manual_only_is_read_by_no_step(key: str) -> None:
    assert not is_read(key, read())
