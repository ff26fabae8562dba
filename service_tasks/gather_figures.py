"""Sums up the complaints of a period for meetings, filings and reviews (KP-01, KP-02, KP-05, KP-09,
RP-12, LG-03, CL-07).

Satisfaction is (very satisfied + satisfied) / followed up, and whoever was not reached or did not
want to be asked was not followed up; resolution is handled or closed / all, of those received in
the period.
Numerator and denominator are given as they are: a share of nothing is no number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from random import Random

from service_tasks.contract import Call, Handler, Impossible, Outcome, Parameter, PeriodComplaint
from service_tasks.mail_text import text_input

MOST = 5_000
SHOWN = 10
FOLLOWED_UP = frozenset(
    {"very_satisfied", "satisfied", "neutral", "dissatisfied", "very_dissatisfied"}
)
SATISFIED = frozenset({"very_satisfied", "satisfied"})
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


def run(call: Call) -> Outcome:
    """Reads only; a repeated call may find newer complaints too, but draws the same sample of the
    same ones. The period ends now and is as long as the duty's cycle."""
    if call.past is None:
        raise Impossible("这里读不到投诉。 / Complaints cannot be read here.")
    until = call.now
    since = until - timedelta(days=_length(call))
    found = call.past.between(since, until, MOST + 1)
    if len(found) > MOST:
        raise Impossible(
            f"这段时间有超过 {MOST} 起投诉，数不全。 / "
            f"The period has more than {MOST} complaints, too many to count here."
        )
    cases = _wanted(call, found, since)
    return Outcome(
        variables={
            "period_from": since,
            "period_to": until,
            "duty_cases": [_project(one, since) for one in cases],
            "figures": figures(found, since, until),
        }
    )


def figures(
    found: Sequence[PeriodComplaint], since: datetime, until: datetime
) -> dict[str, object]:
    """The counts of a period, each the numerator or denominator of an indicator."""
    received = [one for one in found if since <= one.received_at <= until]
    asked = [one for one in received if one.satisfaction in FOLLOWED_UP]
    problems = Counter((one.product or "—", one.problem or "—") for one in received)
    regions = Counter(one.region for one in received if one.region)
    answered = [one for one in received if one.first_response_at is not None]
    hours = [_hours(one.first_response_at, one.received_at) for one in answered]
    return {
        "complaints": Decimal(len(received)),
        "resolved": Decimal(sum(_resolved(one) for one in received)),
        "open": Decimal(sum(one.state == "active" for one in found)),
        "late": Decimal(sum(_late(one, until) for one in found)),
        "followed_up": Decimal(len(asked)),
        "satisfied": Decimal(sum(one.satisfaction in SATISFIED for one in asked)),
        "answered": Decimal(len(answered)),
        "response_hours": round(Decimal(sum(hours)) / len(hours), 1) if hours else None,
        "frequent": [
            {"product": product, "problem": problem, "count": Decimal(count)}
            for (product, problem), count in problems.most_common(SHOWN)
        ],
        "regions": [
            {"region": region, "count": Decimal(count)}
            for region, count in regions.most_common(SHOWN)
        ],
    }


def _wanted(
    call: Call, found: Sequence[PeriodComplaint], since: datetime
) -> Sequence[PeriodComplaint]:
    kind = text_input(call, "kind", "")
    if call.inputs.get("public_only") is True:
        found = [one for one in found if one.public]
    if kind == "sampling":
        size = call.inputs.get("sample")
        wanted = int(size) if isinstance(size, Decimal) else 0
        done = [one for one in found if one.closed_at is not None and one.closed_at >= since]
        seed = sha256(call.case_id.encode()).digest()
        return Random(seed).sample(done, min(wanted, len(done)))  # noqa: S311 - nothing secret
    if kind in ("quality_meeting", "filing"):
        return [one for one in found if one.state != "cancelled"]
    return []


def _project(one: PeriodComplaint, since: datetime) -> dict[str, object]:
    return {
        "complaint_number": one.complaint_number,
        "title": one.title,
        "product": one.product,
        "state": one.state,
        "rolled_over": one.received_at < since and one.state == "active",
    }


def _resolved(one: PeriodComplaint) -> bool:
    return one.handled_at is not None or one.closed_at is not None


def _late(one: PeriodComplaint, until: datetime) -> bool:
    return one.due_at is not None and one.due_at < (one.closed_at or until)


def _hours(later: datetime | None, earlier: datetime) -> Decimal:
    assert later is not None
    return Decimal(max(timedelta(), later - earlier).total_seconds()) / 3600


def _length(call: Call) -> int:
    amount, unit = call.inputs.get("amount"), text_input(call, "unit", "month")
    number = int(amount) if isinstance(amount, Decimal) and amount >= 1 else 1
    return min(number * _DAYS.get(unit, 30), 3_660)


HANDLER = Handler(
    job_type="gather_figures",
    kind="external",
    title="汇总期间数据 / Sum up a period",
    description="汇总一个期间的投诉：指标的分子分母、频次、地区、要汇报或备档的项目。 / "
    "Complaints of a period: numerators and denominators, counts, regions, projects to report.",
    run=run,
    inputs=(
        Parameter("kind", "任务种类 / Kind of duty", kind="text"),
        Parameter("unit", "周期单位 / Unit of the cycle", kind="text"),
        Parameter("amount", "周期数 / Amount of the cycle", kind="number"),
        Parameter("public_only", "只要公共台账 / Public ledger only", kind="boolean"),
        Parameter("sample", "抽样数 / Size of the sample", kind="number"),
    ),
    outputs=(
        Parameter("period_from", "期间开始 / Period from", kind="date_time"),
        Parameter("period_to", "期间结束 / Period to", kind="date_time"),
        Parameter("duty_cases", "涉及的项目 / Projects concerned", kind="list"),
        Parameter("figures", "指标 / Figures", kind="context"),
    ),
    timeout_seconds=120,
)
