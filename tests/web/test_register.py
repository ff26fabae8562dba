"""Who may record a complaint (IN-23, IN-24, IN-18, IN-68)."""

from __future__ import annotations

from runner.feel import Unset
from runner.web.register import recording_groups

ROLES = {"window": ["desk"], "second_window": ["quality"], "field": Unset("roles.field")}
CHANNELS = [{"id": "internal_finding", "owner": ["line"]}, {"id": "fax", "owner": Unset("x")}]


def test_where_there_is_one_window_only_it_records() -> None:
    policy = {"roles": ROLES, "intake": {"window_mode": "single", "channels": CHANNELS}}
    assert recording_groups(policy) == {"desk"}


def test_else_both_windows_record_and_who_owns_a_channel() -> None:
    policy = {"roles": ROLES, "intake": {"window_mode": "multi", "channels": CHANNELS}}
    assert recording_groups(policy) == {"desk", "quality", "line"}


def test_what_is_undecided_lets_nobody_in() -> None:
    undecided = {"window_mode": Unset("m"), "channels": Unset("c")}
    assert recording_groups({"roles": Unset("roles"), "intake": undecided}) == frozenset()
