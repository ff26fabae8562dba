"""Every place of a requirement: those in the owners' files, and what the product does by itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from runner.definitions.release import Definitions
from runner.trying.places import KINDS, Place, ids_in, owners_places

ROOT = Path(__file__).parents[2]


def all_places(definitions: Definitions) -> list[Place]:
    """By requirement, then in the order of KINDS."""
    found = dict.fromkeys([*owners_places(definitions), *_programs()])
    return sorted(found, key=lambda place: (place.requirement, KINDS.index(place.kind)))


def _programs() -> Iterator[Place]:
    """Modules, classes and functions whose docstring names an id. A handler is met by the cases
    that ran it."""
    for folder in ("runner", "service_tasks"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            text = file.read_text(encoding="utf-8")
            if "shipped" in file.parts or not re.search(r"\b[A-Z]{2}-\d{2}\b", text):
                continue
            inside = file.relative_to(ROOT).as_posix()
            module = inside.removesuffix(".py").replace("/", ".")
            keys = (file.stem,) if folder == "service_tasks" else ()
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                    name = module if isinstance(node, ast.Module) else f"{module}.{node.name}"
                    for found in ids_in(ast.get_docstring(node) or ""):
                        yield Place(found, "program", name, inside, keys)
