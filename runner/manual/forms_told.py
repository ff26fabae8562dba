"""Forms as tables of their fields, and the records they are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from runner.definitions.forms import Form
from runner.definitions.forms_model import (
    ChoiceField,
    Component,
    Container,
    Field,
    ListField,
)
from runner.definitions.release import Definitions
from runner.manual.content import FieldRow, FormTold
from runner.manual.wording import Reader

_RECORD = re.compile(
    r"^\s*#{1,6}\s*(?P<name>.+?)\s*[（(](?P<ids>F-\d+(?:[\s,、;/]+F-\d+)*)[）)]\s*$"
)
MOST_OPTIONS = 14
_KINDS = {
    "textfield": ("文字", "text"), "textarea": ("多行文字", "long text"),
    "number": ("数字", "number"),
    "select": ("单选", "one choice"), "radio": ("单选", "one choice"),
    "checkbox": ("是或否", "yes or no"), "checklist": ("多选", "several choices"),
    "taglist": ("多选", "several choices"), "datetime": ("日期、时间", "date, time"),
    "filepicker": ("附件", "attachment"), "expression": ("自动计算", "computed"),
    "dynamiclist": ("可加行的清单", "list with rows"),
}  # fmt: skip


class Forms:
    """The forms of a release for one reader, numbered in the order they are asked for."""

    def __init__(self, definitions: Definitions, reader: Reader) -> None:
        self.definitions, self.reader = definitions, reader
        self._raw = dict(self._documents())
        self._told: dict[str, FormTold] = {}

    def told(self, form_id: str, name: str) -> FormTold | None:
        """The form, numbered when it is first asked for; ``name`` is that of its step."""
        form = self.definitions.forms.get(form_id)
        if form is None:
            return None
        if form_id not in self._told:
            self._told[form_id] = self._tell(form, name, len(self._told) + 1)
        return self._told[form_id]

    def all(self) -> tuple[FormTold, ...]:
        """Every form, those no step asks for at the end."""
        for form_id in self.definitions.forms:
            self.told(form_id, form_id.replace("_", " ").capitalize())
        return tuple(self._told.values())

    def records(self, form_id: str) -> tuple[tuple[str, str], ...]:
        """The records a form is: (number, ``中文 / English``), by its headings. Where customers
        read the heading, the number stands in its property ``record`` instead."""
        found = []
        for component in _raw_components(self._raw.get(form_id, {})):
            text = str(component.get("text") or component.get("label") or "")
            match = _RECORD.match(text)
            if match is not None:
                found += [(number, match["name"]) for number in re.findall(r"F-\d+", match["ids"])]
            numbers = str(_properties(component).get("record", "")).split()
            found += [(number, text.strip("# \n")) for number in numbers]
        return tuple(dict.fromkeys(found))

    def _tell(self, form: Form, name: str, number: int) -> FormTold:
        records = self.records(form.id)
        titles = dict.fromkeys(self.reader.half(title) for _, title in records)
        rows = tuple(self._rows(form.components, inside=False))
        texts = [
            str(_properties(component).get("requirements", ""))
            for component in _raw_components(self._raw.get(form.id, {}))
        ]
        return FormTold(
            id=form.id,
            anchor=f"form-{form.id}",
            number=f"B.{number}",
            title=self.reader.joined(titles) or name,
            records=tuple(record for record, _ in records),
            fields=rows,
            requirements=tuple(dict.fromkeys(" ".join(texts).split())),
        )

    def _rows(self, components: tuple[Component, ...], *, inside: bool) -> Iterator[FieldRow]:
        for component in components:
            if isinstance(component, ListField):
                yield self._row(component, dict(component.properties), inside=inside)
                yield from self._rows(component.components, inside=True)
            elif isinstance(component, Container):
                if component.label:
                    yield _heading(self.reader.half(component.label))
                yield from self._rows(component.components, inside=inside)
            elif isinstance(component, Field):
                if component.type == "expression" and not component.label:
                    continue  # worked out behind the form, never seen
                yield self._row(component, dict(component.properties), inside=inside)

    def _row(
        self, component: Field | ListField, properties: Mapping[str, str], *, inside: bool
    ) -> FieldRow:
        zh, en = _KINDS.get(component.type, (component.type, component.type))
        required = isinstance(component, Field) and component.limits.required
        label = component.label or (component.key if isinstance(component, Field) else "")
        return FieldRow(
            label=self.reader.half(label) or component.id,
            kind=self.reader.say(zh, en),
            required=required,
            proposed=properties.get("proposed", "") in ("yes", "true"),
            conditional=component.hide is not None,
            note=self._note(component),
            requirements=tuple(properties.get("requirements", "").split()),
            inside=inside,
        )

    def _note(self, component: Component) -> str:
        notes = [self.reader.half(component.description)] if component.description else []
        if isinstance(component, ChoiceField) and component.options.fixed:
            notes.append(self._choices(component))
        return self.reader.say("。", ". ").join(note.rstrip("。. ") for note in notes if note)

    def _choices(self, component: ChoiceField) -> str:
        options = component.options.fixed
        groups = sum(option.value in self.definitions.groups for option in options)
        if len(options) > MOST_OPTIONS and groups * 2 > len(options):
            return self.reader.say("小组（见第一部分）", "a group (see part one)")
        shown = [self.reader.half(option.label) for option in options[:MOST_OPTIONS]]
        if len(options) > MOST_OPTIONS:
            more = len(options) - MOST_OPTIONS
            shown.append(self.reader.say(f"另有 {more} 项", f"and {more} more"))
        return self.reader.joined(shown)

    def _documents(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for path, data in self.definitions.files.items():
            if path.endswith(".form"):
                try:
                    found = json.loads(data)
                except ValueError:
                    continue  # the check tells what is wrong with it
                if isinstance(found, dict):
                    yield str(found.get("id", "")), found


def _heading(label: str) -> FieldRow:
    return FieldRow(label, "", False, False, False, "", (), False, heading=True)


def _raw_components(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    components = node.get("components")
    for component in components if isinstance(components, list) else ():
        if isinstance(component, dict):
            yield component
            yield from _raw_components(component)


def _properties(component: Mapping[str, Any]) -> Mapping[str, Any]:
    found = component.get("properties")
    return found if isinstance(found, dict) else {}
