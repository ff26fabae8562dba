"""Every decision table of a procedure, analysed once, with its places and its words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from runner.definitions.check.dmn_file import DmnFile
from runner.definitions.check.domains import Domains, Known
from runner.definitions.check.table_words import label_words
from runner.definitions.dmn import DecisionModel, Table
from runner.definitions.dmn.analysis import TableAnalysis, output_value
from runner.definitions.dmn.boxes import Boxed
from runner.definitions.dmn.cells import Constants, read_tests
from runner.definitions.dmn.declared_types import DeclaredType, declared_type
from runner.definitions.dmn.logic import Logic, Source, Typed
from runner.definitions.findings import Finding, Severity, half
from runner.definitions.release import Definitions
from runner.definitions.wording import Both
from runner.feel import Evaluation, Value, kind

_NOW = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class CheckedTable:
    """One table. `owner_id` and `owner_name` are those of the decision, or of the business
    knowledge model, that it is or that it is a part of; `path` is its file's."""

    owner_id: str
    owner_name: str
    path: str
    table: Table
    known: tuple[Known, ...]
    file: DmnFile

    @cached_property
    def analysis(self) -> TableAnalysis:
        return TableAnalysis(self.table, [item.domain for item in self.known])

    def output_type(self, column: int) -> DeclaredType:
        """What an output column may answer, apart from its own list of allowed values."""
        return declared_type(self.table.outputs[column].type)

    def rule(self, number: int) -> Both:
        """A rule by its number as people count."""
        return Both(f"规则 {number + 1}", f"rule {number + 1}")

    def rules(self, numbers: tuple[int, ...]) -> Both:
        """Several rules by their numbers, shortened where there are many."""
        shown = [str(number + 1) for number in numbers[:6]]
        rest = len(numbers) - len(shown)
        zh = f"规则 {'、'.join(shown)}" + (f" 等 {len(numbers)} 条" if rest else "")
        if rest:
            return Both(zh, f"rules {', '.join(shown)} and {rest} more")
        first, last = ", ".join(shown[:-1]), shown[-1]
        return Both(zh, f"rules {first} and {last}" if first else f"rule {last}")

    def ids(self, *numbers: int) -> Both:
        """The ids of rules, in parentheses, for those who look into the file."""
        found = [self.table.rules[number].id for number in numbers]
        if not all(found):
            return Both("", "")
        return Both(f"（{'、'.join(found)}）", f" ({', '.join(found)})")

    def column(self, number: int) -> Both:
        """An input column by its label."""
        label = label_words(self.table, number)
        return Both(f"“{label.zh}”", f'"{label.en}"')

    def output(self, number: int) -> Both:
        """An output column by its label."""
        column = self.table.outputs[number]
        label = column.label or column.name or f"#{number + 1}"
        return Both(f"“{half(label, 'zh')}”", f'"{half(label, "en")}"')

    def refused_answer(self, column: int, cell: Source) -> tuple[Value, list[str]] | None:
        """The answer a cell gives though its output column does not allow it, and the texts that
        are allowed; None where the answer is allowed, or only a case can tell."""
        found = output_value(cell)
        if found is None or found[0] is None:
            return None
        for allowed in self._allowed_answers[column]:
            if not allowed.compiled.matches_in(Evaluation({}, _NOW), found[0]):
                return found[0], [t.value for t in allowed.tests if isinstance(t.value, str)]
        return None

    @cached_property
    def _allowed_answers(self) -> list[list[Constants]]:
        """For each output column what its answers must pass, as far as it is constants."""
        return [
            [
                reading
                for allowed in (*self.output_type(number).allowed, column.allowed)
                if allowed is not None and isinstance(reading := read_tests(allowed), Constants)
            ]
            for number, column in enumerate(self.table.outputs)
        ]

    def misfit(self, column: int, cell: Source) -> Value:
        """The answer a cell gives though it is of another kind than its output column wants; None
        where it fits, or only a case can tell."""
        wanted, found = self.output_type(column).kind, output_value(cell)
        if not wanted or found is None:
            return None
        (value,) = found
        alone = value[0] if isinstance(value, list) and len(value) == 1 else value
        fitting = {"list", kind(alone), "date and time" if kind(value) == "date" else ""}
        return None if wanted in fitting else value  # what is made fitting is no misfit

    def not_analysed(self) -> Finding:
        """That the table is too large to be looked through."""
        return self.tell(
            "table_not_analysed",
            "info",
            "组合太多，没有检查规则是否重叠或遗漏。",
            "it has too many combinations, so overlaps and gaps were not looked for.",
        )

    def tell(
        self, rule: str, severity: Severity, zh: str, en: str, element_id: str = ""
    ) -> Finding:
        """A finding on the table or one of its elements; the table's name is put before it."""
        name = self.owner_name or self.owner_id
        found = element_id or self.owner_id
        return Finding(
            file=self.path,
            rule=rule,
            severity=severity,
            zh=f"决策表「{half(name, 'zh')}」：{zh}",
            en=f'Decision table "{half(name, "en")}": {en}',
            element_id=found,
            element_name=self.owner_name,
            line=self.file.line(found),
        )


def tables_of(definitions: Definitions, domains: Domains) -> Iterator[CheckedTable]:
    """Every decision table that can be evaluated: decisions, functions (those of imported files
    too), and parts of both."""
    files: dict[str, DmnFile] = {}
    seen: set[DecisionModel] = set()
    for decision in definitions.decisions.values():
        owned = [(decision.file, decision.id, decision.name, decision.logic)]
        waiting = [decision.model]
        while waiting:
            model = waiting.pop()
            if model not in seen:
                seen.add(model)
                waiting += model.imports.values()
                functions = model.knowledge.values()
                owned += [(model.file, item.id, item.name, item.logic) for item in functions]
        for path, owner_id, name, logic in owned:
            if path not in files:
                files[path] = DmnFile(definitions.files[path])
            for table in _tables_in(logic):
                known = domains.of(decision, table)
                yield CheckedTable(owner_id, name, path, table, known, files[path])


def _tables_in(logic: Logic | None) -> Iterator[Table]:
    """The tables that a logic is made of, in the order of the file."""
    waiting = [logic]
    while waiting:
        item = waiting.pop()
        if isinstance(item, Typed):
            waiting.append(item.inner)
        elif isinstance(item, Boxed):
            waiting += reversed(item.parts)
        elif isinstance(item, Table):
            yield item
