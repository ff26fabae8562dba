"""Decision tables as tables on paper."""

from __future__ import annotations

import re

from lxml import etree

from runner.definitions.dmn import Decision
from runner.definitions.dmn.logic import Source
from runner.definitions.dmn.table import Table
from runner.definitions.release import Definitions
from runner.definitions.xml import UnreadableFile, read_xml
from runner.manual.content import TableTold
from runner.manual.settings_told import Settings
from runner.manual.wording import Reader, read_documentation

_HITS = {
    "UNIQUE": ("只有一条规则符合。", "Exactly one rule applies."),
    "FIRST": ("从上往下，第一条符合的规则有效。", "From the top, the first that fits applies."),
    "ANY": ("符合的规则答案相同。", "All rules that fit give the same answer."),
    "PRIORITY": ("答案中优先级最高的有效。", "The answer of highest priority applies."),
    "RULE ORDER": ("所有符合的规则都有效，按表中次序。", "All that fit apply, in their order."),
    "OUTPUT ORDER": ("所有符合的规则都有效，按答案次序。", "All that fit apply, best first."),
    "COLLECT": ("所有符合的规则都有效。", "All rules that fit apply."),
}  # fmt: skip
_POLICY = re.compile(r"\bpolicy\.([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)")
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')


class Tables:
    """The decisions of a release for one reader, numbered in the order they are asked for."""

    def __init__(self, definitions: Definitions, settings: Settings, reader: Reader) -> None:
        self.definitions, self.settings, self.reader = definitions, settings, reader
        self._said = _descriptions(definitions)
        self._told: dict[str, TableTold] = {}

    def told(self, decision_id: str) -> TableTold | None:
        """The decision, numbered when it is first asked for."""
        decision = self.definitions.decisions.get(decision_id)
        if decision is None:
            return None
        if decision_id not in self._told:
            self._told[decision_id] = self._tell(decision, len(self._told) + 1)
        return self._told[decision_id]

    def all(self) -> tuple[TableTold, ...]:
        for decision_id in self.definitions.decisions:
            self.told(decision_id)
        return tuple(self._told.values())

    def _tell(self, decision: Decision, number: int) -> TableTold:
        said = read_documentation(self._said.get(decision.id, ""))
        table = decision.table
        rules = self._rules(table) if table is not None else ()
        notes = self._notes(table) if table is not None else ()
        served = [
            wanted
            for rule in (table.rules if table is not None else ())
            for wanted in read_documentation(rule.description).requirements
        ]
        return TableTold(
            id=decision.id,
            anchor=f"table-{decision.id}",
            number=f"C.{number}",
            title=self.reader.half(decision.name) or decision.id,
            text=self.reader.half(said.text),
            requirements=tuple(dict.fromkeys((*said.requirements, *served))),
            hits=self._hits(table),
            inputs=self._labels([(c.label, c.id) for c in table.inputs]) if table else (),
            outputs=self._labels([(c.label or c.name, c.id) for c in table.outputs])
            if table
            else (),
            rules=rules,
            notes=notes,
        )

    def _hits(self, table: Table | None) -> str:
        if table is None:
            return ""
        return self.reader.say(*_HITS.get(table.hit_policy, ("", "")))

    def _labels(self, labels: list[tuple[str, str]]) -> tuple[str, ...]:
        return tuple(self.reader.half(label) or column_id for label, column_id in labels)

    def _rules(self, table: Table) -> tuple[tuple[str, ...], ...]:
        variables = [column.source.compiled.text.strip() for column in table.inputs]
        variables += [column.name for column in table.outputs]
        return tuple(
            tuple(
                self._cell(cell, variable)
                for cell, variable in zip((*rule.tests, *rule.outputs), variables, strict=True)
            )
            for rule in table.rules
        )

    def _notes(self, table: Table) -> tuple[str, ...]:
        told = []
        for rule in table.rules:
            said = read_documentation(" ".join(rule.description.split()))
            ids = self.reader.joined(said.requirements)
            told.append(" ".join(part for part in (self.reader.half(said.text), ids) if part))
        return tuple(told) if any(told) else ()

    def _cell(self, cell: Source | None, variable: str) -> str:
        """A cell in words: what options are called, else the FEEL text itself."""
        if cell is None:
            return "—"
        text = cell.compiled.text.strip()
        words = {
            "true": self.reader.say("是", "yes"), "false": self.reader.say("否", "no"),
            "null": self.reader.say("无", "none"), "-": "—", "": "—",
        }  # fmt: skip
        plain = _TEXT.sub(lambda found: self._value(variable, found[1]), text)
        plain = _POLICY.sub(lambda found: self._setting(found[1]), plain)
        return words.get(text, " ".join(plain.split()))

    def _setting(self, path: str) -> str:
        title = self.settings.title(path)
        return self.reader.say(f"「{title}」", f"“{title}”")

    def _value(self, variable: str, value: str) -> str:
        name = variable if re.fullmatch(r"[\w.]+", variable) else ""
        shown = self.reader.half(self.settings.labels.option(name, value, self.reader.language))
        return shown.replace("_", " ") if shown == value else shown


def _descriptions(definitions: Definitions) -> dict[str, str]:
    """What each decision, or the table in it, says of itself."""
    found: dict[str, str] = {}
    for path, data in definitions.files.items():
        if not path.endswith(".dmn"):
            continue
        try:
            root = read_xml(data, path)
        except UnreadableFile:
            continue
        for decision in root.iter("{*}decision"):
            texts = [
                (node.text or "").strip()
                for node in decision.iter("{*}description")
                if _is_about(node, decision)
            ]
            found[decision.get("id", "")] = "\n".join(text for text in texts if text)
    return found


def _is_about(description: etree._Element, decision: etree._Element) -> bool:
    parent = description.getparent()
    return parent is decision or (
        parent is not None and etree.QName(parent).localname == "decisionTable"
    )
