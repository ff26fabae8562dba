from __future__ import annotations

from runner.feel.spelling import closest


def test_the_likely_name_is_found() -> None:
    assert closest("descision", ["decision", "due", "duration"]) == "decision"


def test_nothing_is_suggested_where_nothing_is_alike() -> None:
    assert closest("apple", ["decision", "due"]) is None
    assert closest("", ["a"]) is None


def test_too_many_alike_names_are_not_compared() -> None:
    assert closest("name_10001", [f"name_{i}" for i in range(10_000)]) is None
