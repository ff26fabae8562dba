"""One case, read once for a page: pins, projection, variables, events, names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from runner.definitions.findings import half
from runner.definitions.release import Definitions
from runner.engine.access import READERS, Person, visibility_of
from runner.engine.cases import check_visible
from runner.engine.scopes import read_case_variables
from runner.engine.site import Site
from runner.errors import NotFound
from runner.reports.labels import Labels
from runner.store.case_lists import (
    CaseLine,
    InstanceLine,
    Visible,
    case_line,
    instance_lines,
    people_names,
)
from runner.store.cases import CaseRow, find_case
from runner.store.event_log import Recorded, read_chain
from runner.store.keys import Erased
from runner.web.visit import Vocabulary, vocabulary_of

ACTORS = {"customer": "客户 / Customer", "worker": "系统 / System", "system": "系统 / System"}


@dataclass(frozen=True)
class CaseReading:
    """``erased``: the customer's personal data is gone; variables and event values are missing."""

    row: CaseRow
    line: CaseLine
    definitions: Definitions
    vocabulary: Vocabulary
    variables: dict[str, object]
    instances: tuple[InstanceLine, ...]
    events: tuple[Recorded, ...]
    names: dict[str, str]
    erased: bool

    def who(self, actor: object, language: str) -> str:
        """What people call an actor: a person's name, the customer, or the system."""
        key = str(actor)
        return half(self.names.get(key) or ACTORS.get(key) or key, language)

    def element_name(self, process_id: object, element_id: object, language: str) -> str:
        """The label of an element, its id where it has none."""
        process = self.definitions.processes.get(str(process_id))
        element = process.elements.get(str(element_id)) if process is not None else None
        if element is None:
            for other in self.definitions.processes.values():
                if str(element_id) in other.elements:
                    element = other.elements[str(element_id)]
                    break
        return half(element.name, language) if element is not None and element.name else ""


def read_case(connection: Connection, site: Site, actor: Person, case_id: str) -> CaseReading:
    """Everything a case page shows. Raises ``NotFound`` where the reader may not see the case."""
    check_visible(connection, site, actor, case_id)
    row, line = find_case(connection, case_id), case_line(connection, case_id)
    if row is None or line is None:
        raise NotFound("没有这起投诉。 / There is no such case.")
    definitions = site.definitions(connection, row.release_digest)
    try:
        variables = read_case_variables(site, connection, case_id)
        erased = False
    except Erased:
        variables, erased = {}, True
    events = tuple(read_chain(connection, case_id, site.vault))
    actors = {str(event.header.get("actor")) for event in events}
    return CaseReading(
        row=row,
        line=line,
        definitions=definitions,
        vocabulary=vocabulary_of(definitions),
        variables=variables,
        instances=tuple(instance_lines(connection, case_id)),
        events=events,
        names=people_names(connection, actors),
        erased=erased,
    )


def visible_to(connection: Connection, site: Site, person: Person) -> Visible:
    """Which cases lists may show to a person: the same rules as for one case, as a query."""
    everything = bool(person.groups & READERS)
    open_to_all: set[str] = set()
    try:
        release = site.effective_release(connection)
    except NotFound:
        return Visible(everything, frozenset(), person.groups)
    definitions = site.definitions(connection, release.digest)
    if person.groups:
        open_to_all = {
            policy.id
            for policy in definitions.policies.values()
            if visibility_of(policy.values) == "all_departments"
        }
    return Visible(everything, frozenset(open_to_all), person.groups)


def case_title(line: CaseLine, language: str) -> str:
    """What people call the case: what the customer wrote, else a plain word."""
    return half(line.title, language) if line.title == "投诉 / Complaint" else line.title


def labels_of(reading: CaseReading) -> Labels:
    """The release's labels, which also name this case's files, people and customer."""
    named = dict(reading.names)
    for event in reading.events:
        name = (event.values or {}).get("content.name")
        facts = event.header.get("facts")
        if name and isinstance(facts, Mapping):
            named[str(facts.get("attachment"))] = str(name)
    customer = reading.variables.get("customer_id")
    if isinstance(customer, str):
        named[customer] = reading.line.customer_name or "已建档 / On file"
    return reading.vocabulary.labels.naming(named)
