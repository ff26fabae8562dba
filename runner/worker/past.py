"""Earlier complaints for handlers that compare: words of the cases, without their customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from runner.engine.cases import told_in
from runner.engine.scopes import read_case_variables
from runner.engine.site import Site
from runner.store.complaints import complaints_between, latest_numbered
from runner.store.keys import Erased
from service_tasks.contract import PastComplaint, PeriodComplaint

_CAUSES = ("occurrence_cause", "escape_cause", "cause")


class PastComplaints:
    """The ``Past`` port of one call, for the case ``case_id``: of the cases it may tell of."""

    def __init__(self, site: Site, case_id: str) -> None:
        self._site = site
        self._case_id = case_id

    def complaints(self, limit: int) -> Sequence[PastComplaint]:
        """A short transaction for each, so that a long comparison keeps nobody waiting."""
        with self._site.database.read() as connection:
            who = told_in(connection, self._site, self._case_id)
            rows = latest_numbered(connection, who, self._case_id, limit)
        found = (self._one(case_id, number, at) for case_id, number, at in rows)
        return [one for one in found if one is not None]

    def _one(self, case_id: str, number: str, received_at: datetime) -> PastComplaint | None:
        try:
            with self._site.database.read() as connection:
                values = read_case_variables(self._site, connection, case_id)
        except Erased:
            return None

        def text(name: str) -> str:
            value = values.get(name)
            return value if isinstance(value, str) else ""

        cause = " ".join(filter(None, map(text, _CAUSES)))
        return PastComplaint(number, received_at, text("product_name"), text("phenomenon"), cause)

    def between(self, since: datetime, until: datetime, limit: int) -> Sequence[PeriodComplaint]:
        with self._site.database.read() as connection:
            who = told_in(connection, self._site, self._case_id)
            rows = complaints_between(connection, who, since, until, limit)
        return [self._of_period(row) for row in rows]

    def _of_period(self, row: Mapping[str, object]) -> PeriodComplaint:
        try:
            with self._site.database.read() as connection:
                values = read_case_variables(self._site, connection, str(row["id"]))
        except Erased:
            values = {}
        reasons = values.get("ledger_reasons")
        received = row["received_at"]
        assert isinstance(received, datetime)

        def text(value: object) -> str:
            return value if isinstance(value, str) else ""

        return PeriodComplaint(
            complaint_number=text(row["complaint_number"]),
            title=text(row["title"]),
            product=text(row["product"]),
            problem=text(values.get("cause_category")) or text(values.get("subject")),
            region=text(values.get("region")),
            state=text(row["state"]),
            severity=text(row["severity"]),
            public=isinstance(reasons, list | tuple) and len(reasons) > 0,
            satisfaction=text(values.get("satisfaction")),
            received_at=received,
            due_at=_time(row["due_at"]),
            first_response_at=_time(values.get("first_response_at")),
            handled_at=_time(values.get("handled_at")),
            closed_at=_time(row["closed_at"]),
        )


def _time(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else None
