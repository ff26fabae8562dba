"""``processes/roles.yaml``: the groups that can take tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from runner.definitions.findings import Finding
from runner.definitions.owners_yaml import read_yaml
from runner.definitions.schemas import Schema, validate
from runner.definitions.xml import UnreadableFile

ROLES = "processes/roles.yaml"


@dataclass(frozen=True)
class Group:
    """A candidate group. ``name`` and ``duties`` are ``中文 / English``."""

    id: str
    name: str
    duties: str
    requirements: tuple[str, ...] = ()


def load_groups(
    data: bytes, schema: Schema, file: str = ROLES
) -> tuple[Mapping[str, Group], list[Finding]]:
    """The groups by id, in file order. Never raises; a file with an error gives no groups."""
    try:
        document = read_yaml(data, file)
    except UnreadableFile as unreadable:
        return {}, [unreadable.finding]
    findings = validate(document, schema, file, "roles_invalid")
    if findings or not isinstance(document.data, dict):
        return {}, findings
    groups: dict[str, Group] = {}
    rows = document.data["groups"]
    assert isinstance(rows, list)
    for position, row in enumerate(rows):
        assert isinstance(row, dict)
        group = Group(
            id=str(row["id"]),
            name=str(row["name"]),
            duties=str(row["duties"]),
            requirements=tuple(str(r) for r in _list(row.get("requirements"))),
        )
        if group.id in groups:
            findings.append(_doubled(group, document.lines.get(("groups", position), 0), file))
        groups[group.id] = group
    return groups, findings


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _doubled(group: Group, line: int, file: str) -> Finding:
    return Finding(
        file=file,
        rule="roles_invalid",
        severity="error",
        zh=f"小组“{group.id}”写了两次。请只保留一个。",
        en=f'The group "{group.id}" is written twice. Keep one of the two.',
        element_id=group.id,
        element_name=group.name,
        line=line,
    )
