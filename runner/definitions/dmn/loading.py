"""DMN files in, decisions and findings out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from lxml import etree

from runner.definitions.dmn.logic import Logic
from runner.definitions.dmn.model import Decision, DecisionModel, Knowledge
from runner.definitions.dmn.reading import (
    ExpressionReader,
    Unusable,
    child,
    children,
    line_of,
    local_name,
    parameters,
)
from runner.definitions.dmn.table_reading import read_table
from runner.definitions.findings import Finding, Severity
from runner.definitions.xml import UnreadableFile, read_xml

_Made = TypeVar("_Made")
NAMESPACES: Mapping[str, str] = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
}


def load_decisions(data: bytes, file: str) -> tuple[DecisionModel, list[Finding]]:
    """The decisions of a DMN file and what is wrong with it. Never raises for what the file holds.

    A decision with an error is in the model, so that references to it resolve, but evaluating it
    raises DecisionError.
    """
    try:
        root = read_xml(data, file)
    except UnreadableFile as unreadable:
        return DecisionModel({}, {}), [unreadable.finding]
    if local_name(root) != "definitions" or etree.QName(root).namespace not in NAMESPACES:
        return DecisionModel({}, {}), [_not_dmn(root, file)]
    return _ModelReader(root, file).read()


def _not_dmn(root: etree._Element, file: str) -> Finding:
    space = etree.QName(root).namespace or ""
    return Finding(
        file=file,
        rule="not_dmn",
        severity="error",
        zh=f"这不是 DMN 1.1 至 1.5 的文件：根元素是“{local_name(root)}”，命名空间是“{space}”。",
        en=f'This is no DMN file of version 1.1 to 1.5: its root is "{local_name(root)}" of the'
        f' namespace "{space}".',
        line=line_of(root),
    )


class _ModelReader:
    def __init__(self, root: etree._Element, file: str) -> None:
        self.root = root
        self.file = file
        self.findings: list[Finding] = []
        self.elements = {
            _id(element): element
            for element in children(root, "decision", "businessKnowledgeModel", "inputData")
        }
        self.names = frozenset(_spaced_names(root))
        self.language = root.get("expressionLanguage") or ""

    def read(self) -> tuple[DecisionModel, list[Finding]]:
        knowledge = self._all("businessKnowledgeModel", self._knowledge)
        self._drop_unusable_knowledge(knowledge)
        decisions = self._all("decision", self._decision)
        for name, decision in decisions.items():
            if not set(decision.knowledge) <= knowledge.keys():
                decisions[name] = replace(decision, logic=None, knowledge=())
        self._refuse_cycles(decisions)
        for element in children(self.root, "import", "decisionService"):
            self._note(
                element,
                "dmn_ignored",
                f"“{local_name(element)}”不会被使用。",
                f'"{local_name(element)}" is not used.',
                "warning",
            )
        return DecisionModel(decisions, knowledge), self.findings

    def _all(self, kind: str, read: Callable[[etree._Element], _Made]) -> dict[str, _Made]:
        made: dict[str, _Made] = {}
        for element in children(self.root, kind):
            name = _id(element)
            if not name or name in made:
                self._note(
                    element,
                    "duplicate_id" if name else "id_missing",
                    f"标识“{name}”用了两次。" if name else "有一个决策没有标识。",
                    f'The id "{name}" is used twice.' if name else "A decision has no id.",
                )
                continue
            try:
                made[name] = read(element)
            except Unusable:
                continue
        return made

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

    def _drop_unusable_knowledge(self, knowledge: dict[str, Knowledge]) -> None:
        """Keep only what requires nothing unusable and, over whatever way, not itself."""
        sound: set[str] = set()
        while True:
            more = {
                name
                for name, item in knowledge.items()
                if name not in sound and set(item.knowledge) <= sound
            }
            if not more:
                break
            sound |= more
        for name in [name for name in knowledge if name not in sound]:
            self._note(
                self.elements[name],
                "decision_cycle",
                f"业务知识模型“{knowledge[name].name}”依赖它自己，或依赖有错误的模型。",
                f'The knowledge model "{knowledge[name].name}" requires itself or a broken one.',
            )
            del knowledge[name]

    def _reader(self, element: etree._Element) -> ExpressionReader:
        return ExpressionReader(
            self.file,
            _id(element),
            element.get("name") or _id(element),
            self.names,
            self.findings,
            self.language,
            read_table,
        )

    def _decision(self, element: etree._Element) -> Decision:
        variable = child(element, "variable")
        names = [
            None if variable is None else variable.get("name"),
            element.get("name"),
            element.get("id"),
        ]
        logic: Logic | None = self._reader(element).read(element)
        required = self._targets(element, "informationRequirement", "requiredDecision")
        knowledge = self._targets(element, "knowledgeRequirement", "requiredKnowledge")
        if required is None or knowledge is None:
            logic = None
        return Decision(
            _id(element),
            element.get("name") or "",
            self.file,
            logic,
            tuple(dict.fromkeys(name for name in names if name)),
            tuple(required or ()),
            tuple(knowledge or ()),
        )

    def _knowledge(self, element: etree._Element) -> Knowledge:
        body = child(element, "encapsulatedLogic")
        variable = child(element, "variable")
        name = (None if variable is None else variable.get("name")) or element.get("name") or ""
        if body is None:
            body = element
        reader = self._reader(element)
        logic = reader.function_body(body)
        required = self._targets(element, "knowledgeRequirement", "requiredKnowledge")
        if required is None:
            raise Unusable
        return Knowledge(_id(element), name, parameters(body), logic, tuple(required))

    def _targets(self, element: etree._Element, requirement: str, target: str) -> list[str] | None:
        """The ids that the element requires; None, with a finding, where one is not in the file."""
        found: list[str] = []
        for item in children(element, requirement):
            for reference in children(item, target):
                href = reference.get("href") or ""
                name = href.rpartition("#")[2]
                if name not in self.elements:
                    self._note(
                        element,
                        "required_decision_missing",
                        f"“{element.get('name')}”引用的“{href}”不在本文件中。",
                        f'"{element.get("name")}" requires "{href}", which is not in this file.',
                    )
                    return None
                found.append(name)
        return found

    def _note(
        self,
        element: etree._Element,
        rule: str,
        zh: str,
        en: str,
        severity: Severity = "error",
    ) -> None:
        self._reader(element).note(element, rule, zh, en, severity)


def _id(element: etree._Element) -> str:
    """The element's id; DMN allows it to be left out, then its name stands for it."""
    return element.get("id") or element.get("name") or ""


def _cycle(start: str, decisions: Mapping[str, Decision], settled: set[str]) -> list[str]:
    """The decisions of a cycle that can be reached from the start; `settled` grows."""
    path: list[str] = []
    waiting: list[tuple[str, bool]] = [(start, False)]
    while waiting:
        name, leaving = waiting.pop()
        if leaving:
            path.pop()
            settled.add(name)
        elif name in path:
            return path[path.index(name) :]
        elif name not in settled and name in decisions:
            path.append(name)
            waiting.append((name, True))
            waiting += [(other, False) for other in decisions[name].required]
    return []


def _spaced_names(root: etree._Element) -> Iterator[str]:
    """All names of the file that FEEL would not read as one name."""
    for element in root.iter():
        if isinstance(element.tag, str) and local_name(element) in _NAMED:
            name = " ".join((element.get("name") or "").split())
            is_path = all(part.isidentifier() for part in name.split("."))
            if name and not is_path:
                yield name


_NAMED = frozenset(
    {
        "variable",
        "decision",
        "inputData",
        "businessKnowledgeModel",
        "formalParameter",
        "parameter",
        "itemComponent",
        "column",
        "output",
    }
)
