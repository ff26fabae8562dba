"""Functions over texts. Patterns are matched by RE2, in time linear to the text."""

from __future__ import annotations

import functools
from decimal import Decimal
from typing import Any

import re2

from runner.feel.builtins.table import builtin
from runner.feel.errors import BudgetExceeded
from runner.feel.evaluation import MAX_STRING, Evaluation
from runner.feel.operators import whole
from runner.feel.text import format_value
from runner.feel.values import Value

_MAX_PATTERN = 1_000
_MAX_MATCHED = 100_000


@builtin("string", "from: any", "The value written as text; null stays null.", result="string")
def _string(run: Evaluation, value: Value) -> Value:
    return None if value is None else format_value(run, value)


@builtin("string length", "string: string", "The number of characters.", result="number")
def _string_length(_run: Evaluation, string: str) -> Value:
    return Decimal(len(string))


@builtin("upper case", "string: string", "The text in capital letters.", result="string")
def _upper_case(_run: Evaluation, string: str) -> Value:
    return string.upper()


@builtin("lower case", "string: string", "The text in small letters.", result="string")
def _lower_case(_run: Evaluation, string: str) -> Value:
    return string.lower()


@builtin(
    "trim",
    "string: string",
    "The text without blanks at its ends.",
    origin="Camunda",
    result="string",
)
def _trim(_run: Evaluation, string: str) -> Value:
    return string.strip()


@builtin(
    "is blank",
    "string: string",
    "Whether the text has only blanks.",
    origin="Camunda",
    result="boolean",
)
def _is_blank(_run: Evaluation, string: str) -> Value:
    return not string.strip()


@builtin(
    "substring",
    "string: string, start position: number, length?: number",
    "The part from a position, counted from 1, or from the end with a negative one.",
    result="string",
)
def _substring(_run: Evaluation, string: str, start: Decimal, length: Decimal | None) -> Value:
    first = whole(start)
    count = len(string) if length is None else whole(length)
    if first is None or first == 0 or abs(first) > max(len(string), 1) or count is None:
        return None if first == 0 or first is None or count is None else ""
    begin = first - 1 if first > 0 else len(string) + first
    return string[begin : begin + max(count, 0)]


@builtin(
    "substring before",
    "string: string, match: string",
    "The part before the match, or ''.",
    result="string",
)
def _substring_before(_run: Evaluation, string: str, match: str) -> Value:
    before, found, _ = string.partition(match) if match else ("", "", "")
    return before if found else ""


@builtin(
    "substring after",
    "string: string, match: string",
    "The part after the match, or ''.",
    result="string",
)
def _substring_after(_run: Evaluation, string: str, match: str) -> Value:
    if not match:
        return string
    return string.partition(match)[2]


@builtin(
    "contains",
    "string: string, match: string",
    "Whether the text contains the other.",
    result="boolean",
)
def _contains(_run: Evaluation, string: str, match: str) -> Value:
    return match in string


@builtin(
    "starts with",
    "string: string, match: string",
    "Whether the text begins with the other.",
    result="boolean",
)
def _starts_with(_run: Evaluation, string: str, match: str) -> Value:
    return string.startswith(match)


@builtin(
    "ends with",
    "string: string, match: string",
    "Whether the text ends with the other.",
    result="boolean",
)
def _ends_with(_run: Evaluation, string: str, match: str) -> Value:
    return string.endswith(match)


@builtin(
    "string join",
    "list: list, delimiter?: string, prefix?: string, suffix?: string",
    "The texts of the list joined, nulls left out.",
    result="string",
)
def _string_join(
    run: Evaluation,
    items: list[Value],
    delimiter: str | None,
    prefix: str | None,
    suffix: str | None,
) -> Value:
    texts = [item for item in items if item is not None]
    if not all(isinstance(item, str) for item in texts):
        run.warn("function", "'string join' needs a list of texts", "string join")
        return None
    size = sum(map(len, texts)) + len(texts) * len(delimiter or "")
    if size > MAX_STRING:
        raise BudgetExceeded(f"A text is longer than {MAX_STRING} characters")
    return (prefix or "") + (delimiter or "").join(texts) + (suffix or "")


