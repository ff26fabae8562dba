"""A service task passes its handler the inputs it declares.

A declared input that is missing makes the job fail.

Wrong: `notify_staff` without the input `groups`.

Right: input mapping `groups` = `=policy.roles.superior`.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding, half
from runner.definitions.wording import about


def check(subject: Subject) -> Iterator[Finding]:
    for process, element in subject.elements():
        handler = subject.handlers.get(element.job_type or "")
        if handler is None:
            continue
        given = {mapping.target for mapping in element.inputs}
        for parameter in handler.inputs:
            if parameter.required and parameter.name not in given:
                yield about(
                    element, process.file, RULE.id, "error",
                    f"缺少输入“{parameter.name}”（{half(parameter.label, 'zh')}）。"
                    "请在属性面板的输入映射里添加。",
                    f'lacks the input "{parameter.name}" ({half(parameter.label, "en")}). Add it '
                    "to the input mappings in the properties panel.",
                )  # fmt: skip


RULE = Rule("handler_input", "服务任务的输入 / Inputs of a service task", check)
