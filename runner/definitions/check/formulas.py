"""Every compiled expression of a procedure with what it may read: diagrams, forms, tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding, Severity, half
from runner.definitions.forms import Form
from runner.definitions.forms_model import ListField, walk
from runner.definitions.wording import named
from runner.feel import Expression, UnaryTests

Tell = Callable[[str, Severity, str, str], Finding]


@dataclass(frozen=True)
class Formula:
    """One expression. ``known`` are the variables it may read; ``tell`` makes a finding on it
    from rule, severity and the two sentences."""

    compiled: Expression | UnaryTests
    known: frozenset[str]
    tell: Tell

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


def formulas(subject: Subject) -> Iterator[Formula]:
    """All that parse; those that do not are findings of their own."""
    for text in subject.texts:
        compiled = text.compiled()
        if isinstance(compiled, Expression):
            yield Formula(compiled, subject.names.at(text), text.finding)
    for form in subject.definitions.forms.values():
        known = _form_names(form) | subject.names.of_form(form.id, subject.definitions)
        for component_id, expression in form.expressions():
            yield Formula(expression, known, _in_form(form, component_id))
    for decision in subject.definitions.decisions.values():
        for source in decision.sources:
            yield Formula(
                source.compiled,
                subject.names.everywhere | source.local | subject.names.decision_inputs,
                _in_table(decision.file, decision.name, decision.id, source.element_id),
            )


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


def _in_table(file: str, name: str, decision_id: str, element_id: str) -> Tell:
    def tell(rule: str, severity: Severity, zh: str, en: str) -> Finding:
        return Finding(
            file=file,
            rule=rule,
            severity=severity,
            zh=f"决策表「{half(name, 'zh')}」（{element_id or decision_id}）：{zh}",
            en=f'Decision "{half(name, "en")}" ({element_id or decision_id}): {en}',
            element_id=element_id or decision_id,
            element_name=name,
        )

    return tell
