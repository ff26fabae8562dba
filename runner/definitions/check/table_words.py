"""How findings speak about decision tables: columns by label, values as people would say them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from runner.definitions.dmn import Table
from runner.definitions.dmn.axes import Axis
from runner.definitions.dmn.coverage import Box
from runner.definitions.dmn.regions import Region
from runner.definitions.findings import half
from runner.definitions.wording import Both
from runner.feel import Evaluation, Value
from runner.feel.text import format_value

_NOW = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_LISTED = 6
_TEXT = 60


def value_words(value: Value) -> Both:
    """A value as it stands in a cell; texts in the quotes of the language."""
    if value is None:
        return Both("没有值", "no value")
    text = format_value(Evaluation({}, _NOW), value)
    if not isinstance(value, str):
        return Both(text, text)
    short = text if len(text) <= _TEXT else text[: _TEXT - 1] + "…"
    return Both(f"“{short}”", f'"{short}"')


def label_words(table: Table, column: int) -> Both:
    """An input column by its label, one half of it for each language."""
    label = table.inputs[column].label.strip() or f"#{column + 1}"
    short = label if len(label) <= _TEXT * 2 else label[: _TEXT - 1] + "…"
    return Both(half(short, "zh"), half(short, "en"))


def box_words(table: Table, axes: Sequence[Axis], box: Box) -> Both:
    """All that the box holds, column by column; columns with any value are left out."""
    parts = [
        _axis_words(table, axis, mask)
        for axis, mask in zip(axes, box, strict=True)
        if mask != axis.expected
    ]
    if not parts:
        return Both("任何输入", "any input")
    return Both("，".join(part.zh for part in parts), ", ".join(part.en for part in parts))


def example_words(table: Table, axes: Sequence[Axis], box: Box) -> Both:
    """One plain example out of the box; columns that may hold anything are left out."""
    parts = [
        _axis_words(table, axis, _plainest(axis, mask), example=True)
        for axis, mask in zip(axes, box, strict=True)
        if mask != axis.space
    ]
    if not parts:
        return Both("任何输入", "any input")
    return Both("，".join(part.zh for part in parts), ", ".join(part.en for part in parts))


def listed(parts: Sequence[Both], more: int = 0) -> Both:
    """Words joined by "or", shortened where there are many; `more` were left out before."""
    shown = parts[:_LISTED]
    rest = len(parts) - len(shown) + more
    zh, en = "、".join(part.zh for part in shown), ", ".join(part.en for part in shown)
    if rest:
        return Both(f"{zh}等 {len(shown) + rest} 种", f"{en} or {rest} more")
    if len(shown) > 1:
        zh = "、".join(part.zh for part in shown[:-1]) + f"或{shown[-1].zh}"
        en = ", ".join(part.en for part in shown[:-1]) + f" or {shown[-1].en}"
    return Both(zh, en)


def _plainest(axis: Axis, mask: int) -> int:
    """One region of those in the mask: a value rather than a range, null last."""
    rank = {"value": 0, "between": 1, "other": 2, "condition": 3, "null": 4}
    numbers = [n for n in range(len(axis.regions)) if mask >> n & 1]
    return 1 << min(numbers, key=lambda n: (rank[axis.regions[n].form], n))


def _axis_words(table: Table, axis: Axis, mask: int, example: bool = False) -> Both:
    label = label_words(table, axis.columns[0])
    if axis.expected & 1 and mask == axis.expected & ~1:
        return Both(f"{label.zh} 有值", f"{label.en} with a value")
    alternatives = list(_alternatives(axis, mask, example))
    missing = list(_alternatives(axis, axis.expected & ~mask))
    ranges = any(sign != "=" for sign, _ in alternatives)
    few = len(missing) < len(alternatives) if ranges else 2 * len(missing) <= len(alternatives)
    if missing and few and all(sign == "=" for sign, _ in missing):
        return _spoken(label, "not", listed([part for _, part in missing]))
    values = [part for sign, part in alternatives if sign == "="]
    others = [(sign, part) for sign, part in alternatives if sign != "="]
    if values:
        others.insert(0, ("=", listed(values)))
    spoken = [_spoken(label, sign, part) for sign, part in others]
    shown, rest = spoken[:_LISTED], len(spoken) - _LISTED
    zh, en = " 或 ".join(part.zh for part in shown), " or ".join(part.en for part in shown)
    return Both(f"{zh} 等", f"{en} or {rest} more") if rest > 0 else Both(zh, en)


def _spoken(label: Both, sign: str, words: Both) -> Both:
    if sign == "in":
        return Both(f"{label.zh} 在 {words.zh} 之内", f"{label.en} in {words.en}")
    if sign == "null":
        return Both(f"{label.zh} 没有值", f"{label.en} without a value")
    if sign == "not":
        return Both(f"{label.zh} 不是{words.zh}", f"{label.en} other than {words.en}")
    if sign == "other":
        return Both(f"{label.zh} 为任何其他值", f"{label.en} anything else")
    if sign == "holds":
        return Both(f"{label.zh} 满足“{words.zh}”", f'{label.en} where "{words.en}" holds')
    if sign == "fails":
        return Both(
            f"{label.zh} 不满足“{words.zh}”", f'{label.en} where "{words.en}" does not hold'
        )
    return Both(f"{label.zh} {sign} {words.zh}", f"{label.en} {sign} {words.en}")


def _alternatives(axis: Axis, mask: int, example: bool = False) -> Iterator[tuple[str, Both]]:
    """(sign, words) of what the mask holds, in the order of the regions."""
    ordered = {region.kind for region in axis.regions if region.form == "between"}
    rest = {
        region.kind
        for number, region in enumerate(axis.regions)
        if region.form == "other" and mask >> number & 1
    }
    run: list[Region] = []
    for number, region in enumerate(axis.regions):
        inside = bool(mask >> number & 1)
        if run and (not inside or region.kind != run[-1].kind):
            yield _range(run, example)
            run = []
        if not inside:
            continue
        if region.kind in ordered:
            run.append(region)
        elif region.form == "value":
            if region.kind not in rest:
                yield "=", value_words(region.low)
        elif region.form == "null":
            yield "null", Both("", "")
        elif region.form == "condition":
            yield ("fails" if region.contrary else "holds"), Both(region.text, region.text)
        else:
            yield from _others(axis, mask, region)
    if run:
        yield _range(run, example)


def _range(run: Sequence[Region], example: bool) -> tuple[str, Both]:
    """Neighbouring regions as one comparison, range or value."""
    first, last = run[0], run[-1]
    if example or (len(run) == 1 and first.form == "value"):
        return "=", value_words(first.sample)
    low, high = first.low, last.high
    at_low, at_high = first.form == "value", last.form == "value"
    if low is None and high is None:
        return "other", Both("", "")
    if low is None:
        return ("<=" if at_high else "<"), value_words(high)
    if high is None:
        return (">=" if at_low else ">"), value_words(low)
    ends = f"{'[' if at_low else '('}{{}}..{{}}{']' if at_high else ')'}"
    lows, highs = value_words(low), value_words(high)
    return "in", Both(ends.format(lows.zh, highs.zh), ends.format(lows.en, highs.en))


def _others(axis: Axis, mask: int, region: Region) -> Iterator[tuple[str, Both]]:
    """Any value but those that cells mention and that are not in the mask."""
    mentioned = [
        value_words(other.low)
        for number, other in enumerate(axis.regions)
        if other.form == "value"
        and other.kind == region.kind
        and axis.space >> number & 1
        and not mask >> number & 1
    ]
    yield ("not", listed(mentioned)) if mentioned else ("other", Both("", ""))
