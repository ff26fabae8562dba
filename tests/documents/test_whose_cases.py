"""What a case tells of others, in documents and comparisons, its readers may read there too."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import openpyxl
import pytest

from runner.documents.making import make_document
from runner.documents.producing import produce
from runner.engine.handlers import load_handlers
from runner.engine.instances import start_complaint
from runner.errors import InvalidInput
from runner.worker.past import PastComplaints
from tests.documents.conftest import Office, open_office
from tests.documents.sample import VARIABLES
from tests.engine.conftest import POLICY, House

OPEN = POLICY.replace("id: plain", "id: open").replace("need_to_know", "all_departments")
PERIOD = {"from": "2026-01-01", "to": "2026-11-30"}


@pytest.fixture
def office(make_house: Callable[..., House]) -> Office:
    """A case for those who need to know it: TS-2026-0001."""
    house = make_house(load_handlers())
    return open_office(house, more={"processes/policies/open.yaml": OPEN.encode()})


def open_case(office: Office, number: str) -> str:
    return start_complaint(
        office.house.site, actor=office.house.ann, channel="phone", start_element="s",
        variables={**VARIABLES, "complaint_number": number}, policy_id="open",
        idempotency_key=number,
    ).case_id  # fmt: skip


def listed(office: Office, case_id: str) -> set[object]:
    made = produce(office.house.site, case_id, "complaint_list", form="xlsx", inputs=PERIOD)
    sheet = openpyxl.load_workbook(io.BytesIO(made.data)).worksheets[0]
    return {row[0] for row in sheet.iter_rows(min_row=4, values_only=True)}


def test_a_case_everybody_reads_lists_only_cases_everybody_reads(office: Office) -> None:
    first, _second = open_case(office, "TS-2026-0002"), open_case(office, "TS-2026-0003")
    assert listed(office, first) == {"TS-2026-0002", "TS-2026-0003"}
    assert listed(office, office.case_id) == {"TS-2026-0001", "TS-2026-0002", "TS-2026-0003"}


def test_a_case_everybody_reads_is_compared_with_such_cases_only(office: Office) -> None:
    site, now = office.house.site, office.house.site.clock.now()
    case_id, other = open_case(office, "TS-2026-0002"), open_case(office, "TS-2026-0003")

    def known(past: PastComplaints) -> tuple[set[str], set[str]]:
        period = past.between(now - timedelta(days=30), now, 10)
        return (
            {one.complaint_number for one in past.complaints(10)},
            {one.complaint_number for one in period},
        )

    assert other
    assert known(PastComplaints(site, case_id)) == (
        {"TS-2026-0003"},
        {"TS-2026-0002", "TS-2026-0003"},
    )
    assert known(PastComplaints(site, office.case_id))[0] == {"TS-2026-0002", "TS-2026-0003"}


def test_nobody_lists_all_complaints_with_one_of_them(office: Office) -> None:
    with pytest.raises(InvalidInput, match="periodic duty"):
        make_document(
            office.house.site, actor=office.house.lea, case=open_case(office, "TS-2026-0002"),
            kind="complaint_list", form="xlsx", inputs=dict(PERIOD),
        )  # fmt: skip
