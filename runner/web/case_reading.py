"""One case, read once for a page: pins, projection, variables, the outline of its past, names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from runner.definitions.findings import half
from runner.definitions.release import Definitions
from runner.engine.access import READERS, Person
from runner.engine.cases import check_visible, open_policies
from runner.engine.scopes import read_case_variables
from runner.engine.site import Site
from runner.errors import NotFound
from runner.reports.labels import Labels
from runner.reports.narrative import Narrator
from runner.store.case_lists import (
    CaseLine,
    InstanceLine,
    Visible,
    case_line,
    instance_lines,
    people_names,
)
from runner.store.case_pages import Past, file_names, numbers_of, read_past, states_of_mails
from runner.store.cases import CaseRow, find_case
from runner.store.event_log import Recorded
from runner.store.keys import Erased
from runner.web.language import _
from runner.web.shown_values import may_read
from runner.web.visit import Vocabulary, vocabulary_of

_ID = re.compile(r"[0-9a-f]{32}")
ACTORS = {"customer": "客户 / Customer", "worker": "系统 / System", "system": "系统 / System"}


@dataclass(frozen=True)
class CaseReading:
    """``past`` is the outline of what happened; events themselves are read for what is shown.
    ``erased``: the customer's personal data is gone; variables and event values are missing."""

    row: CaseRow
    line: CaseLine
    definitions: Definitions
    vocabulary: Vocabulary
    variables: dict[str, object]
    instances: tuple[InstanceLine, ...]
    past: Past
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
    past = read_past(connection, case_id)
    return CaseReading(
        row=row,
        line=line,
        definitions=definitions,
        vocabulary=vocabulary_of(definitions),
        variables=variables,
        instances=tuple(instance_lines(connection, case_id)),
        past=past,
        names=people_names(connection, past.outline.actors),
        erased=erased,
    )


def visible_to(connection: Connection, site: Site, person: Person) -> Visible:
    """Which cases lists may show to a person: the same rules as for one case, as a query."""
    everything = bool(person.groups & READERS)
    open_to_all = open_policies(connection, site) if person.groups else frozenset()
    return Visible(everything, open_to_all, person.candidate_as)


DUTY, NOTHING_TOLD = "duty", "投诉 / Complaint"


def case_number(number: str | None, kind: str) -> str:
    """What stands in the place of a complaint's number; a periodic duty never has one."""
    return number or (_("periodic duty") if kind == DUTY else _("no number yet"))


def case_title(line: CaseLine, language: str) -> str:
    """What people call the case: what the customer wrote, else words of ours."""
    ours = line.kind == DUTY or line.title == NOTHING_TOLD
    return half(line.title, language) if ours else line.title


def labels_for(
    connection: Connection, site: Site, reading: CaseReading, values: Iterable[object]
) -> Labels:
    """The release's labels, which also name the files, people and customer that ``values`` hold."""
    named = dict(reading.names)
    ids = {found for value in values for found in ids_in(value)}
    named.update(file_names(connection, site.vault, reading.row.id, ids))
    customer = reading.variables.get("customer_id")
    if isinstance(customer, str):
        named[customer] = reading.line.customer_name or "已建档 / On file"
    return reading.vocabulary.labels.naming(named)


def narrator_for(
    connection: Connection,
    site: Site,
    reading: CaseReading,
    events: Sequence[Recorded],
    language: str,
) -> Narrator:
    """The teller of these events: knows what their files, people, mails and releases are called."""
    mails: set[str] = set()
    releases: set[str] = set()
    people: set[str] = set()
    for event in events:
        facts = event.header["facts"]
        assert isinstance(facts, Mapping)
        mails.update(facts.get("mails", ()))
        releases.update(facts[key] for key in ("before", "after") if key in facts)
        people.update(facts[key] for key in ("decided_by", "person") if key in facts)
        people.update(facts.get("users", ()))
    names = {**people_names(connection, people - reading.names.keys()), **reading.names}
    labels = labels_for(connection, site, reading, values_of(events))
    return Narrator(
        reading.definitions,
        names,
        language,
        site.zone,
        labels=labels,
        may_read=lambda variable: may_read(labels, variable),
        mails=states_of_mails(connection, mails) if mails else {},
        releases=numbers_of(connection, releases) if releases else {},
    )


def values_of(events: Iterable[Recorded]) -> Iterator[object]:
    """What people and tables entered in these events."""
    for event in events:
        yield from (event.values or {}).values()


def ids_in(value: object) -> Iterator[str]:
    """What may be ids of files or people in a value, however deep somebody nested it."""
    todo = [value]
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            if _ID.fullmatch(item):
                yield item
        elif isinstance(item, Mapping):
            todo.extend(item.values())
        elif isinstance(item, list | tuple):
            todo.extend(item)
