"""Boxes over regions: which overlap, what none of them covers.

A box has for each axis a set of regions, kept as the bits of an int. Nothing here knows what the
regions stand for.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

Box = tuple[int, ...]

MAX_WORK = 200_000
MAX_AXES = 200


class TooManyCombinations(Exception):
    """The analysis was given up: it would take too long."""


class Work:
    """How many cells may be looked at. Raises TooManyCombinations when they are used up."""

    def __init__(self, cells: int = MAX_WORK) -> None:
        self.left = cells

    def spend(self, cells: int) -> None:
        self.left -= cells
        if self.left < 0:
            raise TooManyCombinations


def common(one: Box, other: Box) -> Box | None:
    """Where both boxes are; None where they do not meet."""
    for a, b in zip(one, other, strict=True):
        if not a & b:
            return None
    return tuple(a & b for a, b in zip(one, other, strict=True))


class Cover:
    """A union of boxes that can be asked what it leaves uncovered."""

    def __init__(self, boxes: Sequence[Box], work: Work) -> None:
        self.work = work
        self.boxes = list(boxes)
        axes = len(boxes[0]) if boxes else 0
        if axes > MAX_AXES:
            raise TooManyCombinations
        # For each axis (boxes that cover them, regions): regions of the same boxes are together.
        self._groups = [self._grouped([box[axis] for box in boxes]) for axis in range(axes)]
        # The axis that tells most boxes apart comes first: then few of them are left at once.
        self._order = sorted(range(axes), key=lambda axis: -len(self._groups[axis]))

    def _grouped(self, masks: Sequence[int]) -> dict[int, int]:
        width = max(mask.bit_length() for mask in masks)
        self.work.spend(len(masks) * width >> 8)
        # The table of boxes by regions, turned around as texts of 0 and 1: much the fastest way.
        rows = [format(mask, f"0{width}b") for mask in reversed(masks)]
        grouped: dict[int, int] = {}
        for number, column in enumerate(zip(*rows, strict=True)):
            boxes = int("".join(column), 2)
            if boxes:
                grouped[boxes] = grouped.get(boxes, 0) | 1 << (width - 1 - number)
        return grouped

    def _add(self, box: Box) -> None:
        own = 1 << len(self.boxes)
        self.boxes.append(box)
        for axis, mask in enumerate(box):
            split: dict[int, int] = {}
            for boxes, regions in self._groups[axis].items():
                inside = regions & mask
                if inside:
                    split[boxes | own] = inside
                    mask ^= inside
                if regions != inside:
                    split[boxes] = regions ^ inside
            if mask:
                split[own] = mask
            self._groups[axis] = split
            self.work.spend(len(split) >> 4)

    def uncovered(self, space: Box, among: int | None = None) -> Box | None:
        """A part of the space that no box covers, or None. `among`: only boxes with these bits."""
        alive = self.meeting(space)
        if among is not None:
            alive &= among
        if not alive:
            return space
        order = list(self._order)
        full = self._full_from(space, order, alive)
        seen: set[tuple[int, int]] = set()
        found = self._search(space, order, full, seen, 0, alive)
        if found is None:
            return None
        by_axis = dict(zip(order, found, strict=False))
        return tuple(by_axis.get(axis, space[axis]) for axis in range(len(space)))

    def meeting(self, box: Box) -> int:
        """The boxes, as bits, that have something in common with this one."""
        found = (1 << len(self.boxes)) - 1
        for axis, mask in enumerate(box):
            found &= self._meeting(axis, mask)
        return found

    def _full_from(self, space: Box, order: Sequence[int], alive: int) -> list[int]:
        """For each depth, the boxes that cover all of the axes from there on."""
        full = [alive]
        for axis in reversed(order):
            whole, outside = full[-1], space[axis]
            for boxes, regions in self._groups[axis].items():
                if regions & space[axis]:
                    whole &= boxes
                    outside &= ~regions
            full.append(0 if outside else whole)
        return full[::-1]

    def _search(
        self,
        space: Box,
        order: Sequence[int],
        full: Sequence[int],
        seen: set[tuple[int, int]],
        depth: int,
        alive: int,
    ) -> tuple[int, ...] | None:
        """The regions of an uncovered part, for the axes from this depth on as far as needed."""
        if alive & full[depth] or (depth, alive) in seen:
            return None
        axis = order[depth]
        self.work.spend(1 + len(self._groups[axis]))
        untouched = space[axis]
        for boxes, regions in self._groups[axis].items():
            here = regions & space[axis]
            untouched &= ~here
            if not here:
                continue
            if not alive & boxes:
                return (here,)
            found = self._search(space, order, full, seen, depth + 1, alive & boxes)
            if found is not None:
                return (here, *found)
        if untouched:
            return (untouched,)
        seen.add((depth, alive))
        return None

    def gaps(self, space: Box, limit: int) -> tuple[list[Box], bool]:
        """Uncovered boxes, each as general as can be, that together are all that is uncovered; and
        whether that is all of them: at most `limit` are given."""
        found: list[Box] = []
        if not all(space):
            return [], True
        if not self.boxes:
            return [space], True
        rest = self._copy()
        while (hole := rest.uncovered(space)) is not None:
            if len(found) == limit:
                return found, False
            found.append(self._general(space, hole))
            rest._add(found[-1])
        return found, True

    def _copy(self) -> Cover:
        made = Cover((), self.work)
        made.boxes, made._order = list(self.boxes), self._order
        made._groups = [dict(groups) for groups in self._groups]
        return made

    def _general(self, space: Box, hole: Box) -> Box:
        """The hole made as large as possible: as many whole axes as can be."""
        axes = list(range(len(space)))
        turns = [axes[start:] + axes[:start] for start in range(0, len(axes), 1 + len(axes) // 8)]
        grown = [self._grow(space, hole, turn) for turn in turns]
        return max(grown, key=lambda box: (_whole_axes(box, space), _size(box)))

    def _grow(self, space: Box, hole: Box, order: Sequence[int]) -> Box:
        box = list(hole)
        meeting = [self._meeting(axis, mask) for axis, mask in enumerate(hole)]
        for axis in order:
            in_the_way = (1 << len(self.boxes)) - 1
            for other, boxes in enumerate(meeting):
                if other != axis:
                    in_the_way &= boxes
            for boxes, regions in self._groups[axis].items():
                box[axis] = box[axis] & ~regions if boxes & in_the_way else box[axis] | regions
            untouched = space[axis] & ~sum(self._groups[axis].values())
            box[axis] = (box[axis] | untouched) & space[axis]
            meeting[axis] = self._meeting(axis, box[axis])
        return tuple(box)

    def _meeting(self, axis: int, mask: int) -> int:
        """The boxes that hold some of these regions."""
        found = 0
        for boxes, regions in self._groups[axis].items():
            if regions & mask:
                found |= boxes
        self.work.spend(len(self._groups[axis]) >> 4)
        return found


def _whole_axes(box: Box, space: Box) -> int:
    return sum(a == b for a, b in zip(box, space, strict=True))


def _size(box: Box) -> int:
    return prod(mask.bit_count() for mask in box)
