"""Policies decided for a try-out by the proposals of the schema."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from runner.definitions.deciding import decided_id, decided_text, open_keys, property_of, proposal
from runner.definitions.files import read_folder
from runner.definitions.policies import FOLDER, Policy, load_policies
from runner.definitions.release import Definitions, load_definitions
from runner.definitions.schemas import POLICY_SCHEMA, Schema, read_schema
from runner.definitions.shipped import shipped_folder
from runner.feel import Unset


@pytest.fixture(scope="module")
def shipped() -> Definitions:
    return load_definitions(read_folder(shipped_folder()))


@pytest.fixture(scope="module")
def schema(shipped: Definitions) -> Schema:
    return read_schema(shipped.files, POLICY_SCHEMA)[0]


def profiles(shipped: Definitions) -> list[Policy]:
    return [policy for policy in shipped.policies.values() if len(policy.lineage) == 1]


def decided(shipped: Definitions, schema: Schema, policy: Policy) -> Policy:
    files = {
        path: data
        for path, data in shipped.files.items()
        if path.startswith(FOLDER) and path.endswith(".yaml")
    }
    files[f"{FOLDER}{decided_id(policy.id)}.yaml"] = decided_text(policy, schema).encode()
    policies, findings = load_policies(files, schema)
    assert findings == []
    return policies[decided_id(policy.id)]


def test_every_profile_can_be_decided_whole(shipped: Definitions, schema: Schema) -> None:
    for policy in profiles(shipped):
        assert decided(shipped, schema, policy).unset == (), policy.id


def test_what_a_source_states_stays_as_it_is(shipped: Definitions, schema: Schema) -> None:
    policy = shipped.policies["autoparts-8d-30min"]
    found = decided(shipped, schema, policy)
    assert found.lineage == (found.id, policy.id)
    for section in ("containment", "cause", "ledger", "closure"):
        stated, whole = policy.values[section], found.values[section]
        assert isinstance(stated, Mapping)
        assert isinstance(whole, Mapping)
        kept = {key: value for key, value in stated.items() if not isinstance(value, Unset)}
        assert kept
        assert {key: whole[key] for key in kept} == kept


def test_a_time_whose_start_is_open_keeps_how_long(shipped: Definitions, schema: Schema) -> None:
    found = decided(shipped, schema, shipped.policies["aftersales-ticket-24h-3-7wd"])
    due = found.values["resolution"]["due"]  # type: ignore[index]
    assert (due["simple"]["amount"], due["complex"]["amount"]) == (3, 7)
    assert due["simple"]["certainty"] == "estimate"
    assert due["simple"]["from"] == "received"


def test_the_handling_is_decided_by_a_scheme_in_use(shipped: Definitions, schema: Schema) -> None:
    policy = shipped.policies["custservice-5class"]
    assert "triage.routing_scheme" in open_keys(policy)
    assert proposal(policy, "triage.routing_scheme", schema) == "d"


def test_every_key_has_a_proposal_a_title_and_a_meaning_in_both_languages(
    shipped: Definitions, schema: Schema
) -> None:
    """A key added without them would be a riddle on the set-up page."""
    keys = {key for policy in profiles(shipped) for key in open_keys(policy)}
    for key in keys:
        node = property_of(key, schema)
        assert " / " in node.get("title", ""), key
        assert " / " in node.get("description", ""), key
        if key != "duties" and "channels" not in key:
            assert "x-proposal" in node, key


def test_a_list_whose_items_leave_something_open_is_decided_as_a_whole(
    shipped: Definitions, schema: Schema
) -> None:
    policy = shipped.policies["consumer-3track"]
    assert "duties" in open_keys(policy)
    found = decided(shipped, schema, policy).values["duties"]
    assert isinstance(found, list)
    stated = policy.values["duties"]
    assert isinstance(stated, list)
    assert [duty["id"] for duty in found] == [duty["id"] for duty in stated]
    assert found[0]["cycle"] == stated[0]["cycle"]


def test_a_key_the_owner_made_up_is_proposed_as_none(schema: Schema, shipped: Definitions) -> None:
    assert proposal(shipped.policies["warranty-1y"], "warranty.by_product.bikes", schema) == "none"
