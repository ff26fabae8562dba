"""Every compiled expression of a procedure with what it may read: diagrams, forms, tables."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from runner.definitions.check.graph import enclosing
from runner.definitions.check.names import Names
from runner.definitions.check.shapes import OPEN, Shape, Shapes, form_shapes
from runner.definitions.check.texts import Text
from runner.definitions.dmn import Decision
from runner.definitions.findings import Finding, Severity, half
from runner.definitions.forms import Form
from runner.definitions.forms_model import ListField, walk
from runner.definitions.release import Definitions
from runner.definitions.wording import named
from runner.feel import Expression, UnaryTests

Tell = Callable[[str, Severity, str, str], Finding]


@dataclass(frozen=True)
class Formula:
    """One expression. ``known`` are the variables it may read, ``shapes`` what they can hold;
    ``tell`` makes a finding on it from rule, severity and the two sentences."""

    compiled: Expression | UnaryTests
    known: frozenset[str]
    tell: Tell
    shapes: Mapping[str, Shape]

    def shape(self, path: str) -> Shape:
        """What the value at a dotted path can be."""
        root, *keys = path.split(".")
        return self.shapes.get(root, OPEN).at(keys)

    def roots(self) -> Iterator[tuple[str, str]]:
        """(first name, whole path) of everything it certainly reads, sorted."""
        for path in sorted(self.compiled.names):
            yield path.split(".", 1)[0], path

    def policy_paths(self) -> Iterator[str]:
        """What it reads of the policy: ``ack.first_response_due``, sorted."""
        paths = self.compiled.names | self.compiled.possible_names
        for path in sorted(paths):
            root, _, rest = path.partition(".")
            if root == "policy" and rest:
                yield rest


def formulas_of(
    definitions: Definitions, texts: Iterable[Text], names: Names, shapes: Shapes
) -> Iterator[Formula]:
    """All that parse; those that do not are findings of their own."""
    for text in texts:
        compiled = text.compiled()
        if isinstance(compiled, Expression):
            yield Formula(compiled, names.at(text), text.finding, _at(text, names, shapes))
    for form in definitions.forms.values():
        known = _form_names(form) | names.of_form(form.id, definitions)
        seen = ChainMap(form_shapes(form), shapes.case)
        for component_id, expression in form.expressions():
            yield Formula(expression, known, _in_form(form, component_id), seen)
    for decision in definitions.decisions.values():
        for source in decision.sources:
            tell = in_table(decision, source.element_id)
            local = source.local | names.decision_inputs
            seen = ChainMap(dict.fromkeys(local, OPEN), shapes.case)
            yield Formula(source.compiled, names.everywhere | local, tell, seen)


def _at(text: Text, names: Names, shapes: Shapes) -> Mapping[str, Shape]:
    """What an expression of a diagram sees: its own element's results before the case's."""
    key = (text.process.id, text.element.id)
    near = dict.fromkeys(names.local.get(key, ()), OPEN)
    if text.after:
        near.update(shapes.results.get(key, {}))
    for around in enclosing(text.process, text.element):
        near.update(dict.fromkeys(names.local.get((text.process.id, around.id), ()), OPEN))
    return ChainMap(near, shapes.case)


def _form_names(form: Form) -> frozenset[str]:
    """Fields of the form, and those of its list rows, where a row's expressions see them."""
    rows = {field.key.rsplit(".", 1)[-1] for field in form.fields() if field.in_list}
    own = {field.key.split(".", 1)[0] for field in form.fields()}
    lists = {c.key for c in walk(form.components) if isinstance(c, ListField)}
    return frozenset(rows | own | lists | {"this", "parent", "i"})


def _in_form(form: Form, component_id: str) -> Tell:
    label = next((c.label for c in walk(form.components) if c.id == component_id), "")
    words = named(label, component_id)

    def tell(rule: str, severity: Severity, zh: str, en: str) -> Finding:
        return Finding(
            file=form.file,
            rule=rule,
            severity=severity,
            zh=f"表单项{words.zh}：{zh}",
            en=f"Form item {words.en}: {en}",
            element_id=component_id,
            element_name=label,
        )

    return tell


def in_table(decision: Decision, element_id: str) -> Tell:
    """Findings on a cell, column or expression of a decision."""
    label = element_id or decision.id

    def tell(rule: str, severity: Severity, zh: str, en: str) -> Finding:
        return Finding(
            file=decision.file,
            rule=rule,
            severity=severity,
            zh=f"决策表「{half(decision.name, 'zh')}」（{label}）：{zh}",
            en=f'Decision "{half(decision.name, "en")}" ({label}): {en}',
            element_id=label,
            element_name=decision.name,
        )

    return tell
