"""A form as the nodes its templates draw: labels in one language, values as typed, errors placed.

Conditions, choices and rows come from the same walk as the server's validation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal

from markupsafe import Markup

from runner.definitions.findings import half
from runner.definitions.forms import Form
from runner.definitions.forms_model import (
    ChoiceField,
    Computed,
    Container,
    DateField,
    Field,
    FileField,
    ListField,
    TableView,
    Text,
)
from runner.definitions.forms_values import coerce
from runner.definitions.forms_visible import (
    Layered,
    Place,
    Scope,
    compute,
    inside,
    read_keys,
    row_scope,
    rows_of,
    visible,
)
from runner.web.form_nodes import (
    CellsNode,
    Choice,
    FieldNode,
    FileItem,
    GroupNode,
    ListNode,
    Node,
    RowNode,
    RuleNode,
    TableNode,
    TextNode,
)
from runner.web.markdown import render_markdown
from runner.web.moments import Moments
from runner.web.shown_values import Labels, show, show_number

_SMALL = frozenset({"textfield", "number", "select", "datetime", "checkbox", "expression"})


@dataclass(frozen=True)
class ErrorLink:
    """One line of the error summary, pointing at its field."""

    target: str
    message: str


@dataclass(frozen=True)
class FormView:
    """A form ready to be drawn. ``live``: other fields appear or change with what is typed;
    ``asked`` are the paths of the fields that can be filled in, which the page sends back."""

    sections: tuple[GroupNode, ...]
    errors: tuple[ErrorLink, ...]
    live: bool
    has_files: bool
    asked: tuple[str, ...]


@dataclass(frozen=True)
class FormContent:
    """What stands in a form: raw ``data`` as submitted, saved or known; ``errors`` by path;
    ``variables`` of the case for conditions; ``files`` names and sizes by attachment id."""

    data: Mapping[str, object]
    variables: Scope = field(default_factory=dict)
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    files: Mapping[str, FileItem] = field(default_factory=dict)


_HEADING = re.compile(r"#{1,6}\s+")


def view_form(
    form: Form, content: FormContent, moments: Moments, language: str, labels: Labels
) -> FormView:
    """Everything visible of ``form`` with ``content``. Never raises for what a browser sent."""
    builder = _Builder(form, content, moments, language, labels)
    sections = tuple(builder.sections())
    links, asked = tuple(builder.links), tuple(builder.asked)
    return FormView(sections, links, bool(builder.drivers), form.has_files(), asked)


def _drivers(form: Form) -> frozenset[str]:
    """The form's own variables that its conditions, choices and limits read."""
    own = set(form.keys())
    read = (name.split(".")[0] for _, expression in form.expressions() for name in expression.names)
    return frozenset(name for name in read if name in own)


