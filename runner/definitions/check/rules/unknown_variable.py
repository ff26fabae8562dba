"""An expression reads only variables that something writes.

Variables come from the fields of forms, from input and output mappings, from the results of
decisions, scripts and service tasks, from multi-instance lists, and from the contexts `policy`,
`clock` and `open_tasks`. An unknown one would be null, and the condition quietly false.

Wrong: `=descision = "approved"`.

Right: `=decision = "approved"`. A field of a form whose task has output mappings is only known by
the name it is mapped to.

While a form or diagram is missing or cannot be read, only that is reported: any variable might
come from it.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.feel.spelling import closest


def check(subject: Subject) -> Iterator[Finding]:
    clock = frozenset(
        {"now"} | {name[:-3] for name in subject.names.everywhere if name.endswith("_at")}
    )
    for formula in subject.formulas:
        for root, path in formula.roots():
            if root == "clock" and "." in path:
                entry = path.split(".")[1]
                if entry not in clock and not subject.lost.may_write(f"{entry}_at"):
                    zh, en = _advice(entry, clock)
                    yield formula.tell(
                        RULE.id, subject.reference,
                        f"时间“clock.{entry}”不存在：没有哪一步写入 {entry}_at。{zh}",
                        f'there is no time "clock.{entry}": nothing writes {entry}_at. {en}',
                    )  # fmt: skip
            elif root not in formula.known and not subject.lost.may_write(root):
                zh, en = _advice(root, formula.known)
                yield formula.tell(
                    RULE.id, subject.reference,
                    f"变量“{root}”没有来源：没有表单、映射或任务写入它。{zh}",
                    f'nothing writes the variable "{root}": no form, mapping or task. {en}',
                )  # fmt: skip


def _advice(name: str, known: frozenset[str]) -> tuple[str, str]:
    close = closest(name, known)
    if not close:
        return "请检查拼写。", "Check its spelling."
    return f"是不是“{close}”？", f'Did you mean "{close}"?'


RULE = Rule("unknown_variable", "没有来源的变量 / A variable nothing writes", check)
