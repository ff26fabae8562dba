"""Functions over lists."""

from __future__ import annotations

import functools
from decimal import Decimal

from runner.feel.builtins.table import builtin
from runner.feel.calls import call_value
from runner.feel.evaluation import Evaluation, used
from runner.feel.operators import equal, identity, order, whole
from runner.feel.values import Function, Value, kind

_IN_C = 4  # calls of a function: Python's own sort stands between them and takes as much stack


@builtin(
    "list contains", "list: list, element: any", "Whether the list has the value.", result="boolean"
)
def _list_contains(run: Evaluation, items: list[Value], element: Value) -> Value:
    return any(_same(run, item, element) for item in items)


def _same(run: Evaluation, one: Value, other: Value) -> bool:
    """Equality without a warning for values of different types."""
    run.spend()
    used(one)
    if type(one) is not type(other) and kind(one) != kind(other):
        return False
    return equal(run, one, other) is True


@builtin("count", "list: list", "The number of items.", result="number")
def _count(_run: Evaluation, items: list[Value]) -> Value:
    return Decimal(len(items))


@builtin(
    "is empty", "list: list", "Whether the list has no item.", origin="Camunda", result="boolean"
)
def _is_empty(_run: Evaluation, items: list[Value]) -> Value:
    return not items


@builtin(
    "all",
    "list...: any",
    "false if one is false, else true if all are true, else null.",
    result="boolean",
)
def _all(_run: Evaluation, *values: Value) -> Value:
    return _three_valued(_operands(values), False)


@builtin(
    "any",
    "list...: any",
    "true if one is true, else false if all are false, else null.",
    result="boolean",
)
def _any(_run: Evaluation, *values: Value) -> Value:
    return _three_valued(_operands(values), True)


def _three_valued(items: list[Value] | None, decisive: bool) -> bool | None:
    if items is None:
        return None
    if any(used(item) is decisive for item in items):
        return decisive
    return (not decisive) if all(type(item) is bool for item in items) else None


def _operands(values: tuple[Value, ...]) -> list[Value] | None:
    """The list given, or the arguments as a list; None for a single null."""
    if len(values) == 1:
        if values[0] is None:
            return None
        return values[0] if isinstance(values[0], list) else [values[0]]
    return list(values)


@builtin(
    "sublist",
    "list: list, start position: number",
    "The part from a position, counted from 1, or from the end with a negative one.",
    result="list",
)
def _rest(run: Evaluation, items: list[Value], start: Decimal) -> Value:
    begin = _index(run, "sublist", items, start)
    return None if begin is None else items[begin:]


@builtin(
    "sublist",
    "list: list, start position: number, length: number",
    "So many items from a position, counted from 1, or from the end with a negative one.",
    result="list",
)
def _sublist(run: Evaluation, items: list[Value], start: Decimal, length: Decimal) -> Value:
    begin, count = _index(run, "sublist", items, start), whole(length)
    if begin is None:
        return None
    if count is None or not 0 <= count <= len(items) - begin:
        run.warn("function", f"The list does not have {length} items from there", "sublist")
        return None
    return items[begin : begin + count]


@builtin(
    "append", "list: any, item...: any", "The list with the items after its own.", result="list"
)
@builtin("append", "list: list, item: any", "The list with the item after its own.", result="list")
def _append(run: Evaluation, items: Value, *more: Value) -> Value:
    if items is None:
        run.warn("function", "'append' needs a list, not null", "append")
        return None
    return [*(items if isinstance(items, list) else [items]), *more]


@builtin("concatenate", "lists...: any", "One list of the items of all lists.", result="list")
def _concatenate(run: Evaluation, *lists: Value) -> Value:
    made: list[Value] = []
    for items in lists:
        if items is None:
            run.warn("function", "'concatenate' needs lists, not null", "concatenate")
            return None
        made += items if isinstance(items, list) else [items]
    return made


@builtin(
    "insert before",
    "list: list, position: number, newItem: any",
    "The list with one more item.",
    result="list",
)
def _insert_before(run: Evaluation, items: list[Value], position: Decimal, new: Value) -> Value:
    index = _index(run, "insert before", items, position)
    return None if index is None else [*items[:index], new, *items[index:]]


@builtin(
    "remove",
    "list: list, position: number",
    "The list without the item at the position.",
    result="list",
)
def _remove(run: Evaluation, items: list[Value], position: Decimal) -> Value:
    index = _index(run, "remove", items, position)
    return None if index is None else [*items[:index], *items[index + 1 :]]


