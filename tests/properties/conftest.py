"""The shipped procedure with policies that switch what the shipped ones do not, and every profile
decided as its schema proposes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from runner.definitions.deciding import decided_id, decided_text
from runner.definitions.files import read_folder
from runner.definitions.policies import FOLDER
from runner.definitions.release import load_definitions
from runner.definitions.schemas import POLICY_SCHEMA, read_schema
from tests.sites import ROOT, Released, release_shipped

POLICIES = Path(__file__).parent / "policies"


@pytest.fixture(scope="session")
def released_widely(tmp_path_factory: pytest.TempPathFactory) -> Released:
    """As ``released``, with ``switched-…`` and a ``decided-…`` for each profile."""
    more = {f"{FOLDER}{path.name}": path.read_bytes() for path in POLICIES.glob("*.yaml")}
    return release_shipped(
        tmp_path_factory.mktemp("released-widely"), more={**more, **decided_profiles()}
    )


def decided_profiles() -> Mapping[str, bytes]:
    """For each profile the file of a policy that decides what it leaves open. It is for trials:
    its values are proposals that no owner decided."""
    definitions = load_definitions(read_folder(ROOT))
    schema, _ = read_schema(definitions.files, POLICY_SCHEMA)
    return {
        f"{FOLDER}{decided_id(policy.id)}.yaml": decided_text(policy, schema).encode()
        for policy in definitions.policies.values()
        if len(policy.lineage) == 1
    }
