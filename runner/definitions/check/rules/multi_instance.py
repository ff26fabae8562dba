"""A multi-instance activity says which list it goes through.

Wrong: three bars on the task, no input collection.

Right: input collection `=inquiry_items`, input element `item`. An output element needs an output
collection and the other way round.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.definitions.model import ACTIVITY_KINDS
from runner.definitions.wording import about


def check(subject: Subject) -> Iterator[Finding]:
    for process, element in subject.elements():
        loop = element.multi_instance
        if loop is None:
            continue
        if element.kind not in ACTIVITY_KINDS:
            yield about(
                element, process.file, RULE.id, "error",
                "不能多实例。只有任务、调用活动和子流程可以。",
                "cannot be multi-instance; only tasks, call activities and sub-processes can.",
            )  # fmt: skip
        if not loop.input_collection:
            yield about(
                element, process.file, RULE.id, "error",
                "是多实例，但没有写输入集合，不知道要做几次。请填写列表，例如 =items。",
                "is multi-instance but names no input collection, so nobody knows how often. Enter "
                "a list, for instance =items.",
            )  # fmt: skip
        if (loop.output_collection is None) != (loop.output_element is None):
            yield about(
                element, process.file, RULE.id, "error",
                "的输出集合和输出元素要么都写，要么都不写。",
                "has only one of output collection and output element; give both or neither.",
            )  # fmt: skip


RULE = Rule("multi_instance", "多实例的列表 / The list of a multi-instance activity", check)
