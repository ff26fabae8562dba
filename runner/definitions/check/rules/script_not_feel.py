"""A script task holds a FEEL expression and the name of its result variable.

No other language ever runs.

Wrong: a script task with the format `python` or `groovy`.

Right: expression `=round_no + 1`, result variable `round_no`.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.definitions.model import is_expression
from runner.definitions.wording import about


def check(subject: Subject) -> Iterator[Finding]:
    for process, element in subject.elements():
        if element.kind != "scriptTask" or element.job_type is not None:
            continue
        if not is_expression(element.script):
            yield about(
                element, process.file, RULE.id, "error",
                "不是 FEEL 表达式。这里不执行 Python 或其他脚本语言；请写以 = 开头的 FEEL，"
                "例如 =round_no + 1。",
                "is no FEEL expression. Python and other script languages never run here; write "
                "FEEL beginning with =, for instance =round_no + 1.",
            )  # fmt: skip
        elif not element.result_variable:
            yield about(
                element, process.file, RULE.id, "error",
                "没有写结果变量，算出的值会丢失。请填写。",
                "has no result variable, so its value would be lost. Enter one.",
            )  # fmt: skip


RULE = Rule("script_not_feel", "脚本只能是 FEEL / A script is FEEL only", check)
