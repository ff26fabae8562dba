"""What variables and their values are called: by the forms, the decision tables, plain words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import copy

from runner.definitions.dmn.model import Decision
from runner.definitions.dmn.table import Table
from runner.definitions.findings import half
from runner.definitions.forms import FieldInfo, Form
from runner.reports.label_words import VALUES
from runner.reports.variable_words import INNER, VARIABLES

_TEXT = re.compile(r'\s*"([^"\\]*)"\s*$')
_HOLD_NAMES = frozenset({"missing_facts", "mandatory_fields"})


class Labels:
    """What variables and their values are called: collected from the forms of a release."""

    def __init__(
        self,
        forms: Mapping[str, Form],
        groups: Mapping[str, str],
        decisions: Mapping[str, Decision] | None = None,
    ) -> None:
        self.names: dict[str, str] = {}
        self._options: dict[tuple[str, str], str] = {}
        self._anywhere: dict[tuple[str, str], str] = {}
        self._inner: dict[tuple[str, str], str] = {}
        self._parts: dict[str, str] = {}
        self._listed: dict[str, str] = {}
        self._typed: set[str] = set()
        self._seen_by: dict[str, str] = {}
        self._groups = groups
        self._named: Mapping[str, str] = {}
        for form in forms.values():
            for info in form.fields():
                self._learn(info)
        for decision in (decisions or {}).values():
            for output in decision.table.outputs if decision.table else ():
                if output.label:
                    self._parts.setdefault(output.name, output.label)
            if decision.table:
                self._listed.update(_listed(decision.table))

    def naming(self, named: Mapping[str, str]) -> Labels:
        """The same labels that also know what some ids (of files, of people) stand for."""
        copied = copy(self)
        copied._named = named
        return copied

    def _learn(self, info: FieldInfo) -> None:
        short = info.key.removeprefix(info.in_list + ".") if info.in_list else info.key
        if info.in_list:
            self._inner.setdefault((info.in_list, short), info.label)
            self._parts.setdefault(short, info.label)
        elif info.label:
            self.names.setdefault(info.key, info.label)
        if info.seen_by:
            self._seen_by[info.key] = info.seen_by
        if info.type in {"textfield", "textarea"}:
            self._typed.add(info.key)
        for option in info.options:
            self._options.setdefault((info.key, str(option.value)), option.label)
            self._anywhere.setdefault((short, str(option.value)), option.label)

    def name(self, variable: str, language: str) -> str:
        """The field's label; a readable form of the variable's own name where no form asks it."""
        label = self.names.get(variable) or VARIABLES.get(variable)
        if label:
            return half(label, language)
        return variable.replace("_", " ").strip()

    def seen_by(self, variable: str) -> str:
        """The groups that may read the variable, blanks between them; empty for all."""
        return self._seen_by.get(variable, "")

    def knows(self, variable: str) -> bool:
        return variable in self.names or variable in VARIABLES

    def inner_name(self, variable: str, key: str, language: str) -> str:
        label = self._inner.get((variable, key)) or INNER.get(key) or self.names.get(key)
        label = label or VARIABLES.get(key) or self._parts.get(key)
        return half(label, language) if label else key.replace("_", " ")

    def option(self, variable: str, value: str, language: str) -> str:
        """What a text stands for; what people typed themselves stays as it is."""
        if value in self._named:
            return half(self._named[value], language)
        if variable in self._typed:
            return value
        last = variable.rpartition(".")[2]
        decided = variable.startswith(("asked.", "answer."))
        if (last in _HOLD_NAMES or (decided and value not in VALUES)) and self.knows(value):
            return self.name(value, language)
        label = (
            self._options.get((variable, value))
            or self._anywhere.get((last, value))
            or VALUES.get(f"{last}.{value}")
            or VALUES.get(value)
            or self._groups.get(value)
            or self._listed.get(value)
        )
        return half(label, language) if label else value


def _listed(table: Table) -> dict[str, str]:
    """Names of the choices that a table lists for forms: rules with a text as ``value`` (or
    ``kind``) and one as ``label`` (or ``name``)."""
    columns = [output.name for output in table.outputs]
    found: dict[str, str] = {}
    for of_value, of_label in (("value", "label"), ("kind", "name")):
        if of_value in columns and of_label in columns:
            value, label = columns.index(of_value), columns.index(of_label)
            for rule in table.rules:
                texts = [_TEXT.match(rule.outputs[place].compiled.text) for place in (value, label)]
                if texts[0] and texts[1]:
                    found.setdefault(texts[0][1], texts[1][1])
    return found
