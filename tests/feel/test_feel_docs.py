"""The manual of FEEL: complete, true, and as generated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from runner.feel import BUILTINS, Result, Value, compile_unary_tests, kind
from runner.feel.manual import THEMES
from runner.feel.manual.everyday import EVERYDAY, RECORD
from runner.feel.manual.language import CELLS, LITERALS, NULLS, OPERATORS
from runner.feel.manual.page import page
from tests.feel.conftest import NOW
from tests.feel.tck_exceptions import EXCEPTIONS

PAGE = Path(__file__).parents[2] / "docs" / "feel.md"
ENTRIES = [entry for theme in THEMES for entry in theme.entries]
EXAMPLES = [example for entry in ENTRIES for example in entry.examples]


def test_every_function_that_is_offered_has_an_entry_with_an_example() -> None:
    offered = {name for name, overloads in BUILTINS.items() if overloads[0].refusal is None}
    assert sorted(entry.name for entry in ENTRIES) == sorted(offered)
    assert all(entry.examples for entry in ENTRIES)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_the_examples_of_a_function_call_it_and_its_chinese_is_a_sentence(entry: object) -> None:
    name, chinese, examples = entry.name, entry.chinese, entry.examples  # type: ignore[attr-defined]
    assert chinese.endswith("。")
    assert all(f"{name}(" in text for text, _ in examples)


@pytest.mark.parametrize(
    ("text", "gives"), [*EXAMPLES, *OPERATORS.examples, *LITERALS.examples], ids=lambda text: text
)
def test_an_example_gives_what_the_manual_says(
    text: str, gives: str, run: Callable[..., Result], value: Callable[..., Value]
) -> None:
    found, wanted = run(text).value, value(gives)
    assert (kind(found), found) == (kind(wanted), wanted)


@pytest.mark.parametrize("example", EVERYDAY, ids=lambda example: example.english)
def test_an_everyday_example_gives_what_the_manual_says(
    example: object, value: Callable[..., Value]
) -> None:
    record = value(RECORD)
    text, gives = example.text, example.gives  # type: ignore[attr-defined]
    assert value(text, **record) == value(gives)


@pytest.mark.parametrize(("text", "gives", "warned"), NULLS, ids=lambda text: text)
def test_a_warning_is_kept_exactly_where_the_manual_says(
    text: str, gives: str, warned: bool, run: Callable[..., Result], value: Callable[..., Value]
) -> None:
    result = run(text)
    assert result.value == value(gives)
    assert bool(result.warnings) is warned


@pytest.mark.parametrize(("cell", "passing", "failing"), CELLS.examples, ids=lambda text: text)
def test_a_cell_passes_what_the_manual_says(
    cell: str, passing: str, failing: str, value: Callable[..., Value]
) -> None:
    tests = compile_unary_tests(cell)
    assert tests.matches(value(passing), {}, now=NOW).value is True
    assert failing == "" or tests.matches(value(failing), {}, now=NOW).value is False


def test_the_page_is_current() -> None:
    """Write it again with `python -m tests.feel.write_manual > docs/feel.md`."""
    assert PAGE.read_text(encoding="utf-8") == page(EXCEPTIONS)
