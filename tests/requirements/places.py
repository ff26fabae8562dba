"""Where requirement ids stand: in diagrams, tables, forms, policies, documents, and in programs."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from lxml import etree

from runner.definitions.model import Element
from runner.definitions.release import Definitions
from runner.trying.places import clauses_in, ids_in

ROOT = Path(__file__).parents[2]
GUIDANCE = "guidance"
# What is done where, for a reader; the order in which places are shown.
KINDS = (
    "element", "decision", "rule", "field", "form", "policy", "document", "template", "control",
    "role", GUIDANCE, "program", "process",
)  # fmt: skip
_DMN = "{https://www.omg.org/spec/DMN/20191111/MODEL/}"


@dataclass(frozen=True)
class Place:
    """One place of one requirement. ``keys`` is how a trace of a case meets it: (process, element)
    of an element or guidance, (decision, rule) of a rule, (form, field) of a field, (kind,) of a
    document, (key,) of a policy key."""

    requirement: str
    kind: str
    name: str
    file: str
    keys: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()


def all_places(definitions: Definitions) -> list[Place]:
    """Every place of every id, in the order of KINDS."""
    found = [
        *_elements(definitions),
        *_tables(definitions),
        *_forms(definitions),
        *_schema(definitions),
        *_texts(definitions),
        *_programs(),
    ]
    unique = dict.fromkeys(found)
    return sorted(unique, key=lambda place: (place.requirement, KINDS.index(place.kind)))


def _elements(definitions: Definitions) -> Iterator[Place]:
    for process in definitions.processes.values():
        for found in ids_in(process.documentation):
            yield Place(found, "process", process.id, process.file, (process.id,))
        for element in process.elements.values():
            yield from _element(element, process.file)


def _element(element: Element, file: str) -> Iterator[Place]:
    name = f"{element.process_id}.{element.id}"
    keys, clauses = (element.process_id, element.id), tuple(clauses_in(element))
    guided = ids_in(element.properties.get(GUIDANCE, ""))
    only_guidance = GUIDANCE in element.properties
    for found in ids_in(element.documentation):
        yield Place(found, "element", name, file, keys, clauses)
    for found in guided:
        yield Place(found, GUIDANCE, name, file, keys, clauses)
    if only_guidance:
        return
    for key, text in element.properties.items():
        if key != GUIDANCE:
            for found in ids_in(text):
                yield Place(found, "element", name, file, keys, clauses)


def _tables(definitions: Definitions) -> Iterator[Place]:
    for path, data in definitions.files.items():
        if not path.endswith(".dmn"):
            continue
        root = etree.fromstring(data)
        for node in root.iter():
            if not isinstance(node.tag, str):
                continue
            kind = etree.QName(node).localname
            if kind not in ("description", "label", "text"):
                continue
            owner = _owner(node)
            if owner is None:
                continue
            decision, rule = owner
            for found in ids_in(node.text or ""):
                if rule:
                    yield Place(found, "rule", f"{decision}.{rule}", path, (decision, rule))
                else:
                    yield Place(found, "decision", decision, path, (decision,))


def _owner(node: etree._Element) -> tuple[str, str] | None:
    rule = ""
    above = node.getparent()
    while above is not None:
        kind = etree.QName(above).localname
        if kind == "rule":
            rule = above.get("id", "")
        if kind == "decision":
            return above.get("id", ""), rule
        above = above.getparent()
    return None


def _forms(definitions: Definitions) -> Iterator[Place]:
    for form in definitions.forms.values():
        document = json.loads(definitions.files[form.file])
        for found in ids_in(json.dumps(document.get("properties", {}))):
            yield Place(found, "form", form.id, form.file, (form.id,))
        for component in _components(document.get("components", [])):
            key = component.get("key") or component.get("path") or ""
            texts = component.get("properties", {})
            for found in ids_in(" ".join(str(text) for text in texts.values())):
                if key:
                    name = f"{form.id}.{key}"
                    yield Place(found, "field", name, form.file, (form.id, key.split(".")[0]))
                else:
                    kind = GUIDANCE if component.get("type") == "text" else "form"
                    yield Place(found, kind, form.id, form.file, (form.id,))


def _components(found: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for component in found:
        yield component
        yield from _components(component.get("components", []))


def _schema(definitions: Definitions) -> Iterator[Place]:
    path = "processes/policies/policy.schema.json"
    schema = json.loads(definitions.files[path])
    yield from _keys(schema, "", path)


def _keys(node: Mapping[str, Any], base: str, file: str) -> Iterator[Place]:
    for name, below in node.get("properties", {}).items():
        key = f"{base}.{name}" if base else name
        text = " ".join(str(below.get(part, "")) for part in ("title", "description", "$comment"))
        for found in ids_in(text):
            yield Place(found, "policy", key, file, (key,))
        for inner in (below, below.get("items", {}), below.get("additionalProperties", {})):
            if isinstance(inner, Mapping):
                yield from _keys(inner, key, file)


def _texts(definitions: Definitions) -> Iterator[Place]:
    """Documents, mails, controls, roles: what names ids in its ``requirements`` or its texts."""
    for path, data in definitions.files.items():
        stem = path.rsplit("/", 1)[-1].split(".")[0]
        text = data.decode("utf-8", "replace")
        if "/templates/documents/" in path:
            for found in ids_in(text):
                yield Place(found, "document", stem, path, (stem,))
        elif "/templates/" in path:
            for found in ids_in(text):
                yield Place(found, "template", stem, path, (stem,))
        elif path.startswith("processes/controls"):
            for found in ids_in(text):
                yield Place(found, "control", stem, path)
        elif path == "processes/roles.yaml":
            for group in yaml.safe_load(text).get("groups", []):
                for found in ids_in(json.dumps(group, ensure_ascii=False)):
                    yield Place(found, "role", str(group.get("id")), path, (str(group.get("id")),))


def _programs() -> Iterator[Place]:
    """What the product itself does: modules, classes and functions whose docstring names an id."""
    for folder in ("runner", "service_tasks"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            text = file.read_text(encoding="utf-8")
            if not re.search(r"\b[A-Z]{2}-\d{2}\b", text):
                continue
            inside = file.relative_to(ROOT).as_posix()
            module = inside.removesuffix(".py").replace("/", ".")
            tree = ast.parse(text)
            for node in ast.walk(tree):
                if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                    continue
                name = module if isinstance(node, ast.Module) else f"{module}.{node.name}"
                for found in ids_in(ast.get_docstring(node) or ""):
                    yield Place(found, "program", name, inside)
