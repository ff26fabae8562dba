"""``ombud feel``: try an expression or a cell without starting anything. Nothing is stored."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from runner.clock import SystemClock
from runner.terminal import console, errors, plainly, procedure_folder, whole

if TYPE_CHECKING:  # read when the command runs: the other commands start without them
    from runner.calendars import Calendar
    from runner.feel import FeelError, Result, Value

_SETTINGS = ("processes/calendars/", "processes/policies/")
_TEMPORAL = frozenset(
    {"date", "time", "date and time", "days and time duration", "years and months duration"}
)


@click.command(context_settings={"ignore_unknown_options": True})  # `-5 + 3` is none
@click.argument("expression")
@click.option(
    "--set",
    "sets",
    multiple=True,
    metavar="NAME=FEEL",
    help="""A variable, as often as needed: --set amount=5 --set 'grade="urgent"'.""",
)
@click.option("--unary", "tested", metavar="FEEL", help="EXPRESSION is a cell; test this input.")
@click.option("--policy", "policy_id", metavar="ID", help="Read `policy`, with its calendar.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="One language instead of both.")
@plainly
def feel(
    expression: str,
    sets: tuple[str, ...],
    tested: str | None,
    policy_id: str | None,
    lang: str | None,
) -> None:
    """Try EXPRESSION: its value, its type, and why something in it became null.

    Working time is that of the calendar in processes/ here. Exit status 1: it is no FEEL, or the
    evaluation was ended.
    """
    scope, calendar = _procedure(policy_id)
    trial = _Trial(scope, calendar, lang)
    for one in sets:
        name, sign, text = one.partition("=")
        if not sign or not name.strip():
            raise click.UsageError(f"应为 名称=FEEL / Expected NAME=FEEL, found: {one}")
        trial.scope[name.strip()] = trial.value(text, f"--set {name.strip()}=")
    if tested is None:
        trial.show(trial.value(expression.removeprefix("=")))
    else:
        trial.test(expression, trial.value(tested, "--unary "))


class _Trial:
    """Expressions tried one after the other, at one instant, with the variables set so far."""

    def __init__(
        self, scope: dict[str, object], calendar: Calendar | None, lang: str | None
    ) -> None:
        self.scope = scope
        self._calendar = calendar
        self._lang = lang
        self._now = SystemClock().now()

    def value(self, text: str, option: str = "") -> Value:
        """The value; what stands in the way is printed, and ends the command."""
        from runner.feel import FeelError, compile_expression

        try:
            made = compile_expression(text, set(_names(self.scope)))
            result = made.evaluate(self.scope, now=self._now, calendar=self._calendar)
        except FeelError as error:
            self._refuse(text, error, option)
        self._warn(result, option)
        return result.value

    def test(self, cell: str, value: Value) -> None:
        """Say whether the value passes the cell of a decision table."""
        from runner.feel import FeelError, compile_unary_tests

        try:
            made = compile_unary_tests(cell, set(_names(self.scope)))
            result = made.matches(value, self.scope, now=self._now, calendar=self._calendar)
        except FeelError as error:
            self._refuse(cell, error, "")
        self._warn(result, "")
        passes = ("通过", "passes") if result.value else ("不通过", "does not pass")
        console.print(f"{written(value)}: {self._said(*passes)}", markup=False)

    def show(self, value: Value) -> None:
        """Print the value and its type."""
        from runner.feel import kind
        from runner.feel.manual.language import LITERALS

        name = kind(value)
        chinese = {english: zh for english, zh, _ in LITERALS.rows}.get(name, name)
        console.print(written(value), markup=False)
        console.print(f"{self._said('类型', 'type')}: {self._said(chinese, name)}", markup=False)

    def _warn(self, result: Result, option: str) -> None:
        from runner.definitions.findings import half
        from runner.definitions.warning_words import warning_words

        for warning in result.warnings:
            words = warning_words(warning)
            said = half(words, self._lang) if self._lang else words
            errors.print(f"{self._said('警告', 'warning')}: {option}{said}", markup=False)

    def _refuse(self, text: str, error: FeelError, option: str) -> NoReturn:
        from rich.cells import cell_len

        from runner.feel import FeelSyntaxError, UnsetValue

        if isinstance(error, FeelSyntaxError):
            line = (text.split("\n") or [""])[error.line - 1]
            before = option if error.line == 1 else ""
            indent = cell_len(before + line[: error.column - 1])
            found_zh = f"遇到“{error.found}”" if error.found else "表达式到此结束"
            found_en = f"found '{error.found}'" if error.found else "the expression ends here"
            zh = f"{found_zh}，应为{'或'.join(error.expected_zh)}。"
            en = f"{found_en}; expected {' or '.join(error.expected)}."
            errors.print(f"{before}{line}\n{' ' * indent}^", markup=False)
        elif isinstance(error, UnsetValue):
            zh, en = f"“{error.path}”还没有决定。", f"'{error.path}' is not decided yet."
        else:
            zh, en = f"求值中止：{error}。", f"The evaluation was ended: {error}."
        errors.print(self._said(zh, en), markup=False)
        sys.exit(1)

    def _said(self, zh: str, en: str) -> str:
        return {"zh": zh, "en": en}.get(self._lang or "", f"{zh} / {en}")


def written(value: Value) -> str:
    """The value as FEEL that gives it again; a function has no such text, and shows as its type."""
    from runner.feel import Evaluation, kind
    from runner.feel.text import format_value

    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, dict):
        entries = (f"{_key(key)}: {written(item)}" for key, item in value.items())
        return f"{{{', '.join(entries)}}}"
    name = kind(value)
    if name == "unset":
        return "unset"
    text = format_value(Evaluation({}, SystemClock().now()), value, inside=True)
    return f'@"{text}"' if name in _TEMPORAL else text


def _key(key: str) -> str:
    plain = key.replace("_", "a").isalnum() and not key[0].isdigit()
    return key if plain else written(key)


def _names(scope: object) -> Iterator[str]:
    """The names in the scope and in its contexts: those of several words must be known."""
    waiting = [scope]
    while waiting:
        found = waiting.pop()
        if isinstance(found, Mapping):
            yield from map(str, found)
            waiting.extend(found.values())
        elif isinstance(found, list):
            waiting.extend(found)


def _procedure(policy_id: str | None) -> tuple[dict[str, object], Calendar | None]:
    """The variable `policy`, where one is asked for, and the calendar: the policy's, else the only
    one of the folder here. Neither where there is no folder processes/."""
    from runner.definitions.release import load_definitions, read_folder

    if policy_id is None and not (whole(Path.cwd()) / "processes").is_dir():
        return {}, None
    files = read_folder(procedure_folder())
    read = load_definitions({path: files[path] for path in files if path.startswith(_SETTINGS)})
    if policy_id is None:
        only = len(read.calendars) == 1
        return {}, next(iter(read.calendars.values())) if only else None
    if policy_id not in read.policies:
        known = ", ".join(sorted(read.policies))
        raise click.UsageError(
            f"没有制度“{policy_id}”，有：{known} / There is no policy '{policy_id}'; there are:"
            f" {known}"
        )
    policy = read.policies[policy_id]
    return {"policy": policy.values}, read.calendars.get(policy.calendar or "")
