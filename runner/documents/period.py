"""What a document of a period tells of: its complaints, and the figures counted over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from sqlalchemy import Connection

from runner.documents.facts import complaint_facts
from runner.encoding import loads
from runner.engine.scopes import read_case_variables
from runner.engine.site import Site
from runner.reports.indicators.periods import Period, buckets
from runner.store.case_lists import Visible, complaints_of_period
from runner.store.cases import find_case
from runner.store.documents import ledger_rows
from runner.store.indicators import Chosen, Sums, sums_by, sums_by_day
from runner.store.keys import Erased
from service_tasks.contract import Impossible

MOST_CASES = 3_000
NAMES = frozenset({"cases", "period", "figures"})
"""What documents of a period see beside the names every document sees."""
_LONGEST_IN_WEEKS = 70  # days; a longer period is told month by month
_SUMS = {  # our names: those of the store's sums
    "all": "all", "resolved": "resolved", "followed_up": "followed_up", "satisfied": "satisfied",
    "timed": "ended", "in_time": "in_time", "responses": "responses",
    "responses_in_time": "responses_in_time", "recurred": "recurred",
}  # fmt: skip
_SHARES = {
    "satisfaction": ("satisfied", "followed_up"),
    "resolution": ("resolved", "all"),
    "on_time": ("in_time", "timed"),
    "response_on_time": ("responses_in_time", "responses"),
    "recurrence": ("recurred", "all"),
}
_BY = {
    "products": "product", "causes": "cause", "departments": "department", "regions": "region",
    "severities": "severity", "channels": "channel",
}  # fmt: skip

Row = Mapping[str, object]


def read_period(
    connection: Connection,
    site: Site,
    who: Visible,
    begins: datetime,
    ends: datetime,
    now: datetime,
) -> dict[str, object]:
    """``cases``, ``period`` and ``figures``, of the complaints of ``who``. Raises ``Impossible``
    for too long a period."""
    lines = complaints_of_period(connection, who, begins, ends, MOST_CASES + 1)
    if len(lines) > MOST_CASES:
        raise Impossible(
            f"这段时间有超过 {MOST_CASES} 起投诉，请选短一些的时间。 / "
            f"The period has more than {MOST_CASES} complaints; choose a shorter one."
        )
    ledger = ledger_rows(connection, [line.id for line in lines])
    cases: list[dict[str, object]] = []
    for line in lines:
        told: dict[str, object] = {}
        try:
            told.update(read_case_variables(site, connection, line.id))
            row = find_case(connection, line.id)
            if line.id in ledger and row is not None:
                kept = loads(site.vault.decrypt(connection, row.subject_id, ledger[line.id]))
                told["ledger"] = kept if isinstance(kept, dict) else {}
        except Erased:
            told = {"erased": True}
        new = begins <= line.received_at < ends
        ended = line.closed_at is not None and begins <= line.closed_at < ends
        cases.append({**told, **complaint_facts(line, now), "new": new, "ended": ended})
    last = ends - timedelta(days=1)
    return {
        "cases": cases,
        "period": {"begins": begins, "ends": ends, "last": last},
        "figures": figures(
            connection,
            who,
            cases,
            Period(begins.date(), last.date()),
            now.astimezone(site.zone).date(),
        ),
    }


def period_of(inputs: Mapping[str, object], now: datetime) -> tuple[datetime, datetime]:
    """From ``from`` and ``to`` (dates, both inside), else the month before ``now``; in its zone."""
    first, last = _day(inputs.get("from")), _day(inputs.get("to"))
    if first is None:
        month = now.date().replace(day=1)
        last = last or month - timedelta(days=1)
        first = last.replace(day=1)
    last = last or now.date()
    if last < first:
        raise Impossible(
            f"“to” {last} 早于“from” {first}。 / 'to' {last} is before 'from' {first}."
        )
    return (
        datetime.combine(first, time(), now.tzinfo),
        datetime.combine(last + timedelta(days=1), time(), now.tzinfo),
    )


def figures(
    connection: Connection, who: Visible, cases: Sequence[Row], period: Period, today: date
) -> dict[str, object]:
    """What the page *Indicators* counts, from the same place: over the complaints received in the
    period, every share with what it was counted from, null where nothing was counted."""
    chosen = Chosen(period.begins.isoformat(), period.ends.isoformat())
    unit = "week" if period.days <= _LONGEST_IN_WEEKS else "month"
    days = sums_by_day(connection, who, chosen)
    parts: list[dict[str, object]] = []
    for bucket in buckets(period, unit, today):
        begins, ends = bucket.period.begins.isoformat(), bucket.period.ends.isoformat()
        inside = [day for day in days if begins <= (day.key or "") <= ends]
        parts.append({"label": bucket.label, **_counted(inside)})
    return {
        **_counted(days),
        "open": Decimal(sum(1 for case in cases if case["closed_at"] is None)),
        "late": Decimal(sum(1 for case in cases if case["late"])),
        "ended": Decimal(sum(1 for case in cases if case["ended"])),
        "parts": parts,
        **{
            name: [
                {"label": sums.key, "count": Decimal(sums.all)}
                for sums in sums_by(connection, who, chosen, dimension)
                if sums.key is not None
            ]
            for name, dimension in _BY.items()
        },
    }


def _counted(days: Sequence[Sums]) -> dict[str, object]:
    found: dict[str, object] = {
        ours: Decimal(sum(getattr(day, theirs) for day in days)) for ours, theirs in _SUMS.items()
    }
    for name, (part, whole) in _SHARES.items():
        found[name] = _percent(found[part], found[whole])
    return found


def _percent(part: object, whole: object) -> Decimal | None:
    assert isinstance(part, Decimal)
    assert isinstance(whole, Decimal)
    return None if whole == 0 else round(100 * part / whole, 1)


def _day(value: object) -> date | None:
    """The date of a date, an instant or an ISO text; None for anything else."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, str) and value:
        try:
            return date.fromisoformat(value[:10])
        except ValueError as error:
            raise Impossible(f"“{value}”不是日期。 / '{value}' is no date.") from error
    return None
