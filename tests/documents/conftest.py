"""A site whose release holds the shipped documents and forms, and one diagram of the test."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest

from runner.definitions.documents import FOLDER
from runner.definitions.files import read_folder
from runner.engine import releases
from runner.engine.attachments import add_attachment
from runner.engine.handlers import load_handlers
from runner.engine.instances import start_complaint
from tests.definitions.diagrams import extended, node, simple
from tests.documents.sample import VARIABLES, photo
from tests.engine.conftest import POLICY, POLICY_SCHEMA, ROLES, House, make_house
from tests.sites import ROOT

__all__ = ["make_house"]
SHIPPED: Mapping[str, bytes] = {
    path: data
    for path, data in read_folder(ROOT).items()
    if path.startswith(FOLDER) or path.endswith(".form")
}


def producing(*mappings: str) -> bytes:
    """A diagram whose service task produces a document, then a person works."""
    task = node(
        "serviceTask",
        "t",
        extended(
            '<zeebe:taskDefinition type="produce_document" retries="2" />',
            f"<zeebe:ioMapping>{''.join(mappings)}</zeebe:ioMapping>",
        ),
    )
    return simple(task, middle="t")


KIND = '<zeebe:input source="=wanted_kind" target="kind" />'


@dataclass
class Office:
    """A house with one case that knows everything, and a photo in it."""

    house: House
    case_id: str
    picture: str


def open_office(
    house: House,
    variables: Mapping[str, object] = VARIABLES,
    more: Mapping[str, bytes] | None = None,
) -> Office:
    files = {
        "processes/roles.yaml": ROLES.encode(),
        "processes/policies/plain.yaml": POLICY.encode(),
        "processes/policies/policy.schema.json": json.dumps(POLICY_SCHEMA).encode(),
        "processes/d0.bpmn": simple(
            node("userTask", "t", extended("<zeebe:userTask />")), middle="t"
        ),
        **SHIPPED,
        **(more or {}),
    }
    row = releases.make_release(house.site, actor=house.owner, files=files, reason="test")
    releases.approve_release(house.site, actor=house.owner, digest=row.digest)
    releases.make_effective(house.site, actor=house.owner, digest=row.digest)
    return start_case(house, variables)


def start_case(house: House, variables: Mapping[str, object]) -> Office:
    house._starts += 1
    started = start_complaint(
        house.site,
        actor=house.ann,
        variables={"complaint_number": "TS-2026-0001", **variables},
        channel="phone",
        start_element="s",
        policy_id="plain",
        idempotency_key=f"office {house._starts}",
    )
    picture = add_attachment(
        house.site, actor=house.owner, case_id=started.case_id, name="电池.jpg",
        media_type="image/jpeg", data=photo(),
    )  # fmt: skip
    return Office(house, started.case_id, picture)


@pytest.fixture
def office(make_house: Callable[..., House]) -> Office:
    return open_office(make_house(load_handlers()))
