"""Where requirement ids and clauses stand in the owners' files, as a case can meet them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from lxml import etree

from runner.definitions.model import Element
from runner.definitions.release import Definitions
from runner.definitions.schemas import POLICY_SCHEMA

REQUIREMENT = re.compile(r"\b(?!CF-)[A-Z]{2}-\d{2}\b")
RANGE = re.compile(r"\b([A-Z]{2})-(\d{2})(?:\.\.|–)(?:\1-)?(\d{2})\b")
GUIDANCE = "guidance"
KINDS = (
    "element", "decision", "rule", "field", "form", "policy", "document", "template", "control",
    "role", GUIDANCE, "process", "program",
)  # fmt: skip
"""Kinds of places, in the order in which they are told."""


@dataclass(frozen=True)
class Place:
    """One place of one requirement. ``keys`` is how a case meets it: (process, element), (decision,
    rule), (form, field), or the one id of a form, decision, policy key, document or role."""

    requirement: str
    kind: str
    name: str
    file: str
    keys: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()


def ids_in(text: str) -> list[str]:
    """The requirement ids in a text, in order, each once; two dots between numbers: a range."""
    spread = RANGE.sub(
        lambda m: " ".join(f"{m[1]}-{n:02}" for n in range(int(m[2]), int(m[3]) + 1)), text
    )
    return list(dict.fromkeys(REQUIREMENT.findall(spread)))


def clauses_in(element: Element) -> list[str]:
    """The standard clauses an element names in its property ``clauses``."""
    parts = element.properties.get("clauses", "").split(";")
    return [part.strip() for part in parts if part.strip()]


def clauses_of(definitions: Definitions, passed: Iterable[tuple[str, str]]) -> set[str]:
    """The clauses that these (process, element) serve."""
    found: set[str] = set()
    for process, name in set(passed):
        element = definitions.processes[process].elements.get(name)
        if element is not None:
            found |= set(clauses_in(element))
    return found


def owners_places(definitions: Definitions) -> list[Place]:
    """Every place of every id in the files of a procedure, each once."""
    found = (
        *_elements(definitions),
        *_tables(definitions),
        *_forms(definitions),
        *_policy_keys(definitions),
        *_texts(definitions),
    )
    return list(dict.fromkeys(found))


def _elements(definitions: Definitions) -> Iterator[Place]:
    for process in definitions.processes.values():
        for found in ids_in(process.documentation):
            yield Place(found, "process", process.id, process.file, (process.id,))
        for element in process.elements.values():
            yield from _element(element, process.file)


def _element(element: Element, file: str) -> Iterator[Place]:
    """An element that tells people what no software can do is guidance for the ids it names."""
    name = f"{element.process_id}.{element.id}"
    keys, clauses = (element.process_id, element.id), tuple(clauses_in(element))
    guided = ids_in(element.properties.get(GUIDANCE, ""))
    for found in guided:
        yield Place(found, GUIDANCE, name, file, keys, clauses)
    texts = [element.documentation]
    texts += [text for key, text in element.properties.items() if key not in (GUIDANCE, "clauses")]
    for found in ids_in(" ".join(texts)):
        if found not in guided:
            yield Place(found, "element", name, file, keys, clauses)


def _tables(definitions: Definitions) -> Iterator[Place]:
    for path, data in definitions.files.items():
        if not path.endswith(".dmn"):
            continue
        for node in etree.fromstring(data).iter("{*}description", "{*}annotationEntry"):
            decision, rule = _owner(node)
            text = " ".join(str(part) for part in node.itertext())
            for found in ids_in(text) if decision else ():
                if rule:
                    name = f"{decision}.{rule}"
                    yield Place(found, "rule", name, path, (decision, rule))
                else:
                    yield Place(found, "decision", decision, path, (decision,))


def _owner(node: etree._Element) -> tuple[str, str]:
    rule, above = "", node.getparent()
    while above is not None:
        kind = etree.QName(above).localname
        if kind == "rule":
            rule = above.get("id", "")
        if kind == "decision":
            return above.get("id", ""), rule
        above = above.getparent()
    return "", ""


def _forms(definitions: Definitions) -> Iterator[Place]:
    for form in definitions.forms.values():
        document = json.loads(definitions.files[form.file])
        for found in ids_in(json.dumps(document.get("properties", {}))):
            yield Place(found, "form", form.id, form.file, (form.id,))
        for component in _components(document.get("components", [])):
            key = str(component.get("key") or component.get("path") or "")
            texts = component.get("properties", {})
            for found in ids_in(" ".join(str(text) for text in texts.values())):
                if key and component.get("type") != "group":
                    field = (form.id, key.split(".")[0])
                    yield Place(found, "field", f"{form.id}.{key}", form.file, field)
                else:
                    kind = GUIDANCE if component.get("type") == "text" else "form"
                    yield Place(found, kind, form.id, form.file, (form.id,))


def _components(found: list[dict[str, Any]], in_list: str = "") -> Iterator[dict[str, Any]]:
    """Every component; a field of a list's rows has the list's key before its own."""
    for component in found:
        key = str(component.get("key") or component.get("path") or "")
        inside = ".".join(part for part in (in_list, key) if part)
        yield {**component, "key": inside if key else ""}
        below = inside if component.get("type") == "dynamiclist" else in_list
        yield from _components(component.get("components", []), below)


def _policy_keys(definitions: Definitions) -> Iterator[Place]:
    if POLICY_SCHEMA in definitions.files:
        schema = json.loads(definitions.files[POLICY_SCHEMA])
        yield from _keys(schema, "")


def _keys(node: Mapping[str, Any], base: str) -> Iterator[Place]:
    for name, below in node.get("properties", {}).items():
        key = f"{base}.{name}" if base else name
        text = " ".join(str(below.get(part, "")) for part in ("title", "description", "$comment"))
        for found in ids_in(text):
            yield Place(found, "policy", key, POLICY_SCHEMA, (key,))
        for inner in (below, below.get("items", {}), below.get("additionalProperties", {})):
            if isinstance(inner, Mapping):
                yield from _keys(inner, key)


def _texts(definitions: Definitions) -> Iterator[Place]:
    """Documents, mails, controls and groups of people."""
    for path, data in definitions.files.items():
        stem = path.rsplit("/", 1)[-1].split(".")[0]
        kind = ""
        if "/templates/documents/" in path:
            kind = "document"
        elif "/templates/" in path:
            kind = "template"
        elif path.startswith("processes/controls"):
            kind = "control"
        if kind:
            for found in ids_in(data.decode("utf-8", "replace")):
                yield Place(found, kind, stem, path, (stem,))
        elif path == "processes/roles.yaml":
            for group in (yaml.safe_load(data) or {}).get("groups", []):
                for found in ids_in(json.dumps(group, ensure_ascii=False)):
                    yield Place(found, "role", str(group["id"]), path, (str(group["id"]),))
