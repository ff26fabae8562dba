"""What an import changes, rule by rule, for people to read."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence

from runner.definitions.findings import half
from runner.definitions.sheets.grid import Column, Grid, Row
from runner.definitions.sheets.merging import Matched
from runner.definitions.wording import Both

Place = Callable[[int | str, int | None], str]
_COLUMN = {
    "input": Both("输入列", "input"),
    "output": Both("输出列", "output"),
    "annotation": Both("批注列", "annotation"),
}
_FACTS = (
    ("label", "label", Both("名称", "label")),
    ("expression", "expression", Both("表达式、输出名", "expression, name")),
    ("type_ref", "type", Both("类型", "type")),
    ("allowed", "allowed", Both("允许的值", "allowed values")),
    ("default", "default", Both("默认值", "default")),
)
_EMPTY = "∅"


def differences(
    old: Grid, new: Grid, matched: Matched, place: Place, language: str = ""
) -> list[str]:
    """A line for each change, in the language or in both; `place` names the cell of a rule's index
    (or of a heading's mark) and a column's index. Empty where the tables say the same."""
    return list(_Lines(language).of(old, new, matched, place))


def added(new: Grid, language: str = "") -> list[str]:
    """The lines for a table that is new as a whole."""
    return list(_Lines(language).of_new(new))


class _Lines:
    def __init__(self, language: str) -> None:
        self._language = language

    def _said(self, words: Both) -> str:
        both = f"{words.zh} / {words.en}"
        return {"zh": words.zh, "en": words.en}.get(self._language, both)

    def _rule(self, index: int, key: str = "") -> str:
        return f"{self._said(Both('规则', 'rule'))} {index + 1}{f' ({key})' if key else ''}"

    def of_new(self, new: Grid) -> Iterator[str]:
        yield f"+ {self._said(Both('决策', 'decision'))} {new.owner} “{new.title}”, {new.policy}"
        for column in new.columns:
            yield f"+ {self._column(column)}"
        for index, row in enumerate(new.rows):
            yield f"+ {self._rule(index)}: {_shown(new, row)}"

    def of(self, old: Grid, new: Grid, matched: Matched, place: Place) -> Iterator[str]:
        described = self._said(Both("说明", "description"))
        if old.policy != new.policy:
            words = self._said(Both("命中策略", "hit policy"))
            yield f"~ {place('policy', None)} {words}: {old.policy} → {new.policy}"
        if old.description != new.description:
            change = _change(old.description, new.description)
            yield f"~ {place('description', None)} {described}: {change}"
        yield from self._columns(old, new, matched, place)
        for index, row in enumerate(old.rows):
            if index not in matched.rows:
                yield f"- {self._rule(index, row.key)}: {_shown(old, row)}"
        moved = set(_moved(matched.rows))
        for index, (row, found) in enumerate(zip(new.rows, matched.rows, strict=True)):
            if found is None:
                yield f"+ {place(index, None)} {self._rule(index)}: {_shown(new, row)}"
                continue
            before = old.rows[found]
            name = self._rule(index, before.key)
            if index in moved:
                yield f"⇅ {place(index, None)} {name}: {found + 1} → {index + 1}"
            for at, (column, was) in enumerate(zip(new.columns, matched.columns, strict=True)):
                text = "" if was is None else before.cells[was]
                if row.cells[at] != text:
                    change = _change(text, row.cells[at])
                    yield f"~ {place(index, at)} {name}, {self._named(column)}: {change}"
            if row.description != before.description:
                change = _change(before.description, row.description)
                yield f"~ {place(index, len(new.columns))} {name}, {described}: {change}"

    def _columns(self, old: Grid, new: Grid, matched: Matched, place: Place) -> Iterator[str]:
        for index, column in enumerate(old.columns):
            if index not in matched.columns:
                yield f"- {self._column(column)}"
        for index, (column, found) in enumerate(zip(new.columns, matched.columns, strict=True)):
            if found is None:
                yield f"+ {place('label', index)} {self._column(column)}"
                continue
            before = old.columns[found]
            for name, mark, words in _FACTS:
                was, now = getattr(before, name), getattr(column, name)
                if was != now:
                    what = f"{self._named(before)}, {self._said(words)}"
                    yield f"~ {place(mark, index)} {what}: {_change(was, now)}"
        for index in _moved(matched.columns):
            moved = self._said(Both("换了位置", "moved"))
            yield f"⇅ {place('label', index)} {self._named(new.columns[index])}: {moved}"

    def _column(self, column: Column) -> str:
        return f"{self._said(_COLUMN[column.kind])} {self._named(column)}"

    def _named(self, column: Column) -> str:
        label = half(column.label, self._language) if self._language else column.label
        return f"“{' '.join(label.split()) or column.expression}”"


def _moved(matched: Sequence[int | None]) -> list[int]:
    """The indexes of as few kept items as possible whose moving explains the new order; where two
    have changed places, those two."""
    kept = [(index, found) for index, found in enumerate(matched) if found is not None]
    rank = {found: number for number, found in enumerate(sorted(found for _, found in kept))}
    moved: list[int] = []
    block: list[tuple[int, int]] = []
    shifted: list[int] = []
    most = -1
    for number, (index, found) in enumerate(kept):
        block.append((index, found))
        if rank[found] != number:
            shifted.append(index)
        most = max(most, rank[found])
        if most == number:  # nothing before this place belongs behind it
            fewest = _out_of_order(block)
            moved += shifted if len(shifted) <= len(fewest) else fewest
            block, shifted = [], []
    return moved


def _out_of_order(kept: Sequence[tuple[int, int]]) -> list[int]:
    """The indexes beside a longest sequence that kept its order."""
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


def _shown(grid: Grid, row: Row) -> str:
    parts: dict[str, list[str]] = {"input": [], "output": [], "annotation": []}
    for column, text in zip(grid.columns, row.cells, strict=True):
        parts[column.kind].append(" ".join(text.split()) or _EMPTY)
    return f"{' | '.join(parts['input'])} → {' | '.join(parts['output'])}"


def _change(before: str, after: str) -> str:
    return f"{_short(before)} → {_short(after)}"


def _short(text: str) -> str:
    plain = text.replace("\n", "⏎")
    return (plain if len(plain) <= 80 else plain[:79] + "…") or _EMPTY
