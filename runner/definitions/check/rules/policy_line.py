"""A line of a policy (by channel or product line) that cannot choose.

When a case begins, the first line whose condition holds names the policy the case follows. What can
be asked is what is known by then: `channel`, `language`, `request_kind`, `product_line`, and the
fields of the forms that start cases.

Wrong: `{id: shop, name: 门店 / Shop, when: chanel = "store", policy: demo-consumr}`.

Right: `{id: shop, name: 门店 / Shop, when: channel = "store", policy: demo-consumer}`.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.definitions.policies import Policy
from runner.definitions.policy_lines import PolicyLine
from runner.feel import FeelError, compile_expression
from runner.feel.spelling import closest

KNOWN = frozenset({"channel", "language", "request_kind", "product_line"})


def check(subject: Subject) -> Iterator[Finding]:
    policies = subject.definitions.policies
    known = KNOWN | frozenset(_asked_at_the_start(subject))
    for policy in policies.values():
        seen: set[str] = set()
        for line in policy.lines:
            if line.id in seen:
                yield _finding(
                    policy, line, "用了两次。请换一个编号。", "is used twice. Choose another id."
                )
            seen.add(line.id)
            if line.policy not in policies:
                close = closest(line.policy, policies)
                zh = f"是不是“{close}”？" if close else f"现有：{'、'.join(sorted(policies))}。"
                en = f'Did you mean "{close}"?' if close else f"There are: {', '.join(policies)}."
                yield _finding(
                    policy,
                    line,
                    f"所用的制度“{line.policy}”不存在或有错误。{zh}",
                    f'names the policy "{line.policy}", which does not exist or has errors. {en}',
                )
            yield from _condition(policy, line, known, subject.whole)


def _condition(
    policy: Policy, line: PolicyLine, known: frozenset[str], whole: bool
) -> Iterator[Finding]:
    try:
        compiled = compile_expression(line.when)
    except FeelError as error:
        yield _finding(
            policy,
            line,
            f"条件“{line.when}”读不懂：{error}。",
            f'has a condition that cannot be read, "{line.when}": {error}.',
        )
        return
    for name in sorted({path.split(".", 1)[0] for path in compiled.names} - known):
        if not whole:
            continue
        close = closest(name, known)
        zh = f"是不是“{close}”？" if close else f"可用：{'、'.join(sorted(known))}。"
        en = f'Did you mean "{close}"?' if close else f"Known: {', '.join(sorted(known))}."
        yield _finding(
            policy,
            line,
            f"条件里的“{name}”在案件开始时还没有值，这一条永远不成立。{zh}",
            f'asks "{name}", which has no value yet when a case begins: it never holds. {en}',
        )


def _asked_at_the_start(subject: Subject) -> Iterator[str]:
    for _process, element in subject.elements():
        if element.kind == "startEvent":
            form = subject.definitions.forms.get(
                element.form_id or element.properties.get("form", "")
            )
            if form is not None:
                yield from (field.key for field in form.fields() if field.key)


def _finding(policy: Policy, line: PolicyLine, zh: str, en: str) -> Finding:
    return Finding(
        file=policy.file,
        rule=RULE.id,
        severity="error",
        zh=f"lines 的“{line.id}”{zh}",
        en=f'The line "{line.id}" {en}',
        element_id=line.id,
        element_name=line.name,
    )


RULE = Rule("policy_line", "按渠道或产品线选制度 / A policy by channel or product line", check)
