"""A label gives both languages: `中文 / English`, split at a slash between spaces.

Elements without any name are left alone here, so that joins stay unlabelled.

Wrong: `Register complaint`, `登记投诉/Register`.

Right: `登记投诉 / Register complaint`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding, half
from runner.definitions.wording import named

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[^\W_]")


def check(subject: Subject) -> Iterator[Finding]:
    if not subject.whole:
        return
    for process in subject.ours():
        rows = [(process.id, process.name, 0)]
        rows += [(element.id, element.name, element.line) for element in process.elements.values()]
        rows += [(flow.id, flow.name, 0) for flow in process.flows.values()]
        rows += [(lane, name, 0) for lane, name in process.lanes.items()]
        for element_id, label, line in rows:
            if label and not _complete(label):
                words = named(label, element_id)
                yield Finding(
                    file=process.file,
                    rule=RULE.id,
                    severity="warning",
                    zh=f"元素{words.zh}的名称“{' '.join(label.split())}”缺少中文或英文的一半。"
                    "请写成“中文 / English”，斜杠两边留空格。",
                    en=f"The name of element {words.en} lacks its Chinese or its English half. "
                    "Write it as 中文 / English, with spaces around the slash.",
                    element_id=element_id,
                    element_name=label,
                    line=line,
                )


def _complete(label: str) -> bool:
    chinese, english = half(label, "zh"), half(label, "en")
    if chinese == english:  # no slash: fine only where there is nothing to translate
        return not _LETTER.search(label)
    return bool(chinese and english and not _CHINESE.search(english))


RULE = Rule("label_half_missing", "双语名称 / Both languages in a label", check)
