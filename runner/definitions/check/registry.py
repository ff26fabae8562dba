"""The rules: one module each in ``check/rules/``, found by looking, never listed by hand."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import ModuleType

from runner.definitions.check import rules
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding


def nothing(subject: Subject) -> Iterable[Finding]:
    """The check of rules whose findings come up while files are read."""
    return ()


@dataclass(frozen=True)
class Rule:
    """One thing that can be wrong. ``title`` is ``中文 / English``.

    ``check`` gives the findings of a set of files. ``reading`` are further rule names of findings
    that come up while files are read and that this rule's page explains.
    """

    id: str
    title: str
    check: Callable[[Subject], Iterable[Finding]] = nothing
    reading: tuple[str, ...] = ()


@cache
def rules_by_id() -> Mapping[str, Rule]:
    """Every rule, sorted by id. Raises ``ValueError`` when a module and its rule differ in name."""
    found: dict[str, Rule] = {}
    for name, module in sorted(rule_modules().items()):
        rule = module.RULE
        if not isinstance(rule, Rule) or rule.id != name:
            raise ValueError(f"check/rules/{name}.py must define RULE with the id {name!r}")
        found[name] = rule
    return found


def rule_modules() -> Mapping[str, ModuleType]:
    """The rule modules by name; their docstrings are the rules' manual pages."""
    return {
        info.name: importlib.import_module(f"{rules.__name__}.{info.name}")
        for info in pkgutil.iter_modules(rules.__path__)
    }


def page(rule_id: str) -> str:
    """The Markdown page ``docs/rules/<rule_id>.md``, made from the rule's module."""
    rule = rules_by_id()[rule_id]
    chinese, _, english = rule.title.partition(" / ")
    text = (rule_modules()[rule_id].__doc__ or "").strip()
    also = "".join(f"- `{name}`\n" for name in rule.reading if name != rule_id)
    rest = f"\n\nFindings explained here:\n\n{also}" if also else "\n"
    return f"# `{rule_id}`: {english}\n\n{chinese}\n\n{text}{rest}"


def index() -> str:
    """The Markdown page ``docs/rules/README.md``: every rule with its title."""
    rows = "".join(
        f"| [`{rule.id}`]({rule.id}.md) | {' | '.join(reversed(rule.title.split(' / ')))} |\n"
        for rule in rules_by_id().values()
    )
    return (
        "# Rules of `ombud check`\n\n"
        "These pages are made from the modules in `runner/definitions/check/rules/`.\n\n"
        f"| Rule | What it is about | 内容 |\n|---|---|---|\n{rows}"
    )
