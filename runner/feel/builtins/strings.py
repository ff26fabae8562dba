"""Functions over texts. Positions count characters: a rare one of two UTF-16 units is one."""

from __future__ import annotations

import base64
from decimal import Decimal

from runner.feel.builtins.table import builtin
from runner.feel.evaluation import Evaluation, limit_text
from runner.feel.text import format_value
from runner.feel.values import Value, kind


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
def _substring(run: Evaluation, string: str, start: Decimal, length: Decimal | None) -> Value:
    """Fractions are cut off. A start beyond the text makes an empty one, a start of 0 null."""
    if -1 < start < 1:
        run.warn("function", "'substring' counts positions from 1 or -1, not 0", "substring")
        return None
    size = len(string)
    first = _position(start, size)
    count = size if length is None else _position(length, size)
    if abs(first) > max(size, 1):
        return ""
    begin = first - 1 if first > 0 else size + first
    return string[begin : begin + max(count, 0)]


def _position(number: Decimal, size: int) -> int:
    """The whole part, no further than just outside of a text of this size."""
    limit = Decimal(size + 1)
    return int(max(min(number, limit), -limit))


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
    texts = []
    for item in items:
        if type(item) is str:
            texts.append(item)
        elif item is not None:
            run.warn(
                "function",
                f"'string join' needs a list of texts, not a {kind(item)}",
                "string join",
            )
            return None
    between = delimiter or ""
    ends = (prefix or "", suffix or "")
    limit_text(sum(map(len, texts)) + len(texts) * len(between) + sum(map(len, ends)))
    return between.join(texts).join(ends)


@builtin(
    "to base64",
    "value: string",
    "The text's UTF-8 bytes written in Base64.",
    result="string",
    origin="Camunda",
)
def _to_base64(run: Evaluation, value: str) -> Value:
    try:
        return base64.b64encode(value.encode()).decode()
    except UnicodeEncodeError:
        run.warn("function", "'to base64' needs a text without half characters", "to base64")
        return None
