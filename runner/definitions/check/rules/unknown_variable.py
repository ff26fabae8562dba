"""An expression reads only variables that something writes.

Variables come from the fields of forms, from input and output mappings, from the results of
decisions, scripts and service tasks, from multi-instance lists, and from the contexts `policy`,
`clock` and `open_tasks`. An unknown one would be null, and the condition quietly false.

Wrong: `=descision = "approved"`.

Right: `=decision = "approved"`. A field of a form whose task has output mappings is only known by
the name it is mapped to. A text stands in quotes, in the cells of tables too: `"high"`, not `high`.

Where a task is done by an external worker, the variable may come from there, and this is a warning:
what such workers give is written nowhere. It is one as well where the diagrams await messages and
the folder has no form that stands for what messages bring, as in models made for other systems: any
variable might come with one. A form that no step uses stands for that, as the ones on the public
pages do; where there is one, the forms are believed, and this is an error.

While a form or diagram is missing or cannot be read, only that is reported: any variable might
come from it.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.problem_words import advice, place_en, place_zh
from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.definitions.wording import Both
from runner.feel import Expression, UnaryTests


def check(subject: Subject) -> Iterator[Finding]:
    for formula in subject.formulas:
        for problem in formula.problems:
            zh, en = advice(problem)
            if problem.kind == "unknown_entry" and problem.subject == "clock":
                yield formula.tell(
                    RULE.id, subject.reference,
                    f"{place_zh(formula, problem)}时间“clock.{problem.found}”不存在："
                    f"没有哪一步写入 {problem.found}_at。{zh}",
                    f'{place_en(formula, problem)}there is no time "clock.{problem.found}": '
                    f"nothing writes {problem.found}_at. {en}",
                )  # fmt: skip
            if problem.kind != "unknown_variable" or subject.lost.may_write(problem.found):
                continue
            # A word like a known name is a misspelt name, others may be meant as texts.
            quoted = Both("", "") if problem.near else _quoted(formula.compiled, problem.found)
            senders = _senders(subject)
            outside = bool(senders.en) and subject.reference == "error"
            yield formula.tell(
                RULE.id, "warning" if outside else subject.reference,
                f"{place_zh(formula, problem)}变量“{problem.found}”没有来源："
                f"没有表单、映射或任务写入它{f'，除非由{senders.zh}带来' if outside else ''}。"
                f"{zh or '请检查拼写。'}{quoted.zh}",
                f'{place_en(formula, problem)}nothing writes the variable "{problem.found}": '
                f"no form, mapping or task{f', unless {senders.en} brings it' if outside else ''}. "
                f"{en or 'Check its spelling.'}{quoted.en}",
            )  # fmt: skip


def _senders(subject: Subject) -> Both:
    """Who may bring a variable that is written nowhere; empty for nobody."""
    found = [
        words
        for brings, words in (
            (subject.from_outside, Both("外部执行者", "an external worker")),
            (subject.by_messages, Both("消息", "a message")),
        )
        if brings
    ]
    return Both("或".join(words.zh for words in found), " or ".join(words.en for words in found))


def _quoted(compiled: Expression | UnaryTests, name: str) -> Both:
    """That a text needs quotes, where a lone name or a cell may be meant as one."""
    if isinstance(compiled, Expression) and compiled.text.strip() != name:
        return Both("", "")
    return Both(f'如果是文字，请加引号："{name}"。', f' A text needs quotes: "{name}".')


RULE = Rule("unknown_variable", "没有来源的变量 / A variable nothing writes", check)