class _Builder:
    def __init__(
        self, form: Form, content: FormContent, moments: Moments, language: str, labels: Labels
    ) -> None:
        self.form = form
        self.content = content
        self.moments = moments
        self.language = language
        self.labels = labels
        self.links: list[ErrorLink] = []
        self.asked: list[str] = []
        now = moments.local(moments.now)
        typed = coerce(form.components, content.data, moments.zone, {})
        self.typed = compute(form.components, typed, content.variables, now)
        self.now = now
        self.drivers = _drivers(form)
        self._placed: set[str] = set()
        self._row: list[str] = []

    def half(self, label: str) -> str:
        return half(label, self.language) if label else ""

    def sections(self) -> Iterator[GroupNode]:
        """Top-level groups are sections; what stands between them is one without a title."""
        scope = Layered(self.typed, self.content.variables)
        loose: list[Place] = []
        for place in visible(self.form.components, self.typed, scope, self.now):
            if isinstance(place.component, Container) and not isinstance(
                place.component, ListField
            ):
                if loose:
                    yield GroupNode("", "", tuple(self._lines(loose)))
                    loose = []
                yield self._group(place)
            else:
                loose.append(place)
        if loose:
            yield GroupNode("", "", tuple(self._lines(loose)))
        self._unplaced()

    def _unplaced(self) -> None:
        for path, messages in self.content.errors.items():
            if path not in self._placed:
                self.links.extend(ErrorLink("", self.half(text)) for text in messages)

    def _group(self, place: Place) -> GroupNode:
        components, keys = inside(place)
        places = list(visible(components, self.typed, place.scope, self.now, keys))
        first = ""
        if places and isinstance(places[0].component, Text):
            first = self._markdown(places.pop(0))
        return GroupNode(self.half(place.component.label), first, tuple(self._lines(places)))

    def _lines(self, places: Sequence[Place]) -> Iterator[Node]:
        """Neighbours of one layout row side by side, everything else below each other."""
        waiting: list[Place] = []
        for place in places:
            if isinstance(place.component, Computed) and not place.component.label:
                continue  # as in form-js: computed for the case, nothing to see
            row = place.component.row
            compared = bool(waiting) and _is_chain(waiting[-1]) and _is_chain(place)
            if waiting and not compared and (not row or row != waiting[0].component.row):
                yield self._side_by_side(waiting)
                waiting = []
            waiting.append(place)
        if waiting:
            yield self._side_by_side(waiting)

    def _side_by_side(self, places: Sequence[Place]) -> Node:
        nodes = [self._node(place) for place in places]
        if len(nodes) == 1:
            return nodes[0]
        if all(isinstance(node, ListNode) and node.style == "chain" for node in nodes):
            return CellsNode("why", tuple((0, node) for node in nodes))
        set_widths = [place.component.columns for place in places]
        if any(width == 16 for width in set_widths):
            set_widths = [16 // len(nodes)] * len(nodes)
        return CellsNode("cells", tuple(zip(set_widths, nodes, strict=True)))

    def _node(self, place: Place) -> Node:
        component = place.component
        if isinstance(component, ListField):
            return self._list(place, component)
        if isinstance(component, Container):
            return self._group(place)
        if isinstance(component, Text):
            return TextNode(self._markdown(place))
        if isinstance(component, TableView):
            return self._table(place, component)
        if isinstance(component, Field):
            return self._field(place, component)
        return RuleNode(component.type)

    # --- lists ---

    def _list(self, place: Place, component: ListField) -> ListNode:
        rows: list[RowNode] = []
        style = _style(component)
        if style == "grid" and any(part.hide is not None for part in component.components):
            style = "stack"
        for index, row in enumerate(rows_of(place, self.typed)):
            keys = (*place.keys, index)
            scope = row_scope(place.scope, row, index)
            places = list(visible(component.components, self.typed, scope, self.now, keys))
            self._row.append(f"{self.half(component.label)} {index + 1}")
            arranged = self._lines(places) if style == "stack" else map(self._node, places)
            nodes = tuple(arranged)
            self._row.pop()
            bad = any(isinstance(node, FieldNode) and node.errors for node in _fields(nodes))
            filled = any(value not in (None, "", False, []) for value in row.values())
            rows.append(RowNode(index + 1, ".".join(map(str, keys)), nodes, bad, filled))
        errors = self._errors(place.path, place.path)
        widths = [part.columns if part.columns < 16 else 0 for part in component.components]
        return ListNode(
            style=style,
            path=place.path,
            id=_id(place.path),
            label=self.half(component.label),
            hint=self.half(component.description),
            headings=tuple(self.half(part.label) for part in component.components),
            widths=tuple(widths),
            rows=tuple(rows),
            errors=errors,
            may_change=component.may_change,
            note=_chain_note(rows) if style == "chain" else "",
        )

    # --- fields ---

    def _errors(self, path: str, target: str) -> tuple[str, ...]:
        found = tuple(self.half(text) for text in self.content.errors.get(path, ()))
        if found:
            self._placed.add(path)
            before = "".join(f"{row} · " for row in self._row)
            self.links.extend(ErrorLink(_id(target), before + text) for text in found)
        return found

    def _field(self, place: Place, component: Field) -> FieldNode:
        raw = read_keys(self.content.data, place.keys)
        if not place.readonly:
            self.asked.append(place.path)
        limits = component.limits
        choices: tuple[Choice, ...] = ()
        if isinstance(component, ChoiceField):
            chosen = {_text(item) for item in raw} if isinstance(raw, list) else {_text(raw)}
            choices = tuple(
                Choice(_text(option.value), self.half(option.label), _text(option.value) in chosen)
                for option in place.options()
            )
        return FieldNode(
            kind=self._kind(component),
            name=place.path,
            id=_id(place.path),
            label=self.half(component.label),
            hint=self.half(component.description),
            value=self._value(place, component, raw),
            choices=choices,
            ticked=raw is True or raw == "true",
            required=limits.required,
            readonly=place.readonly,
            errors=self._errors(place.path, place.path),
            prefix=self.half(component.adornment("prefixAdorner")),
            suffix=self.half(component.adornment("suffixAdorner")),
            accept=component.accept if isinstance(component, FileField) else "",
            multiple=isinstance(component, FileField) and component.multiple,
            files=self._files(raw) if isinstance(component, FileField) else (),
            email=limits.kind == "email",
            drives=component.path[0] in self.drivers,
        )

    def _kind(self, component: Field) -> str:
        if isinstance(component, DateField):
            return {"date": "date", "time": "time", "datetime": "moment"}[component.subtype]
        if isinstance(component, Computed):
            return "computed"
        return component.type

    def _files(self, raw: object) -> tuple[FileItem, ...]:
        known = self.content.files
        ids = [item for item in raw if isinstance(item, str)] if isinstance(raw, list) else []
        return tuple(known[item] for item in ids if item in known)

    def _value(self, place: Place, component: Field, raw: object) -> str:
        if isinstance(component, Computed):
            value = read_keys(self.typed, place.keys)
            return show(value, self.labels, place.path, self.moments, self.language)
        if raw is None or isinstance(raw, bool | list | dict):
            return ""
        if isinstance(raw, datetime):
            return f"{self.moments.local(raw):%Y-%m-%dT%H:%M}"
        if isinstance(raw, date):
            return raw.isoformat()
        if isinstance(raw, time):
            return f"{raw:%H:%M}"
        if isinstance(raw, Decimal):
            return show_number(raw).replace(",", "")
        if isinstance(component, DateField) and component.subtype == "datetime":
            return self._moment_text(str(raw))
        return str(raw)

    def _moment_text(self, raw: str) -> str:
        """A submitted time as its input wants it, whatever offset it came with."""
        try:
            moment = datetime.fromisoformat(raw)
        except ValueError:
            return raw
        if moment.tzinfo is not None:
            moment = self.moments.local(moment)
        return f"{moment:%Y-%m-%dT%H:%M}"

    # --- what is only shown ---

    def _markdown(self, place: Place) -> Markup:
        component = place.component
        assert isinstance(component, Text)
        # Split the languages before values are put in: a value may hold a slash of its own.
        literal = "".join(
            text + (f"\x00{number}\x00" if expression is not None else "")
            for number, (text, expression) in enumerate(component.parts)
        )
        zh, en = half(literal, "zh"), half(literal, "en")
        if heading := _HEADING.match(zh):  # the mark stands once and is meant for both
            en = heading[0] + en
        if zh != en:
            literal = zh if self.language.startswith("zh") else en
        for number, (_, expression) in enumerate(component.parts):
            if expression is not None:
                name = expression.text.strip()
                value = show(place.ask(expression), self.labels, name, self.moments, self.language)
                literal = literal.replace(f"\x00{number}\x00", value or "–")
        return render_markdown(literal)

    def _table(self, place: Place, component: TableView) -> TableNode:
        found = place.ask(component.source)
        rows = [row for row in found if isinstance(row, Mapping)] if isinstance(found, list) else []
        name = component.source.text.strip() if component.source is not None else ""
        cells = tuple(
            tuple(
                show(row.get(key), self.labels, f"{name}.{key}", self.moments, self.language)
                for _, key in component.headings
            )
            for row in rows
        )
        headings = tuple(self.half(label) for label, _ in component.headings)
        return TableNode(self.half(component.label), headings, cells)


def _is_chain(place: Place) -> bool:
    """Chains of whys stand side by side, since they are compared."""
    component = place.component
    return isinstance(component, ListField) and _style(component) == "chain"


def _fields(nodes: Sequence[Node]) -> Iterator[Node]:
    """The nodes, and those side by side within them."""
    for node in nodes:
        if isinstance(node, CellsNode):
            yield from (inner for _, inner in node.cells)
        else:
            yield node


def _text(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _style(component: ListField) -> str:
    kinds = [part.type for part in component.components]
    if kinds and kinds[0] == "textarea" and len(kinds) <= 2:
        return "chain"
    if kinds and all(kind in _SMALL for kind in kinds):
        return "grid"
    return "stack"


def _chain_note(rows: Sequence[RowNode]) -> str:
    """``ok:<links>`` when the chain is whole, ``gap:<number>`` of the first empty link."""
    gap = next((row.number for row in rows if not row.filled), None)
    last = max((row.number for row in rows if row.filled), default=0)
    if gap is not None and gap < last:
        return f"gap:{gap}"
    return f"ok:{last}" if last else ""


def _id(path: str) -> str:
    return "f-" + path.replace(".", "-").replace("_", "-") if path else ""
