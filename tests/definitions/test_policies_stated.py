"""The profiles hold exactly what their sources state: every stated value, and nothing besides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from runner.definitions.files import read_folder
from runner.definitions.owners_yaml import read_yaml
from runner.definitions.policies import FOLDER, Policy
from runner.definitions.release import Definitions, load_definitions
from runner.definitions.shipped import shipped_folder
from runner.feel import Unset

TABLE = Path(__file__).with_name("stated_values.txt")
IDENTITY = ("id", "name", "source", "sector", "owner", "changes")  # of the product, not the source
PROFILES = 21
UNITS = {
    "min": "minute", "h": "hour", "d": "day", "WD": "working_day", "WH": "working_hour",
    "week": "week", "month": "month", "year": "year",
}  # fmt: skip
TIME = re.compile(r"(at once|([\d.]+) (\w+))(?: from (\S+))?(?: \((\w+)\))?")
ELSEWHERE = {
    "D-24": "each requested item has a due time of its own, typed in the request's form",
}


@dataclass(frozen=True)
class Stated:
    key: str
    text: str
    ids: frozenset[str]

    @property
    def open(self) -> bool:
        """Whether the source demands something and gives no number."""
        return self.text == "?" or "from ?" in self.text


@cache
def table() -> Mapping[str, list[Stated]]:
    found: dict[str, list[Stated]] = {}
    for line in TABLE.read_text("utf-8").splitlines():
        if line.startswith("== "):
            rows = found.setdefault(line[3:], [])
        elif line and not line.startswith("#"):
            key, _, rest = line.partition(" = ")
            text, _, ids = rest.rpartition("  # ")
            rows.append(Stated(key, text, frozenset(ids.split())))
    return found


PAIRS = [(profile, row) for profile, rows in table().items() for row in rows]
NAMES = [f"{profile} {row.key}" for profile, row in PAIRS]


@pytest.fixture(scope="module")
def shipped() -> Definitions:
    return load_definitions(read_folder(shipped_folder()))


def value_of(policy: Policy, key: str) -> object:
    value: object = policy.values
    for part in key.split("."):
        assert isinstance(value, Mapping), f"{key}: no such section"
        value = value[part]
    return value


def shown(value: object) -> str:
    """A value of a policy as the table writes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Unset):
        return "?"
    if isinstance(value, list):
        return " | ".join(shown(item) for item in value) or "[]"
    if isinstance(value, Decimal):
        return f"{value:f}"
    assert isinstance(value, str), value
    return value


def time_of(text: str) -> dict[str, object] | None:
    """What the table writes as a time, as a policy holds it."""
    found = TIME.fullmatch(text)
    if found is None:
        return None
    amount, unit = (0, "min") if found[1] == "at once" else (Decimal(found[2]), found[3])
    return {
        "amount": amount,
        "unit": UNITS[unit],
        "from": found[4],
        "certainty": found[5] or "stated",
    }


def channels(value: object) -> str:
    assert isinstance(value, list)
    hours = [c["hours"] if isinstance(c["hours"], str) else "" for c in value]
    return " | ".join(f"{c['id']} {h}".strip() for c, h in zip(value, hours, strict=True))


def duties(value: object) -> str:
    assert isinstance(value, list)
    short = {long: name for name, long in UNITS.items()}
    return " | ".join(
        f"{duty['id']} every "
        + (
            "?"
            if isinstance(duty["cycle"], Unset)
            else f"{duty['cycle']['amount']} {short[duty['cycle']['unit']]}"
        )
        for duty in value
    )


@pytest.mark.parametrize(("profile", "row"), PAIRS, ids=NAMES)
def test_a_stated_value_is_in_the_profile(shipped: Definitions, profile: str, row: Stated) -> None:
    policy = shipped.policies[profile]
    value = value_of(policy, row.key)
    if row.open:
        assert isinstance(value, Unset)
        if row.text != "?":  # how long is stated, from when is not
            part, expected = policy.half_decided[row.key], time_of(row.text)
            assert expected is not None
            assert (part["amount"], part["unit"], part["certainty"]) == (
                expected["amount"], expected["unit"], expected["certainty"],
            )  # fmt: skip
    elif row.key == "intake.channels":
        assert channels(value) == row.text
    elif row.key == "duties":
        assert duties(value) == row.text
    elif (expected := time_of(row.text)) is not None:
        assert value == expected
    elif row.text == "none":
        assert value in (None, "none")
    else:
        assert shown(value) == row.text


@pytest.mark.parametrize("profile", table())
def test_nothing_that_its_source_does_not_state_has_a_value(
    shipped: Definitions, profile: str
) -> None:
    stated = {row.key for row in table()[profile]}
    assert set(decided(shipped.policies[profile].values, "")) - stated == set()


def decided(values: Mapping[str, object], above: str) -> Iterator[str]:
    """The keys of a policy that have a value, lists as one key each."""
    for key, value in values.items():
        path = f"{above}{key}"
        if path in IDENTITY or isinstance(value, Unset):
            continue
        if isinstance(value, Mapping) and "amount" not in value:
            yield from decided(value, f"{path}.")
        else:
            yield path


@pytest.mark.parametrize("profile", table())
def test_every_key_stands_in_the_file_be_it_unset(shipped: Definitions, profile: str) -> None:
    """A reader of the file sees what is open: nothing is left out."""
    path = f"{FOLDER}{profile}.yaml"
    written = read_yaml(shipped.files[path], path).data
    assert isinstance(written, dict)
    sections = shipped.policies[profile].values.keys() - {"duties"}
    assert sections <= written.keys()
    assert "extends" not in written


@pytest.mark.parametrize(("profile", "row"), PAIRS, ids=NAMES)
def test_the_file_says_where_a_value_comes_from(
    shipped: Definitions, profile: str, row: Stated
) -> None:
    path = f"{FOLDER}{profile}.yaml"
    document = read_yaml(shipped.files[path], path)
    assert isinstance(document.data, dict)
    sources = document.data["sources"]
    assert isinstance(sources, dict)
    assert row.ids <= set(str(sources[row.key]).split())
    line = document.lines[tuple(row.key.split("."))]
    text = shipped.files[path].decode().splitlines()
    assert row.ids <= set(f"{text[line - 2]} {text[line - 1]}".split())


def test_all_procedures_are_there(shipped: Definitions) -> None:
    bases = {policy.id for policy in shipped.policies.values() if len(policy.lineage) == 1}
    assert bases == table().keys()
    assert len(bases) == PROFILES


def test_every_deadline_of_the_sources_has_its_place() -> None:
    placed = {name for _, row in PAIRS for name in row.ids}
    assert {f"D-{number:02}" for number in range(1, 79)} - placed == ELSEWHERE.keys()
