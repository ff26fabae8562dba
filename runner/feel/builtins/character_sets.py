"""Sets of characters, as the classes of a pattern name them.

A set is an ordered tuple of (first, last) code points that neither touch nor overlap. Sets of
Unicode's categories are made once, the first time a pattern names one.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Callable, Iterable

Set = tuple[tuple[int, int], ...]

LAST = 0x10FFFF
EVERYTHING: Set = ((0, LAST),)
_ASSIGNED = (range(0x40000), range(0xE0000, 0xF0000))
_UNSEEN = (  # planes without characters, and the private ones: known without looking
    ("Cn", ((0x40000, 0xDFFFF), (0xFFFFE, 0xFFFFF), (0x10FFFE, LAST))),
    ("Co", ((0xF0000, 0xFFFFD), (0x100000, 0x10FFFD))),
)
_MOST_FOLDED = 3_000


def union(*sets: Iterable[tuple[int, int]]) -> Set:
    """The characters that are in at least one of the sets; the pairs may come in any order."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(pair for pairs in sets for pair in pairs):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return tuple(joined)


def complement(some: Set) -> Set:
    """Every character that is not in the set."""
    rest: list[tuple[int, int]] = []
    start = 0
    for first, last in some:
        if start < first:
            rest.append((start, first - 1))
        start = last + 1
    if start <= LAST:
        rest.append((start, LAST))
    return tuple(rest)


def difference(some: Set, others: Set) -> Set:
    """The characters of the first set that are not in the second."""
    return complement(union(complement(some), others))


def both_cases(some: Set) -> Set:
    """The set with the small and capital forms of its characters; a very large one as it is."""
    if sum(last - first + 1 for first, last in some) > _MOST_FOLDED:
        return some
    forms = (
        form
        for first, last in some
        for code in range(first, last + 1)
        for form in (chr(code).lower(), chr(code).upper())
        if len(form) == 1
    )
    return union(some, ((ord(form), ord(form)) for form in forms))


def category(name: str) -> Set | None:
    """The characters of a category such as `Lu` or `L`; None where there is none of that name."""
    return _categories().get(name)


@functools.cache
def _categories() -> dict[str, Set]:
    found: dict[str, list[tuple[int, int]]] = {name: list(pairs) for name, pairs in _UNSEEN}
    for codes in _ASSIGNED:
        start, current = codes[0], unicodedata.category(chr(codes[0]))
        for code in codes:
            name = unicodedata.category(chr(code))
            if name != current:
                found.setdefault(current, []).append((start, code - 1))
                start, current = code, name
        found.setdefault(current, []).append((start, codes[-1]))
    sets = {name: union(pairs) for name, pairs in found.items()}
    for letter in {name[0] for name in sets}:
        sets[letter] = union(*(sets[name] for name in found if name[0] == letter))
    return sets


def escape_class(letter: str) -> Set:
    """The set of `\\s`, `\\d`, `\\w`, `\\i` or `\\c`; of the capital letter, all the others."""
    return complement(_CLASSES[letter.lower()]()) if letter.isupper() else _CLASSES[letter]()


def _words() -> Set:
    return complement(union(*(category(name) or () for name in "PZC")))


_BLANKS: Set = ((0x9, 0xA), (0xD, 0xD), (0x20, 0x20))
_NAME_START: Set = (
    (0x3A, 0x3A),
    (0x41, 0x5A),
    (0x5F, 0x5F),
    (0x61, 0x7A),
    (0xC0, 0xD6),
    (0xD8, 0xF6),
    (0xF8, 0x2FF),
    (0x370, 0x37D),
    (0x37F, 0x1FFF),
    (0x200C, 0x200D),
    (0x2070, 0x218F),
    (0x2C00, 0x2FEF),
    (0x3001, 0xD7FF),
    (0xF900, 0xFDCF),
    (0xFDF0, 0xFFFD),
    (0x10000, 0xEFFFF),
)
_NAME_MORE: Set = ((0x2D, 0x2E), (0x30, 0x39), (0xB7, 0xB7), (0x300, 0x36F), (0x203F, 0x2040))
_CLASSES: dict[str, Callable[[], Set]] = {
    "s": lambda: _BLANKS,
    "d": lambda: category("Nd") or (),
    "w": _words,
    "i": lambda: _NAME_START,
    "c": lambda: union(_NAME_START, _NAME_MORE),
}
CLASS_LETTERS = frozenset("sSdDwWiIcC")
