from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from random import Random

import pytest

from runner.definitions.dmn import Table, load_decisions
from runner.definitions.dmn.analysis import TableAnalysis
from runner.definitions.dmn.cells import Condition, Constants, read_tests
from runner.definitions.dmn.coverage import Cover, TooManyCombinations, Work
from runner.definitions.dmn.regions import Domain
from runner.feel import compile_unary_tests
from tests.hanging import not_hanging


def table_file(policy: str, inputs: Sequence[str], rules: Sequence[Sequence[str]]) -> bytes:
    """A DMN file with one table; the last cell of each rule is its only output."""
    columns = "".join(
        f'<input id="i{n}" label="{text}"><inputExpression><text>{text}</text></inputExpression>'
        "</input>"
        for n, text in enumerate(inputs)
    )
    rows = "".join(
        f'<rule id="r{n}">'
        + "".join(
            f'<inputEntry id="r{n}_{c}"><text>{cell.replace("<", "&lt;")}</text></inputEntry>'
            for c, cell in enumerate(cells[:-1])
        )
        + f'<outputEntry id="r{n}_out"><text>{cells[-1]}</text></outputEntry></rule>'
        for n, cells in enumerate(rules, start=1)
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d"'
        f' namespace="x"><decision id="t" name="表 / Table"><decisionTable hitPolicy="{policy}">'
        f'{columns}<output id="o" name="o"/>{rows}</decisionTable></decision></definitions>'
    ).encode()


def analysed(
    *rules: Sequence[str], policy: str = "UNIQUE", domains: Sequence[Domain] = ()
) -> TableAnalysis:
    names = [f"x{n}" for n in range(len(rules[0]) - 1)]
    model, findings = load_decisions(table_file(policy, names, rules), "t.dmn")
    assert [item for item in findings if item.severity == "error"] == []
    table = model.decisions["t"].table
    assert isinstance(table, Table)
    return TableAnalysis(table, domains or [Domain() for _ in names])


def gaps(*rules: Sequence[str], domain: Domain | None = None) -> int:
    domains = [domain] * (len(rules[0]) - 1) if domain else ()
    return len(analysed(*rules, domains=domains).gaps().boxes)


def test_ranges_that_meet_leave_no_gap() -> None:
    rules = [("< 1", "1"), ("[1..5]", "2"), ("(5..9]", "3"), ("> 9", "4")]
    assert gaps(*rules) == 0
    assert gaps(*rules[:2], rules[3]) == 1


def test_between_whole_numbers_there_is_a_gap_unless_the_type_says_integer() -> None:
    rules = [("<= 5", "1"), ("[6..9]", "2"), (">= 10", "3")]
    assert gaps(*rules) == 1
    assert gaps(*rules, domain=Domain("number", whole=True)) == 0


def test_between_one_day_and_the_next_there_is_nothing() -> None:
    rules = [('<= date("2026-06-30")', "1"), ('>= date("2026-07-01")', "2")]
    assert gaps(*rules) == 0
    assert gaps(rules[0], ('>= date("2026-07-02")', "2")) == 1


def test_times_go_by_seconds_and_durations_are_dense() -> None:
    assert gaps(('< time("08:00:00")', "1"), ('>= time("08:00:00")', "2")) == 0
    assert gaps(('<= time("08:00:00")', "1"), ('>= time("08:00:01")', "2")) == 0
    assert gaps(('<= time("08:00:00")', "1"), ('>= time("08:00:02")', "2")) == 1
    assert gaps(('<= @"PT1S"', "1"), ('>= @"PT2S"', "2")) == 1
    assert gaps(('< @"P1D"', "1"), ('>= @"PT24H"', "2")) == 0
    assert gaps(('<= @"P11M"', "1"), ('>= @"P1Y"', "2")) == 0


def test_a_missing_value_is_a_gap_only_where_a_rule_asks_for_it() -> None:
    assert gaps(("true", "1"), ("false", "2")) == 0
    assert gaps(("true", "-", "1"), ("false", "-", "2"), ("null", "true", "3")) == 1


def test_other_texts_are_a_gap_unless_the_options_are_known() -> None:
    rules = [('"a"', "1"), ('"b"', "2")]
    assert gaps(*rules) == 1
    assert gaps(*rules, domain=Domain("string", options=frozenset("ab"))) == 0
    assert gaps(*rules, domain=Domain(allowed=(compile_unary_tests('"a","b"'),))) == 0


