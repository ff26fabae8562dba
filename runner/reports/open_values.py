"""What a policy leaves its owner to decide: what each value means, who asks first, a proposal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml

from runner.definitions.check.texts import texts_of
from runner.definitions.deciding import Plain, open_keys, property_of, proposal
from runner.definitions.findings import half
from runner.definitions.model import Element, Process
from runner.definitions.outline import outline
from runner.definitions.policies import Policy
from runner.definitions.release import Definitions
from runner.definitions.schemas import POLICY_SCHEMA, Schema, read_schema
from runner.feel import Expression

_IDS = re.compile(r"(?:\s+(?:[A-Z]{1,2}-\d{2}))+\s*$")
_READ = re.compile(r"\bpolicy((?:\.[a-z][a-z0-9_]*)+)")
_DECISION = re.compile(r'<(?:\w+:)?decision\b[^>]*\bid="([^"]+)"')
_TEXT = re.compile(r'"([^"]*)"')


@dataclass(frozen=True)
class OpenValue:
    """``title``, ``meaning`` and ``steps`` (in the order a case meets them) are ``中文 / English``;
    ``ids`` the requirements; ``stated`` what is known of a time whose start is open."""

    path: str
    title: str
    meaning: str
    ids: str
    steps: tuple[str, ...]
    rank: int
    stated: str
    proposed: object

    @property
    def lines(self) -> str:
        """The YAML that decides it by the proposal."""
        return yaml_lines({self.path: self.proposed})


@dataclass(frozen=True)
class OpenSection:
    """A section of the policy with what it leaves open, in the order of the schema."""

    title: str
    values: tuple[OpenValue, ...]


def open_sections(definitions: Definitions, policy: Policy) -> tuple[OpenSection, ...]:
    """Everything the policy leaves open, by section."""
    schema, _ = read_schema(definitions.files, POLICY_SCHEMA)
    asked = Asking(definitions)
    found: dict[str, list[OpenValue]] = {}
    for path in open_keys(policy):
        section = path.partition(".")[0] if "." in path else ""
        found.setdefault(section, []).append(_value(policy, path, schema, asked))
    return tuple(
        OpenSection(_title(section, schema) if section else "总则 / General", tuple(values))
        for section, values in found.items()
    )


class _Section(dict[str, object]):
    """Keys of a policy below one key, as against a value that is a context (a time)."""


def yaml_lines(values: Mapping[str, object]) -> str:
    """The lines of a policy file that give these keys these values, one line for each value."""
    document = _Section()
    for path, value in values.items():
        owner = document
        *above, last = path.split(".")
        for key in above:
            below = owner.setdefault(key, _Section())
            assert isinstance(below, _Section)
            owner = below
        owner[last] = value
    return "".join(f"{line}\n" for line in _lines(document, ""))


def _lines(section: Mapping[str, object], indent: str) -> Iterator[str]:
    for key, value in section.items():
        if isinstance(value, _Section):
            yield f"{indent}{key}:"
            yield from _lines(value, f"{indent}  ")
        elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
            yield f"{indent}{key}:"
            yield from (f"{indent}  - {_flow(item)}" for item in value)
        else:
            yield f"{indent}{key}: {_flow(value)}"


def _flow(value: object) -> str:
    written = yaml.dump(
        [value], Dumper=Plain, allow_unicode=True, sort_keys=False, default_flow_style=True,
        width=10_000,
    )  # fmt: skip
    return str(written).strip()[1:-1]


def _value(policy: Policy, path: str, schema: Schema, asked: Asking) -> OpenValue:
    above, _, key = path.rpartition(".")
    map_of_classes = key == "all" or key not in property_of(above, schema).get("properties", {})
    node = property_of(above if above and map_of_classes else path, schema)
    described = str(node.get("description", ""))
    ids = _IDS.search(described)
    ranks = asked.steps_for(path)
    stated = policy.half_decided.get(path, {})
    return OpenValue(
        path=path,
        title=_title(path, schema),
        meaning=_IDS.sub("", described),
        ids=ids[0].strip() if ids else "",
        steps=tuple(ranks.values()),
        rank=next(iter(ranks), NOT_ASKED),
        stated=f"{stated['amount']:f} {stated['unit']}" if stated else "",
        proposed=proposal(policy, path, schema),
    )


def _title(path: str, schema: Schema) -> str:
    """What a key is called; a class the owner made up as they wrote it."""
    parts: list[str] = []
    keys = path.split(".")
    for depth in range(min(1, len(keys) - 1), len(keys)):
        below = property_of(".".join(keys[: depth + 1]), schema)
        above = property_of(".".join(keys[:depth]), schema) if depth else schema
        known = keys[depth] in above.get("properties", {})
        parts.append(str(below.get("title", keys[depth])) if known else keys[depth])
    zh = " › ".join(half(part, "zh") for part in parts)
    en = " › ".join(half(part, "en") for part in parts)
    return f"{zh} / {en}"


NOT_ASKED = 1_000_000  # the rank of a key that no step reads


class Asking:
    """Which steps read which policy value, in the order a case meets them."""

    def __init__(self, definitions: Definitions) -> None:
        self._tables = dict(_tables(definitions))
        self._asked: dict[str, dict[int, str]] = {}
        reads = _reads(definitions)
        for rank, (process, element) in enumerate(_in_order(definitions)):
            name = element.name or process.name
            for path in (
                *reads.get((process.id, element.id), ()),
                *self._read_beside(definitions, element),
            ):
                self._asked.setdefault(path, {})[rank] = name.replace("\n", " ")

    def steps_for(self, path: str) -> dict[int, str]:
        """The steps by rank, first first; a step of each name once."""
        found: dict[int, str] = {}
        for read, steps in self._asked.items():
            if read == path or read.startswith(f"{path}.") or path.startswith(f"{read}."):
                found.update(steps)
        first: dict[str, int] = {}
        for rank in sorted(found):
            first.setdefault(found[rank], rank)
        return {rank: name for name, rank in first.items()}

    def _read_beside(self, definitions: Definitions, element: Element) -> Iterator[str]:
        """What its form and the decision table it asks read."""
        form = definitions.forms.get(element.form_id or element.properties.get("form", ""))
        if form is not None:
            yield from _paths(definitions.files.get(form.file, b""))
        called = element.called_decision or ""
        literals = _TEXT.findall(called) if called.startswith("=") else []
        for ids, paths in self._tables.items():
            if called in ids or any(name.startswith(part) for part in literals for name in ids):
                yield from paths


def _reads(definitions: Definitions) -> Mapping[tuple[str, str], set[str]]:
    """The policy values that the expressions of each element and its flows read."""
    found: dict[tuple[str, str], set[str]] = {}
    for process in definitions.processes.values():
        for text in texts_of(process):
            compiled = text.compiled()
            if isinstance(compiled, Expression):
                names = compiled.names | compiled.possible_names
                paths = {n.removeprefix("policy.") for n in names if n.startswith("policy.")}
                found.setdefault((process.id, text.element.id), set()).update(paths)
    return found


def _tables(definitions: Definitions) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    for file, data in definitions.files.items():
        if file.endswith(".dmn"):
            yield tuple(_DECISION.findall(data.decode("utf-8", "replace"))), tuple(_paths(data))


def _paths(data: bytes) -> list[str]:
    found = _READ.findall(data.decode("utf-8", "replace"))
    return [path.removeprefix(".") for path in dict.fromkeys(found)]


def _in_order(definitions: Definitions) -> Iterator[tuple[Process, Element]]:
    """Every element once, called processes where they are called first."""
    called = {e.called_process for p in definitions.processes.values() for e in p.elements.values()}
    seen: set[str] = set()

    def walk(process: Process) -> Iterator[tuple[Process, Element]]:
        seen.add(process.id)
        met: set[str] = set()
        for element_id in (
            *(step.element_id for step in outline(process, "en")),
            *process.elements,
        ):
            element = process.elements.get(element_id)
            if element is None or element_id in met:
                continue
            met.add(element_id)
            yield process, element
            callee = definitions.processes.get(element.called_process or "")
            if callee is not None and callee.id not in seen:
                yield from walk(callee)

    for process in definitions.processes.values():
        if process.id not in called and process.id not in seen:
            yield from walk(process)
