"""`four_eyes` names the element whose author may not do this task; it must be there.

Wrong: property `four_eyes` = `file_aplication`.

Right: property `four_eyes` = `file_application`, a user task of the same procedure.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.definitions.wording import about
from runner.feel.spelling import closest


def check(subject: Subject) -> Iterator[Finding]:
    tasks = {element.id for _, element in subject.elements() if element.kind == "userTask"}
    for process, element in subject.elements():
        for name in element.properties.get("four_eyes", "").split(","):
            author = name.strip()
            if "four_eyes" not in element.properties or author in tasks:
                continue
            close = closest(author, tasks)
            zh = f"是不是“{close}”？" if close else "请写一个用户任务的编号。"
            en = f'Did you mean "{close}"?' if close else "Enter the id of a user task."
            yield about(
                element, process.file, RULE.id, subject.reference,
                f"要求与“{author}”不是同一个人（four_eyes），但没有这个用户任务。{zh}",
                f'must not be done by the author of "{author}" (four_eyes), but there is no such '
                f"user task. {en}",
            )  # fmt: skip


RULE = Rule("four_eyes", "四眼原则所指的任务 / The task four eyes refer to", check)
