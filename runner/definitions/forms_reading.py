"""Reading form-js JSON: bytes in, typed components and findings out.

What lies outside the declared subset (docs/formats.md, "Forms") is a finding, never ignored.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import re2

from runner.definitions.findings import Finding, Severity, half
from runner.definitions.forms_model import (
    COMPONENT_TYPES,
    KEYED_TYPES,
    Checkbox,
    ChoiceField,
    Component,
    Computed,
    Container,
    DateField,
    FileField,
    Limit,
    Limits,
    ListField,
    NumberField,
    Option,
    Options,
    TableView,
    Text,
    TextField,
)
from runner.feel import Expression, FeelSyntaxError, compile_expression

MAX_DEPTH = 12
MAX_COMPONENTS = 1_000
_KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_CHOICES = {"select", "radio", "checklist", "taglist"}
_SUBTYPES = ("date", "time", "datetime")
_TEMPLATE = re.compile(r"\{\{(.+?)\}\}", re.DOTALL)


class Reader:
    """Reads one form's components, collecting findings on the way."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.findings: list[Finding] = []
        self._lines = text.splitlines()
        self._taken: set[tuple[str, ...]] = set()
        self._ids: set[str] = set()
        self._count = 0

    def find(
        self, rule: str, item: Mapping[str, Any], zh: str, en: str, severity: Severity = "error"
    ) -> None:
        """Adds a finding about ``item``; its label is put before both sentences."""
        label = str(item.get("label") or item.get("dateLabel") or item.get("key") or "")
        element = str(item.get("id") or item.get("key") or item.get("path") or "")
        shown = label or element or str(item.get("type", ""))
        self.findings.append(
            Finding(
                self.file,
                rule,
                severity,
                f"字段“{half(shown, 'zh')}”：{zh}",
                f'Field "{half(shown, "en")}": {en}',
                element_id=element,
                element_name=label,
                line=self._line(element),
            )
        )

    def components(
        self, items: object, base: tuple[str, ...] = (), depth: int = 1
    ) -> tuple[Component, ...]:
        read: list[Component] = []
        for item in items if isinstance(items, list) else []:
            self._count += 1
            if not isinstance(item, dict):
                self.find("form-component", {}, "不是一个对象。", "is not an object.")
            elif depth > MAX_DEPTH or self._count > MAX_COMPONENTS:
                self.find(
                    "form-size",
                    item,
                    f"嵌套超过 {MAX_DEPTH} 层或组件多于 {MAX_COMPONENTS} 个。",
                    f"nested deeper than {MAX_DEPTH} or more than {MAX_COMPONENTS} components.",
                )
                break
            else:
                component = self._component(item, base, depth)
                if component is not None:
                    read.append(component)
        return tuple(read)

    def _component(
        self, item: Mapping[str, Any], base: tuple[str, ...], depth: int
    ) -> Component | None:
        kind = item.get("type")
        if kind not in COMPONENT_TYPES:
            self.find(
                "form-component",
                item,
                f"不支持组件类型“{kind}”。改用支持的类型，例如 textfield 或 select。",
                f'component type "{kind}" is not supported. Use a supported one, '
                "for instance textfield or select.",
            )
            return None
        common = self._common(item, str(kind))
        if kind in KEYED_TYPES:
            return self._field(item, str(kind), common, base)
        if kind == "group":
            inner = base + _parts(item.get("path"))
            parts = self.components(item.get("components"), inner, depth + 1)
            return Container(**common, key=str(item.get("path") or ""), components=parts)
        if kind == "dynamiclist":
            return self._list(item, common, base, depth)
        if kind == "text":
            return Text(**common, parts=self._template(item))
        if kind == "table":
            return self._table(item, common)
        return Component(**common)

    def _common(self, item: Mapping[str, Any], kind: str) -> dict[str, Any]:
        identity = str(item.get("id") or item.get("key") or f"component_{self._count}")
        if identity in self._ids:
            self.find(
                "form-id", item, f"id“{identity}”重复。", f'the id "{identity}" is used twice.'
            )
        self._ids.add(identity)
        layout = item.get("layout") if isinstance(item.get("layout"), dict) else {}
        columns = (layout or {}).get("columns")
        conditional = item.get("conditional")
        hide = None
        if isinstance(conditional, dict) and conditional.get("hide"):
            hide = self.expression(item, "conditional.hide", conditional["hide"])
        appearance = item.get("appearance")
        return {
            "id": identity,
            "type": kind,
            "label": str(item.get("label") or item.get("dateLabel") or item.get("timeLabel") or ""),
            "description": str(item.get("description") or ""),
            "hide": hide,
            "row": str((layout or {}).get("row") or ""),
            "columns": columns if isinstance(columns, int) and 1 <= columns <= 16 else 16,
            "appearance": _texts(appearance),
        }

    def _list(
        self, item: Mapping[str, Any], common: dict[str, Any], base: tuple[str, ...], depth: int
    ) -> ListField:
        path = str(item.get("path") or "")
        self._claim(item, path, base)
        rows = item.get("defaultRepetitions", 1)
        inner = (*base, *_parts(path), "[]")
        return ListField(
            **common,
            key=path,
            components=self.components(item.get("components"), inner, depth + 1),
            default_rows=rows if isinstance(rows, int) and 0 <= rows <= 50 else 1,
            may_change=item.get("allowAddRemove") is not False,
            properties=_texts(item.get("properties")),
        )

    def _table(self, item: Mapping[str, Any], common: dict[str, Any]) -> TableView:
        source = item.get("dataSource")
        text = source if isinstance(source, str) else ""
        headings = [
            (str(column.get("label") or column.get("key")), str(column.get("key")))
            for column in item.get("columns") or []
            if isinstance(column, dict)
        ]
        if not text or not headings:
            self.find(
                "form-table",
                item,
                "表格需要 dataSource 和 columns。",
                "a table needs a dataSource and columns.",
            )
        expression = self.expression(item, "dataSource", text) if text else None
        return TableView(**common, source=expression, headings=tuple(headings))

    def _field(
        self, item: Mapping[str, Any], kind: str, common: dict[str, Any], base: tuple[str, ...]
    ) -> Component:
        key = str(item.get("key") or "")
        self._claim(item, key, base)
        readonly = item.get("readonly")
        common |= {
            "key": key,
            "limits": self._limits(item),
            "default": item.get("defaultValue"),
            "disabled": item.get("disabled") is True,
            "readonly": self.expression(item, "readonly", readonly) or False
            if isinstance(readonly, str)
            else readonly is True,
            "properties": _texts(item.get("properties")),
        }
        if kind == "number":
            digits, step = item.get("decimalDigits"), item.get("increment")
            return NumberField(
                **common,
                decimal_digits=digits if isinstance(digits, int) and digits >= 0 else None,
                increment=_decimal(step) or None,
            )
        if kind in _CHOICES:
            return ChoiceField(**common, options=self._options(item))
        if kind == "checkbox":
            return Checkbox(**common)
        if kind == "datetime":
            subtype = item.get("subtype", "date")
            if subtype not in _SUBTYPES:
                self.find(
                    "form-subtype",
                    item,
                    f"subtype 是“{subtype}”，应为 date、time 或 datetime。",
                    f'subtype is "{subtype}", expected date, time or datetime.',
                )
                subtype = "date"
            return DateField(
                **common,
                subtype=subtype,
                future_only=item.get("disallowPassedDates") is True,
                not_after=self._not_after(item, subtype),
            )
        if kind == "filepicker":
            return FileField(
                **common,
                accept=str(item.get("accept") or ""),
                multiple=item.get("multiple") is True,
            )
        if kind == "expression":
            text = str(item.get("expression") or "")
            return Computed(**common, expression=self.expression(item, "expression", text))
        return TextField(**common)

    def _claim(self, item: Mapping[str, Any], key: str, base: tuple[str, ...]) -> None:
        if not _KEY.fullmatch(key):
            self.find(
                "form-key",
                item,
                f"键“{key}”应是小写英文、数字和下划线，例如 customer_name。",
                f'the key "{key}" must be lower-case letters, digits and underscores, '
                "for instance customer_name.",
            )
        path = base + _parts(key)
        if path in self._taken:
            self.find(
                "form-duplicate-key",
                item,
                f"键“{key}”用了两次；每个字段写自己的变量。",
                f'the key "{key}" is used twice; every field fills a variable of its own.',
            )
        self._taken.add(path)

    def _limits(self, item: Mapping[str, Any]) -> Limits:
        rules = item.get("validate")
        if not isinstance(rules, dict):
            return Limits()
        pattern = str(rules.get("pattern") or "")
        if pattern:
            try:
                re2.compile(pattern)
            except re2.error:
                self.find(
                    "form-pattern",
                    item,
                    f"格式“{pattern}”不是可用的正则表达式（不支持前后查找）。",
                    f'the pattern "{pattern}" is not a usable regular expression '
                    "(look-around is not supported).",
                )
                pattern = ""
        kind = rules.get("validationType")
        return Limits(
            required=rules.get("required") is True,
            minimum=self._limit(item, rules, "min"),
            maximum=self._limit(item, rules, "max"),
            min_length=self._limit(item, rules, "minLength"),
            max_length=self._limit(item, rules, "maxLength"),
            pattern=pattern,
            pattern_message=str(rules.get("patternErrorMessage") or ""),
            kind=kind if kind in {"email", "phone"} else "",
        )

    def _limit(self, item: Mapping[str, Any], rules: Mapping[str, Any], name: str) -> Limit:
        value = rules.get(name)
        if isinstance(value, str) and value.startswith("="):
            return self.expression(item, name, value)
        number = _decimal(value)
        if value not in (None, "") and number is None:
            self.find("form-limit", item, f"{name} 不是数字。", f"{name} is not a number.")
        return number

    def _not_after(self, item: Mapping[str, Any], subtype: str) -> Expression | None:
        text = dict(_texts(item.get("properties"))).get("not_after")
        if text is None:
            return None
        if subtype == "time":
            self.find(
                "form-limit",
                item,
                "not_after 只用于日期，或日期和时间。",
                "not_after is for dates, or dates and times.",
            )
            return None
        return self.expression(item, "not_after", text)

    def _options(self, item: Mapping[str, Any]) -> Options:
        if item.get("valuesExpression"):
            expression = self.expression(item, "valuesExpression", item["valuesExpression"])
            return Options(expression=expression)
        if item.get("valuesKey"):
            return Options(variable=str(item["valuesKey"]))
        fixed: list[Option] = []
        values = item.get("values")
        for entry in values if isinstance(values, list) else []:
            if isinstance(entry, dict) and entry.get("value") not in (None, ""):
                value = entry["value"]
                fixed.append(Option(value, str(entry.get("label") or value)))
        if not fixed:
            self.find(
                "form-options", item, "没有可选的值。", "has nothing to choose from.", "error"
            )
        if len({str(option.value) for option in fixed}) < len(fixed):
            self.find("form-options", item, "有重复的选项值。", "has the same option value twice.")
        return Options(tuple(fixed))

    def _template(self, item: Mapping[str, Any]) -> tuple[tuple[str, Expression | None], ...]:
        text = str(item.get("text") or "")
        parts: list[tuple[str, Expression | None]] = []
        end = 0
        for place in _TEMPLATE.finditer(text):
            inner = place[1].strip()
            if inner.startswith(("#", "/")):
                self.find(
                    "form-template",
                    item,
                    f"文本中的“{{{{{inner}}}}}”不受支持；只支持 {{{{变量或 FEEL}}}}。",
                    f'"{{{{{inner}}}}}" in a text is not supported; only {{{{a FEEL value}}}} is.',
                )
                continue
            parts.append((text[end : place.start()], self.expression(item, "text", inner)))
            end = place.end()
        parts.append((text[end:], None))
        return tuple(parts)

    def expression(self, item: Mapping[str, Any], where: str, text: object) -> Expression | None:
        """The compiled FEEL of a property, or None after a finding."""
        if not isinstance(text, str):
            self.find("form-expression", item, f"{where} 不是文本。", f"{where} is not text.")
            return None
        try:
            return compile_expression(text.removeprefix("=").strip())
        except FeelSyntaxError as error:
            self.find(
                "form-expression",
                item,
                f"{where} 的表达式“{text}”读不懂：第 {error.column} 列附近的“{error.found}”。",
                f'the expression "{text}" of {where} cannot be read: {error}.',
            )
            return None

    def _line(self, element: str) -> int:
        if element:
            quoted = json.dumps(element, ensure_ascii=False)
            for number, line in enumerate(self._lines, 1):
                if quoted in line:
                    return number
        return 0


def _parts(key: object) -> tuple[str, ...]:
    return tuple(part for part in str(key or "").split(".") if part)


def _texts(mapping: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(mapping, dict):
        return ()
    return tuple((str(name), str(value)) for name, value in mapping.items())


def _decimal(value: object) -> Decimal | None:
    if isinstance(value, bool) or value in (None, ""):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
