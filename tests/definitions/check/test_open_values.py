"""What the check tells of policy values that their owner must decide."""

from __future__ import annotations

import pytest

from runner.definitions.check import check
from runner.definitions.files import read_folder
from runner.definitions.findings import Finding
from runner.definitions.policies import FOLDER
from runner.definitions.shipped import shipped_folder

FILES = dict(read_folder(shipped_folder()))
OWN = "id: own\nextends: {base}\nname: 公司 / Company\n"


def told(base: str = "consumer-3track", text: str = "") -> dict[str, Finding]:
    """The findings on open values, by file name, with one more company policy."""
    own = (OWN.format(base=base) + text).encode()
    found = check({**FILES, f"{FOLDER}own.yaml": own})
    return {f.file.removeprefix(FOLDER): f for f in found if f.rule == "unset_policy_value"}


@pytest.fixture(scope="module")
def company() -> dict[str, Finding]:
    return told()


def test_a_profile_tells_what_its_source_leaves_to_the_owner_and_how_much(
    company: dict[str, Finding],
) -> None:
    finding = company["restaurant-crisis.yaml"]
    assert finding.severity == "info"
    assert finding.en.startswith("The owner must decide: ")
    assert "and 1" in finding.en
    assert " are not stated by the source" in finding.en
    assert finding.zh.startswith("须由公司决定：")


def test_a_profile_that_companies_build_on_is_told_too(company: dict[str, Finding]) -> None:
    assert company["consumer-3track.yaml"].severity == "info"


def test_a_company_that_leaves_open_what_the_procedure_reads_is_warned(
    company: dict[str, Finding],
) -> None:
    assert company["own.yaml"].severity == "warning"
    assert '"roles.field"' in company["own.yaml"].en


def test_a_company_that_decided_everything_hears_nothing(company: dict[str, Finding]) -> None:
    assert not {"demo-consumer.yaml", "demo-ebike.yaml", "demo-autoparts.yaml"} & company.keys()


def test_what_a_company_decided_is_no_longer_named() -> None:
    finding = told(text="roles: {field: [technician]}\n")["own.yaml"]
    assert '"roles.field"' not in finding.en
