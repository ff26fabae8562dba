"""What the rules look at: the definitions, and what several rules ask of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from runner.definitions.check.domains import Domains
from runner.definitions.check.formulas import Formula, formulas_of
from runner.definitions.check.lost import Lost, lost_in
from runner.definitions.check.names import Names, known_names
from runner.definitions.check.tables import CheckedTable, tables_of
from runner.definitions.check.texts import Text, texts_of
from runner.definitions.check.variables import Variables, variables_of
from runner.definitions.findings import Severity
from runner.definitions.model import Element, Process
from runner.definitions.release import Definitions
from service_tasks.contract import Handler

_AWAITING = ("startEvent", "intermediateCatchEvent", "boundaryEvent")


@dataclass(frozen=True)
class Subject:
    """Files to check. ``whole``: a folder with everything in it; else one file by itself, whose
    references to other files cannot be followed."""

    definitions: Definitions
    handlers: Mapping[str, Handler]
    whole: bool = True

    @property
    def reference(self) -> Severity:
        """How bad a name is that is not found: only a whole folder can be sure of it."""
        return "error" if self.whole else "info"

    def processes(self) -> Iterator[Process]:
        """Every process that is meant to run, of any dialect."""
        for diagram in self.definitions.diagrams.values():
            for process in diagram.processes.values():
                if process.executable or diagram.platform != "camunda-8":
                    yield process

    def ours(self) -> Iterator[Process]:
        """The processes whose settings (forms, groups, FEEL) are meant for this product."""
        for diagram in self.definitions.diagrams.values():
            if diagram.platform == "camunda-8":
                yield from (p for p in diagram.processes.values() if p.executable)

    def elements(self) -> Iterator[tuple[Process, Element]]:
        """Every element of ``ours``."""
        for process in self.ours():
            for element in process.elements.values():
                yield process, element

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """Every text of ``ours`` that is, or may be, an expression."""
        return tuple(text for process in self.ours() for text in texts_of(process))

    @cached_property
    def formulas(self) -> tuple[Formula, ...]:
        """Every expression of diagrams, forms and tables that parses."""
        return tuple(formulas_of(self.definitions, self.texts, self.names, self.variables))

    @cached_property
    def variables(self) -> Variables:
        """What its variables can hold."""
        return variables_of(self.definitions, self.handlers, self.names, self.lost, self.whole)

    @cached_property
    def tables(self) -> tuple[CheckedTable, ...]:
        """Every decision table that can be evaluated."""
        return tuple(tables_of(self.definitions, Domains(self)))

    @cached_property
    def lost(self) -> Lost:
        """What is missing or unreadable; its consequences are nobody's mistake."""
        return lost_in(self.definitions, self.ours(), self.whole)

    @cached_property
    def from_outside(self) -> bool:
        """Whether an external worker, of whose results nothing is written here, does a task."""
        jobs = {element.job_type for _, element in self.elements()} - {None}
        return any(job not in self.handlers for job in jobs)

    @cached_property
    def by_messages(self) -> bool:
        """Whether messages come whose content nothing here describes. Forms that no step uses are
        what customers and others send; a folder that has some describes all it awaits."""
        elements = [element for _, element in self.elements()]
        used = {element.form_id for element in elements}
        if any(form not in used for form in self.definitions.forms):
            return False
        return any(
            element.kind == "receiveTask"
            or (element.event.kind == "message" and element.kind in _AWAITING)
            for element in elements
        )

    @cached_property
    def names(self) -> Names:
        """The variables a case can have."""
        return known_names(self.definitions, self.handlers)
