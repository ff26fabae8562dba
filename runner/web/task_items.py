"""Which one of several: the item a multi-instance task is about, so that its twins differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from runner.definitions.model import Element
from runner.engine.scopes import Scopes
from runner.engine.site import Site
from runner.store.cases import find_case
from runner.store.keys import Erased
from runner.store.task_lists import TaskLine
from runner.web.moments import Moments
from runner.web.shown_values import Labels, show
from runner.web.visit import vocabulary_of

_TELLING = (
    "item", "measure", "place", "action", "text", "name", "channel", "kind", "part", "group",
    "person",
)  # fmt: skip
MAX_LENGTH = 32
MAX_CASES = 10


def item_text(
    element: Element,
    values: Mapping[str, object],
    labels: Labels,
    moments: Moments,
    language: str,
) -> str:
    """A few words about the item of a multi-instance element, empty for any other element."""
    loop = element.multi_instance
    if loop is None or loop.input_element is None:
        return ""
    name = loop.input_element
    item = values.get(name) if name in values else None
    if isinstance(item, Mapping):
        key = next((key for key in _TELLING if item.get(key) not in (None, "")), "")
        item, name = item.get(key), f"{name}.{key}"
    text = " ".join(show(item, labels, name, moments, language).split())
    return text if len(text) <= MAX_LENGTH else text[: MAX_LENGTH - 1] + "…"


def items_of_twins(
    connection: Connection, site: Site, lines: Sequence[TaskLine], moments: Moments, language: str
) -> dict[str, str]:
    """The item by task id, for tasks of one step that stand more than once in a list."""
    alike = Counter((line.case_id, line.element_id) for line in lines)
    twins = [line for line in lines if alike[line.case_id, line.element_id] > 1]
    cases = dict.fromkeys(line.case_id for line in twins)
    found: dict[str, str] = {}
    for case_id in list(cases)[:MAX_CASES]:
        row = find_case(connection, case_id)
        if row is None:
            continue
        definitions = site.definitions(connection, row.release_digest)
        labels = vocabulary_of(definitions).labels
        try:
            scopes = Scopes.load(connection, site.vault, case_id, row.subject_id)
        except Erased:
            continue
        for line in twins:
            scope = scopes.get(line.id)
            if line.case_id == case_id and scope is not None:
                element = definitions.processes[line.process_id].elements[line.element_id]
                found[line.id] = item_text(element, scope.values, labels, moments, language)
    return found
