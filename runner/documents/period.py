"""What a document of a period tells of: its complaints, and the figures counted over them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from sqlalchemy import Connection

from runner.documents.facts import complaint_facts
from runner.encoding import loads
from runner.engine.scopes import read_case_variables
from runner.engine.site import Site
from runner.store.case_lists import complaints_of_period
from runner.store.cases import find_case
from runner.store.documents import ledger_rows
from runner.store.keys import Erased
from service_tasks.contract import Impossible

MOST_CASES = 3_000
NAMES = frozenset({"cases", "period", "figures"})
"""What documents of a period see beside the names every document sees."""
SATISFIED = frozenset({"very_satisfied", "satisfied"})
_WEEKS = timedelta(days=70)  # a longer period is told month by month

Row = Mapping[str, object]


def read_period(
    connection: Connection, site: Site, begins: datetime, ends: datetime, now: datetime
) -> dict[str, object]:
    """``cases``, ``period`` and ``figures``. Raises ``Impossible`` for too long a period."""
    lines = complaints_of_period(connection, begins, ends, MOST_CASES + 1)
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
    return {
        "cases": cases,
        "period": {"begins": begins, "ends": ends, "last": ends - timedelta(days=1)},
        "figures": figures(cases, begins, ends, site),
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
    cases: Sequence[Row], begins: datetime, ends: datetime, site: Site
) -> dict[str, object]:
    """Every ratio with its numerator and denominator; null where the denominator is 0.

    ``satisfaction`` = (very satisfied + satisfied) / followed up; ``resolution`` = resolved / all,
    both over the complaints received in the period.
    """
    new = [case for case in cases if case["new"]]
    return {
        **_ratios(new),
        "open": Decimal(sum(1 for case in cases if case["closed_at"] is None)),
        "late": Decimal(sum(1 for case in cases if case["late"])),
        "ended": Decimal(sum(1 for case in cases if case["ended"])),
        "parts": [
            {"label": label, **_ratios([c for c in new if _within(c, first, last)])}
            for label, first, last in _parts(begins, ends, site)
        ],
        "products": _counted(new, "product"),
        "causes": _counted(new, "cause_category"),
        "severities": _counted(new, "severity"),
        "departments": _counted(new, "owner_group"),
        "channels": _counted(new, "channel"),
    }


def _ratios(cases: Sequence[Row]) -> dict[str, object]:
    followed = [c for c in cases if c.get("satisfaction") not in (None, "", "not_reached")]
    satisfied = sum(1 for case in followed if case["satisfaction"] in SATISFIED)
    resolved = sum(1 for case in cases if case["closed_at"] is not None)
    in_time = sum(1 for case in cases if case["closed_at"] is not None and not case["late"])
    return {
        "all": Decimal(len(cases)),
        "followed_up": Decimal(len(followed)),
        "satisfied": Decimal(satisfied),
        "satisfaction": _percent(satisfied, len(followed)),
        "resolved": Decimal(resolved),
        "resolution": _percent(resolved, len(cases)),
        "in_time": Decimal(in_time),
        "on_time": _percent(in_time, resolved),
    }


def _percent(part: int, whole: int) -> Decimal | None:
    return None if whole == 0 else round(Decimal(100 * part) / Decimal(whole), 1)


def _counted(cases: Sequence[Row], name: str) -> list[dict[str, object]]:
    counts = Counter(str(case[name]) for case in cases if case.get(name) not in (None, ""))
    return [{"label": label, "count": Decimal(count)} for label, count in counts.most_common()]


def _within(case: Row, first: datetime, last: datetime) -> bool:
    received = case["received_at"]
    return isinstance(received, datetime) and first <= received < last


def _parts(begins: datetime, ends: datetime, site: Site) -> list[tuple[str, datetime, datetime]]:
    """(label, first, behind the last) of the weeks, or of the months of a long period."""
    parts: list[tuple[str, datetime, datetime]] = []
    first = begins
    while first < ends:
        if ends - begins > _WEEKS:
            month = (first.date().replace(day=1) + timedelta(days=32)).replace(day=1)
            following = datetime.combine(month, time(), first.tzinfo)
            label = f"{first:%Y-%m}"
        else:
            following = first + timedelta(days=7 - first.weekday())
            label = f"{first:%m-%d}"
        parts.append((label, first, min(following, ends)))
        first = following
    return parts


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
