"""Cron patterns: what they say, over changes of the clocks, and beside a search of each minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from runner.calendars.cron import CronError, read_cron

BERLIN, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")
ZONES = (BERLIN, SHANGHAI, ZoneInfo("America/Santiago"), ZoneInfo("Australia/Lord_Howe"))
MINUTE = timedelta(minutes=1)


def firings(text: str, start: datetime, count: int) -> list[str]:
    """The local times of the first firings after a moment, in its zone."""
    zone, cron, found = start.tzinfo, read_cron(text), []
    assert zone is not None
    moment: datetime | None = start
    while len(found) < count and moment is not None:
        following = cron.after(moment, zone)
        if following is not None:
            assert following > moment
            assert cron.count(moment, following, zone) == 1
            found.append(following.astimezone(zone).isoformat()[:16])
        moment = following
    return found


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("0 0 9 * * MON-FRI", ["2026-11-20", "2026-11-23", "2026-11-24"]),
        ("0 0 9 * * 6,7", ["2026-11-21", "2026-11-22", "2026-11-28"]),
        ("0 0 9 * * 7-1", ["2026-11-22", "2026-11-23", "2026-11-29"]),
        ("0 0 9 31 * ?", ["2026-12-31", "2027-01-31", "2027-03-31"]),
        ("0 0 9 ? feb,MAY 1", ["2027-02-01", "2027-02-08", "2027-02-15"]),
        ("0 0 9 13 * FRI", ["2027-08-13", "2028-10-13", "2029-04-13"]),  # both must fit
        ("0 0 9 29 2 *", ["2028-02-29", "2032-02-29", "2036-02-29"]),
        ("0 0 9 L * *", ["2026-11-30", "2026-12-31", "2027-01-31"]),
        ("0 0 9 L-2 * *", ["2026-11-28", "2026-12-29", "2027-01-29"]),
        ("0 0 9 LW * *", ["2026-11-30", "2026-12-31", "2027-01-29"]),
        ("0 0 9 15W * *", ["2026-12-15", "2027-01-15", "2027-02-15"]),
        ("0 0 9 1W * *", ["2026-12-01", "2027-01-01", "2027-02-01"]),
        ("0 0 9 1W 5 *", ["2027-05-03", "2028-05-01", "2029-05-01"]),  # not into April
        ("0 0 9 31W 1 *", ["2027-01-29", "2028-01-31", "2029-01-31"]),  # not into February
        ("0 0 9 * * FRI#2", ["2026-12-11", "2027-01-08", "2027-02-12"]),
        ("0 0 9 * * 5L", ["2026-11-27", "2026-12-25", "2027-01-29"]),
        ("0 0 9 1,15/10 * *", ["2026-11-25", "2026-12-01", "2026-12-15"]),
        ("@weekly", ["2026-11-22", "2026-11-29", "2026-12-06"]),
        ("@Monthly", ["2026-12-01", "2027-01-01", "2027-02-01"]),
        ("@yearly", ["2027-01-01", "2028-01-01", "2029-01-01"]),
    ],
)
def test_days(text: str, days: list[str]) -> None:
    start = datetime(2026, 11, 20, 8, 59, 59, tzinfo=SHANGHAI)
    assert [moment[:10] for moment in firings(text, start, len(days))] == days


def test_times_of_the_day() -> None:
    start = datetime(2026, 11, 20, 8, 15, 30, tzinfo=SHANGHAI)
    assert firings("30 */15 8-9 * * *", start, 4) == [
        "2026-11-20T08:30", "2026-11-20T08:45", "2026-11-20T09:00", "2026-11-20T09:15",
    ]  # fmt: skip
    assert firings("31 */15 8-9 * * *", start, 1) == ["2026-11-20T08:15"]
    assert firings("0 5/20 * * * *", start, 2) == ["2026-11-20T08:25", "2026-11-20T08:45"]
    assert firings("@daily", start, 1) == ["2026-11-21T00:00"]


def test_a_change_of_the_clocks_leaves_no_day_out_and_doubles_none() -> None:
    spring = datetime(2027, 3, 27, 2, 30, tzinfo=BERLIN)
    autumn = datetime(2026, 10, 24, 2, 30, tzinfo=BERLIN)
    assert firings("0 30 2 * * *", spring, 2) == ["2027-03-28T03:30", "2027-03-29T02:30"]
    assert firings("0 30 2 * * *", autumn, 2) == ["2026-10-25T02:30", "2026-10-26T02:30"]
    assert firings("0 30 2,3 * * *", spring, 3)[1:] == ["2027-03-28T03:30", "2027-03-29T02:30"]


def test_what_fires_every_hour_does_so_in_hours_that_pass() -> None:
    for year, month, day in ((2027, 3, 28), (2026, 10, 25)):
        cron, moment = read_cron("@hourly"), datetime(year, month, day, tzinfo=BERLIN)
        for _ in range(6):
            following = cron.after(moment, BERLIN)
            assert following is not None
            assert following - moment.astimezone(UTC) == timedelta(hours=1)
            moment = following


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("0 9 * * *", "5 fields"), ("", "0 fields"), ("0 0 0 0 * * *", "7 fields"),
        ("@hour", "@hourly"), ("* 0 9 * * *", "minute"), ("0,30 0 9 * * *", "minute"),
        ("60 0 9 * * *", 'second "60"'), ("0 61 9 * * *", 'minute "61"'),
        ("0 0 24 * * *", 'hour "24"'), ("0 0 9 0 * *", 'day of the month "0"'),
        ("0 0 9 * 13 *", 'month "13"'), ("0 0 9 * * 8", 'day of the week "8"'),
        ("0 0 9 * FOO *", 'month "FOO"'), ("0 0 9 * * L", 'day of the week "L"'),
        ("0 0 9 * * FRI#6", "FRI#6"), ("0 0 9 L-31 * *", "L-31"), ("0 0 9 32W * *", 'month "32"'),
        ("0 0 17-9 * * *", "17-9"), ("0 */0 9 * * *", "*/0"), ("0 ? 9 * * *", 'minute "?"'),
        ("0 1,,2 9 * * *", "1,,2"), ("0 0 9 30 2 *", "never fires"), ("0 0 9 31 4 *", "never"),
        ("0 ٣ 9 * * *", "minute"), (f"0 {','.join(['1'] * 60)} 9 * * *", "100"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(text: str, word: str) -> None:
    with pytest.raises(CronError) as refused:
        read_cron(text)
    assert word in refused.value.en
    assert refused.value.zh


def test_the_end_of_the_calendar() -> None:
    assert read_cron("@yearly").after(datetime(9998, 12, 31, tzinfo=UTC), SHANGHAI) is None


def some(random: Random, low: int, high: int) -> tuple[str, set[int]]:
    """A field, and what it allows."""
    how = random.randrange(4)
    if how == 0:
        return "*", set(range(low, high + 1))
    if how == 1:
        step = random.randint(2, 9)
        return f"*/{step}", set(range(low, high + 1, step))
    first, second = sorted((random.randint(low, high), random.randint(low, high)))
    if how == 2:
        return f"{first}-{second}", set(range(first, second + 1))
    return f"{second},{first}", {first, second}


def searched(
    fields: list[set[int]], weekdays: set[int], start: datetime, end: datetime, zone: ZoneInfo
) -> list[datetime]:
    """The firings from ``start`` to before ``end``, found minute by minute."""
    minutes, hours, days, months = fields

    def fits(local: datetime) -> bool:
        return (
            local.minute in minutes and local.hour in hours and local.day in days
            and local.month in months and local.isoweekday() % 7 in weekdays
        )  # fmt: skip

    found = set()
    if len(hours) == 24:
        moment = start
        while moment < end:
            if fits(moment.astimezone(zone)):
                found.add(moment)
            moment += MINUTE
    else:
        local = start.astimezone(zone).replace(tzinfo=None) - timedelta(days=1)
        while local < end.astimezone(zone).replace(tzinfo=None) + timedelta(days=1):
            if fits(local):
                found.add(local.replace(tzinfo=zone).astimezone(UTC))
            local += MINUTE
    return sorted(at for at in found if start <= at < end)


@pytest.mark.parametrize(
    "seed", [*range(12), *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(12, 300))]
)
def test_it_finds_what_a_search_minute_by_minute_finds(seed: int) -> None:
    random = Random(seed)
    zone = random.choice(ZONES)
    ranges = ((0, 59), (0, 23), (1, 31), (1, 12))
    written, allowed = zip(*(some(random, *limits) for limits in ranges), strict=True)
    weekday, weekdays = some(random, 0, 6)
    try:
        cron = read_cron(f"0 {' '.join(written)} {weekday}")
    except CronError:
        pytest.skip("never fires")
    changes = _changes(zone) or [date(2027, 3, 1)]
    change = random.choice(changes)
    start = datetime(change.year, change.month, change.day, tzinfo=UTC) - timedelta(days=2)
    end = start + timedelta(days=5)
    wanted = searched(list(allowed), weekdays, start, end, zone)
    found, moment = [], start - timedelta(seconds=1)
    while len(found) <= 8_000:
        following = cron.after(moment, zone)
        if following is None or following >= end:
            break
        found.append(following)
        moment = following
    assert found == wanted
    middle = start + timedelta(minutes=random.randrange(5 * 24 * 60))
    assert cron.count(middle, end - MINUTE, zone) == len([at for at in wanted if middle < at])


def _changes(zone: ZoneInfo) -> list[date]:
    """The days of 2027 on which the clocks of the zone change."""
    days = [date(2027, 1, 1) + timedelta(days=number) for number in range(364)]

    def offset(day: date) -> timedelta | None:
        return datetime(day.year, day.month, day.day, tzinfo=zone).utcoffset()

    return [day for day in days if offset(day) != offset(day + timedelta(days=1))]
