"""A result whose name an input mapping made the task's own ends with the task.

An input mapping makes a variable that only its task has. What the task gives under the same name is
written to that one, and nothing of it is left afterwards, as in Camunda 8. An output mapping takes
it out; so does the output element of a multi-instance task.

Wrong: a form with the field `section` in a task with an input mapping to `section`, and no output
mapping.

Right: the same with an output mapping `=section` to `section`; or an input of another name.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.names import made_by
from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.definitions.wording import about


def check(subject: Subject) -> Iterator[Finding]:
    for process, element in subject.elements():
        loop = element.multi_instance
        if element.outputs or (loop is not None and loop.output_element):
            continue
        own = {mapping.target.partition(".")[0] for mapping in element.inputs}
        for name in sorted(own & made_by(element, subject.definitions, subject.handlers)):
            yield about(
                element, process.file, RULE.id, "warning",
                f"的结果“{name}”与输入映射同名，只留在这一步里，之后就没有了。"
                "请加输出映射，或给输入换个名称。",
                f'gives "{name}", which its input mapping of that name keeps inside: nothing is '
                "left of it afterwards. Add an output mapping, or give the input another name.",
            )  # fmt: skip


RULE = Rule("result_kept_inside", "留在步骤里的结果 / A result that stays inside", check)
