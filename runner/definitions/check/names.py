"""Which variables a case can have: what forms, tables, jobs and mappings write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from runner.definitions.model import Element, Process
from runner.definitions.release import Definitions
from service_tasks.contract import Handler

CONTEXTS = frozenset({"policy", "clock", "open_tasks"})
AT_START = frozenset({"previous_complaint", "contact_kind"})
"""What a start message may bring that no form of the procedure holds."""


@dataclass(frozen=True)
class Names:
    """``everywhere``: variables of the case. ``local`` and ``results`` are known at one element
    only, by (process id, element id): the inputs it declares, and what its work gives.
    ``decision_inputs``: what tasks that ask a decision declare for it. ``without_people``: those of
    ``everywhere`` that something other than a user task writes."""

    everywhere: frozenset[str]
    local: Mapping[tuple[str, str], frozenset[str]]
    results: Mapping[tuple[str, str], frozenset[str]]
    decision_inputs: frozenset[str] = frozenset()
    without_people: frozenset[str] = frozenset()


def known_names(definitions: Definitions, handlers: Mapping[str, Handler]) -> Names:
    """The names of everything some element, form, table or job writes."""
    everywhere = set(CONTEXTS | AT_START)
    by_people: set[str] = set()
    local: dict[tuple[str, str], frozenset[str]] = {}
    results: dict[tuple[str, str], frozenset[str]] = {}
    used: set[str] = set()
    asked: set[str] = set()
    for process in definitions.processes.values():
        for element in process.elements.values():
            key = (process.id, element.id)
            made = made_by(element, definitions, handlers)
            if element.form_id:
                used.add(element.form_id)
            written = by_people if element.kind == "userTask" else everywhere
            if element.outputs:  # with output mappings, results stay with the element
                results[key] = made
            else:
                written |= made
            written |= _roots(mapping.target for mapping in element.outputs)
            everywhere |= _passed_on(process, element)
            local[key] = _declared(element)
            if element.called_decision:
                asked |= local[key]
    for form_id, form in definitions.forms.items():
        if form_id not in used:  # a public form: its fields come with the start message
            everywhere |= _roots(form.keys())
    return Names(
        everywhere=frozenset(everywhere | by_people),
        local=local,
        results=results,
        decision_inputs=frozenset(asked),
        without_people=frozenset(everywhere),
    )


def made_by(
    element: Element, definitions: Definitions, handlers: Mapping[str, Handler]
) -> frozenset[str]:
    """What the element's own work gives, by name: a form's fields, a result, a job's outputs."""
    found: set[str] = set()
    form = definitions.forms.get(element.form_id or "")
    if form is not None:
        found |= _roots(form.keys())
    if element.result_variable:
        found.add(element.result_variable)
    handler = handlers.get(element.job_type or "")
    if handler is not None:
        found |= {parameter.name for parameter in handler.outputs}
    return frozenset(found)


def _passed_on(process: Process, element: Element) -> set[str]:
    """What everything below or after the element sees: loop variables, inputs of a whole inside."""
    found: set[str] = set()
    if element.kind in ("callActivity", "subProcess"):
        found |= _roots(mapping.target for mapping in element.inputs)
    if element.kind == "startEvent" and element.properties.get("for_each"):
        found |= {name for name in (element.properties.get("item"),) if name}
    loop = element.multi_instance
    if loop is not None:
        found |= {name for name in (loop.input_element, loop.output_collection) if name}
    return found


def _declared(element: Element) -> frozenset[str]:
    found = _roots(mapping.target for mapping in element.inputs)
    if element.multi_instance is not None:
        found.add("loopCounter")
    return frozenset(found)


def _roots(paths: Iterable[str]) -> set[str]:
    return {path.split(".", 1)[0] for path in paths if path}
