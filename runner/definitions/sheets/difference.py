"""What an import changes, rule by rule, for people to read."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence

from runner.definitions.sheets.grid import Column, Grid, Row
from runner.definitions.sheets.merging import Matched

Place = Callable[[int | str, int | None], str]
_COLUMN = {
    "input": "输入列 / input",
    "output": "输出列 / output",
    "annotation": "批注列 / annotation",
}
_FACTS = (
    ("label", "名称 / label"),
    ("expression", "表达式、输出名 / expression, name"),
    ("type_ref", "类型 / type"),
    ("allowed", "允许的值 / allowed values"),
    ("default", "默认值 / default"),
)


def differences(old: Grid, new: Grid, matched: Matched, place: Place) -> list[str]:
    """A line for each change, in both languages; `place` names the cell of a rule's index (or of a
    heading's mark) and a column's index. Empty where the tables say the same."""
    return [
        *_table(old, new, place),
        *_columns(old, new, matched, place),
        *_rules(old, new, matched, place),
    ]


def added(new: Grid) -> list[str]:
    """The lines for a table that is new as a whole."""
    return [
        f"+ 决策 / decision {new.owner} “{new.title}”, {new.policy}",
        *(f"+ {_COLUMN[column.kind]} {_named(column)}" for column in new.columns),
        *(f"+ 规则 / rule {n}: {_shown(new, row)}" for n, row in enumerate(new.rows, 1)),
    ]


def _table(old: Grid, new: Grid, place: Place) -> Iterator[str]:
    if old.policy != new.policy:
        cell = place("policy", None)
        yield f"~ {cell} 命中策略 / hit policy: {old.policy} → {new.policy}"
    if old.description != new.description:
        texts = f"{_short(old.description)} → {_short(new.description)}"
        yield f"~ {place('description', None)} 说明 / description: {texts}"


def _columns(old: Grid, new: Grid, matched: Matched, place: Place) -> Iterator[str]:
    for index, column in enumerate(old.columns):
        if index not in matched.columns:
            yield f"- {_COLUMN[column.kind]} {_named(column)}"
    for index, (column, found) in enumerate(zip(new.columns, matched.columns, strict=True)):
        if found is None:
            yield f"+ {place('label', index)} {_COLUMN[column.kind]} {_named(column)}"
            continue
        before = old.columns[found]
        for name, words in _FACTS:
            was, now = getattr(before, name), getattr(column, name)
            if was != now:
                change = f"{_short(was)} → {_short(now)}"
                yield f"~ {place('label', index)} {_named(before)}, {words}: {change}"
    for index in _moved(matched.columns):
        yield f"⇅ {place('label', index)} {_named(new.columns[index])}: 换了位置 / moved"


def _rules(old: Grid, new: Grid, matched: Matched, place: Place) -> Iterator[str]:
    for index, row in enumerate(old.rows):
        if index not in matched.rows:
            yield f"- 规则 / rule {index + 1} ({row.key}): {_shown(old, row)}"
    moved = set(_moved(matched.rows))
    for index, (row, found) in enumerate(zip(new.rows, matched.rows, strict=True)):
        name = f"规则 / rule {index + 1}"
        if found is None:
            yield f"+ {place(index, None)} {name}: {_shown(new, row)}"
            continue
        before = old.rows[found]
        name += f" ({before.key})"
        if index in moved:
            yield f"⇅ {place(index, None)} {name}: {found + 1} → {index + 1}"
        for at, (column, was) in enumerate(zip(new.columns, matched.columns, strict=True)):
            text = "" if was is None else before.cells[was]
            if row.cells[at] != text:
                change = f"{_short(text)} → {_short(row.cells[at])}"
                yield f"~ {place(index, at)} {name}, {_named(column)}: {change}"
        if row.description != before.description:
            texts = f"{_short(before.description)} → {_short(row.description)}"
            cell = place(index, len(new.columns))
            yield f"~ {cell} {name}, 说明 / description: {texts}"


def _moved(matched: Sequence[int | None]) -> list[int]:
    """The indexes of as few kept items as possible whose moving explains the new order."""
    kept = [(index, found) for index, found in enumerate(matched) if found is not None]
    tails: list[int] = []  # the smallest end of a rising sequence of each length
    lengths: list[int] = []
    for _, found in kept:
        length = bisect_left(tails, found)
        tails[length : length + 1] = [found]
        lengths.append(length)
    wanted, moved = len(tails) - 1, []
    for (index, _), length in zip(reversed(kept), reversed(lengths), strict=True):
        if length == wanted:
            wanted -= 1
        else:
            moved.append(index)
    return moved[::-1]


def _named(column: Column) -> str:
    return f"“{' '.join(column.label.split()) or column.expression}”"


def _shown(grid: Grid, row: Row) -> str:
    parts: dict[str, list[str]] = {"input": [], "output": [], "annotation": []}
    for column, text in zip(grid.columns, row.cells, strict=True):
        parts[column.kind].append(" ".join(text.split()) or "-")
    return f"{' | '.join(parts['input'])} → {' | '.join(parts['output'])}"


def _short(text: str) -> str:
    plain = text.replace("\n", "⏎")
    return (plain if len(plain) <= 80 else plain[:79] + "…") or "∅"
