"""FEEL's algebra against oracles that know nothing of FEEL."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import ROUND_HALF_EVEN, Context, Decimal, DecimalException
from fractions import Fraction
from zoneinfo import ZoneInfo

import isodate
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.feel import Months, Range, Value, compile_expression, parse_temporal
from runner.feel.iso8601 import format_nanoseconds
from runner.feel.wide import (
    DAY,
    MAX_YEAR,
    Date,
    at_instant,
    date_of,
    duration_nanos,
    make_date,
    utc_nanos,
)
from tests.feel.conftest import NOW

quick = settings(max_examples=60, deadline=None, derandomize=True)

_CENTURIES = 146_097  # days in 400 years
_ZONES = st.sampled_from(
    [dt.UTC, dt.timezone(dt.timedelta(hours=-9, minutes=-30))]
    + [ZoneInfo(name) for name in ("Asia/Shanghai", "Europe/Paris", "America/St_Johns")]
)
_NUMBERS = st.builds(
    lambda digits, exponent: Decimal(digits).scaleb(exponent, Context(prec=34)),
    st.integers(-(10**34) + 1, 10**34 - 1) | st.integers(-1000, 1000),
    st.integers(-30, 30),
)
_MOMENTS = st.builds(
    lambda moment, zone: moment.replace(tzinfo=dt.UTC).astimezone(zone),
    st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2100, 1, 1)),  # noqa: DTZ001
    _ZONES,
)
_LENGTHS = st.timedeltas(dt.timedelta(days=-20000), dt.timedelta(days=20000))


def feel(text: str, **scope: object) -> Value:
    """The value of the text."""
    return compile_expression(text).evaluate(scope, now=NOW).value


@quick
@given(_NUMBERS, _NUMBERS, st.sampled_from("+-*/"))
def test_arithmetic_is_that_of_34_digits_rounded_half_even(
    left: Decimal, right: Decimal, operator: str
) -> None:
    context = Context(prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144)
    names = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide"}
    try:
        expected = getattr(context, names[operator])(left, right)
    except DecimalException:
        expected = None
    assert feel(f"a {operator} b", a=left, b=right) == expected


@quick
@given(_NUMBERS, st.integers(-20, 20))
def test_rounding_lies_between_the_neighbours(number: Decimal, scale: int) -> None:
    unit = Fraction(10) ** -scale
    floor = Fraction(number) // unit * unit
    ceiling = -(-Fraction(number) // unit) * unit
    found = {
        name: Fraction(feel(f"{name}(n, s)", n=number, s=scale))
        for name in ("floor", "ceiling", "round up", "round down", "decimal", "round half up")
    }
    assert (found["floor"], found["ceiling"]) == (floor, ceiling)
    outer, inner = (ceiling, floor) if number > 0 else (floor, ceiling)
    assert (found["round up"], found["round down"]) == (outer, inner)
    for name in ("decimal", "round half up"):
        assert abs(found[name] - Fraction(number)) <= unit / 2
        assert found[name] in (floor, ceiling)


@quick
@given(st.integers(-(10**17), 10**17), st.integers(-(10**6), 10**6).filter(bool))
def test_modulo_has_the_sign_of_the_divisor(dividend: int, divisor: int) -> None:
    assert feel("modulo(a, b)", a=dividend, b=divisor) == dividend % divisor


@quick
@given(st.timedeltas())
def test_durations_are_read_and_written_as_isodate_does(length: dt.timedelta) -> None:
    assert isodate.parse_duration(format_nanoseconds(duration_nanos(length))) == length
    rounded = length - dt.timedelta(microseconds=length.microseconds)
    assert parse_temporal(isodate.duration_isoformat(rounded)) == rounded


@quick
@given(st.dates(dt.date(1000, 1, 1), dt.date(3000, 1, 1)), st.integers(-3000, 3000))
def test_months_are_added_as_isodate_does(day: dt.date, months: int) -> None:
    assert feel("d + m", d=day, m=Months(months)) == day + isodate.Duration(months=months)


@quick
@given(st.dates(dt.date(1000, 1, 1), dt.date(3000, 1, 1)), st.integers(-3000, 3000))
def test_months_between_are_the_most_that_fit(day: dt.date, months: int) -> None:
    later = day + isodate.Duration(months=months)
    if day.day == later.day:
        assert feel("years and months duration(a, b)", a=day, b=later) == Months(months)
    between = feel("years and months duration(a, b)", a=day, b=later)
    step = 1 if months >= 0 else -1
    reached = day + isodate.Duration(months=between.months)
    assert min(day, later) <= reached <= max(day, later)
    if day.day <= 28:
        beyond = day + isodate.Duration(months=between.months + step)
        assert not min(day, later) <= beyond <= max(day, later)


@quick
@given(_MOMENTS, _LENGTHS)
def test_elapsed_time_is_that_of_datetime(moment: dt.datetime, length: dt.timedelta) -> None:
    later = feel("m + l", m=moment, l=length)
    expected = (moment.astimezone(dt.UTC) + length).astimezone(moment.tzinfo)
    assert (later, later.utcoffset()) == (expected, expected.utcoffset())
    assert feel("(m + l) - m", m=moment, l=length) == length
    assert feel("m.time offset", m=moment) == moment.utcoffset()


@quick
@given(_MOMENTS, _MOMENTS)
def test_instants_are_ordered_as_datetime_does(one: dt.datetime, other: dt.datetime) -> None:
    first, second = one.replace(microsecond=0), other.replace(microsecond=0)
    assert feel("a < b", a=one, b=other) is (first < second)
    assert feel("a = b", a=one, b=other) is (first == second)
    assert feel("a = b", a=one, b=one.astimezone(other.tzinfo)) is True
    assert feel("a - b", a=one, b=other) == one.astimezone(dt.UTC) - other.astimezone(dt.UTC)


@quick
@given(st.integers(-(10**11), 10**11))
def test_days_have_numbers_without_end(number: int) -> None:
    day = date_of(number)
    assert day.toordinal() == number
    later = date_of(number + _CENTURIES)
    assert (later.year, later.month, later.day) == (day.year + 400, day.month, day.day)
    assert later.isoweekday() == day.isoweekday() == (number - 1) % 7 + 1


@quick
@given(
    st.datetimes(dt.datetime(400, 1, 1), dt.datetime(1800, 1, 1)),  # noqa: DTZ001
    _LENGTHS,
    st.sampled_from([-2_000_000, -5, 21, 30, 2_000_000]),
)
def test_what_holds_in_one_cycle_of_400_years_holds_in_all(
    moment: dt.datetime, length: dt.timedelta, cycles: int
) -> None:
    far = at_instant(utc_nanos(moment) + cycles * _CENTURIES * DAY, None)
    assert far.year == moment.year + 400 * cycles
    assert feel("f.weekday", f=far) == moment.isoweekday()
    near_later, far_later = feel("m + l", m=moment, l=length), feel("f + l", f=far, l=length)
    assert utc_nanos(far_later) - utc_nanos(near_later) == cycles * _CENTURIES * DAY
    assert far_later.timetz() == near_later.timetz()
    assert feel("g - f", g=far_later, f=far) == length
    assert feel("f < g", f=far, g=far_later) is (
        moment.replace(microsecond=0) < near_later.replace(microsecond=0)
    )


@quick
@given(st.integers(-MAX_YEAR, MAX_YEAR), st.integers(1, 12), st.integers(1, 31))
def test_a_year_has_the_days_of_its_place_in_the_cycle(year: int, month: int, day: int) -> None:
    def exists(year: int) -> Date | None:
        try:
            return make_date(year, month, day)
        except ValueError:
            return None

    found = exists(year)
    assert (found is None) is (exists(2000 + year % 400) is None)
    assert found == feel("date(y, m, d)", y=year, m=month, d=day)


def _points(span: Range) -> frozenset[int]:
    """The whole numbers in the range, doubled, and those half way between two of them."""
    low = span.low * 2 + (not span.low_closed)
    return frozenset(range(low, span.high * 2 - (not span.high_closed) + 1))


_SPANS = st.builds(
    lambda low, length, low_closed, high_closed: Range(
        low, low + length, low_closed or not length, high_closed or not length
    ),
    st.integers(0, 6),
    st.integers(0, 5),
    st.booleans(),
    st.booleans(),
)


def _relations(one: frozenset[int], other: frozenset[int]) -> dict[str, bool]:
    common = one & other
    return {
        "before": max(one) < min(other),
        "meets": common == {max(one)} == {min(other)} and max(one) % 2 == 0,
        "overlaps": bool(common),
        "overlaps before": bool(common) and min(one) < min(other) and max(one) <= max(other),
        "includes": other <= one,
        "starts": one <= other and min(one) == min(other),
        "finishes": one <= other and max(one) == max(other),
        "coincides": one == other,
    }


_INVERSE = {
    "before": "after",
    "meets": "met by",
    "overlaps before": "overlaps after",
    "includes": "during",
    "starts": "started by",
    "finishes": "finished by",
}


@settings(max_examples=200, deadline=None, derandomize=True)
@given(_SPANS, _SPANS)
def test_ranges_lie_to_each_other_as_the_sets_of_their_points(one: Range, other: Range) -> None:
    for name, expected in _relations(_points(one), _points(other)).items():
        a, b = _decimals(one), _decimals(other)
        assert feel(f"{name}(a, b)", a=a, b=b) is expected, name
        if name in _INVERSE:
            assert feel(f"{_INVERSE[name]}(b, a)", a=a, b=b) is expected, name


def _decimals(span: Range) -> Range:
    return Range(Decimal(span.low), Decimal(span.high), span.low_closed, span.high_closed)


@quick
@given(_SPANS, st.integers(0, 24))
def test_a_point_lies_to_a_range_as_to_the_set_of_its_points(span: Range, doubled: int) -> None:
    points, point, whole = _points(span), Decimal(doubled) / 2, _decimals(span)
    expected = {
        "p in r": doubled in points,
        "includes(r, p)": doubled in points,
        "during(p, r)": doubled in points,
        "before(p, r)": doubled < min(points),
        "after(r, p)": doubled < min(points),
        "after(p, r)": doubled > max(points),
        "before(r, p)": doubled > max(points),
        "starts(p, r)": doubled == min(points) and doubled % 2 == 0,
        "finishes(p, r)": doubled == max(points) and doubled % 2 == 0,
        "started by(r, p)": doubled == min(points) and doubled % 2 == 0,
        "finished by(r, p)": doubled == max(points) and doubled % 2 == 0,
    }
    for text, answer in expected.items():
        assert feel(text, p=point, r=whole) is answer, text


_LEVELS = {False: 0, None: 1, True: 2}
_TRUTH = {level: value for value, level in _LEVELS.items()}


@pytest.mark.parametrize("values", list(itertools.product(_LEVELS, repeat=3)))
def test_logic_is_that_of_three_values(values: tuple[bool | None, ...]) -> None:
    scope = dict(zip("abc", values, strict=True))
    levels = [_LEVELS[value] for value in values]
    assert feel("a and b and c", **scope) is _TRUTH[min(levels)]
    assert feel("a or b or c", **scope) is _TRUTH[max(levels)]
    assert feel("not(a)", **scope) is _TRUTH[2 - levels[0]]
    assert feel("a and b or c", **scope) is _TRUTH[max(min(levels[:2]), levels[2])]
    assert feel("all([a, b, c])", **scope) is _TRUTH[min(levels)]
    assert feel("any([a, b, c])", **scope) is _TRUTH[max(levels)]
