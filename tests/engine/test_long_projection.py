"""What lists and indicators show of a case takes texts of any length, on every database."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from runner.store.complaints import find_complaint
from tests.definitions.diagrams import simple, user_task
from tests.engine.conftest import House
from tests.engine.test_user_tasks import FORM

SHOWN = (
    "complaint_number", "customer_name", "product_name", "severity_level", "channel",
    "previous_complaint", "satisfaction", "cause_category", "region", "request_kind", "case_title",
    "customer_id",
)  # fmt: skip


@pytest.mark.parametrize("name", SHOWN)
def test_a_text_longer_than_its_column_begins_a_case(
    make_house: Callable[..., House], name: str
) -> None:
    house = make_house()
    house.release(simple(user_task("t"), middle="t"), f__form=FORM)
    case_id = house.start({name: "长" * 400, "triage": {"responsible_group": ["g" * 400]}}).case_id
    with house.site.database.read() as connection:
        assert find_complaint(connection, case_id)["state"] == "active"
