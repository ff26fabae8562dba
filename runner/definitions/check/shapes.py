"""Which texts a variable can hold, where every place that writes it is a closed choice.

Choices are the options of form fields, texts written by output mappings and scripts, and the
outputs of decision tables. One open source (a text field, a list, a service task) makes a variable
open, and nothing is said about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from runner.definitions.dmn import Decision, Table
from runner.definitions.forms import Form
from runner.definitions.model import Element, is_expression
from runner.definitions.release import Definitions
from runner.feel import FeelSyntaxError, nodes
from runner.feel.parser import parse

ONE_ANSWER = frozenset({"UNIQUE", "FIRST", "ANY", "PRIORITY"})


@dataclass(frozen=True)
class Shape:
    """``values`` None: any text. ``entries`` None: any entries, or none."""

    values: frozenset[str] | None = None
    entries: Mapping[str, Shape] | None = None

    def at(self, keys: Iterable[str]) -> Shape:
        """The shape of an entry; open where nothing is known."""
        found = self
        for key in keys:
            found = (found.entries or {}).get(key, OPEN)
        return found

    def joined(self, other: Shape) -> Shape:
        """What a variable holds that both write."""
        if NOTHING in (self, other):
            return other if self == NOTHING else self
        values = None
        if self.values is not None and other.values is not None:
            values = self.values | other.values
        entries = None
        if self.entries is not None and other.entries is not None:
            names = self.entries.keys() | other.entries.keys()
            entries = {
                name: self.entries.get(name, NOTHING).joined(other.entries.get(name, NOTHING))
                for name in names
            }
        return Shape(values, entries)


OPEN = Shape()
NOTHING = Shape(frozenset())


@dataclass
class Shapes:
    """``case``: variables of the case. ``results`` by (process, element): what only the element's
    own output mappings see."""

    case: dict[str, Shape] = field(default_factory=dict)
    results: dict[tuple[str, str], dict[str, Shape]] = field(default_factory=dict)

    def add(self, name: str, shape: Shape) -> None:
        known = self.case.get(name)
        self.case[name] = shape if known is None else known.joined(shape)


def shapes_of(definitions: Definitions, open_names: Iterable[str]) -> Shapes:
    """The shapes of everything the procedure writes; a name that is missing is open, as are
    ``open_names`` (what service tasks and start messages write)."""
    found = Shapes(dict.fromkeys(open_names, OPEN))
    used: set[str] = set()
    for process in definitions.processes.values():
        for element in process.elements.values():
            used |= {element.form_id} if element.form_id else set()
            raw = _results(element, definitions)
            if element.outputs:
                found.results[process.id, element.id] = raw
                for mapping in element.outputs:
                    root, _, rest = mapping.target.partition(".")
                    found.add(root, OPEN if rest else text_shape(mapping.source, raw))
            else:
                for name, shape in raw.items():
                    found.add(name, shape)
            for name in _open_names(element):
                found.add(name, OPEN)
    for form_id, form in definitions.forms.items():
        if form_id not in used:
            for name, shape in form_shapes(form).items():
                found.add(name, shape)
    return found


def form_shapes(form: Form) -> dict[str, Shape]:
    """The shapes of a form's own variables."""
    found: dict[str, Shape] = {}
    for info in form.fields():
        root, _, rest = info.key.partition(".")
        closed = info.options and not rest and not info.in_list
        values = frozenset(str(option.value) for option in info.options) if closed else None
        shape = Shape(values)
        found[root] = found[root].joined(shape) if root in found else shape
    return found


def text_shape(text: str, known: Mapping[str, Shape]) -> Shape:
    """What a mapping or cell writes: its constant texts, or the shape of the name it hands on."""
    if not is_expression(text):
        return Shape(frozenset({text}))
    try:
        return _node_shape(parse(text[1:], frozenset(), unary=False), known)
    except FeelSyntaxError:
        return OPEN


def _node_shape(node: nodes.Node, known: Mapping[str, Shape]) -> Shape:
    match node:
        case nodes.Literal(value=str() as value):
            return Shape(frozenset({value}))
        case nodes.Literal(value=None):
            return NOTHING
        case nodes.Parentheses(items=(inner,)):
            return _node_shape(inner, known)
        case nodes.If():
            return _node_shape(node.then, known).joined(_node_shape(node.otherwise, known))
        case nodes.Name(name=name):
            return known.get(name, OPEN)
        case _:
            return OPEN


def _results(element: Element, definitions: Definitions) -> dict[str, Shape]:
    found: dict[str, Shape] = {}
    form = definitions.forms.get(element.form_id or "")
    if form is not None:
        found.update(form_shapes(form))
    name = element.result_variable
    if name and element.script:
        found[name] = text_shape(element.script, {})
    elif name:
        decision = definitions.decisions.get(element.called_decision or "")
        alone = element.multi_instance is None
        found[name] = _decided(decision) if decision is not None and alone else OPEN
    return found


def _decided(decision: Decision) -> Shape:
    table = decision.table
    if table is None or table.hit_policy.upper() not in ONE_ANSWER:
        return OPEN
    columns = [_column(table, number) for number in range(len(table.outputs))]
    if len(columns) == 1:
        return columns[0]
    names = (output.name for output in table.outputs)
    return Shape(frozenset(), dict(zip(names, columns, strict=True)))


def _column(table: Table, number: int) -> Shape:
    shape = NOTHING
    for rule in table.rules:
        cell = rule.outputs[number]
        shape = shape.joined(text_shape("=" + cell.compiled.text, {}))
    default = table.outputs[number].default
    return shape.joined(text_shape("=" + default.compiled.text, {})) if default else shape


def _open_names(element: Element) -> set[str]:
    """Names whose values nothing tells: loops, and inputs handed to a whole inside."""
    found: set[str] = set()
    if element.kind in ("callActivity", "subProcess"):
        found |= {mapping.target.split(".", 1)[0] for mapping in element.inputs}
    loop = element.multi_instance
    if loop is not None:
        found |= {name for name in (loop.input_element, loop.output_collection) if name}
    return found
