"""Decision tables as elements of DMN files, with a finding for each thing not understood."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from lxml import etree

from runner.definitions.dmn.elements import child, children, content_of, name_of, text_of
from runner.definitions.dmn.logic import Logic, Source
from runner.definitions.dmn.places import label_of
from runner.definitions.dmn.reading import ExpressionReader, Unusable
from runner.definitions.dmn.table import (
    AGGREGATIONS,
    MULTI_HIT,
    SINGLE_HIT,
    Input,
    Output,
    Rule,
    Table,
)
from runner.definitions.dmn.types import ItemType
from runner.feel import (
    Expression,
    FeelSyntaxError,
    UnaryTests,
    compile_expression,
    compile_unary_tests,
)

_Item = TypeVar("_Item")
_Made = TypeVar("_Made")


def read_table(reader: ExpressionReader, element: etree._Element) -> Logic:
    """The decision table in the element. Raises Unusable, with findings, where it has errors."""
    return _TableReader(reader).read(element)


class _TableReader:
    def __init__(self, reader: ExpressionReader) -> None:
        self.reader = reader

    def read(self, element: etree._Element) -> Logic:
        policy = element.get("hitPolicy", "UNIQUE")
        aggregation = element.get("aggregation") if policy == "COLLECT" else None
        if policy not in SINGLE_HIT | MULTI_HIT or aggregation not in AGGREGATIONS | {None}:
            self.reader.note(
                element,
                "hit_policy_unknown",
                f"命中策略“{aggregation or policy}”不存在。",
                f'There is no hit policy "{aggregation or policy}".',
            )
            raise Unusable
        if aggregation is None and element.get("aggregation"):
            self.reader.note(
                element,
                "aggregation_unused",
                f"命中策略 {policy} 不汇总，“{element.get('aggregation')}”不起作用。",
                f'The hit policy {policy} aggregates nothing: "{element.get("aggregation")}" has'
                " no effect.",
                "warning",
            )
        columns = children(element, "input")
        inputs = self._each(columns, self._input)
        outputs = self._outputs(element, policy, aggregation)
        if len(inputs) != len(columns) or len(outputs) != len(children(element, "output")):
            raise Unusable
        rules = self._each(
            list(enumerate(children(element, "rule"), start=1)),
            lambda item: self._rule(item[0], item[1], inputs, outputs),
        )
        if not rules:
            self.reader.note(
                element,
                "decision_table_empty",
                f"决策表“{self.reader.owner_name}”没有规则。",
                f'The decision table "{self.reader.owner_name}" has no rule.',
                "warning",
            )
        return Table(
            self.reader.owner_id, policy, aggregation, tuple(inputs), tuple(outputs), tuple(rules)
        )

    def _each(self, elements: list[_Item], read: Callable[[_Item], _Made]) -> list[_Made]:
        """What can be read of the elements: one finding does not hide those of the others."""
        made: list[_Made] = []
        for element in elements:
            try:
                made.append(read(element))
            except Unusable:
                continue
        return made

    def _input(self, element: etree._Element) -> Input:
        label = label_of(element)
        expression = child(element, "inputExpression")
        if expression is None:
            self.reader.expression(element, label)
            raise Unusable
        return Input(
            element.get("id") or "",
            label,
            self.reader.expression(expression, label),
            self._allowed(child(element, "inputValues"), label),
            expression.get("typeRef") or "",
            self.reader.type_of(expression),
        )

    def _allowed(self, element: etree._Element | None, label: str) -> UnaryTests | None:
        if element is None or not text_of(element).strip():
            return None
        return self.reader.tests(element, text_of(element), label)

    def _outputs(
        self, element: etree._Element, policy: str, aggregation: str | None
    ) -> list[Output]:
        elements = children(element, "output")
        outputs = self._each(elements, self._output)
        if not elements or (aggregation and len(elements) > 1):
            self.reader.note(
                element,
                "decision_table_shape",
                "带汇总的决策表必须正好有一个输出列。" if elements else "决策表没有输出列。",
                "A table with an aggregation needs exactly one output column."
                if elements
                else "The decision table has no output column.",
            )
            raise Unusable
        self.reader.refuse_doubles(element, [output.name for output in outputs if output.name])
        for column, output in zip(elements, outputs, strict=False):
            if len(elements) > 1 and not output.name:
                self.reader.note(
                    column,
                    "output_without_name",
                    f"输出列“{output.label}”没有名称。有多个输出列时每列都要有名称。",
                    f'The output column "{output.label}" has no name; with several columns each'
                    " needs one.",
                )
            if policy in ("PRIORITY", "OUTPUT ORDER") and output.ranking is None:
                self.reader.note(
                    column,
                    "output_without_values",
                    f"命中策略 {policy} 需要输出列“{output.label}”按优先顺序列出允许的值。",
                    f"The hit policy {policy} needs the allowed values of the output column"
                    f' "{output.label}", best first.',
                    "warning" if any(item.ranking for item in outputs) else "error",
                )
        return outputs

    def _output(self, element: etree._Element) -> Output:
        label = label_of(element)
        type_ = self.reader.type_of(element)
        values = child(element, "outputValues")
        ranking = self._ranking(values, type_)
        default = child(element, "defaultOutputEntry")
        return Output(
            element.get("id") or "",
            name_of(element),
            label,
            self._allowed(values, label),
            ranking,
            self.reader.expression(default, label)
            if default is not None and text_of(default).strip()
            else None,
            element.get("typeRef") or "",
            type_,
        )

    def _ranking(self, values: etree._Element | None, type_: ItemType | None) -> Expression | None:
        """The allowed values as a list: the column's, else those of its type, as far as they are
        values and not conditions."""
        text = text_of(values)
        if not text.strip() and type_ is not None:
            text = ", ".join(test.text for test in type_.tests)
        if not text.strip():
            return None
        try:
            return compile_expression(f"[{text}]", self.reader.names.within(text))
        except FeelSyntaxError:
            return None

    def _rule(
        self, number: int, element: etree._Element, inputs: list[Input], outputs: list[Output]
    ) -> Rule:
        tests, answers = children(element, "inputEntry"), children(element, "outputEntry")
        if len(tests) != len(inputs):
            self.reader.wrong_count(element, len(inputs), len(tests))
        if len(answers) != len(outputs):
            self.reader.wrong_count(element, len(outputs), len(answers))
        annotations = tuple(text_of(item) for item in children(element, "annotationEntry"))
        said = "; ".join(text.strip() for text in annotations if text.strip())
        return Rule(
            element.get("id") or "",
            content_of(child(element, "description")) or said,
            tuple(
                self._test(test, column.label) for test, column in zip(tests, inputs, strict=True)
            ),
            tuple(
                self._answer(answer, column)
                for answer, column in zip(answers, outputs, strict=True)
            ),
            annotations,
            number,
        )

    def _test(self, element: etree._Element, label: str) -> Source | None:
        self.reader.check_language(element)
        text = text_of(element)
        if text.strip() in ("", "-"):
            return None
        return self.reader.compiled(element, text, label, compile_unary_tests)

    def _answer(self, element: etree._Element, column: Output) -> Source:
        if text_of(element).strip():
            return self.reader.expression(element, column.label)
        self.reader.note(
            element,
            "output_empty",
            "这一格是空的，结果会是 null。如果正是要 null，请写上 null。",
            "this cell is empty and gives null. Write null if that is meant.",
            "warning",
        )
        return self.reader.compiled(element, "null", column.label, compile_expression)
