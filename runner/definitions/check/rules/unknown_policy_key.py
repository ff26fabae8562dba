"""`policy.…` names a key that the policies have.

Where the keys are the owner's own (`policy.resolution.due.<class>`), a class that a policy lacks is
a warning: it would count as "no limit".

Wrong: `=due at(policy.triage.deadline, clock)`.

Right: `=due at(policy.triage.due, clock)`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.definitions.policies import Policy
from runner.feel.spelling import closest


def check(subject: Subject) -> Iterator[Finding]:
    policies = subject.definitions.policies
    if not policies:
        return
    for formula in subject.formulas:
        for path in formula.policy_paths():
            missing = {policy.id: _missing(policy, path) for policy in policies.values()}
            wrong = {name: found for name, found in missing.items() if found is not None}
            if not wrong:
                continue
            _, (key, siblings, is_open) = min(wrong.items())
            close = closest(key.rsplit(".", 1)[-1], siblings)
            if is_open:
                yield formula.tell(
                    RULE.id, "warning",
                    f"制度 {'、'.join(sorted(wrong))} 里没有“{key}”，会当作没有规定。",
                    f'the policies {", ".join(sorted(wrong))} have no "{key}"; it would count as '
                    "nothing decided.",
                )  # fmt: skip
            else:
                zh = f"是不是“{close}”？" if close else f"这里有：{'、'.join(siblings)}。"
                en = f'Did you mean "{close}"?' if close else f"Here: {', '.join(siblings)}."
                yield formula.tell(
                    RULE.id, "error",
                    f"制度里没有“policy.{key}”。{zh}",
                    f'the policies have no "policy.{key}". {en}',
                )  # fmt: skip


def _missing(policy: Policy, path: str) -> tuple[str, list[str], bool] | None:
    """(the key that is not there, its neighbours, whether keys there are the owner's own)."""
    value: object = policy.values
    walked: list[str] = []
    for key in path.split("."):
        if not isinstance(value, Mapping) or ("amount" in value and "unit" in value):
            return None  # inside one value, or undecided
        if key not in value:
            section = ".".join(walked)
            return ".".join([*walked, key]), sorted(value), section in policy.open_sections
        walked.append(key)
        value = value[key]
    return None


RULE = Rule("unknown_policy_key", "制度里没有的键 / A key the policies do not have", check)
