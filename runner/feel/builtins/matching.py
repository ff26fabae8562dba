"""Functions over texts and patterns, matched by RE2 in time linear to the text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from runner.feel.builtins.patterns import (
    MAX_MATCHED,
    MAX_PATTERN,
    Pattern,
    PatternError,
    compile_pattern,
)
from runner.feel.builtins.table import builtin
from runner.feel.errors import BudgetExceeded
from runner.feel.evaluation import Evaluation, limit_text
from runner.feel.values import Value


@builtin(
    "matches",
    "input: string, pattern: string, flags?: string",
    "Whether the pattern is found in the text; flags are of s m i x q.",
    result="boolean",
)
def _matches(run: Evaluation, text: str, pattern: str, flags: str | None) -> Value:
    compiled = _compiled(run, "matches", text, pattern, flags)
    return None if compiled is None else compiled.matcher.search(text) is not None


@builtin(
    "replace",
    "input: string, pattern: string, replacement: string, flags?: string",
    "The text with every match replaced; $1 is what the first group matched.",
    result="string",
)
def _replace(run: Evaluation, text: str, pattern: str, new: str, flags: str | None) -> Value:
    compiled = _compiled(run, "replace", text, pattern, flags)
    if compiled is None:
        return None
    try:
        parts = [new] if compiled.literal else _replacement(new, compiled.groups)
    except PatternError as error:
        run.warn("function", f"'replace' cannot use '{new[:40]}': {error}", "replace")
        return None
    pieces: list[str] = []
    position = size = 0
    for match in _found(run, compiled, text):
        pieces.append(text[position : match.start()])
        made = "".join(
            part if isinstance(part, str) else (match.group(part) or "") for part in parts
        )
        pieces.append(made)
        size += len(made)
        limit_text(size)
        position = match.end()
    return "".join((*pieces, text[position:]))


def _replacement(new: str, groups: int) -> list[str | int]:
    """The replacement as texts and group numbers, as XPath reads it.

    `$` is followed by a group's number, of as many digits as there are groups; a group that the
    pattern does not have is an empty text. `\\$` and `\\\\` are `$` and `\\` themselves.
    """
    parts: list[str | int] = []
    index = 0
    while index < len(new):
        character, following = new[index], new[index + 1 : index + 2]
        index += 2
        if character == "$" and following.isascii() and following.isdigit():
            number = int(following)
            while new[index : index + 1].isascii() and new[index : index + 1].isdigit():
                longer = number * 10 + int(new[index])
                if longer > groups:
                    break
                number, index = longer, index + 1
            parts.append(number if number <= groups else "")
        elif character == "\\" and following in ("$", "\\"):
            parts.append(following)
        elif character in "$\\":
            raise PatternError(f"a '{character}' for itself must be written '\\{character}'")
        else:
            parts.append(character)
            index -= 1
    return parts


@builtin(
    "split",
    "string: string, delimiter: string",
    "The parts between matches of a pattern.",
    result="list",
)
def _split(run: Evaluation, string: str, delimiter: str) -> Value:
    compiled = _compiled(run, "split", string, delimiter, None)
    if compiled is None:
        return None
    parts: list[str] = []
    position = 0
    for match in _found(run, compiled, string):
        if match.end() > match.start():
            parts.append(string[position : match.start()])
            position = match.end()
    return [*parts, string[position:]]


@builtin(
    "extract",
    "string: string, pattern: string",
    "All matches of a pattern.",
    result="list",
    origin="Camunda",
)
def _extract(run: Evaluation, string: str, pattern: str) -> Value:
    compiled = _compiled(run, "extract", string, pattern, None)
    return None if compiled is None else [item.group() for item in _found(run, compiled, string)]


def _found(run: Evaluation, compiled: Pattern, text: str) -> Iterator[Any]:
    """The matches one after another; each costs the rest of the text it may have been sought in."""
    for match in compiled.matcher.finditer(text):
        rest = len(text) - match.end()
        run.spend(5 + rest * (10 + compiled.places) // 10_000)
        yield match


def _compiled(
    run: Evaluation, name: str, text: str, pattern: str, flags: str | None
) -> Pattern | None:
    if len(text) > MAX_MATCHED:
        raise BudgetExceeded(f"A text to be matched is longer than {MAX_MATCHED} characters")
    if len(pattern) > MAX_PATTERN:
        raise BudgetExceeded(f"A pattern is longer than {MAX_PATTERN} characters")
    asked = "".join(sorted(set(flags or "")))
    compiled = compile_pattern(pattern, asked)
    run.spend_once(f"{asked}/{pattern}", compiled.cost)
    if isinstance(compiled, PatternError):
        run.spend(100)
        run.warn("function", f"'{name}' cannot use the pattern '{pattern[:40]}': {compiled}", name)
        return None
    run.spend(1 + len(text) * (1 + compiled.places) // 50)
    try:
        text.encode()
    except UnicodeEncodeError:
        run.warn("function", f"'{name}' needs a text without half characters", name)
        return None
    return compiled