def _index(run: Evaluation, name: str, items: list[Value], position: Decimal) -> int | None:
    """Where that is in the list, counted from 0; null with a warning where it is outside."""
    number = whole(position)
    if not number or abs(number) > len(items):
        run.warn("function", f"The list of {len(items)} has no position {position}", name)
        return None
    return number - 1 if number > 0 else len(items) + number


@builtin(
    "list replace",
    "list: list, position: number, newItem: any",
    "The list with one item changed.",
    result="list",
)
def _list_replace(run: Evaluation, items: list[Value], position: Decimal, new: Value) -> Value:
    index = _index(run, "list replace", items, position)
    return None if index is None else [*items[:index], new, *items[index + 1 :]]


@builtin(
    "list replace",
    "list: list, match: function, newItem: any",
    "The list with the items changed for which match(item, newItem) is true.",
    result="list",
)
def _list_replace_matching(
    run: Evaluation, items: list[Value], match: Function, new: Value
) -> Value:
    made: list[Value] = []
    for item in items:
        answer = _answer(run, "list replace", match, [item, new])
        if answer is None:
            return None
        made.append(new if answer else item)
    return made


def _answer(
    run: Evaluation, name: str, function: Function, values: list[Value], levels: int = 1
) -> bool | None:
    """What a function that has to answer true or false says; null with a warning for neither."""
    answer = call_value(run, function, values, levels=levels)
    if type(answer) is bool:
        return answer
    run.warn("function", f"'{name}' needs a function that gives true or false", name)
    return None


@builtin("reverse", "list: list", "The list from its end to its start.", result="list")
def _reverse(_run: Evaluation, items: list[Value]) -> Value:
    return items[::-1]


@builtin(
    "index of", "list: list, match: any", "The positions at which the value stands.", result="list"
)
def _index_of(run: Evaluation, items: list[Value], match: Value) -> Value:
    return [Decimal(i) for i, item in enumerate(items, start=1) if _same(run, item, match)]


@builtin("distinct values", "list: list", "The list without repeated values.", result="list")
def _distinct_values(run: Evaluation, items: list[Value]) -> Value:
    first: dict[object, Value] = {}
    for item in items:
        first.setdefault(identity(run, item), item)
    return list(first.values())


@builtin(
    "duplicate values",
    "list: list",
    "The values that stand there repeatedly.",
    origin="Camunda",
    result="list",
)
def _duplicate_values(run: Evaluation, items: list[Value]) -> Value:
    seen: dict[object, int] = {}
    found: list[Value] = []
    for item in items:
        key = identity(run, item)
        seen[key] = seen.get(key, 0) + 1
        if seen[key] == 2:
            found.append(item)
    return found


@builtin("union", "list...: any", "The items of all lists, each value once.", result="list")
def _union(run: Evaluation, *lists: Value) -> Value:
    joined = _concatenate(run, *lists)
    return None if joined is None else _distinct_values(run, joined)


@builtin(
    "flatten",
    "list: list",
    "The list with the items of the lists in it, to any depth.",
    result="list",
)
def _flatten(run: Evaluation, items: list[Value]) -> Value:
    made: list[Value] = []
    waiting = list(reversed(items))
    while waiting:
        run.spend()
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(reversed(item))
        else:
            made.append(item)
    return made


@builtin(
    "sort",
    "list: list, precedes?: function",
    "The list in order; precedes(x, y) says whether x comes first.",
    result="list",
)
def _sort(run: Evaluation, items: list[Value], precedes: Function | None) -> Value:
    failed = False

    def compare(one: Value, other: Value) -> int:
        nonlocal failed
        run.spend()
        if failed:
            return 0
        if precedes is None:
            sign = order(run, one, other)
            failed = sign is None
            return sign or 0
        first = _answer(run, "sort", precedes, [one, other], levels=_IN_C)
        if first:
            return -1
        second = _answer(run, "sort", precedes, [other, one], levels=_IN_C)
        failed = first is None or second is None
        return int(second is True)

    made = sorted(items, key=functools.cmp_to_key(compare))
    return None if failed else made


@builtin(
    "partition",
    "list: list, size: number",
    "Lists of so many items each.",
    origin="Camunda",
    result="list",
)
def _partition(_run: Evaluation, items: list[Value], size: Decimal) -> Value:
    length = whole(size)
    if not length or length < 1:
        return None
    return [items[start : start + length] for start in range(0, len(items), length)]