def test_a_gap_is_as_general_as_can_be() -> None:
    (box,) = analysed(('"a"', "-", "-", "1"), ("-", "> 5", "-", "2")).gaps().boxes
    analysis = analysed(('"a"', "-", "-", "1"), ("-", "> 5", "-", "2"))
    third = analysis.axis_of[2]
    assert box[2] == third.expected


def test_a_condition_neither_covers_nor_overlaps_for_certain() -> None:
    analysis = analysed(("> limit", "1"), ("5", "2"), ("> limit", "3"), ("-", "4"))
    certain = {(item.first, item.second): item.certain for item in analysis.overlaps()}
    assert certain == {(0, 2): True, (0, 3): False, (1, 3): True, (2, 3): False}
    unsure = analysed(("> limit", "1"), ("5", "2")).gaps()
    assert (unsure.certain, unsure.unless) == (False, (0,))


def test_a_condition_and_its_contrary_cover_everything() -> None:
    holds = 'list contains(?, "a")'
    for contrary in (f"{holds} = false", f"not({holds})"):
        assert gaps((holds, "1"), (contrary, "2")) == 0
    assert gaps((holds, "1"), (f"{holds} = false", "2"), ("null", "3")) == 0
    assert gaps((holds, "1")) == 1


@pytest.mark.parametrize("cell", ["5 * 2", 'date("2026-01-01")', "? > 5", "[1, 2]", "]1..2["])
def test_constants_are_calculated(cell: str) -> None:
    assert isinstance(read_tests(compile_unary_tests(cell)), Constants)


@pytest.mark.parametrize("cell", ["limit", "> policy.limit", "? > limit", "today()", "? * 2 > 5"])
def test_what_a_case_decides_is_a_condition(cell: str) -> None:
    assert isinstance(read_tests(compile_unary_tests(cell)), Condition)


def test_a_rule_is_dead_behind_better_outputs() -> None:
    data = table_file("PRIORITY", ["x"], [("1", '"low"'), ("-", '"high"'), ("2", '"high"')])
    listed = b'<output id="o" name="o"><outputValues><text>"high","low"</text></outputValues>'
    model, _ = load_decisions(data.replace(b'<output id="o" name="o"/>', listed + b"</output>"), "")
    table = model.decisions["t"].table
    assert table is not None
    shadowed = sorted(TableAnalysis(table, [Domain()]).shadowed(), key=lambda item: item.rule)
    assert [(item.rule, item.by) for item in shadowed] == [(0, (1,)), (2, (1,))]


def test_work_is_bounded() -> None:
    boxes = [tuple(1 << Random(n * 31 + a).randrange(9) for a in range(9)) for n in range(300)]
    with pytest.raises(TooManyCombinations):
        Cover(boxes, Work(5_000)).gaps((511,) * 9, 50)


def test_a_table_of_two_hundred_rules_and_eight_columns_is_analysed_in_bounded_work() -> None:
    chance = Random(7)

    def cell(column: int) -> str:
        low = chance.randrange(0, 500)
        if chance.random() < 0.25:
            return "-"
        return f'"{chance.choice("abcdef")}"' if column % 2 else f"[{low}..{low + 200})"

    rules = [(*(cell(column) for column in range(8)), "1") for _ in range(200)]
    with not_hanging(60):
        analysis = analysed(*rules, policy="FIRST")
        assert list(analysis.overlaps())
        for ask in (analysis.gaps, lambda: list(analysis.shadowed())):
            with suppress(TooManyCombinations):
                ask()


def test_cells_that_list_many_values_are_exact_and_analysed_at_once() -> None:
    lists = [",".join(str(n) for n in range(start, 60_000, 60)) for start in range(60)]
    rules = [(text, "1") for text in lists]
    with not_hanging(20):
        analysis = analysed(*rules, (f"not({lists[0]})", "2"))
        found = list(analysis.overlaps())
        outside = [analysis.outside(0, rule) for rule in range(61)]
    assert [(item.first, item.second) for item in found] == [(n, 60) for n in range(1, 60)]
    assert set(map(str, outside)) == {"([], False)"}


def test_cells_of_very_many_comparisons_are_taken_as_they_are() -> None:
    cell = ",".join(f"[{n}..{n + 1}]" for n in range(0, 6_000, 2))
    assert isinstance(read_tests(compile_unary_tests(cell)), Condition)
    assert isinstance(read_tests(compile_unary_tests("[1..2],> 5")), Constants)
