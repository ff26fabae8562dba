"""One DMN file as a model: its decisions, what they require, and a finding for each fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from lxml import etree

from runner.definitions.dmn.elements import (
    child,
    children,
    id_of,
    line_of,
    local_name,
    name_of,
    variable_of,
)
from runner.definitions.dmn.known import unknown_parts
from runner.definitions.dmn.logic import Logic
from runner.definitions.dmn.model import (
    Decision,
    DecisionModel,
    DecisionService,
    InputData,
    Knowledge,
    Link,
)
from runner.definitions.dmn.reading import ExpressionReader, Unusable
from runner.definitions.dmn.spaced_names import SpacedNames, is_spaced, spaced_names
from runner.definitions.dmn.table_reading import read_table
from runner.definitions.dmn.type_reading import TypeReader
from runner.definitions.findings import Finding, Severity

_Made = TypeVar("_Made")
_CALLABLE = ("businessKnowledgeModel", "decisionService")


@dataclass(frozen=True)
class Imports:
    """The models a file imports, by namespace, and the names it gives them.

    `missing` are the namespaces of imports that have a finding of their own.
    """

    models: Mapping[str, DecisionModel]
    names: Mapping[str, str]
    missing: frozenset[str] = frozenset()


class ModelReader:
    """Reads one file; `findings` are added to."""

    def __init__(
        self, root: etree._Element, file: str, imports: Imports, findings: list[Finding]
    ) -> None:
        self.root = root
        self.file = file
        self.imports = imports
        self.findings = findings
        self.namespace = root.get("namespace") or ""
        self.elements = {
            id_of(element): element
            for element in children(root, "decision", "inputData", *_CALLABLE)
        }
        self.names = SpacedNames(
            spaced_names(root).union(
                *(model.names for model in imports.models.values()),
                filter(is_spaced, imports.names.values()),
            )
        )
        # Decisions that services are given the value of: those may have no logic of their own.
        self.given = {
            (item.get("href") or "").rpartition("#")[2]
            for service in children(root, "decisionService")
            for item in children(service, "inputDecision")
        }
        self.types: TypeReader | None = None
        reader = self._reader(root)
        self.types = TypeReader(
            root,
            {
                f"{imports.names[space]}.{name}".lstrip("."): type_
                for space, model in imports.models.items()
                for name, type_ in model.types.items()
            },
            imports.names,
            reader.tests,
            reader.note,
        )

    def read(self) -> DecisionModel:
        """The model, with what is usable of the file."""
        for unknown in unknown_parts(self.root):
            self._note(unknown.element, unknown.rule, unknown.zh, unknown.en, unknown.severity)
        self._refuse_repeated_ids()
        inputs = self._all("inputData", self._input)
        knowledge = self._all("businessKnowledgeModel", self._knowledge)
        decisions = self._all("decision", self._decision)
        services = self._all("decisionService", self._service)
        self._drop_broken(knowledge, services, decisions)
        self._refuse_cycles(decisions)
        assert self.types is not None
        return DecisionModel(
            decisions,
            knowledge,
            services,
            inputs,
            file=self.file,
            namespace=self.namespace,
            imports=self.imports.models,
            import_names=self.imports.names,
            types=self.types.own,
            names=self.names.all,
        )

    def _all(self, kind: str, read: Callable[[etree._Element], _Made]) -> dict[str, _Made]:
        made: dict[str, _Made] = {}
        for element in children(self.root, kind):
            name = id_of(element)
            if not name or name in made or self.elements[name] is not element:
                self._note(
                    element,
                    "duplicate_id" if name else "id_missing",
                    f"标识“{name}”用了两次。" if name else "有一个决策没有标识。",
                    f'The id "{name}" is used twice.' if name else "A decision has no id.",
                )
                if not name or name in made:
                    continue
            try:
                made[name] = read(element)
            except Unusable:
                continue
        return made

    def _refuse_repeated_ids(self) -> None:
        """Note each rule, cell or column with the id of an earlier element; ``_all`` looks after
        what the file defines by name."""
        defined = set(map(id_of, self.elements.values()))
        seen: dict[str, etree._Element] = {}
        for element in self.root.iter(etree.Element):
            name = element.get("id")
            if not name or name in defined:
                continue
            if name not in seen:
                seen[name] = element
                continue
            # The cells of a copied rule are told with it.
            around = element.getparent()
            if around is not None and seen.get(around.get("id") or "", around) is not around:
                continue
            other, owner = line_of(seen[name]), element
            while (outer := owner.getparent()) is not None and outer is not self.root:
                owner = outer
            self._reader(owner).note(
                element,
                "duplicate_id",
                f"标识“{name}”在第 {other} 行已经用过。请换一个：记录按标识指明规则。",
                f'the id "{name}" is used in line {other} already. Choose another: the record'
                " names rules by their ids.",
            )

    def _drop_broken(
        self,
        knowledge: dict[str, Knowledge],
        services: dict[str, DecisionService],
        decisions: dict[str, Decision],
    ) -> None:
        """Take out functions that need something without a usable form, and then the logic of
        decisions that need those; the faults themselves have findings."""
        while True:
            there = knowledge.keys() | services.keys()
            broken = [
                name
                for name, item in knowledge.items()
                if any(not link.space and link.id not in there for link in item.knowledge)
            ]
            if not broken:
                break
            for name in broken:
                del knowledge[name]
        for name, decision in decisions.items():
            if any(not link.space and link.id not in there for link in decision.knowledge):
                decisions[name] = replace(decision, logic=None, knowledge=())

    def _refuse_cycles(self, decisions: dict[str, Decision]) -> None:
        """Make decisions that require themselves, over whatever way, unusable."""
        settled: set[str] = set()
        for start in decisions:
            for name in _cycle(start, decisions, settled):
                self._note(
                    self.elements[name],
                    "decision_cycle",
                    f"决策“{decisions[name].name}”最终依赖它自己。",
                    f'The decision "{decisions[name].name}" ends up requiring itself.',
                )
                decisions[name] = replace(decisions[name], logic=None, required=())

    def _reader(self, element: etree._Element) -> ExpressionReader:
        return ExpressionReader(
            self.file,
            id_of(element),
            name_of(element) or id_of(element),
            self.names,
            self.findings,
            self.root.get("expressionLanguage") or "",
            self.types,
            read_table,
        )

    def _input(self, element: etree._Element) -> InputData:
        name, _ = variable_of(element)
        return InputData(
            id_of(element), name, self._reader(element).type_of(child(element, "variable"))
        )

    def _decision(self, element: etree._Element) -> Decision:
        name, _ = variable_of(element)
        names = (name, name_of(element), element.get("id") or "")
        reader = self._reader(element)
        logic: Logic | None = None
        if reader.has_expression(element) or id_of(element) not in self.given:
            logic = reader.read(element)
        required = self._targets(element, "requiredDecision", ("decision",))
        inputs = self._targets(element, "requiredInput", ("inputData",))
        knowledge = self._targets(element, "requiredKnowledge", _CALLABLE)
        if required is None or knowledge is None or inputs is None:
            logic = None
        return Decision(
            id_of(element),
            element.get("name") or "",
            self.file,
            logic,
            tuple(dict.fromkeys(name for name in names if name)),
            tuple(required or ()),
            tuple(knowledge or ()),
            tuple(inputs or ()),
            reader.type_of(child(element, "variable")),
        )

    def _knowledge(self, element: etree._Element) -> Knowledge:
        body = child(element, "encapsulatedLogic")
        reader = self._reader(element)
        before = len(self.findings)
        parameters, logic = reader.function(element if body is None else body)
        knowledge = self._targets(element, "requiredKnowledge", _CALLABLE)
        errors = any(item.severity == "error" for item in self.findings[before:])
        if knowledge is None or errors:
            raise Unusable
        name, _ = variable_of(element)
        type_ = reader.type_of(child(element, "variable"))
        return Knowledge(id_of(element), name, parameters, logic, type_, tuple(knowledge))

    def _service(self, element: etree._Element) -> DecisionService:
        outputs = self._links(element, "outputDecision", ("decision",))
        encapsulated = self._links(element, "encapsulatedDecision", ("decision",))
        input_decisions = self._links(element, "inputDecision", ("decision",))
        inputs = self._links(element, "inputData", ("inputData",))
        if outputs is None or encapsulated is None or input_decisions is None or inputs is None:
            raise Unusable
        if not outputs:
            self._note(
                element,
                "service_without_output",
                f"决策服务“{name_of(element)}”没有输出决策。",
                f'The decision service "{name_of(element)}" has no output decision.',
            )
            raise Unusable
        name, _ = variable_of(element)
        type_ = self._reader(element).type_of(child(element, "variable"))
        return DecisionService(
            id_of(element), name, tuple(outputs), tuple(inputs), tuple(input_decisions), type_
        )

    def _targets(
        self, element: etree._Element, target: str, kinds: tuple[str, ...]
    ) -> list[Link] | None:
        """What the element's requirements name; None where one is not there."""
        found: list[Link] | None = []
        for item in children(element, "informationRequirement", "knowledgeRequirement"):
            links = self._links(item, target, kinds, element)
            found = None if found is None or links is None else [*found, *links]
        return found

    def _links(
        self,
        element: etree._Element,
        target: str,
        kinds: tuple[str, ...],
        owner: etree._Element | None = None,
    ) -> list[Link] | None:
        """What the element's references name; None, with a finding, where one is not there."""
        found: list[Link] = []
        for reference in children(element, target):
            place = element if owner is None else owner
            link = self._link(reference.get("href") or "", kinds, place)
            if link is None:
                return None
            found.append(link)
        return found

    def _link(self, href: str, kinds: tuple[str, ...], owner: etree._Element) -> Link | None:
        space, _, name = href.rpartition("#")
        if space in ("", self.namespace):
            element = self.elements.get(name)
            if element is not None and local_name(element) in kinds:
                return Link(name)
        elif space in self.imports.models:
            if _has(self.imports.models[space], name, kinds):
                return Link(name, space)
        elif space in self.imports.missing:
            return None  # the import has a finding
        self._note(
            owner,
            "required_decision_missing",
            f"“{owner.get('name')}”引用的“{href}”不在本文件中，也不在它引入的文件中。",
            f'"{owner.get("name")}" requires "{href}", which is neither in this file nor in one'
            " that it imports.",
        )
        return None

    def _note(
        self,
        element: etree._Element,
        rule: str,
        zh: str,
        en: str,
        severity: Severity = "error",
    ) -> None:
        self._reader(element).note(element, rule, zh, en, severity)


def _has(model: DecisionModel, name: str, kinds: tuple[str, ...]) -> bool:
    if "decision" in kinds:
        return name in model.decisions
    if "inputData" in kinds:
        return name in model.inputs
    return name in model.knowledge or name in model.services


def _cycle(start: str, decisions: Mapping[str, Decision], settled: set[str]) -> list[str]:
    """The decisions of a cycle that can be reached from the start; `settled` grows."""
    path: list[str] = []
    on_path: set[str] = set()
    waiting: list[tuple[str, bool]] = [(start, False)]
    while waiting:
        name, leaving = waiting.pop()
        if leaving:
            on_path.discard(path.pop())
            settled.add(name)
        elif name in on_path:
            return path[path.index(name) :]
        elif name not in settled and name in decisions:
            path.append(name)
            on_path.add(name)
            waiting.append((name, True))
            waiting += [(link.id, False) for link in decisions[name].required if not link.space]
    return []
