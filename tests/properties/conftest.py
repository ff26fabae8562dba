"""The shipped procedure with policies that switch what the shipped ones do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sites import Released, release_shipped

POLICIES = Path(__file__).parent / "policies"


@pytest.fixture(scope="session")
def released_widely(tmp_path_factory: pytest.TempPathFactory) -> Released:
    """As ``released``, with ``switched-consumer`` and ``switched-ebike``."""
    more = {
        f"processes/policies/{path.name}": path.read_bytes() for path in POLICIES.glob("*.yaml")
    }
    return release_shipped(tmp_path_factory.mktemp("released-widely"), more=more)
