"""Where the shapes of a sketch lie: left to right, each branch in a row of its own.

The rules are those of the shipped diagrams: tasks 150 x 90, events 36, gateways 50, centres on a
10 grid, flows with right angles and at most two bends, ways back above or below everything.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.conformance.notation import Line, Shape, Sketch

TASK, EVENT, GATEWAY = (150, 90), (36, 36), (50, 50)
COLUMN_GAP, ROW_GAP, INSIDE, OFFSET = 60, 60, 50, 10
Point = tuple[int, int]


@dataclass
class Box:
    x: int
    y: int
    width: int
    height: int

    @property
    def cx(self) -> int:
        return self.x + self.width // 2

    @property
    def cy(self) -> int:
        return self.y + self.height // 2

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    def moved(self, dx: int, dy: int) -> Box:
        return Box(self.x + dx, self.y + dy, self.width, self.height)


@dataclass
class Plan:
    """Boxes by shape id and ways by flow id, from the origin; ``width`` and ``height`` hold all."""

    boxes: dict[str, Box] = field(default_factory=dict)
    ways: dict[str, list[Point]] = field(default_factory=dict)
    width: int = 0
    height: int = 0

    def include(self, other: Plan, dx: int, dy: int) -> None:
        for key, box in other.boxes.items():
            self.boxes[key] = box.moved(dx, dy)
        for key, way in other.ways.items():
            self.ways[key] = [(x + dx, y + dy) for x, y in way]


def plan(sketch: Sketch) -> Plan:
    return _Scope(sketch, sketch.id).plan()


class _Scope:
    """One process or inside of a sub-process."""

    def __init__(self, sketch: Sketch, parent: str) -> None:
        self.sketch = sketch
        members = sketch.children(parent)
        self.watchers = [s for s in members if s.event_sub_process]
        self.boundary = [s for s in members if s.kind == "boundaryEvent"]
        self.shapes = {
            s.id: s for s in members if s not in self.watchers and s not in self.boundary
        }
        self.insides: dict[str, Plan] = {}
        for shape in members:
            if shape.kind == "subProcess":
                self.insides[shape.id] = _Scope(sketch, shape.id).plan()
        self.rank: dict[str, int] = {}
        self.row: dict[str, int] = {}
        self.rows = 0
        self.boxes: dict[str, Box] = {}
        self.ways: dict[str, list[Point]] = {}
        self.back = 0

    def plan(self) -> Plan:
        self._rows()
        self._ranks()
        self._boxes()
        for shape in (*self.shapes.values(), *self.boundary):
            self._leave(shape)
        return self._whole()

    # --- rows and columns ---

    def _rows(self) -> None:
        entered = {line.target for line in self.sketch.lines}
        first = [s.id for s in self.shapes.values() if s.id not in entered and not s.undoes]
        for name in [*first, *(s for s in self.shapes if not self.shapes[s].undoes)]:
            if name not in self.row:
                self._place(name, self._next_row())

    def _next_row(self) -> int:
        self.rows += 1
        return self.rows - 1

    def _place(self, name: str, row: int) -> None:
        """A branch is finished before the next one gets its row: rows nest, flows do not cross."""
        self.row[name] = row
        for line in self.sketch.outgoing(name):
            if line.target in self.shapes and line.target not in self.row:
                taken = any(self.row.get(o.target) == row for o in self.sketch.outgoing(name))
                self._place(line.target, self._next_row() if taken else row)
        for event in self.boundary:
            if event.attached_to == name:
                for line in self.sketch.outgoing(event.id):
                    if line.target not in self.row:
                        self._place(line.target, self._next_row())
                if event.handler and event.handler not in self.row:
                    self.row[event.handler] = self._next_row()

    def _edges(self, name: str) -> list[str]:
        found = [line.target for line in self.sketch.outgoing(name) if line.target in self.shapes]
        for event in self.boundary:
            if event.attached_to == name:
                found += [line.target for line in self.sketch.outgoing(event.id)]
                found += [event.handler] if event.handler else []
        return found

    def _ranks(self) -> None:
        self.backward: set[tuple[str, str]] = set()
        state: dict[str, int] = {}
        order: list[str] = []

        def visit(name: str) -> None:
            state[name] = 1
            for target in self._edges(name):
                if state.get(target) == 1:
                    self.backward.add((name, target))
                elif target not in state:
                    visit(target)
            state[name] = 2
            order.append(name)

        for name in sorted(self.shapes, key=lambda n: self.row.get(n, 0)):
            if name not in state:
                visit(name)
        for name in reversed(order):
            self.rank.setdefault(name, 0)
            for target in self._edges(name):
                if (name, target) not in self.backward:
                    self.rank[target] = max(self.rank.get(target, 0), self.rank[name] + 1)

    # --- boxes ---

    def _size(self, shape: Shape) -> tuple[int, int]:
        if shape.id in self.insides:
            return self.insides[shape.id].width, self.insides[shape.id].height
        if shape.kind.endswith("Event"):
            return EVENT
        return GATEWAY if shape.kind.endswith("Gateway") else TASK

    def _boxes(self) -> None:
        sizes = {name: self._size(shape) for name, shape in self.shapes.items()}
        backs = len(self.backward)
        top = INSIDE + 20 * backs
        heights = [
            max((sizes[n][1] for n in self.shapes if self.row[n] == row), default=0)
            for row in range(self.rows)
        ]
        middles, y = [], top
        for height in heights:
            height = max(height, 60)
            middles.append(_grid(y + height // 2))
            y += height + ROW_GAP + 20
        x = INSIDE
        for column in range(max(self.rank.values(), default=0) + 1):
            inside = [name for name in self.shapes if self.rank[name] == column]
            width = max((sizes[name][0] for name in inside), default=0)
            middle = _grid(x + width // 2)
            for name in inside:
                w, h = sizes[name]
                self.boxes[name] = Box(middle - w // 2, middles[self.row[name]] - h // 2, w, h)
            x += width + COLUMN_GAP
        self._attach()

    def _attach(self) -> None:
        number: dict[str, int] = {}
        for event in self.boundary:
            host = self.boxes[event.attached_to]
            at = number[event.attached_to] = number.get(event.attached_to, 0) + 1
            self.boxes[event.id] = Box(host.x + 10 + 45 * (at - 1), host.bottom - 18, *EVENT)

    # --- ways ---

    def _leave(self, shape: Shape) -> None:
        lower = 0
        for line in self.sketch.outgoing(shape.id):
            source, target = self.boxes[shape.id], self.boxes[line.target]
            if (shape.attached_to or shape.id, line.target) in self.backward:
                way = self._backwards(source, target)
            elif shape.attached_to:
                way = self._down(source, target, 0)
            elif source.cy == target.cy and self._free(source, target):
                way = [(source.right, source.cy), (target.x, target.cy)]
            elif source.cy < target.cy:
                way = self._down(source, target, lower)
                lower += 1
            elif source.cy > target.cy:
                way = self._up(line, source, target)
            else:
                way = self._under(source, target)
            self.ways[line.id] = way

    def _free(self, source: Box, target: Box) -> bool:
        return not any(
            box.cy == source.cy and source.right < box.cx < target.x for box in self.boxes.values()
        )

    def _down(self, source: Box, target: Box, number: int) -> list[Point]:
        if target.cy > source.cy:
            x = source.cx - number * OFFSET  # the lower branch leaves further left
            foot = source.bottom - (number * OFFSET if source.width == 50 else 0)
            return [(x, foot), (x, target.cy), (target.x, target.cy)]
        return self._under(source, target)

    def _up(self, line: Line, source: Box, target: Box) -> list[Point]:
        others = [
            other
            for other in self.sketch.lines
            if other.target == line.target and other.source in self.boxes
            and self.boxes[other.source].cy > target.cy
        ]  # fmt: skip
        shift = OFFSET * others.index(line)
        x = target.cx + shift
        foot = target.bottom - (shift if target.width == 50 else 0)
        return [(source.right, source.cy), (x, source.cy), (x, foot)]

    def _under(self, source: Box, target: Box) -> list[Point]:
        lowest = max(
            b.bottom for b in self.boxes.values() if b.cy in (source.cy, target.cy) or b is source
        )
        y = lowest + 30
        return [
            (source.cx, source.bottom),
            (source.cx, y),
            (target.cx, y),
            (target.cx, target.bottom),
        ]

    def _backwards(self, source: Box, target: Box) -> list[Point]:
        """Above everything from the first row, else below everything."""
        self.back += 1
        first_row = min(box.cy for name, box in self.boxes.items() if name in self.shapes)
        if source.cy == first_row:
            y = min(box.y for box in self.boxes.values()) - 20 * self.back
            return [(source.cx, source.y), (source.cx, y), (target.cx, y), (target.cx, target.y)]
        y = max(box.bottom for box in self.boxes.values()) + 10 + 20 * self.back
        ends = (source.cx, source.bottom), (target.cx, target.bottom)
        return [ends[0], (source.cx, y), (target.cx, y), ends[1]]

    # --- the whole ---

    def _whole(self) -> Plan:
        found = Plan(dict(self.boxes), dict(self.ways))
        for name, inside in self.insides.items():
            if name in self.boxes:
                found.include(inside, self.boxes[name].x, self.boxes[name].y)
        bottom = self._bottom(found)
        for watcher in self.watchers:
            inside = self.insides[watcher.id]
            box = Box(INSIDE, _grid(bottom + 30), inside.width, inside.height)
            found.boxes[watcher.id] = box
            found.include(inside, box.x, box.y)
            bottom = box.bottom
        points = [point for way in found.ways.values() for point in way]
        right = max([b.right for b in found.boxes.values()] + [x for x, _ in points], default=0)
        found.width = _grid(right + INSIDE)
        found.height = _grid(bottom + INSIDE)
        return found

    @staticmethod
    def _bottom(found: Plan) -> int:
        points = [y for way in found.ways.values() for _, y in way]
        return max([box.bottom + 30 for box in found.boxes.values()] + points, default=0)


def _grid(value: int) -> int:
    return -(-value // 20) * 20
