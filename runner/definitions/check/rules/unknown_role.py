"""Who is accountable, consulted or informed is a role of the policies, or a group of `roles.yaml`.

The properties `accountable`, `consulted` and `informed` of a step stand in the matrix of the
[procedure manual](../manual.md). Several roles are separated by commas.

Wrong: `accountable` = `boss`, while the policies' role is called `leader`.

Right: `accountable` = `leader`, `informed` = `superior, contact`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.definitions.responsibilities import PARTS, roles_named
from runner.definitions.wording import about
from runner.feel.spelling import closest


def check(subject: Subject) -> Iterator[Finding]:
    if not subject.whole or not subject.definitions.policies:
        return
    known = _roles(subject) | subject.definitions.groups.keys()
    for process, element in subject.elements():
        for part in PARTS:
            for name in roles_named(element, part):
                if name in known:
                    continue
                near = closest(name, known)
                yield about(
                    element, process.file, RULE.id, "error",
                    f"的属性 {part} 写了“{name}”，制度里没有这个角色。"
                    + (f"是不是“{near}”？" if near else ""),
                    f'names "{name}" in its property {part}, which is no role of the policies.'
                    + (f' Did you mean "{near}"?' if near else ""),
                )  # fmt: skip


def _roles(subject: Subject) -> set[str]:
    found: set[str] = set()
    for policy in subject.definitions.policies.values():
        roles = policy.values.get("roles")
        if isinstance(roles, Mapping):
            found.update(roles)
    return found


RULE = Rule("unknown_role", "职责中的角色 / Roles of responsibilities", check)
