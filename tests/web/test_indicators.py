"""Indicators and the ledger in the browser: any address is answered, customers are not cut."""

from __future__ import annotations

import io
from collections.abc import Callable

import openpyxl
import pytest

from runner.engine.instances import Started
from runner.engine.people import find_person
from runner.engine.site import Site
from tests.web.conftest import Visit, plain

WHAT = "接口渗水 / 外壳开裂"


@pytest.mark.parametrize(
    "asked",
    ["from=0001-01-01&to=0001-01-05", "from=9999-12-01&to=9999-12-31", "from=x&to=2026-11-20",
     "from=2026-11-20&to=2026-11-01", "from=2026-11-20", "period=none&of=none&by=none"],
)  # fmt: skip
def test_a_period_nobody_can_count_becomes_the_last_months(
    site: Site, visit: Visit, asked: str
) -> None:
    reader = visit(find_person(site, username="complaint_management.1"))
    for page in ("/indicators", "/indicators/cases", "/ledger"):
        reader.read(f"{page}?{asked}")
    assert reader.get(f"/ledger.xlsx?{asked}").status_code == 200


def test_what_a_customer_wrote_is_shown_whole(
    site: Site, visit: Visit, complaint: Callable[..., Started]
) -> None:
    complaint(phenomenon=WHAT)
    reader = visit(find_person(site, username="complaint_management.1"))
    for page in ("/indicators/cases?period=12months", "/ledger?period=12months"):
        assert WHAT in plain(reader.read(page)), page
    sheet = openpyxl.load_workbook(io.BytesIO(reader.get("/ledger.xlsx?period=12months").data))
    assert WHAT in str(list(sheet.worksheets[0].values))
