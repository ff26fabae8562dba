"""A placeholder of a template is something the task that uses the template passes to it.

A handler gets the inputs of its element and nothing else; some handlers add values of their own.

Wrong: `{{custmer_name}}`.

Right: `{{customer_name}}`, and the element has the input mapping `customer_name`.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.check.template_use import uses
from runner.definitions.findings import Finding
from runner.definitions.templates import FOLDER
from runner.feel.spelling import closest


def check(subject: Subject) -> Iterator[Finding]:
    if not subject.whole:
        return
    known_by_name = uses(subject)
    for (name, language), template in subject.definitions.templates.items():
        known = known_by_name.get(name)
        if known is None:
            continue
        for path in template.placeholders:
            root = path.split(".")[0]
            if root in known:
                continue
            close = closest(root, known)
            zh = f"是不是“{close}”？" if close else "请给该任务添加这个输入，或改正名称。"
            en = f'Did you mean "{close}"?' if close else "Add it as an input, or correct it."
            yield Finding(
                file=f"{FOLDER}{name}.{language}.txt",
                rule=RULE.id,
                severity="error",
                zh=f"模板里的“{{{{{path}}}}}”没有来源：使用它的任务没有传入“{root}”。{zh}",
                en=f'The placeholder "{{{{{path}}}}}" gets no value: the task that uses the '
                f'template does not pass "{root}". {en}',
                element_id=path,
            )


RULE = Rule("template_placeholder", "模板里的名称 / A placeholder nobody fills", check)
