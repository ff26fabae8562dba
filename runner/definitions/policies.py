"""Policies: what an organisation decided, resolved over what it extends, as FEEL values."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from runner.definitions.findings import Finding
from runner.definitions.owners_yaml import Data, Document, Path, path_text, read_yaml
from runner.definitions.policy_lines import (
    PolicyLine,
    ProductLine,
    lines_of,
    product_lines_of,
)
from runner.definitions.schemas import Schema, validate
from runner.definitions.xml import UnreadableFile
from runner.encoding import Encoded, canonical
from runner.feel import Unset

FOLDER = "processes/policies/"
# Also read from files that cannot be read otherwise, hence by pattern.
_EXTENDS = re.compile(rb"^extends:[ \t]*[\"']?([\w-]+)", re.MULTILINE)
NOT_VALUES = frozenset({"extends", "lines", "product_lines", "sources"})
IMMEDIATE: Mapping[str, object] = MappingProxyType(
    {"amount": Decimal(0), "unit": "minute", "from": "now"}
)


@dataclass(frozen=True)
class Policy:
    """One policy, whole. ``values`` is ready to be FEEL's ``policy`` context.

    Numbers are ``Decimal``; an undecided value is ``Unset(<path>)``, a decided "there is none" is
    None, a time value a context ``{amount, unit, from, certainty}`` (``from`` is always there; one
    whose ``from`` is undecided is undecided as a whole).
    ``lineage`` are the ids of this and every extended policy, nearest first. ``digest`` is the
    SHA-256 (hex) over the canonical bytes of the resolved values. ``groups`` and ``clocks`` are
    (path, name) of every candidate group and every ``from`` it names; ``open_sections`` are the
    paths whose keys are the owner's own (``resolution.due``: one key per class). ``extended``:
    another policy builds on this one, be it one with errors. ``half_decided`` are the times, by
    path, that say how long and not from when. ``lines`` and ``product_lines`` are those of the
    policy's own file: what a policy extends does not hand them on.
    """

    id: str
    name: str
    file: str
    lineage: tuple[str, ...]
    values: Mapping[str, object]
    unset: tuple[str, ...]
    digest: str
    calendar: str | None
    groups: tuple[tuple[str, str], ...] = ()
    clocks: tuple[tuple[str, str], ...] = ()
    open_sections: frozenset[str] = frozenset()
    extended: bool = False
    half_decided: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    lines: tuple[PolicyLine, ...] = ()
    product_lines: tuple[ProductLine, ...] = ()


def load_policies(
    files: Mapping[str, bytes], schema: Schema
) -> tuple[Mapping[str, Policy], list[Finding]]:
    """Every policy of ``files`` (path to bytes) by id. Never raises.

    A policy with an error in itself or in what it extends is left out, with findings.
    """
    documents: dict[str, tuple[str, Document]] = {}
    findings: list[Finding] = []
    unusable: set[str] = set()
    for file, data in sorted(files.items()):
        found, wrong = _read(file, data, schema)
        findings.extend(wrong)
        if found is None:
            unusable.add(_stem(file))
            continue
        policy_id = _text(found.data, "id")
        if policy_id in documents:
            other = documents[policy_id][0]
            findings.append(
                _finding(
                    file,
                    f"制度编号“{policy_id}”已在 {other} 里用过。请换一个编号。",
                    f'The policy id "{policy_id}" is used in {other} already. Choose another.',
                )
            )
        else:
            documents[policy_id] = (file, found)
    bases = {_text(document.data, "extends") for _, document in documents.values()}
    bases |= {base.decode() for data in files.values() for base in _EXTENDS.findall(data)}
    policies: dict[str, Policy] = {}
    for policy_id, (file, _) in documents.items():
        lineage = _lineage(policy_id, documents)
        if isinstance(lineage, Finding):
            if lineage.element_id not in unusable:  # else its own finding says what is wrong
                findings.append(lineage)
        else:
            policy = _resolve(policy_id, file, lineage, documents, schema)
            extended = policy_id in bases
            policies[policy_id] = replace(policy, extended=extended)
    return policies, findings


def _read(file: str, data: bytes, schema: Schema) -> tuple[Document | None, list[Finding]]:
    try:
        document = read_yaml(data, file)
    except UnreadableFile as unreadable:
        return None, [unreadable.finding]
    findings = validate(document, schema, file, "policy_invalid")
    if findings:
        return None, findings
    stem = _stem(file)
    if _text(document.data, "id") != stem:
        findings.append(
            _finding(
                file,
                f"制度编号写的是“{_text(document.data, 'id')}”，应与文件名“{stem}”相同。",
                f'The policy\'s id is "{_text(document.data, "id")}"; expected the file name '
                f'"{stem}".',
            )
        )
    return document, findings


def _lineage(
    policy_id: str, documents: Mapping[str, tuple[str, Document]]
) -> tuple[str, ...] | Finding:
    """The ids from this policy to its last base, or what is wrong with them."""
    chain = [policy_id]
    while True:
        file, document = documents[chain[-1]]
        base = _text(document.data, "extends")
        if not base:
            return tuple(chain)
        if base in chain:
            path = " → ".join([*chain, base])
            return _finding(
                documents[policy_id][0],
                f"制度互相引用，绕成了圈：{path}。请去掉其中一个 extends。",
                f"Policies extend each other in a circle: {path}. Remove one extends.",
            )
        if base not in documents:
            return _finding(
                file,
                f"extends 写的制度“{base}”不存在或有错误。现有：{'、'.join(sorted(documents))}。",
                f'extends names the policy "{base}", which does not exist or has errors. There '
                f"are: {', '.join(sorted(documents))}.",
                base,
            )
        chain.append(base)


def _resolve(
    policy_id: str,
    file: str,
    lineage: tuple[str, ...],
    documents: Mapping[str, tuple[str, Document]],
    schema: Schema,
) -> Policy:
    merged: dict[str, Data] = {}
    for ancestor in reversed(lineage):
        data = documents[ancestor][1].data
        assert isinstance(data, dict)
        merged = _merge(merged, data, schema, schema)
    for key in NOT_VALUES:
        merged.pop(key, None)
    typed = _Typed(schema)
    values = typed.section(merged, schema, ())
    calendar = values.get("calendar")
    return Policy(
        id=policy_id,
        name=str(merged.get("name", "")),
        file=file,
        lineage=lineage,
        values=values,
        unset=tuple(typed.unset),
        digest=hashlib.sha256(canonical(_written(values))).hexdigest(),
        calendar=calendar if isinstance(calendar, str) else None,
        groups=tuple(typed.groups),
        clocks=tuple(typed.clocks),
        open_sections=frozenset(typed.open_sections),
        half_decided=typed.half_decided,
        lines=lines_of(documents[policy_id][1].data),
        product_lines=product_lines_of(documents[policy_id][1].data),
    )


def _merge(
    base: Mapping[str, Data], over: Mapping[str, Data], node: Schema, schema: Schema
) -> dict[str, Data]:
    """Key by key; lists and time values are replaced whole."""
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        child = _child(node, key, schema)
        if isinstance(below, dict) and isinstance(value, dict) and _is_section(child):
            merged[key] = _merge(below, value, child, schema)
        else:
            merged[key] = value
    return merged


def _child(node: Schema, key: str, schema: Schema) -> Schema:
    """The schema of ``key`` below ``node``, references followed; empty where nothing is said."""
    found: Any = node.get("properties", {}).get(key, node.get("additionalProperties"))
    return _followed(found, schema) if isinstance(found, dict) else {}


def _followed(node: Schema, schema: Schema) -> Schema:
    reference = node.get("$ref")
    if not isinstance(reference, str) or not reference.startswith("#/"):
        return node
    target: Any = schema
    for part in reference[2:].split("/"):
        target = target.get(part, {}) if isinstance(target, dict) else {}
    return target if isinstance(target, dict) else {}


def _is_section(node: Schema) -> bool:
    """Whether keys below are policy keys of their own, rather than one value (a time)."""
    return node.get("type") == "object"


class _Typed:
    """Turns the merged text of a policy into FEEL values and notes what is undecided."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        shapes = schema.get("$defs", {})
        self._group_lists = [shapes[name] for name in ("groups", "somebody") if name in shapes]
        self.unset: list[str] = []
        self.groups: list[tuple[str, str]] = []
        self.clocks: list[tuple[str, str]] = []
        self.open_sections: list[str] = []
        self.half_decided: dict[str, Mapping[str, object]] = {}

    def section(self, data: Mapping[str, Data], node: Schema, path: Path) -> Mapping[str, object]:
        """Every key of the schema is there: one that nobody wrote is undecided, never null."""
        found: dict[str, object] = {}
        if path and isinstance(node.get("additionalProperties"), dict):
            self.open_sections.append(path_text(path))
        for key in [*data, *(k for k in node.get("properties", {}) if k not in data)]:
            if not path and key in NOT_VALUES:
                continue
            child = _child(node, key, self._schema)
            where = (*path, key)
            if key in data:
                found[key] = self.value(data[key], child, where)
            elif _is_section(child):
                found[key] = self.section({}, child, where)
            elif path and isinstance(path[-1], int) and key not in node.get("required", ()):
                found[key] = None  # what an item of a list may leave out
            else:
                found[key] = self._undecided(where)
        return found

    def value(self, data: Data, node: Schema, path: Path) -> object:
        if data == "unset":
            return self._undecided(path)
        if data == "none" and "enum" not in node:  # in a plain choice, "none" is one of its options
            return None
        if data == "immediate" and "enum" not in node:
            return dict(IMMEDIATE)
        if isinstance(data, dict):
            if _is_section(node):
                return self.section(data, node, path)
            if "amount" in data and "unit" in data:
                if data.get("from") == "unset":  # how long is known, from when is not
                    text = path_text(path)
                    self.half_decided[text] = {k: _plain(v) for k, v in data.items()}
                    return self._undecided(path)
                self.clocks.append((path_text(path), str(data.get("from", "now"))))
                return {"from": "now", **{k: _plain(v) for k, v in data.items()}}
            return {k: self.value(v, {}, (*path, k)) for k, v in data.items()}
        if isinstance(data, list):
            if any(node is shape for shape in self._group_lists):
                self.groups.extend((path_text(path), str(name)) for name in data)
            item: Any = node.get("items") or _array_items(node)
            below = _followed(item, self._schema) if isinstance(item, dict) else {}
            return [self.value(v, below, (*path, number)) for number, v in enumerate(data)]
        return _plain(data)

    def _undecided(self, path: Path) -> Unset:
        text = path_text(path)
        self.unset.append(text)
        return Unset(text)


def _array_items(node: Schema) -> object:
    for option in node.get("anyOf", ()):
        if isinstance(option, dict) and option.get("type") == "array":
            return option.get("items")
    return None


def _plain(data: Data) -> object:
    return Decimal(data) if isinstance(data, int) and not isinstance(data, bool) else data


def _written(value: object) -> Encoded:
    """The values' written form (docs/formats.md), with ``unset:`` for what is undecided."""
    if isinstance(value, Unset):
        return "unset:"
    if isinstance(value, Decimal):
        return f"n:{value:f}"
    if isinstance(value, str):
        return f"s:{value}"
    if isinstance(value, list):
        return [_written(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _written(item) for key, item in value.items()}
    assert value is None or isinstance(value, bool)
    return value


def _text(data: Data, key: str) -> str:
    found = data.get(key) if isinstance(data, dict) else None
    return found if isinstance(found, str) else ""


def _stem(file: str) -> str:
    return file.rsplit("/", 1)[-1].rsplit(".", 1)[0]


def _finding(file: str, zh: str, en: str, element_id: str = "") -> Finding:
    return Finding(
        file=file, rule="policy_invalid", severity="error", zh=zh, en=en, element_id=element_id
    )
