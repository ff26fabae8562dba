"""Who does a step, who answers for it, who is asked and who is told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from runner.definitions.model import Element
from runner.definitions.responsibilities import roles_named
from runner.feel import FeelSyntaxError, Unset, compile_expression
from runner.manual.settings_told import MISSING, Settings
from runner.manual.wording import Reader, Said

SYSTEM, LATER = "system", "later"
BY_HAND = frozenset({"userTask", "manualTask"})
_TEXT = re.compile(r'"([a-z][a-z0-9_]*)"')
_ROLE = re.compile(r"\bpolicy\.roles\.([A-Za-z_]\w*)")
LETTERS = {"responsible": "R", "accountable": "A", "consulted": "C", "informed": "I"}


@dataclass(frozen=True)
class Person:
    """A role with the groups the policy gives it. ``key`` tells roles apart."""

    key: str
    name: str
    groups: Said


@dataclass(frozen=True)
class Involved:
    """The people of one step by their part in it."""

    responsible: tuple[Person, ...] = ()
    accountable: tuple[Person, ...] = ()
    consulted: tuple[Person, ...] = ()
    informed: tuple[Person, ...] = ()

    def letters(self, key: str) -> str:
        """``R``, ``A/R`` … of one role; empty where it has no part."""
        return "/".join(
            letter
            for part, letter in LETTERS.items()
            if any(person.key == key for person in getattr(self, part))
        )


class People:
    """Reads the people of steps under one policy."""

    def __init__(self, settings: Settings, reader: Reader) -> None:
        self.settings, self.reader = settings, reader

    def of(self, element: Element) -> Involved:
        """The people of a step; automatic steps are the system's."""
        if element.kind in BY_HAND:
            written = [element.candidate_groups, element.candidate_users, element.assignee]
            responsible = self._named(" ".join(text for text in written if text))
        else:
            responsible = (self.system(),)
        return Involved(
            responsible=responsible,
            accountable=self._roles(element, "accountable"),
            consulted=self._roles(element, "consulted"),
            informed=self._roles(element, "informed"),
        )

    def system(self) -> Person:
        name = self.reader.say("系统", "System")
        return Person(SYSTEM, name, Said(name))

    def role(self, key: str) -> Person:
        """A role of the policy with its groups."""
        value = self.settings.value(f"roles.{key}")
        if value is MISSING:
            group = self.settings.groups.get(key)
            name = self.reader.half(group.name) if group else key.replace("_", " ")
            return Person(key, name, Said(name))
        if isinstance(value, Unset):
            groups = self.reader.undecided
        elif isinstance(value, list | tuple) and value:
            groups = Said(self.reader.joined(self._group(str(item)) for item in value))
        else:
            groups = Said(self.reader.say("无", "none"))
        return Person(key, self.settings.title(f"roles.{key}"), groups)

    def _roles(self, element: Element, part: str) -> tuple[Person, ...]:
        return tuple(self.role(key) for key in roles_named(element, part))

    def _named(self, text: str) -> tuple[Person, ...]:
        """The people an expression or a list of groups names."""
        if not text:
            return ()
        if not text.startswith("="):
            return tuple(self.role(key.strip()) for key in text.split(",") if key.strip())
        written = [name for name in _TEXT.findall(text) if name in self.settings.groups]
        roles = tuple(self.role(key) for key in dict.fromkeys((*_ROLE.findall(text), *written)))
        later = self._later(text)
        others = tuple(
            self._by_setting(path)
            for path in self.settings.paths_in(text)
            if path.partition(".")[0] != "roles" and "due" not in path
        )
        if roles or others:
            return (*roles, *others, *later)
        return later

    def _later(self, text: str) -> tuple[Person, ...]:
        """What an expression takes from the case: the groups are known when it gets there."""
        try:
            compiled = compile_expression(text.removeprefix("="))
        except FeelSyntaxError:
            return ()  # the check tells what is wrong with it
        asked = {name for name in compiled.names if name.split(".")[0] != "policy"}
        if not asked and "policy.roles" not in compiled.names:
            return ()
        said = self.reader.say("由前面的步骤指定", "named by an earlier step")
        assigned = next((name for name in sorted(asked) if name.endswith("responsible_group")), "")
        if assigned:
            name = self.reader.say("责任部门", "Responsible department")
            return (Person(assigned, name, Said(said)),)
        return (Person(LATER, said, Said(said)),)

    def _by_setting(self, path: str) -> Person:
        value = self.settings.value(path)
        groups = self.settings.words(path, value)
        if isinstance(value, list | tuple) and any(isinstance(item, Mapping) for item in value):
            groups = Said(self.reader.say("按事项，见附录 A", "by the item, see annex A"))
        return Person(path, self.settings.title(path), groups)

    def _group(self, group_id: str) -> str:
        group = self.settings.groups.get(group_id)
        return self.reader.half(group.name) if group else group_id.replace("_", " ")
