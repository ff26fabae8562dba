"""The form a user task or a start event names must exist.

Wrong: form id `asessment`, while the file is `forms/assessment.form` with the id `assessment`.

Right: the id in the properties panel equals the id in the form file.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.missing import named_by, with_others
from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.definitions.wording import about
from runner.feel.spelling import closest


def check(subject: Subject) -> Iterator[Finding]:
    forms = subject.definitions.forms
    for form_id, places in named_by(subject, lambda element: element.form_id):
        if form_id in forms or subject.lost.may_hold(".form", form_id):
            continue
        (process, element), *others = places
        close = closest(form_id, forms)
        zh = f"是不是“{close}”？" if close else "请检查表单编号，或新建这个表单。"
        en = f'Did you mean "{close}"?' if close else "Check the form id, or make the form."
        finding = about(
            element, process.file, RULE.id, subject.reference,
            f"要用表单“{form_id}”，但没有找到它。{zh}",
            f'uses the form "{form_id}", which was not found. {en}',
        )  # fmt: skip
        yield with_others(finding, others)


RULE = Rule("missing_form", "找不到表单 / A form that is not there", check)
