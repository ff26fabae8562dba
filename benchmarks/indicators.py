"""The page of indicators over 100,000 complaints of three years, and of the last half year."""

from __future__ import annotations

from sqlalchemy import text

from benchmarks.cases import Ground
from benchmarks.measuring import Figure, Spans
from runner.web.app import create_app

MOST_MS = 300.0
TIMES = 12
_DAYS = 1_095
_SPREAD = """
UPDATE complaints SET
  kind = 'complaint',
  received_on = {day},
  product = 'P-' || ({n} % 40),
  cause_category = 'cause' || ({n} % 6),
  owner_group = 'group' || ({n} % 12),
  satisfaction = CASE WHEN {n} % 5 = 0 THEN NULL WHEN {n} % 5 = 1 THEN 'dissatisfied'
    ELSE 'satisfied' END,
  resolved_at = CASE WHEN {n} % 3 = 0 THEN NULL ELSE received_at + 86400000000 END,
  due_at = received_at + ({n} % 3) * 86400000000,
  responded_at = received_at + 3600000000,
  response_due_at = received_at + 7200000000
WHERE complaint_number LIKE 'COPY-%'
"""


def measure(ground: Ground) -> list[Figure]:
    """Spreads the copied complaints over three years first."""
    _spread(ground)
    client = create_app(ground.site).test_client()
    client.set_cookie("ombud_session", ground.session)
    today = ground.site.clock.now().date()
    figures = []
    for name, query in (
        ("of six months", "period=6months"),
        ("of all three years", f"from={today.year - 4}-01-01&to={today.isoformat()}&by=product"),
    ):
        spans = Spans()

        def page(address: str = f"/indicators?{query}") -> None:
            answer = client.get(address)
            if answer.status_code != 200:
                raise RuntimeError(f"the indicators answered {answer.status_code}")

        page()
        for _ in range(TIMES):
            spans.time(page)
        figures.append(
            Figure(
                f"indicators over 100,000 complaints, {name}",
                "ms",
                spans.median_ms,
                spans.p95_ms,
                f"median <= {MOST_MS}",
                spans.median_ms <= MOST_MS,
                processor=spans.processor_ms,
            )
        )
    return figures


def _spread(ground: Ground) -> None:
    today = ground.site.clock.now().date().isoformat()
    if ground.site.database.is_sqlite:
        number = "CAST(substr(complaint_number, 6) AS INTEGER)"
        day = f"date('{today}', '-' || ({number} % {_DAYS}) || ' days')"
    else:
        number = "CAST(substr(complaint_number, 6) AS bigint)"
        day = f"to_char(date '{today}' - CAST({number} % {_DAYS} AS int), 'YYYY-MM-DD')"
    with ground.site.database.write() as connection:
        connection.execute(text(_SPREAD.format(n=number, day=day)))
