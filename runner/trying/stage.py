"""Where scenarios are played: the procedure released once on a real database, copied for each."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from runner.clock import SetClock
from runner.definitions.findings import Finding
from runner.definitions.policies import FOLDER as POLICIES
from runner.definitions.policies import Policy
from runner.definitions.release import Definitions, load_definitions
from runner.engine import people, releases
from runner.engine.access import SYSTEM, Person
from runner.engine.site import Site, open_site
from runner.feel.spelling import closest
from runner.settings import Settings
from runner.trying.deciding import proposals, with_values
from runner.trying.meeting import Reading
from runner.trying.scenarios import RULE, Scenario, UnusableScenario

BEFORE_ALL = datetime(2024, 1, 1, tzinfo=UTC)  # no scenario begins earlier
PEOPLE_OF_A_GROUP = 3  # four eyes need two, a refused approval a third
SITE = "trying"


@dataclass(frozen=True)
class Stage:
    """A data folder with the procedure and every policy the scenarios need. ``policies`` gives the
    policy's id by scenario; ``people`` are by group, in order. Unless it ``typesets``, documents
    are filled in, but not typeset."""

    settings: Settings
    site: Site
    definitions: Definitions
    policies: Mapping[str, str]
    people: Mapping[str, list[Person]]
    reading: Reading
    typesets: bool = False

    def open(self, folder: Path, start: datetime) -> tuple[Site, Settings]:
        """A site of one's own, its clock at ``start``; close its database when done. What was read
        and compiled is shared, the database is not."""
        shutil.copytree(self.settings.data_dir, folder, dirs_exist_ok=True)
        settings = replace(self.settings, data_dir=folder)
        site = open_site(settings, SetClock(start))
        site.typesets = self.typesets
        site._definitions.update(self.site._definitions)
        site._procedures.update(self.site._procedures)
        return site, settings


def build_stage(
    files: Mapping[str, bytes],
    scenarios: Iterable[Scenario],
    folder: Path,
    *,
    typesets: bool = False,
) -> Stage:
    """Releases the files with the scenarios' policies and adds people to every group. Raises
    ``UnusableScenario`` for a policy value that is none, and what releasing refuses."""
    read = load_definitions(files)
    more, chosen = _policies(read, list(scenarios))
    settings = Settings(data_dir=folder, site_name=SITE)
    site = open_site(settings, SetClock(BEFORE_ALL))
    made = releases.make_release(site, actor=SYSTEM, files={**files, **more}, reason="ombud try")
    releases.approve_release(site, actor=SYSTEM, digest=made.digest)
    releases.make_effective(site, actor=SYSTEM, digest=made.digest)
    with site.database.read() as connection:
        definitions = site.definitions(connection, made.digest)
        site.procedure(connection, made.digest)
    _refuse_unread(definitions, more, chosen)
    cast = {group: _members(site, group) for group in definitions.groups}
    site.database.close()
    return Stage(settings, site, definitions, chosen, cast, Reading(definitions), typesets)


def _members(site: Site, group: str) -> list[Person]:
    return [
        people.add_person(
            site,
            actor=SYSTEM,
            username=f"{group}.{number}",
            display_name=f"{group} {number}",
            groups=[group],
            email=f"{group}.{number}@example.com",
        )
        for number in range(1, PEOPLE_OF_A_GROUP + 1)
    ]


def _policies(
    read: Definitions, scenarios: list[Scenario]
) -> tuple[dict[str, bytes], dict[str, str]]:
    """Files of the policies that only scenarios have, and each scenario's policy."""
    files: dict[str, bytes] = {}
    chosen: dict[str, str] = {}
    for scenario in scenarios:
        decided, values = scenario.data.get("decided", False), scenario.data.get("values", {})
        if not decided and not values:
            chosen[scenario.id] = scenario.profile
            continue
        base = read.policies[scenario.profile]
        _judge(scenario, "values", values, base)
        changed: dict[str, Any] = {}
        if decided is True:
            changed = dict(proposals(read, scenario.profile))
        elif isinstance(decided, Mapping):
            _judge(scenario, "decided", decided, base)
            _only_unset(scenario, decided, base.unset)
            changed = dict(decided)
        changed |= values
        text = json.dumps(changed, sort_keys=True, default=str)
        mark = hashlib.sha256(f"{scenario.profile} {text}".encode()).hexdigest()[:10]
        policy_id = f"{scenario.profile}-try-{mark}"
        document = {
            "id": policy_id, "extends": scenario.profile, "name": base.name or scenario.profile,
        } | with_values(changed)  # fmt: skip
        written = yaml.safe_dump(_dumpable(document), allow_unicode=True, sort_keys=False)
        files[f"{POLICIES}{policy_id}.yaml"] = written.encode()
        chosen[scenario.id] = policy_id
    return files, chosen


def _judge(scenario: Scenario, key: str, given: Mapping[str, Any], policy: Policy) -> None:
    known = list(_paths(policy.values, ""))
    for path in given:
        if path not in known and path.rpartition(".")[0] not in policy.open_sections:
            close = closest(path, known)
            hint = f' Did you mean "{close}"?' if close else ""
            said = f'The policy has no key "{path}".{hint} ombud try --names lists them.'
            raise UnusableScenario([_finding(scenario, (key, path), said)])


def _only_unset(scenario: Scenario, given: Mapping[str, Any], unset: Sequence[str]) -> None:
    for path in given:
        inside = (f"{path}.", f"{path}[")
        if not any(
            path == name or name.startswith(inside) or path.startswith(f"{name}.") for name in unset
        ):
            said = (
                f'"{path}" is stated by the policy {scenario.profile}; decided names what it leaves'
                " open. Write it under values to change what is stated."
            )
            raise UnusableScenario([_finding(scenario, ("decided", path), said)])


def _refuse_unread(
    definitions: Definitions, more: Mapping[str, bytes], chosen: Mapping[str, str]
) -> None:
    """A scenario's policy with an error is left out of a release: say what is wrong with it."""
    missing = {policy for policy in chosen.values() if policy not in definitions.policies}
    wrong = [
        finding for finding in definitions.findings
        if finding.severity == "error" and (finding.file in more or not missing)
        and finding.file.startswith(POLICIES)
    ]  # fmt: skip
    if missing or wrong:
        raise UnusableScenario(wrong or [
            Finding(file=name, rule=RULE, severity="error", zh="制度无法使用。",
                    en="The policy cannot be used; ombud check says why.")
            for name in sorted(missing)
        ])  # fmt: skip


def _finding(scenario: Scenario, path: tuple[str | int, ...], text: str) -> Finding:
    line = scenario.line(*path)
    return Finding(file=scenario.file, rule=RULE, severity="error", zh=text, en=text, line=line)


def _paths(values: Mapping[str, object], base: str) -> Iterable[str]:
    for name, value in values.items():
        path = f"{base}.{name}" if base else name
        yield path
        if isinstance(value, Mapping):
            yield from _paths(value, path)


def _dumpable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _dumpable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_dumpable(inner) for inner in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
