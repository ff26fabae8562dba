"""Numeric functions."""

from __future__ import annotations

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
    DecimalException,
)

from runner.feel.builtins.table import builtin
from runner.feel.evaluation import Evaluation
from runner.feel.operators import whole
from runner.feel.values import CONTEXT, Months, Value
from runner.feel.wide import duration_nanos, make_duration

_MIN_SCALE, _MAX_SCALE = -6111, 6176


def _rounded(run: Evaluation, value: Decimal, scale: Decimal, mode: str) -> Value:
    digits = whole(scale)
    if digits is None or not _MIN_SCALE <= digits <= _MAX_SCALE:
        run.warn("function", "The scale must be a whole number from -6111 to 6176")
        return None
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= digits:
        return value  # nothing to round away
    try:
        quantum = Decimal((0, (1,), -digits))
        return CONTEXT.plus(value.quantize(quantum, rounding=mode, context=CONTEXT))  # never -0
    except DecimalException:
        run.warn("function", "The rounded number has more than 34 digits")
        return None


def _cut(run: Evaluation, value: Decimal, scale: Decimal, mode: str) -> Value:
    """As `_rounded`; of a scale with a fraction only the whole part counts."""
    return _rounded(run, value, scale.to_integral_value(ROUND_DOWN), mode)


@builtin(
    "decimal",
    "n: number, scale: number",
    "The number rounded half even to scale digits.",
    result="number",
)
def _decimal(run: Evaluation, n: Decimal, scale: Decimal) -> Value:
    return _cut(run, n, scale, ROUND_HALF_EVEN)


@builtin("floor", "n: number", "The number rounded down, towards minus infinity.", result="number")
def _floor(run: Evaluation, n: Decimal) -> Value:
    return _rounded(run, n, Decimal(0), ROUND_FLOOR)


@builtin(
    "floor",
    "n: number, scale: number",
    "The number rounded down, towards minus infinity, to scale digits.",
    result="number",
)
def _floor_to(run: Evaluation, n: Decimal, scale: Decimal) -> Value:
    return _cut(run, n, scale, ROUND_FLOOR)


@builtin("ceiling", "n: number", "The number rounded up, towards infinity.", result="number")
def _ceiling(run: Evaluation, n: Decimal) -> Value:
    return _rounded(run, n, Decimal(0), ROUND_CEILING)


@builtin(
    "ceiling",
    "n: number, scale: number",
    "The number rounded up, towards infinity, to scale digits.",
    result="number",
)
def _ceiling_to(run: Evaluation, n: Decimal, scale: Decimal) -> Value:
    return _cut(run, n, scale, ROUND_CEILING)


@builtin(
    "round up", "n: number, scale: number", "The number rounded away from zero.", result="number"
)
def _round_up(run: Evaluation, n: Decimal, scale: Decimal) -> Value:
    return _rounded(run, n, scale, ROUND_UP)


@builtin(
    "round down", "n: number, scale: number", "The number rounded towards zero.", result="number"
)
def _round_down(run: Evaluation, n: Decimal, scale: Decimal) -> Value:
    return _rounded(run, n, scale, ROUND_DOWN)


@builtin(
    "round half up", "n: number, scale: number", "Rounded, halves away from zero.", result="number"
)
def _round_half_up(run: Evaluation, n: Decimal, scale: Decimal) -> Value:
    return _rounded(run, n, scale, ROUND_HALF_UP)


@builtin(
    "round half down", "n: number, scale: number", "Rounded, halves towards zero.", result="number"
)
def _round_half_down(run: Evaluation, n: Decimal, scale: Decimal) -> Value:
    return _rounded(run, n, scale, ROUND_HALF_DOWN)


@builtin("abs", "n: number", "The number without its sign.", result="any")
def _abs(_run: Evaluation, n: Decimal) -> Value:
    return CONTEXT.abs(n)


@builtin("abs", "n: duration", "The duration without its sign.", result="any")
def _abs_duration(_run: Evaluation, n: Value) -> Value:
    if isinstance(n, Months):
        return Months(abs(n.months))
    return make_duration(abs(duration_nanos(n)))


@builtin(
    "modulo",
    "dividend: number, divisor: number",
    "The rest, with the divisor's sign.",
    result="number",
)
def _modulo(run: Evaluation, dividend: Decimal, divisor: Decimal) -> Value:
    if divisor == 0:
        run.warn("function", "'modulo' by zero is no number", "modulo")
        return None
    return _rest(dividend, divisor)


def _rest(dividend: Decimal, divisor: Decimal) -> Decimal:
    """dividend - divisor * floor(dividend / divisor), where the quotient may have any length."""
    parts = (dividend.as_tuple(), divisor.as_tuple())
    exponents = [int(part.exponent) for part in parts]
    least = min(exponents)
    first, second = (
        int(Decimal((part.sign, part.digits, 0))) * 10 ** (exponent - least)
        for part, exponent in zip(parts, exponents, strict=True)
    )
    rest = Decimal(first % second).as_tuple()
    return CONTEXT.create_decimal((rest.sign, rest.digits, least))


@builtin("sqrt", "number: number", "The square root; null for a negative number.", result="number")
def _sqrt(run: Evaluation, number: Decimal) -> Value:
    return _or_null(run, "sqrt", number)


@builtin(
    "log", "number: number", "The natural logarithm; null where there is none.", result="number"
)
def _log(run: Evaluation, number: Decimal) -> Value:
    if number <= 0:
        run.warn("function", "Only a positive number has a logarithm", "log")
        return None
    return _or_null(run, "ln", number)


@builtin("exp", "number: number", "e to the power of the number.", result="number")
def _exp(run: Evaluation, number: Decimal) -> Value:
    return _or_null(run, "exp", number)


def _or_null(run: Evaluation, operation: str, number: Decimal) -> Value:
    try:
        return getattr(CONTEXT, operation)(number)
    except DecimalException:
        run.warn("function", f"There is no '{operation}' of this number")
        return None


@builtin("odd", "number: number", "Whether the number is a whole odd one.", result="boolean")
def _odd(_run: Evaluation, number: Decimal) -> Value:
    rest = _rest(number, Decimal(2))
    return rest == 1 if rest in (0, 1) else None


@builtin("even", "number: number", "Whether the number is a whole even one.", result="boolean")
def _even(_run: Evaluation, number: Decimal) -> Value:
    rest = _rest(number, Decimal(2))
    return rest == 0 if rest in (0, 1) else None


@builtin(
    "number",
    "from: string, grouping separator?: string, decimal separator?: string",
    "The number written in the text; null if it is none.",
    result="number",
)
def _number(
    run: Evaluation, text: str, grouping: str | None, decimal_separator: str | None
) -> Value:
    if grouping not in (None, " ", ",", ".") or decimal_separator not in (None, ".", ","):
        run.warn("function", "Separators are a space, a comma or a full stop", "number")
        return None
    if grouping is not None and grouping == (decimal_separator or "."):
        run.warn("function", "The two separators must differ", "number")
        return None
    if grouping:
        text = text.replace(grouping, "")
    elif decimal_separator == "," and "." in text:
        return None
    if decimal_separator == ",":
        text = text.replace(",", ".")
    if (
        len(text) > 100
        or not text.isascii()
        or text.strip("+-.eE0123456789")
        or text != text.strip()
    ):
        run.warn("function", "The text is no number", "number")
        return None
    try:
        return CONTEXT.create_decimal(text)
    except DecimalException:
        run.warn("function", "The text is no number", "number")
        return None


@builtin("number", "from: number", "The number itself.", result="number")
def _number_itself(_run: Evaluation, number: Decimal) -> Value:
    return number
