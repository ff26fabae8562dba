"""JSON Schema of the owners' YAML: an error names the key, the value found and what is wanted."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from jsonschema.exceptions import (  # type: ignore[import-untyped]
    SchemaError,
    ValidationError,
)
from referencing import Registry

from runner.definitions.findings import Finding, half
from runner.definitions.owners_yaml import Document, Path, path_text
from runner.definitions.shipped import shipped_folder
from runner.feel.spelling import closest

POLICY_SCHEMA = "processes/policies/policy.schema.json"
ROLES_SCHEMA = "processes/roles.schema.json"
CALENDAR_SCHEMA = "processes/calendars/calendar.schema.json"

Schema = Mapping[str, Any]

_TYPES = {
    "string": ("文字", "a text"),
    "boolean": ("true 或 false", "true or false"),
    "integer": ("整数", "a whole number"),
    "number": ("数字", "a number"),
    "array": ("列表", "a list"),
    "object": ("若干“键: 值”", "keys with values"),
}


def read_schema(files: Mapping[str, bytes], path: str) -> tuple[Schema, list[Finding]]:
    """The schema lying at ``path`` of the files, else the one shipped with the product.

    A schema of the files that cannot be used gives a finding and the shipped one.
    """
    if path in files:
        schema = _usable(files[path])
        if schema is not None:
            return schema, []
        return _shipped(path), [
            Finding(
                file=path,
                rule="schema_not_usable",
                severity="error",
                zh="这个 JSON Schema 文件无法使用。请恢复随产品提供的版本。",
                en="This JSON Schema cannot be used. Restore the one the product came with.",
            )
        ]
    return _shipped(path), []


@lru_cache(maxsize=16)
def _usable(data: bytes) -> Schema | None:
    """The schema, or None; cached because the same bytes are read again with every release."""
    try:
        schema = json.loads(data)
        Draft202012Validator.check_schema(schema)
    except (ValueError, SchemaError, RecursionError):
        return None
    return schema if isinstance(schema, dict) else None


def _shipped(path: str) -> Schema:
    schema: Schema = json.loads((shipped_folder() / path).read_bytes())
    return schema


def validate(document: Document, schema: Schema, file: str, rule: str) -> list[Finding]:
    """What in the document the schema refuses, in file order; empty when it is valid."""
    validator = Draft202012Validator(schema, registry=Registry())
    errors = sorted(
        validator.iter_errors(document.data),
        key=lambda e: (document.lines.get(tuple(e.absolute_path), 0), str(e.absolute_path)),
    )
    return [finding for error in errors for finding in _findings(error, document, file, rule)]


def _findings(
    error: ValidationError, document: Document, file: str, rule: str
) -> Iterator[Finding]:
    path: Path = tuple(error.absolute_path)
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        known = list(error.schema.get("properties", ()))
        for key in error.instance:
            if key not in known:
                yield _unknown_key((*path, key), known, document, file, rule)
        return
    if error.validator == "required" and isinstance(error.instance, dict):
        for key in error.validator_value:
            if key not in error.instance:
                yield _finding(
                    (*path, key),
                    "缺少这一项。",
                    "is missing.",
                    document.lines.get(path, 0),
                    file,
                    rule,
                )
        return
    branch = _meant(error)
    if branch:
        for inner in branch:
            yield from _findings(inner, document, file, rule)
        return
    expected = _expected(error)
    value = json.dumps(error.instance, ensure_ascii=False, default=str)
    value = value if len(value) <= 60 else value[:57] + "…"
    yield _finding(
        path,
        f"写的是 {value}，应为{expected[0]}。",
        f"is {value}; expected {expected[1]}.",
        document.lines.get(path, 0),
        file,
        rule,
    )


def _meant(error: ValidationError) -> list[ValidationError]:
    """The errors of the one form of several that fits the kind of value a person wrote.

    Empty where no form, or more than one, fits: then the value as a whole is what is wrong.
    """
    if error.validator not in ("anyOf", "oneOf"):
        return []
    forms: dict[object, list[ValidationError]] = {}
    for inner in error.context:
        forms.setdefault(inner.schema_path[0], []).append(inner)
    meant = [
        inside
        for inside in forms.values()
        if not any(e.validator in ("type", "enum", "const") and not e.path for e in inside)
    ]
    return meant[0] if len(meant) == 1 else []


def _unknown_key(path: Path, known: list[str], document: Document, file: str, rule: str) -> Finding:
    close = closest(str(path[-1]), known)
    zh = f"是不是“{close}”？" if close else f"可用的键：{'、'.join(known)}。"
    en = f'Did you mean "{close}"?' if close else f"Known keys: {', '.join(known)}."
    return _finding(
        path,
        f"没有这个键。{zh}",
        f"is not a known key. {en}",
        document.lines.get(path, 0),
        file,
        rule,
    )


def _finding(path: Path, zh: str, en: str, line: int, file: str, rule: str) -> Finding:
    name = path_text(path) or file
    return Finding(
        file=file,
        rule=rule,
        severity="error",
        zh=f"“{name}”{zh}",
        en=f'"{name}" {en}',
        element_id=name,
        line=line,
    )


def _expected(error: ValidationError) -> tuple[str, str]:
    """What the schema wants at this place, in both languages."""
    schema: Schema = error.schema if isinstance(error.schema, dict) else {}
    value: Any = error.validator_value
    if error.validator in ("enum", "const"):
        options = [
            str(v).lower() if isinstance(v, bool) else str(v)
            for v in (value if isinstance(value, list) else [value])
        ]
        close = closest(str(error.instance), options)
        return (
            "、".join(options) + " 之一" + (f"；是不是“{close}”" if close else ""),
            "one of " + ", ".join(options) + (f'; did you mean "{close}"' if close else ""),
        )
    if error.validator == "type":
        types = [value] if isinstance(value, str) else value
        names = [_TYPES.get(str(t), (str(t), str(t))) for t in types]
        return "或".join(n[0] for n in names), " or ".join(n[1] for n in names)
    if error.validator == "minimum":
        return f"不小于 {value}", f"at least {value}"
    if error.validator == "maximum":
        return f"不大于 {value}", f"at most {value}"
    if error.validator == "uniqueItems":
        return "不重复的列表", "a list without doubles"
    if error.validator in ("minItems", "minLength"):
        return "不为空", "something, not nothing"
    description = str(schema.get("description", ""))
    if description:
        return half(description, "zh"), half(description, "en")
    return f"符合 {value}", f"a match of {value}"
