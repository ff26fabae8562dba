"""Values as bytes: everything FEEL knows comes back as it was."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.encoding import NotStorable, decode, dumps, encode, loads
from runner.feel import Months, Range, parse_temporal
from runner.feel.wide import MAX_DURATION, WideDateTime, at_instant, make_duration, utc_nanos


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2026-11-20", "d:2026-11-20"),
        ("-0044-03-15", "d:-0044-03-15"),
        ("0000-01-01", "d:0000-01-01"),
        ("999999999-12-31", "d:999999999-12-31"),
        ("08:30:00+08:00", "t:08:30:00+08:00"),
        ("08:30:00.5", "t:08:30:00.500000"),
        ("08:30:00.123456789", "t:08:30:00.123456789"),
        ("08:30:00@Asia/Shanghai", "t:08:30:00@Asia/Shanghai"),
        ("2026-11-20T00:36:52Z", "dt:2026-11-20T00:36:52.000000Z"),
        ("2026-11-20T00:36:52.123456789Z", "dt:2026-11-20T00:36:52.123456789Z"),
        ("-2021-01-01T00:00:00Z", "dt:-2021-01-01T00:00:00.000000Z"),
        ("12026-01-01T00:00:00.5Z", "dt:12026-01-01T00:00:00.500000Z"),
        ("PT1H30M", "dd:PT5400S"),
        ("-PT0.000000001S", "dd:-PT0.000000001S"),
        ("P1Y2M", "ym:14"),
    ],
)
def test_a_value_is_written_in_one_form_and_comes_back(text: str, written: str) -> None:
    value = parse_temporal(text)
    assert encode(value) == written
    assert decode(written) == value
    assert type(decode(written)) is type(value)


def test_a_date_and_time_comes_back_as_the_same_instant_in_utc() -> None:
    for text in ("-2021-01-01T10:00:00@Australia/Melbourne", "12026-07-01T10:00:00+08:00"):
        value = parse_temporal(text)
        assert isinstance(value, WideDateTime)
        kept = decode(encode(value))
        assert isinstance(kept, WideDateTime)
        assert kept.tzinfo is dt.UTC
        assert utc_nanos(kept) == utc_nanos(value)


@pytest.mark.parametrize(
    "value",
    [
        parse_temporal("12026-01-01T00:00:00"),
        parse_temporal("999999999-12-31T23:59:59-10:00"),
        Range(Decimal(1), Decimal(2)),
        1.5,
        Decimal("NaN"),
        {"\U0001f600": 1},
    ],
)
def test_what_has_no_written_form_is_refused(value: object) -> None:
    with pytest.raises(NotStorable):
        encode(value)


@pytest.mark.parametrize("text", ["d:-2021-02-29", "t:25:00:00@UTC", "dt:x", "dd:P1D", "dt:-1"])
def test_what_is_no_written_form_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        decode(text)


_ZONES = st.sampled_from([dt.UTC, ZoneInfo("Asia/Shanghai"), dt.timezone(dt.timedelta(hours=-8))])
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.text(st.characters(max_codepoint=0xFFFF, min_codepoint=1, exclude_categories=["Cs"]))
    | st.integers(-(10**30), 10**30).map(Decimal)
    | st.dates()
    | st.times()
    | st.integers(-(10**6), 10**6).map(Months)
    | st.integers(1 - MAX_DURATION, MAX_DURATION - 1).map(make_duration)
    | st.builds(at_instant, st.integers(-(10**25), 10**25), _ZONES),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=8,
)


def _same(one: object, other: object) -> bool:
    if isinstance(one, dt.datetime | WideDateTime) and isinstance(
        other, dt.datetime | WideDateTime
    ):
        return utc_nanos(one) == utc_nanos(other)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    return type(one) is type(other) and one == other


@settings(max_examples=100, deadline=None, derandomize=True)
@given(_VALUES)
def test_every_value_comes_back(value: object) -> None:
    kept = loads(dumps(value))
    assert _same(kept, value)
    assert dumps(kept) == dumps(value)
