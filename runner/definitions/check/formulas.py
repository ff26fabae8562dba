"""Every compiled expression of a procedure with what it may read: diagrams, forms, tables."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from runner.definitions.check.decision_types import decision_scope, declared, functions_of
from runner.definitions.check.dmn_file import DmnFile
from runner.definitions.check.form_types import expression_types
from runner.definitions.check.names import Names
from runner.definitions.check.texts import COMPLETION, Text
from runner.definitions.check.variables import Variables
from runner.definitions.dmn import Decision
from runner.definitions.dmn.table import Input
from runner.definitions.findings import Finding, Severity, half
from runner.definitions.forms import Form
from runner.definitions.forms_model import walk
from runner.definitions.release import Definitions
from runner.definitions.wording import Both, named
from runner.feel import Expression, UnaryTests
from runner.feel.analysis.inference import Inference, infer, infer_tests
from runner.feel.analysis.problems import Problem
from runner.feel.analysis.static_types import ANY, Type, of_kind

Tell = Callable[[str, Severity, str, str], Finding]
COUNTS = {
    f"numberOf{which}Instances": of_kind("number")
    for which in ("", "Active", "Completed", "Terminated")
}
"""What the completion condition of a multi-instance activity sees besides."""


@dataclass(frozen=True)
class Formula:
    """One expression. ``types`` are those of all variables it may read; ``tell`` makes a finding
    on it from rule, severity and the two sentences. ``input`` and ``input_name`` are what a cell
    of a table tests."""

    compiled: Expression | UnaryTests
    types: Mapping[str, Type]
    tell: Tell
    input: Type = ANY
    input_name: str = ""

    @cached_property
    def inference(self) -> Inference:
        """The type of the expression, and what is wrong with it."""
        if isinstance(self.compiled, Expression):
            return infer(self.compiled, self.types)
        return infer_tests(self.compiled, self.input, self.types)

    @property
    def problems(self) -> Iterator[Problem]:
        """What is wrong, each thing once, at the first place it is at."""
        seen: set[tuple[str, str, str]] = set()
        for problem in self.inference.problems:
            key = (problem.kind, problem.subject, problem.found)
            if key not in seen:
                seen.add(key)
                yield problem

    def policy_paths(self) -> Iterator[str]:
        """What it reads of the policy: ``ack.first_response_due``, sorted."""
        paths = self.compiled.names | self.compiled.possible_names
        for path in sorted(paths):
            root, _, rest = path.partition(".")
            if root == "policy" and rest:
                yield rest


def formulas_of(
    definitions: Definitions, texts: Iterable[Text], names: Names, variables: Variables
) -> Iterator[Formula]:
    """All that parse; those that do not are findings of their own."""
    for text in texts:
        compiled = text.compiled()
        if isinstance(compiled, Expression):
            seen = variables.at(text.process, text.element, after=text.after)
            if text.en == COMPLETION:
                seen = {**seen, **COUNTS}
            yield Formula(compiled, seen, text.finding)
    for form in definitions.forms.values():
        places = expression_types(form, variables.of_form(form.id, definitions))
        for component_id, expression in form.expressions():
            yield Formula(expression, places[component_id], _in_form(form, component_id))
    models: dict[int, Decision] = {}
    files: dict[str, DmnFile] = {}
    for decision in definitions.decisions.values():
        file = files.setdefault(decision.file, DmnFile(definitions.files[decision.file]))
        yield from _in_decision(decision, names, variables, file)
        models.setdefault(id(decision.model), decision)
    for decision in models.values():
        yield from _in_knowledge(decision, variables, files[decision.file])


def _in_decision(
    decision: Decision, names: Names, variables: Variables, file: DmnFile
) -> Iterator[Formula]:
    """The expressions of a decision. Tasks that ask one may give it inputs of any type."""
    given = dict.fromkeys(names.decision_inputs, ANY)
    seen = decision_scope(decision, ChainMap(given, variables.case))
    columns = _columns(decision)
    asked: dict[str, Type] = {}
    for source in decision.sources:
        tell = in_table(decision, source.element_id, file)
        types = ChainMap(dict.fromkeys(source.local - seen.keys(), ANY), seen)  # type: ignore[arg-type]
        column = columns.get(source.element_id)
        if column is None or isinstance(source.compiled, Expression):
            yield Formula(source.compiled, types, tell)
            continue
        if column.id not in asked:
            question = column.source.compiled
            found = infer(question, types).type if isinstance(question, Expression) else ANY
            asked[column.id] = declared(column.type_ref, found)
        name = column.source.compiled.text.strip()
        yield Formula(source.compiled, types, tell, asked[column.id], name)


def _in_knowledge(decision: Decision, variables: Variables, file: DmnFile) -> Iterator[Formula]:
    """The expressions of the knowledge models in the decision's file."""
    model = decision.model
    for item in model.knowledge.values():
        functions = functions_of(model, item.knowledge)
        given = {parameter.name: ANY for parameter in item.parameters}
        others = {model.callable_at(link).name: ANY for link in item.knowledge}
        owner = replace(decision, name=item.name, id=item.id)
        for source in item.logic.sources():
            near = dict.fromkeys(source.local, ANY) | others | functions | given
            seen = ChainMap(near, variables.case)
            yield Formula(source.compiled, seen, in_table(owner, source.element_id, file))


def _columns(decision: Decision) -> Mapping[str, Input]:
    """The input column of each cell, by the cell's element id."""
    table = decision.table
    return {
        cell.element_id: column
        for rule in (table.rules if table is not None else ())
        for cell, column in zip(rule.tests, table.inputs if table is not None else (), strict=True)
        if cell is not None and cell.element_id
    }


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


def in_table(decision: Decision, element_id: str, file: DmnFile) -> Tell:
    """Findings on a cell, column or expression of a decision; the place is put before them."""
    found = element_id or decision.id

    def tell(rule: str, severity: Severity, zh: str, en: str) -> Finding:
        name, place = decision.name or decision.id, file.place(found)
        if not place.zh and found != decision.id:
            place = Both(f"（{found}）", f"({found})")
        kind = Both("决策表", "table ") if file.in_table(found) else Both("决策", "")
        return Finding(
            file=decision.file,
            rule=rule,
            severity=severity,
            zh=f"{kind.zh}「{half(name, 'zh')}」：{place.zh and place.zh + '：'}{zh}",
            en=f'Decision {kind.en}"{half(name, "en")}": {place.en and place.en + ": "}{en}',
            element_id=found,
            element_name=decision.name,
            line=file.line(found),
        )

    return tell
