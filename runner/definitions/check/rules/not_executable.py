"""At least one process of a diagram is meant to run.

A process without the mark *executable* is a picture only: it is not checked further and no case
can follow it. That is right for a customer's side drawn as a pool, not for a whole file.

Wrong: a diagram whose only process has *executable* switched off.

Right: *executable* is switched on in the process's properties.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.definitions.wording import named


def check(subject: Subject) -> Iterator[Finding]:
    for diagram in subject.definitions.diagrams.values():
        processes = list(diagram.processes.values())
        if diagram.platform != "camunda-8" or any(process.executable for process in processes):
            continue
        words = named(processes[0].name, processes[0].id)
        yield Finding(
            file=diagram.file,
            rule=RULE.id,
            severity="warning",
            zh=f"流程{words.zh}没有标为可执行，只是一张图，不会运行。"
            "要让它运行，请在属性面板里勾选“可执行”（Executable）。",
            en=f"The process {words.en} is not marked executable; it is a picture and never runs. "
            "To make it run, switch on Executable in the properties panel.",
            element_id=processes[0].id,
            element_name=processes[0].name,
        )


RULE = Rule("not_executable", "只是图、不会运行 / A picture that never runs", check)
