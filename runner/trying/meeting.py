"""Which places of requirements a case really met, from the trace of what happened."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from runner.definitions.model import Element
from runner.definitions.release import Definitions
from runner.trying.places import GUIDANCE, Place, owners_places
from runner.trying.trace import Trace

_POLICY = re.compile(r"\bpolicy\.([a-z_]+(?:\.[a-z_]+)*)")


@dataclass(frozen=True)
class Met:
    """What a case met, by kind of place: the keys of places."""

    elements: frozenset[tuple[str, ...]]
    processes: frozenset[str]
    rules: frozenset[tuple[str, ...]]
    decisions: frozenset[str]
    fields: frozenset[tuple[str, ...]]
    forms: frozenset[str]
    documents: frozenset[str]
    mails: frozenset[str]
    groups: frozenset[str]
    handlers: frozenset[str]
    policy_keys: frozenset[str]


class Reading:
    """A procedure's places, and which policy keys its elements, tables and forms read."""

    def __init__(self, definitions: Definitions) -> None:
        self.places = owners_places(definitions)
        self._definitions = definitions
        self._by_element = {
            (process.id, element.id): _keys_in(_texts(element) + [
                process.flows[flow].condition or "" for flow in element.outgoing
            ])
            for process in definitions.processes.values()
            for element in process.elements.values()
        }  # fmt: skip
        files = definitions.files
        self._by_form = {form.id: _keys_in([files[form.file].decode()])
                         for form in definitions.forms.values()}  # fmt: skip
        self._by_decision: dict[str, frozenset[str]] = {}
        for path, data in files.items():
            if path.endswith(".dmn"):
                keys = _keys_in([data.decode("utf-8", "replace")])
                for name in re.findall(rb'<decision id="([^"]+)"', data):
                    self._by_decision[name.decode()] = keys

    def met(self, trace: Trace) -> Met:
        """What of the procedure the case met."""
        elements = frozenset(trace.passed)
        forms = frozenset(task.form for task in trace.tasks if task.form)
        decisions = frozenset(trace.outputs)
        keys: set[str] = set()
        for found in (
            *(self._by_element.get(one, frozenset()) for one in elements),
            *(self._by_form.get(one, frozenset()) for one in forms),
            *(self._by_decision.get(one, frozenset()) for one in decisions),
        ):
            keys |= found
        known = [
            self._definitions.processes[process].elements.get(name) for process, name in elements
        ]
        return Met(
            elements=elements,
            processes=frozenset(process for process, _ in elements),
            rules=frozenset(trace.rules),
            decisions=decisions,
            fields=frozenset(
                (form, field.split(".")[0]) for form, field in trace.submitted_fields()
            ),
            forms=forms,
            documents=frozenset(name for one in trace.documents for name in one.names),
            mails=frozenset(name for one in trace.mails for name in one.names),
            groups=frozenset(group for task in trace.tasks for group in task.groups),
            handlers=frozenset(one.job_type for one in known if one and one.job_type),
            policy_keys=frozenset(keys),
        )

    def requirements(self, trace: Trace) -> set[str]:
        """The ids at the places that the case met."""
        met = self.met(trace)
        return {place.requirement for place in self.places if meets(met, place)}


def meets(met: Met, place: Place) -> bool:
    """Whether a case that met this met the place."""
    first = place.keys[0] if place.keys else ""
    if place.kind == GUIDANCE:
        return place.keys in met.elements or first in met.forms
    if place.kind == "policy":
        return any(key == first or key.startswith(f"{first}.") or first.startswith(f"{key}.")
                   for key in met.policy_keys)  # fmt: skip
    if place.kind == "program":
        return first in met.handlers
    found: Mapping[str, bool] = {
        "element": place.keys in met.elements,
        "process": first in met.processes,
        "rule": place.keys in met.rules,
        "decision": first in met.decisions,
        "field": place.keys in met.fields,
        "form": first in met.forms,
        "document": first in met.documents,
        "template": first in met.mails,
        "role": first in met.groups,
    }
    return found.get(place.kind, False)


def _texts(element: Element) -> list[str]:
    many = element.multi_instance
    mappings = (*element.inputs, *element.outputs)
    return [
        element.candidate_groups or "", element.candidate_users or "", element.assignee or "",
        element.due_date or "", element.follow_up_date or "", element.event.timer,
        element.event.condition, element.script or "", element.called_decision or "",
        many.input_collection if many else "", (many.completion_condition or "") if many else "",
        *(mapping.source for mapping in mappings), *element.properties.values(),
    ]  # fmt: skip


def _keys_in(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(key for text in texts for key in _POLICY.findall(text))
