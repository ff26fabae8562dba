"""How the rules about drawings tell what ``runner.definitions.layout`` sees."""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.definitions.layout import look


def layout_findings(subject: Subject, rule: str) -> Iterator[Finding]:
    """An error for each fault in a file that says it keeps the standard; in every other file one
    note that counts them, since how others draw is theirs to decide."""
    for diagram in subject.definitions.diagrams.values():
        looked = look(subject.definitions.files[diagram.file])
        faults = looked.get(rule, ())
        if looked.house:
            for fault in faults:
                yield Finding(
                    file=diagram.file,
                    rule=rule,
                    severity="error",
                    zh=fault.zh,
                    en=fault.en,
                    element_id=fault.element_id,
                    element_name=fault.name,
                    line=fault.line,
                )
        elif faults:
            first = faults[0]
            yield Finding(
                file=diagram.file,
                rule=rule,
                severity="info",
                zh=f"按本产品的制图规范，有 {len(faults)} 处不同，例如：{first.zh}",
                en=f"By this product's drawing standard {len(faults)} "
                f"{'place differs' if len(faults) == 1 else 'places differ'}, for instance: "
                f"{first.en}",
                element_id=first.element_id,
                element_name=first.name,
                line=first.line,
            )
