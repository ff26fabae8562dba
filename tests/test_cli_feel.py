from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from runner.cli import main
from runner.cli_feel import written
from runner.feel import Value
from runner.feel.manual.everyday import TRIED
from tests.definitions.sheets.books import PROCESSES


def ombud(*words: str) -> Result:
    return CliRunner().invoke(main, ["feel", *words])


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The terminal, in a folder without a procedure."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_value_and_its_type_are_printed() -> None:
    done = ombud('if amount > 1000 then "manager" else "clerk"', "--set", "amount=1280")
    assert done.exit_code == 0
    assert done.stdout == '"manager"\n类型 / type: 文本 / string\n'
    assert ombud("-5 + 3").stdout.startswith("-2\n")
    assert ombud("=1 + 1").stdout.startswith("2\n")


def test_variables_may_have_several_words_and_read_earlier_ones() -> None:
    done = ombud("limit * 2 + the rest.so far", "--set", "limit=5",
                 "--set", "the rest={so far: limit + 1}")  # fmt: skip
    assert done.stdout.startswith("16\n")


def test_a_cell_is_tested_with_an_input() -> None:
    assert ombud("< 10, > 90", "--unary", "95").stdout == "95: 通过 / passes\n"
    assert (
        ombud('not("low")', "--unary", '"low"', "--lang", "en").stdout == '"low": does not pass\n'
    )


def test_what_became_null_is_told_with_its_reason_in_one_language_or_both() -> None:
    done = ombud("{a: 1}.b")
    assert (done.exit_code, done.stdout.split("\n")[0]) == (0, "null")
    assert done.stderr == "警告 / warning: 没有“b”这一项 / There is no entry 'b'\n"
    assert ombud("{a: 1}.b", "--lang", "zh").stderr == "警告: 没有“b”这一项\n"


def test_a_mistake_is_shown_under_its_column_however_wide_the_signs_are() -> None:
    done = ombud("金额 > = 3", "--set", "金额=4", "--lang", "en")
    assert done.exit_code == 1
    assert done.stderr == "金额 > = 3\n       ^\nfound '='; expected an expression.\n"
    set_wrong = ombud("x", "--set", "x=1 +", "--lang", "zh")
    assert set_wrong.stderr == "--set x=1 +\n           ^\n表达式到此结束，应为表达式。\n"


def test_an_expression_that_runs_away_is_ended() -> None:
    done = ombud("for i in 1..1000000000 return i")
    assert done.exit_code == 1
    assert "The evaluation was ended" in done.stderr


def test_working_time_is_that_of_the_folder_here(elsewhere: Path) -> None:
    text = 'working days after(@"2026-09-30T09:00:00@Asia/Shanghai", 2)'
    without = ombud(text)
    assert without.stdout.startswith("null\n")
    assert "calendar" in without.stderr
    for name in ("calendars", "policies"):
        shutil.copytree(PROCESSES / name, elsewhere / "processes" / name)
    assert ombud(text).stdout.startswith('@"2026-10-09T17:30:00@Asia/Shanghai"\n')
    assert ombud("policy.ack.message", "--policy", "demo-consumer").stdout.startswith("true\n")
    unknown = ombud("1", "--policy", "mine")
    assert unknown.exit_code == 2
    assert "demo-ebike" in unknown.stderr


@pytest.mark.parametrize(("words", "prints"), TRIED, ids=lambda words: str(words[0]))
def test_a_command_prints_what_the_manual_says(
    elsewhere: Path, words: tuple[str, ...], prints: str
) -> None:
    shutil.copytree(PROCESSES / "calendars", elsewhere / "processes" / "calendars")
    assert ombud(*words).output == prints


@pytest.mark.parametrize(
    "text",
    ['@"2026-11-20"', '[@"P1D", @"P2M", null]', '{a: "x\\"", "b c": [1..3)}', "true", "-0.5"],
)
def test_a_value_is_written_as_feel_gives_it_again(text: str) -> None:
    from runner.cli_feel import _Trial

    value: Value = _Trial({}, None, None).value(text)
    assert written(value) == text