@builtin(
    "matches",
    "input: string, pattern: string, flags?: string",
    "Whether the pattern is found in the text; flags are of s m i x q.",
    result="boolean",
)
def _matches(run: Evaluation, text: str, pattern: str, flags: str | None) -> Value:
    compiled = _pattern_or_null(run, text, pattern, flags)
    return None if compiled is None else compiled.search(text) is not None


@builtin(
    "replace",
    "input: string, pattern: string, replacement: string, flags?: string",
    "The text with every match replaced; $1 is what the first group matched.",
    result="string",
)
def _replace(run: Evaluation, text: str, pattern: str, new: str, flags: str | None) -> Value:
    compiled = _pattern_or_null(run, text, pattern, flags)
    if compiled is None:
        return None
    parts = _replacement(new, literal="q" in (flags or ""))
    size = 0

    def expand(match: Any) -> str:
        nonlocal size
        run.spend()
        groups = len(match.groups())
        made = "".join(
            part if isinstance(part, str) else (match.group(part) or "") if part <= groups else ""
            for part in parts
        )
        size += len(made)
        if size > MAX_STRING:
            raise BudgetExceeded(f"A text is longer than {MAX_STRING} characters")
        return made

    pieces: list[str] = []
    position = 0
    for match in compiled.finditer(text):
        pieces += (text[position : match.start()], expand(match))
        position = match.end()
    return "".join((*pieces, text[position:]))


def _replacement(new: str, literal: bool) -> list[str | int]:
    """The replacement as texts and group numbers."""
    if literal:
        return [new]
    parts: list[str | int] = []
    index = 0
    while index < len(new):
        character, following = new[index], new[index + 1 : index + 2]
        if character == "$" and following.isdigit() and following.isascii():
            parts.append(int(following))
            index += 2
        elif character == "\\" and following in ("$", "\\") and following:
            parts.append(following)
            index += 2
        else:
            parts.append(character)
            index += 1
    return parts


@builtin(
    "split",
    "string: string, delimiter: string",
    "The parts between matches of a pattern.",
    result="list",
)
def _split(run: Evaluation, string: str, delimiter: str) -> Value:
    compiled = _pattern_or_null(run, string, delimiter, None)
    if compiled is None:
        return None
    parts: list[str] = []
    position = 0
    for match in compiled.finditer(string):
        if match.end() == match.start():
            continue
        parts.append(string[position : match.start()])
        position = match.end()
    return [*parts, string[position:]]


@builtin(
    "extract",
    "string: string, pattern: string",
    "All matches of a pattern.",
    origin="Camunda",
    result="list",
)
def _extract(run: Evaluation, string: str, pattern: str) -> Value:
    compiled = _pattern_or_null(run, string, pattern, None)
    return None if compiled is None else [match.group() for match in compiled.finditer(string)]


def _pattern_or_null(run: Evaluation, text: str, pattern: str, flags: str | None) -> Any:
    if len(text) > _MAX_MATCHED or len(pattern) > _MAX_PATTERN:
        raise BudgetExceeded("A text or pattern is too long to be matched")
    run.spend(1 + len(text) // 50)
    compiled = _compiled(pattern, "".join(sorted(set(flags or ""))))
    if compiled is None:
        run.warn("function", f"'{pattern[:40]}' is no pattern that can be matched, or wrong flags")
    return compiled


@functools.lru_cache(maxsize=512)
def _compiled(pattern: str, flags: str) -> Any:
    if flags.strip("imsqx"):
        return None
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    options.literal = "q" in flags
    options.case_sensitive = "i" not in flags
    if "q" not in flags:
        if "x" in flags:
            pattern = _without_blanks(pattern)
        inline = "".join(flag for flag in "ms" if flag in flags)
        pattern = f"(?{inline}:{pattern})" if inline else pattern
    try:
        return re2.compile(pattern, options)
    except re2.error:
        return None


def _without_blanks(pattern: str) -> str:
    """The pattern without blanks outside of character classes, as flag x asks."""
    kept, inside = [], 0
    for index, character in enumerate(pattern):
        escaped = index > 0 and pattern[index - 1] == "\\"
        if character in "[]" and not escaped:
            inside += 1 if character == "[" else -1
        if inside or character not in " \t\r\n":
            kept.append(character)
    return "".join(kept)
