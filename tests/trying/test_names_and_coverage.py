"""The page of names says everything a scenario may use, and coverage what no scenario takes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner

from runner.cli import main
from runner.definitions.files import read_folder
from runner.definitions.release import load_definitions
from runner.trying import Result
from runner.trying.coverage import all_flows, missing_flows, missing_lines
from runner.trying.naming import names_page
from tests.trying.small import small_files

ROOT = Path(__file__).parents[2]
GOING_ROUND = """id: going_round
title: 一 / One
profile: aftersales-ticket-24h-3-7wd
decided: true
values: {comms.progress_cycle: {amount: 2, unit: day}, resolution.overrun: chase}
start: {event: start_recorded, channel: phone, by: after_sales, at: '2026-03-02 09:00'}
steps:
- {task: record_complaint, answers: {subject: product}}
- {task: assess_complaint, answers: {cross_department: false}}
- {task: confirm_class, answers: {responsible_group: [after_sales]}}
- {task: sign_minutes}
- {task: answer_item}
"""


def test_the_page_names_what_a_scenario_may_use() -> None:
    page = names_page(load_definitions(small_files()))
    for line in (
        "| `s` | p | 名称 / Name of s |  |  |",
        "| `paid` | `paid` of p |",
        '| `agreed` | choice | 名称 / Name of agreed | `paid`: when `decision = "approved"`; '
        "`record`: otherwise |",
        "| `record` | task | 名称 / Name of record | `record` | `policy.roles.window` |",
        "| `late` | timer event at `record` |",
        "| `customer_name` | textfield | ! | 姓名 / Name |  |  |",
        '| `why` | textfield | ! | 原因 / Why |  | `not(kind != "b")` |',
        "| `kind` | select | ! | 种类 / Kind | `a` 甲 / A, `b` 乙 / B |",
        "| `parts[].state` | select | ! | 状态 / State | `good` 好 / Good |",
        "| `grade` | Grade | `kind` | `grade` | `high`, `low` |",
        "`ISO 9001:2015 8.2.1`",
        "| `decision` | form `decide` |",
        "| `office` | 办公室 / Office |",
        "| `ack.message` | Acknowledgement |",
    ):
        assert line in page, line


def test_the_shipped_page_of_names_is_current() -> None:
    written = (ROOT / "docs/procedure_names.md").read_text(encoding="utf-8")
    current = names_page(load_definitions(read_folder(ROOT)))
    assert written == current, "the names changed: run make names"


def test_readers_find_the_page() -> None:
    for file in ("README.md", "README.zh-CN.md", "docs/scenarios.md"):
        assert "procedure_names.md" in (ROOT / file).read_text(encoding="utf-8"), file


def test_flows_that_no_case_took_are_told(play: Callable[..., Result]) -> None:
    definitions = load_definitions(small_files())
    result = play("steps:\n  - {send: paid, key: 姓名（样例）}\nexpect: {end: e}\n")
    assert result.problems == []
    missing = missing_flows(definitions, [result.trace])
    assert set(missing) == {("p", "agreed_to_record"), ("p", "late_to_remind"),
                            ("p", "remind_to_e_late")}  # fmt: skip
    assert len(all_flows(definitions)) == 9
    assert missing_lines(definitions, missing)[0].startswith("processes/p.bpmn: ")


class TestCommand:
    """``ombud try`` in the folder of the small procedure."""

    def test_a_scenario_that_holds_and_one_that_does_not(self, tmp_path: Path) -> None:
        _write(tmp_path, good="others: reach\nsteps: [{task: record}]\n",
               bad="others: reach\nsteps: [{task: record}]\nexpect: {end: e}\n")  # fmt: skip
        good = _try(tmp_path, "good")
        assert good.exit_code == 0, good.output
        assert "1 of 1 scenarios hold" in good.output
        every = _try(tmp_path, "--coverage")
        assert every.exit_code == 1
        assert "1 of 2 scenarios hold" in every.output
        assert "expected the case to end at e, found running" in every.output
        assert "late_to_remind: late > remind" in every.output

    def test_what_cannot_be_used_ends_with_two(self, tmp_path: Path) -> None:
        _write(tmp_path, odd="steps: [{task: recrod}]\n")
        result = _try(tmp_path)
        assert result.exit_code == 2
        assert 'Did you mean "record"?' in result.output

    def test_an_unknown_scenario_is_refused_with_the_nearest(self, tmp_path: Path) -> None:
        _write(tmp_path, good="others: reach\nsteps: [{task: record}]\n")
        result = _try(tmp_path, "goood")
        assert result.exit_code == 2
        assert "Did you mean good?" in result.output

    def test_a_file_of_ones_own_is_run_on_the_procedure(self, tmp_path: Path) -> None:
        _write(tmp_path / "procedure")
        own = tmp_path / "mine.yaml"
        own.write_text(_head("mine") + "others: reach\nsteps: [{task: record}]\n", "utf-8")
        result = _try(tmp_path / "procedure", str(own))
        assert result.exit_code == 0, result.output
        assert "mine" in result.output

    def test_what_nobody_answers_is_named_before_what_goes_round(self, tmp_path: Path) -> None:
        own = tmp_path / "going_round.yaml"
        own.write_text(GOING_ROUND, "utf-8")
        said = " ".join(_try(ROOT, str(own)).output.split())
        assert (
            "the task sign_minutes is not open; open, and nobody answers it: answer_item "
            "(kept for a step further down). inform_customer comes back again and again" in said
        ), said


def _try(folder: Path, *arguments: str):  # type: ignore[no-untyped-def]
    return CliRunner().invoke(main, ["try", "--folder", str(folder), "--lang", "en", *arguments])


def _head(name: str) -> str:
    start = "start: {event: s, by: office, at: 2026-03-02 09:00}"
    return f"id: {name}\ntitle: 一 / One\nprofile: plain\n{start}\n"


def _write(folder: Path, **scenarios: str) -> None:
    files = small_files()
    for name, body in scenarios.items():
        files[f"processes/scenarios/{name}.yaml"] = (_head(name) + body).encode()
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
