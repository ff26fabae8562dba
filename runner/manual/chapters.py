"""One chapter for each diagram: its drawing, and its steps as the flow goes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from runner.definitions.model import ACTIVITY_KINDS, Element, Process, is_expression
from runner.definitions.release import Definitions
from runner.definitions.svg import render
from runner.definitions.wording import kind_name
from runner.manual.applying import Applying
from runner.manual.content import Chapter, Reference, Step, Way
from runner.manual.forms_told import Forms
from runner.manual.numbering import numbered
from runner.manual.ordering import in_order
from runner.manual.people import BY_HAND, Involved, People, Person
from runner.manual.settings_told import Settings
from runner.manual.tables_told import Tables
from runner.manual.wording import Reader, listed, read_documentation

_SPLITS = frozenset({"exclusiveGateway", "inclusiveGateway", "eventBasedGateway"})
_KIND = re.compile(r'"([a-z][a-z0-9_]*)"')
_BY_ITSELF = {
    "serviceTask": ("系统自动完成", "done by the system"),
    "sendTask": ("系统自动发送", "sent by the system"),
    "businessRuleTask": ("系统按决策表判定", "decided by the system from a table"),
    "callActivity": ("另一张流程图", "another diagram"),
    "subProcess": ("一组步骤", "a group of steps"),
}


class Chapters:
    """Writes the chapters of a release under one policy for one reader."""

    def __init__(
        self,
        definitions: Definitions,
        settings: Settings,
        reader: Reader,
        *,
        forms: Forms,
        tables: Tables,
        order: tuple[Process, ...],
        applying: Applying,
    ) -> None:
        self.definitions, self.settings, self.reader = definitions, settings, reader
        self.forms, self.tables = forms, tables
        self.people = People(settings, reader)
        self.order, self.applying = order, applying
        self.numbers = {process.id: str(n) for n, process in enumerate(order, 1)}
        self.callers = _callers(order)

    def all(self) -> tuple[Chapter, ...]:
        return tuple(self._chapter(process) for process in self.order)

    def reference(self, process_id: str) -> Reference | None:
        """Where the diagram of a process is told."""
        number = self.numbers.get(process_id)
        if number is None:
            return None
        name = self.reader.half(self.definitions.processes[process_id].name)
        return Reference(f"diagram-{process_id}", number, name or process_id)

    def _chapter(self, process: Process) -> Chapter:
        told = [element for element in in_order(process) if _is_told(element)]
        numbers = {
            element.id: f"{self.numbers[process.id]}.{n}" for n, element in enumerate(told, 1)
        }
        steps = tuple(self._step(process, element, numbers) for element in told)
        said = read_documentation(process.documentation)
        data = self.definitions.files[process.file]
        drawn = render(data, language=self.reader.language, standalone=True)
        columns: dict[str, Person] = {}
        for step in steps:
            for person in _everybody(step.involved):
                columns.setdefault(person.key, person)
        callers = [self.reference(caller) for caller in self.callers.get(process.id, ())]
        return Chapter(
            anchor=f"diagram-{process.id}",
            number=self.numbers[process.id],
            id=process.id,
            title=self.reader.half(process.name) or process.id,
            text=self.reader.half(said.text),
            requirements=said.requirements,
            drawing=numbered(drawn, data, numbers),
            steps=steps,
            people=tuple(columns.values()),
            called_from=tuple(found for found in callers if found is not None),
            used=self.applying.uses(process.id),
        )

    def _step(self, process: Process, element: Element, numbers: Mapping[str, str]) -> Step:
        said = read_documentation(element.documentation)
        name = self.reader.half(element.name) or element.id
        form = self.forms.told(element.form_id, name) if element.form_id else None
        times = " ".join(filter(None, (element.due_date, element.event.timer)))
        automatic = element.kind not in BY_HAND
        return Step(
            anchor=f"step-{process.id}-{element.id}",
            number=numbers[element.id],
            id=element.id,
            name=name,
            kind=self._kind(element),
            automatic=automatic,
            text=self.reader.half(said.text),
            guidance=self.reader.half(element.properties.get("guidance", "")),
            requirements=said.requirements,
            clauses=listed(element.properties.get("clauses", "")),
            involved=self.people.of(element) if _is_done(element) else Involved(),
            deadlines=self.settings.deadlines(times),
            repeated=self._repeated(element),
            form=form,
            table=self._table(element),
            called=self._called(element),
            documents=_documents(element),
            document_titles=self._titles(_documents(element)),
            ways=tuple(self._ways(process, element, numbers)),
            used=self.applying.uses(process.id, element.id),
        )

    def _kind(self, element: Element) -> str:
        found = _BY_ITSELF.get(element.kind)
        if found is not None:
            return self.reader.say(*found)
        if element.kind in BY_HAND:
            return self.reader.say("由人完成", "done by people")
        words = kind_name(element.kind)
        return self.reader.say(words.zh, words.en)

    def _repeated(self, element: Element) -> str:
        loop = element.multi_instance
        if loop is None:
            return ""
        if loop.sequential:
            return self.reader.say("每项一次，逐项进行", "once for each item, one after the other")
        return self.reader.say("每项一次，同时进行", "once for each item, side by side")

    def _table(self, element: Element) -> Reference | None:
        decision = element.called_decision or ""
        found = None if is_expression(decision) else self.tables.told(decision)
        if found is None:
            return None
        return Reference(found.anchor, found.number, found.title)

    def _called(self, element: Element) -> Reference | None:
        return self.reference(element.called_process) if element.called_process else None

    def _titles(self, kinds: tuple[str, ...]) -> tuple[str, ...]:
        known = self.definitions.documents
        return tuple(self.reader.half(known[kind].title) for kind in kinds if kind in known)

    # --- where a step leads ---

    def _ways(
        self, process: Process, element: Element, numbers: Mapping[str, str]
    ) -> Iterator[Way]:
        yield from self._onward(process, element, numbers, (), frozenset())

    def _onward(
        self,
        process: Process,
        element: Element,
        numbers: Mapping[str, str],
        answers: tuple[str, ...],
        passed: frozenset[str],
    ) -> Iterator[Way]:
        """Follows flows through gateways to the next told step or end, each gateway once."""
        asks = element.kind in _SPLITS and len(element.outgoing) > 1
        if element.kind == "parallelGateway":
            if len(element.incoming) > 1:
                answers = (*answers, self.reader.say("全部完成后", "when all are done"))
            elif len(element.outgoing) > 1:
                answers = (*answers, self.reader.say("同时", "side by side"))
        for flow_id in element.outgoing:
            flow = process.flows[flow_id]
            target = process.elements.get(flow.target)
            if target is None or not self.applying.open(process, flow_id):
                continue
            answer = self.reader.half(flow.name)
            question = self.reader.half(element.name) if asks else ""
            said = " ".join(part for part in (question, answer) if part)
            now = (*answers, said) if asks and said else answers
            number = numbers.get(target.id)
            if number is not None:
                yield Way(
                    self._answers(now),
                    f"{number} {self.reader.half(target.name)}",
                    f"step-{process.id}-{target.id}",
                )
            elif target.kind == "endEvent":
                name = self.reader.half(target.name)
                end = self.reader.say("结束", "end")
                yield Way(self._answers(now), f"{end}: {name}" if name else end, "")
            elif target.id not in passed and len(passed) < 8:
                yield from self._onward(process, target, numbers, now, passed | {target.id})

    def _answers(self, answers: tuple[str, ...]) -> str:
        return self.reader.say("，", ", ").join(answers)


def _documents(element: Element) -> tuple[str, ...]:
    """The kinds of documents an automatic step makes, or chooses between."""
    if element.job_type != "produce_document":
        return ()
    written = next((m.source for m in element.inputs if m.target == "kind"), "")
    if not is_expression(written):
        return (written,) if written else ()
    return tuple(dict.fromkeys(_KIND.findall(written)))


def _is_done(element: Element) -> bool:
    return element.kind in ACTIVITY_KINDS and element.kind not in ("callActivity", "subProcess")


def _is_told(element: Element) -> bool:
    """Activities, and every event something is said of or that people can wait for."""
    if element.kind in ACTIVITY_KINDS or element.kind in (
        "boundaryEvent",
        "intermediateCatchEvent",
    ):
        return True
    return element.kind.endswith("Event") and bool(element.documentation)


def _everybody(involved: Involved) -> Iterator[Person]:
    yield from involved.responsible
    yield from involved.accountable
    yield from involved.consulted
    yield from involved.informed


def _callers(processes: tuple[Process, ...]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for process in processes:
        for element in process.elements.values():
            if element.called_process:
                callers = found.setdefault(element.called_process, [])
                if process.id not in callers:
                    callers.append(process.id)
    return {called: tuple(callers) for called, callers in found.items()}
