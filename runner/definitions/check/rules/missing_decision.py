"""A business rule task names a decision that exists, and where its answer goes.

Wrong: decision id `classify`, while the table's id is `triage_a`; or no result variable.

Right: decision id `triage_a`, result variable `case_class`. `="triage_" + scheme` is fine too:
then there is a decision for every scheme that a policy names, and all of them answer alike, either
with one answer or with a list (hit policies COLLECT, RULE ORDER and OUTPUT ORDER give lists).
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.called import called_decisions
from runner.definitions.check.missing import named_by, with_others
from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.dmn.table import MULTI_HIT
from runner.definitions.findings import Finding
from runner.definitions.model import Element, Process, is_expression
from runner.definitions.wording import about
from runner.feel.spelling import closest


def check(subject: Subject) -> Iterator[Finding]:
    for process, element in subject.elements():
        wanted = element.called_decision
        if wanted is None:
            if element.kind == "businessRuleTask" and element.job_type is None:
                yield about(
                    element, process.file, RULE.id, "error",
                    "没有指明决策表。请在属性面板里填写决策编号。",
                    "names no decision. Enter a decision id in the properties panel.",
                )  # fmt: skip
            continue
        if not element.result_variable:
            yield about(
                element, process.file, RULE.id, "error",
                "没有写结果变量，决策的结果会丢失。请填写。",
                "has no result variable, so the decision's answer would be lost. Enter one.",
            )  # fmt: skip
        if is_expression(wanted):
            yield from _computed(subject, process, element)
    yield from _not_there(subject)


def _computed(subject: Subject, process: Process, element: Element) -> Iterator[Finding]:
    """What is wrong with the decisions that an expression names."""
    decisions = subject.definitions.decisions
    single: list[str] = []
    several: list[str] = []
    for name, cause in called_decisions(subject, process, element).items():
        if name in decisions:
            table = decisions[name].table
            lists = table is not None and table.hit_policy in MULTI_HIT and not table.aggregation
            (several if lists else single).append(name)
        elif not subject.lost.may_hold(".dmn", name):
            why = f"（{'，'.join(cause)}）" if cause else ""
            when = f" ({', '.join(cause)})" if cause else ""
            yield about(
                element, process.file, RULE.id, subject.reference,
                f"要用决策“{name}”{why}，但没有找到它。请检查决策编号，或新建这张表。",
                f'uses the decision "{name}"{when}, which was not found. Check the id, or make '
                "the table.",
            )  # fmt: skip
    for name in several if single else ():
        policy = getattr(decisions[name].table, "hit_policy", "")
        yield about(
            element, process.file, RULE.id, "error",
            f"用的决策答案形式不一：“{name}”的命中策略是 {policy}，给出列表，“{single[0]}”只给"
            "一个答案。请改命中策略，例如 FIRST。",
            f'uses decisions that answer differently: "{name}" has the hit policy {policy} and '
            f'gives a list, "{single[0]}" gives one answer. Change the hit policy, for instance '
            "to FIRST.",
        )  # fmt: skip


def _not_there(subject: Subject) -> Iterator[Finding]:
    decisions = subject.definitions.decisions
    for wanted, places in named_by(subject, lambda element: element.called_decision):
        if is_expression(wanted) or wanted in decisions or subject.lost.may_hold(".dmn", wanted):
            continue
        (process, element), *others = places
        close = closest(wanted, decisions)
        zh = f"是不是“{close}”？" if close else "请检查决策编号，或新建这张表。"
        en = f'Did you mean "{close}"?' if close else "Check the id, or make the table."
        finding = about(
            element, process.file, RULE.id, subject.reference,
            f"要用决策“{wanted}”，但没有找到它。{zh}",
            f'uses the decision "{wanted}", which was not found. {en}',
        )  # fmt: skip
        yield with_others(finding, others)


RULE = Rule("missing_decision", "找不到决策表 / A decision that is not there", check)
