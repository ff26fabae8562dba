"""A template named by a service task exists in both languages.

Wrong: input `template` = `"late"`, while there is no `processes/templates/late.zh.txt`.

Right: `late.zh.txt` and `late.en.txt` lie in `processes/templates/`.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.check.template_use import named_templates
from runner.definitions.findings import Finding
from runner.definitions.templates import FOLDER, LANGUAGES
from runner.definitions.wording import about


def check(subject: Subject) -> Iterator[Finding]:
    there = subject.definitions.templates
    for process, element in subject.elements():
        for name in named_templates(element):
            for language in LANGUAGES:
                if (name, language) in there:
                    continue
                path = f"{FOLDER}{name}.{language}.txt"
                if path in subject.definitions.files:
                    continue  # it was read, and has findings of its own
                yield about(
                    element, process.file, RULE.id, subject.reference,
                    f"要用模板“{name}”，但没有文件 {path}。请新建，或改正名称。",
                    f'uses the template "{name}", but there is no file {path}. Make it, or correct '
                    "the name.",
                )  # fmt: skip


RULE = Rule("missing_template", "找不到模板 / A template that is not there", check)
