"""The values of the chosen policy in words: deadlines, people, switches, and what is open."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, TypeGuard

from runner.definitions.policies import FOLDER, NOT_VALUES, Policy
from runner.definitions.release import Definitions
from runner.feel import Unset
from runner.manual.wording import Reader, Said
from runner.reports.labels import Labels
from runner.reports.policy_value_words import policy_value_words

_PATH = re.compile(r"\bpolicy((?:\.[A-Za-z_]\w*)+)")
_UNITS = {
    "minute": ("分钟", "minute"), "hour": ("小时", "hour"), "day": ("天", "day"),
    "working_day": ("个工作日", "working day"), "working_hour": ("个工作小时", "working hour"),
    "week": ("周", "week"), "month": ("个月", "month"), "year": ("年", "year"),
    "cycle": ("个周期", "cycle"),
}  # fmt: skip
_FROM = {
    "now": ("本步骤开始", "the beginning of the step"), "received": ("收到投诉", "receipt"),
    "registered": ("登记", "registration"), "assigned": ("派单", "assignment"),
    "handled": ("处理完成", "handling"), "closed": ("结案", "closing"),
    "purchased": ("购买", "purchase"), "risk_seen": ("发现风险", "the moment the risk is seen"),
    "received_by_department": ("责任部门收到", "receipt by the department"),
    "first_fault": ("首次故障", "the first fault"), "call_rang": ("来电", "the call"),
}  # fmt: skip
_CERTAINTY = {
    "stated": ("来源明文", "stated in the source"),
    "estimate": ("来源估计", "an estimate of the source"),
    "example": ("来源举例", "an example of the source"),
    "owner": ("公司决定", "decided by the owner"),
}  # fmt: skip
_NAMING = ("title", "name", "text", "id")
_HEAD = frozenset({"id", "name", "source", "sector", "extends", "sources"})
MISSING = object()
DEEPEST = 8
"""A schema whose references go round is followed no further."""


@dataclass(frozen=True)
class Setting:
    """One value: where it stands, what it is called, what it says and what it serves."""

    path: str
    title: str
    section: str
    value: Said
    certainty: str
    requirements: tuple[str, ...]
    time: bool


class Settings:
    """A policy, read for one reader."""

    def __init__(self, definitions: Definitions, policy: Policy, reader: Reader) -> None:
        self.policy, self.reader = policy, reader
        self.groups = definitions.groups
        names = {group.id: group.name for group in definitions.groups.values()}
        self.labels = Labels(definitions.forms, names, definitions.decisions)
        data = definitions.files.get(f"{FOLDER}policy.schema.json", b"{}")
        self.schema: Mapping[str, Any] = json.loads(data)

    # --- asking for one ---

    def paths_in(self, expression: str) -> tuple[str, ...]:
        """The policy keys an expression reads, without ``policy.``, each once."""
        return tuple(dict.fromkeys(found[1:] for found in _PATH.findall(expression)))

    def value(self, path: str) -> object:
        """The value at a path; ``MISSING`` where the policy has no such key."""
        found: object = self.policy.values
        for key in path.split("."):
            if isinstance(found, Unset):
                return found
            if not isinstance(found, Mapping) or key not in found:
                return MISSING
            found = found[key]
        return found

    def title(self, path: str) -> str:
        """What a key is called, in the reader's language; in plain words where only its owner
        knows it."""
        node = self._node(path)
        text = self._text(node) if node is not None else ""
        return self.reader.half(text) if text else path.rpartition(".")[2].replace("_", " ")

    def section(self, path: str) -> str:
        head = path.partition(".")[0]
        return self.title(head) if head != path else ""

    def deadlines(self, expression: str) -> tuple[tuple[str, Said], ...]:
        """The times an expression takes from the policy: (what for, in words)."""
        found: list[tuple[str, Said]] = []
        for path in self.paths_in(expression):
            found += self._spread(path, self.value(path))
        return tuple(found)

    def words(self, path: str, value: object) -> Said:
        """A value as people read it."""
        say = self.reader.say
        if isinstance(value, Unset):
            return self.reader.undecided
        if value is MISSING:
            return Said(say("本制度没有这一项", "not in this policy"))
        if value is None:
            return Said(say("不设", "none"))
        if isinstance(value, bool):
            return Said(say("是", "yes") if value else say("否", "no"))
        if isinstance(value, Mapping):
            return self._mapping(path, value)
        if isinstance(value, list | tuple):
            texts = [self.words(path, item) for item in value]
            if not texts:
                return Said(say("无", "none"))
            return Said(self.reader.joined(text.text for text in texts))
        return Said(self._plain(path, str(value)))

    # --- going through all ---

    def all(self) -> Iterator[Setting]:
        """Every value in file order; maps by class are spread over their entries."""
        for key, value in self.policy.values.items():
            if key in _HEAD | NOT_VALUES:
                continue
            yield from self._walk(key, value)

    def _walk(self, path: str, value: object) -> Iterator[Setting]:
        if _items(value):
            yield from self._items(path, value)
            return
        inner = isinstance(value, Mapping) and "amount" not in value and value
        if inner and isinstance(value, Mapping):
            for key, item in value.items():
                yield from self._walk(f"{path}.{key}", item)
            return
        node = self._node(path)
        yield Setting(
            path=path,
            title=self._full_title(path),
            section=self.section(path) or self.title(path),
            value=self.words(path, value),
            certainty=self._certainty(value),
            requirements=self._requirements(node),
            time=self._is_time(node, value),
        )

    def _items(self, path: str, items: Sequence[Mapping[str, object]]) -> Iterator[Setting]:
        """One row for each entry of a list, by its name."""
        node = self._node(path)
        for item in items:
            rest = {key: value for key, value in item.items() if key not in _NAMING}
            names = [str(item[key]) for key in _NAMING if isinstance(item.get(key), str)]
            name = self._plain(path, names[0]) if names else ""
            yield Setting(
                path=path,
                title=" › ".join(part for part in (self._full_title(path), name) if part),
                section=self.section(path) or self.title(path),
                value=self._mapping(path, rest),
                certainty="",
                requirements=self._requirements(node),
                time=False,
            )

    # --- words ---

    def _spread(self, path: str, value: object) -> list[tuple[str, Said]]:
        if isinstance(value, Mapping) and "amount" not in value:
            return [
                (f"{self.title(path)}: {self.title(f'{path}.{key}')}", self.words(path, item))
                for key, item in value.items()
                if isinstance(item, Unset | Mapping) or item is None
            ]
        if _items(value):
            words = self.reader.say("按事项，见附录 A", "by the item, see annex A")
            return [(self.title(path), Said(words))]
        if value is MISSING or not (isinstance(value, Unset | Mapping) or value is None):
            return []
        return [(self.title(path), self.words(path, value))]

    def _mapping(self, path: str, value: Mapping[str, object]) -> Said:
        amount, unit = value.get("amount"), value.get("unit")
        if isinstance(amount, Decimal) and isinstance(unit, str):
            return Said(self._time(amount, unit, str(value.get("from", ""))))
        names = [value.get(key) for key in _NAMING]
        name = next((found for found in names if isinstance(found, str) and found), None)
        texts = []
        for key, item in value.items():
            empty = item is None or isinstance(item, Unset) or item in ([], "", {}) or item == name
            if not empty and key not in _NAMING:
                texts.append(self.words(f"{path}.{key}", item).text)
        inside = self.reader.joined(texts)
        if name is None:
            return Said(inside or "—")
        shown = self._plain(path, name)
        return Said(
            self.reader.say(f"{shown}（{inside}）", f"{shown} ({inside})") if inside else shown
        )

    def _time(self, amount: Decimal, unit: str, start: str) -> str:
        say = self.reader.say
        zh, en = _UNITS.get(unit, (unit, unit))
        from_zh, from_en = _FROM.get(start, (start.replace("_", " "), start.replace("_", " ")))
        if amount == 0:
            span = say("立即", "at once")
            return (
                span
                if start in ("", "now")
                else say(f"{from_zh}后立即", f"at once after {from_en}")
            )
        number = format(amount.normalize(), "f")
        span = say(f"{number} {zh}", f"{number} {en}{'' if amount == 1 else 's'}")
        return span + (say(f"，自{from_zh}起", f" from {from_en}") if start else "")

    def _certainty(self, value: object) -> str:
        found = value.get("certainty") if isinstance(value, Mapping) else None
        zh, en = _CERTAINTY.get(str(found), ("", ""))
        return self.reader.say(zh, en)

    def _plain(self, path: str, text: str) -> str:
        group = self.groups.get(text)
        if group is not None:
            return self.reader.half(group.name)
        words = policy_value_words(path, text)
        shown = self.reader.half(words or self.labels.option(path, text, self.reader.language))
        return shown.replace("_", " ") if re.fullmatch(r"[a-z][a-z0-9_]*", shown) else shown

    # --- the schema ---

    def _full_title(self, path: str) -> str:
        keys = path.split(".")
        titles = [self.title(".".join(keys[: n + 1])) for n in range(1, len(keys))]
        return " › ".join(titles) or self.title(path)

    def _node(self, path: str) -> Mapping[str, Any] | None:
        node: Mapping[str, Any] = self.schema
        for key in path.split("."):
            properties = self._resolved(node).get("properties", {})
            found = properties.get(key) if isinstance(properties, Mapping) else None
            if not isinstance(found, Mapping):
                return None
            node = found
        return node

    def _resolved(self, node: Mapping[str, Any], depth: int = 0) -> Mapping[str, Any]:
        """The part of a schema that says which keys there are."""
        if "properties" in node or depth > DEEPEST:
            return node
        if "$ref" in node:
            name = str(node["$ref"]).rpartition("/")[2]
            found = self.schema.get("$defs", {}).get(name, {})
            return self._resolved(found, depth + 1) if isinstance(found, Mapping) else {}
        for part in (*node.get("anyOf", ()), *node.get("oneOf", ()), *node.get("allOf", ())):
            found = self._resolved(part, depth + 1) if isinstance(part, Mapping) else {}
            if "properties" in found:
                return found
        return node if "anyOf" not in node else {}

    @staticmethod
    def _text(node: Mapping[str, Any]) -> str:
        """The title; else the description without what stands in brackets."""
        title = node.get("title")
        if isinstance(title, str) and " / " in title:
            return title
        return re.sub(r"\s*（[^）]*）|\s*\([^)]*\)", "", str(node.get("description") or ""))

    @staticmethod
    def _requirements(node: Mapping[str, Any] | None) -> tuple[str, ...]:
        text = str((node or {}).get("description") or "")
        return tuple(dict.fromkeys(re.findall(r"\b[A-Z]{1,3}-\d+[a-z]?\b", text)))

    def _is_time(self, node: Mapping[str, Any] | None, value: object) -> bool:
        if isinstance(value, Mapping) and "amount" in value:
            return True
        return node is not None and any("time" in ref.rpartition("/")[2] for ref in _refs(node))

    @cached_property
    def open(self) -> tuple[str, ...]:
        """The paths nobody decided."""
        return self.policy.unset


def _items(value: object) -> TypeGuard[Sequence[Mapping[str, object]]]:
    """Whether a value is a list of entries with parts of their own."""
    return (
        isinstance(value, list | tuple)
        and bool(value)
        and all(isinstance(item, Mapping) and "amount" not in item for item in value)
    )


def _refs(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for key in ("anyOf", "oneOf", "allOf"):
            for part in node.get(key, ()):
                yield from _refs(part)
