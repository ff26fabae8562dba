"""What every variable of a case can hold, from every place that writes it.

One source of which nothing is known makes a variable of any type, and nothing is said about it.
Sources that are expressions are looked at several times: first with variables of any type, then
with the types found so far. Every round is true of every case, only less is known in the first.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from runner.definitions.check.decision_types import decision_type
from runner.definitions.check.form_types import written_types
from runner.definitions.check.graph import enclosing
from runner.definitions.check.lost import Lost
from runner.definitions.check.names import AT_START, CONTEXTS, Names
from runner.definitions.check.policy_types import policy_type
from runner.definitions.model import Element, Process, VariableMapping, is_expression
from runner.definitions.release import Definitions
from runner.definitions.schemas import POLICY_SCHEMA, read_schema
from runner.feel import FeelSyntaxError, compile_expression
from runner.feel.analysis.inference import infer
from runner.feel.analysis.static_types import (
    ANY,
    BOOLEAN,
    NULL,
    Type,
    context_of,
    list_of,
    of_kind,
    of_value,
)
from service_tasks.contract import Handler

Types = Mapping[str, Type]
Place = tuple[str, str]
ROUNDS = 3
_NUMBER = of_kind("number")
_MOMENT = of_kind("date", "date and time")
_OUTPUT_KINDS = {
    "text": of_kind("string"), "number": _NUMBER, "boolean": BOOLEAN, "list": list_of(ANY),
    "context": of_kind("context"), "date_time": of_kind("date and time"),
}  # fmt: skip


@dataclass
class Variables:
    """``case``: every variable of the case, of any type where nothing is known. ``local`` and
    ``results`` by (process, element): the inputs an element declares, and what its work gives."""

    case: dict[str, Type]
    local: dict[Place, dict[str, Type]] = field(default_factory=dict)
    results: dict[Place, dict[str, Type]] = field(default_factory=dict)

    def at(self, process: Process, element: Element, *, after: bool) -> Types:
        """What an expression of the element reads; ``after``: when the element is done."""
        maps: list[dict[str, Type]] = []
        if after:
            maps.append(self.results.get((process.id, element.id), {}))
        maps.append(self.local.get((process.id, element.id), {}))
        for around in enclosing(process, element):
            maps.append(self.local.get((process.id, around.id), {}))
        return ChainMap(*[near for near in maps if near], self.case)

    def of_form(self, form_id: str, definitions: Definitions) -> Types:
        """What the expressions of a form read beside its fields: the inputs of its tasks too."""
        near: dict[str, Type] = {}
        for process in definitions.processes.values():
            for element in process.elements.values():
                if element.form_id == form_id:
                    for name, found in self.local.get((process.id, element.id), {}).items():
                        around = self.case.get(name, NULL)
                        near[name] = near.get(name, around).joined(found)
        return ChainMap(near, self.case)


def variables_of(
    definitions: Definitions,
    handlers: Mapping[str, Handler],
    names: Names,
    lost: Lost,
    whole: bool,
) -> Variables:
    """The types of all variables of a procedure. Where files are missing or unreadable that may
    write a variable, nothing is known of it."""
    schema, _ = read_schema(definitions.files, POLICY_SCHEMA)
    policy = policy_type(schema) if whole else of_kind("context")
    fixed = {"policy": policy, "open_tasks": Type(_NUMBER.kinds, low=Decimal(0))}
    known = Variables({**dict.fromkeys(names.everywhere, ANY), **fixed})
    _add_clock(known, names, closed=whole and not lost.anything)
    for _ in range(ROUNDS):
        found = _Round(definitions, handlers, known, names).run()
        if whole:
            for name in names.everywhere - CONTEXTS - AT_START:
                written = found.case.get(name, ANY)
                found.case[name] = ANY if lost.may_write(name) else written
        else:
            found.case = dict.fromkeys(names.everywhere, ANY)
        found.case.update({**dict.fromkeys(AT_START, ANY), **fixed})
        _add_clock(found, names, closed=whole and not lost.anything)
        if found == known:
            break
        known = found
    return known


def _add_clock(found: Variables, names: Names, *, closed: bool) -> None:
    """``clock``: when the step began, and every variable that ends in ``_at``."""
    entries = {"now": of_kind("date and time")}
    for name in names.everywhere:
        if name.endswith("_at"):
            moment = found.case.get(name, ANY)
            entries[name[:-3]] = _MOMENT if moment.kinds is None else moment
    found.case["clock"] = context_of(entries, open=not closed)


class _Round:
    """One look at everything that writes, with the types that were known before."""

    def __init__(
        self,
        definitions: Definitions,
        handlers: Mapping[str, Handler],
        known: Variables,
        names: Names,
    ) -> None:
        self.definitions = definitions
        self.handlers = handlers
        self.known = known
        self.names = names
        self.found = Variables({})

    def run(self) -> Variables:
        used: set[str] = set()
        for process in self.definitions.processes.values():
            for element in process.elements.values():
                used |= {element.form_id} if element.form_id else set()
                self._element(process, element)
        for form_id, form in self.definitions.forms.items():
            if form_id not in used:  # a public form: its fields come with the start message
                self._add_all(written_types(form, self.known.case))
        return self.found

    def _element(self, process: Process, element: Element) -> None:
        place = (process.id, element.id)
        before = self.known.at(process, element, after=False)
        inputs = dict(_mapped(element.inputs, before))
        if element.multi_instance is not None:
            self._loop(process, element, before)
            inputs.setdefault("loopCounter", _NUMBER)
        self.found.local[place] = inputs
        if element.kind in ("callActivity", "subProcess"):
            self._add_all(inputs)
        made = self._made(element, before)
        if element.outputs:  # with output mappings, results stay with the element
            self.found.results[place] = made
            after = ChainMap(made, before)  # type: ignore[arg-type]
            self._add_all(dict(_mapped(element.outputs, after)))
        else:
            self._add_all(made)

    def _made(self, element: Element, before: Types) -> dict[str, Type]:
        found: dict[str, Type] = {}
        form = self.definitions.forms.get(element.form_id or "")
        if form is not None:
            found.update(written_types(form, ChainMap(before, self.known.case)))  # type: ignore[arg-type]
        name = element.result_variable
        if name and element.script:
            found[name] = text_type(element.script, before)
        elif name:
            decision = self.definitions.decisions.get(element.called_decision or "")
            alone = element.multi_instance is None
            found[name] = decision_type(decision, before) if decision and alone else ANY
        handler = self.handlers.get(element.job_type or "")
        if handler is not None:
            for output in handler.outputs:
                found[output.name] = _OUTPUT_KINDS.get(output.kind, ANY)
        return found

    def _loop(self, process: Process, element: Element, before: Types) -> None:
        loop = element.multi_instance
        assert loop is not None
        if loop.input_element:
            listed = text_type(loop.input_collection, before)
            # What is no list is told by setting_type; nothing is known of its items.
            items = listed.items if "list" in (listed.kinds or ()) else ANY
            self._add_all({loop.input_element: items})
        if loop.output_collection:
            after = self.known.at(process, element, after=True)
            each = text_type(loop.output_element, after) if loop.output_element else ANY
            self._add_all({loop.output_collection: list_of(each)})

    def _add_all(self, types: Types) -> None:
        for name, found in types.items():
            self.found.case[name] = self.found.case.get(name, NULL).joined(found)


def _mapped(mappings: tuple[VariableMapping, ...], seen: Types) -> Iterator[tuple[str, Type]]:
    for mapping in mappings:
        root, *keys = mapping.target.split(".")
        if root:
            yield root, ANY if keys else text_type(mapping.source, seen)


def text_type(text: str, seen: Types) -> Type:
    """The type of an attribute that is an expression, or a text that stands for itself."""
    if not is_expression(text):
        return of_value(text)
    try:
        return infer(compile_expression(text[1:]), seen).type
    except FeelSyntaxError:
        return ANY
