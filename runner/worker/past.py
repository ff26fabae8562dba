"""Earlier complaints for handlers that compare: words of the cases, without their customers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from runner.engine.scopes import read_case_variables
from runner.engine.site import Site
from runner.store.complaints import latest_numbered
from runner.store.keys import Erased
from service_tasks.contract import PastComplaint

_CAUSES = ("occurrence_cause", "escape_cause", "cause")


class PastComplaints:
    """The ``Past`` port of one call, for the case ``case_id``."""

    def __init__(self, site: Site, case_id: str) -> None:
        self._site = site
        self._case_id = case_id

    def complaints(self, limit: int) -> Sequence[PastComplaint]:
        """A short transaction for each, so that a long comparison keeps nobody waiting."""
        with self._site.database.read() as connection:
            rows = latest_numbered(connection, self._case_id, limit)
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
