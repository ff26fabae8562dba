"""Charts as SVG: bars with the share they add up to, a trend, ages. Colour comes from classes, so
that light and dark need one drawing; each has a title and a description, and a table beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDTH, HEIGHT = 560, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 44, 26, 52
_PLOT = HEIGHT - _TOP - _BOTTOM


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a trend; ``percent`` None leaves a gap; ``partial`` ends are dashed."""

    label: str
    percent: float | None
    numerator: int
    denominator: int
    partial: bool


@dataclass(frozen=True, slots=True)
class Column:
    """One bar of a Pareto chart with the percentage of all bars up to it."""

    label: str
    count: int
    cumulated: float


@dataclass(frozen=True, slots=True)
class Stack:
    """Open complaints of one age."""

    label: str
    in_time: int
    paused: int
    late: int


def pareto_chart(title: str, description: str, columns: Sequence[Column]) -> Markup:
    """Bars by number (left axis), a line by share of all (right axis)."""
    total = sum(column.count for column in columns)
    if not total:
        return Markup("")
    step = (WIDTH - _LEFT - _RIGHT) / len(columns)
    parts = [_grid([(f"{round(total * k / 4)}", f"{25 * k}%") for k in range(5)])]
    points = []
    for number, column in enumerate(columns):
        middle = _LEFT + step * (number + 0.5)
        height = _PLOT * column.count / total
        bar = min(44.0, step * 0.62)
        strong = " strong" if column.cumulated - 100 * column.count / total < 60 else ""
        parts.append(
            f'<rect class="bar{strong}" x="{middle - bar / 2:.1f}" y="{_base() - height:.1f}" '
            f'width="{bar:.1f}" height="{height:.1f}" rx="2"/>'
        )
        parts.append(_text(middle, _base() + 18, _short(column.label, step), "axis"))
        parts.append(_text(middle, _base() + 36, str(column.count), "number"))
        points.append((middle, _base() - _PLOT * column.cumulated / 100))
    parts.append(_line(points, "line"))
    parts.extend(_dot(x, y) for x, y in points)
    return _chart(title, description, parts)


def trend_chart(title: str, description: str, points: Sequence[Point], unit: str = "%") -> Markup:
    """A line of percentages; the axis begins at 0 or, where all are high, at 50."""
    known = [point.percent for point in points if point.percent is not None]
    if not known:
        return Markup("")
    low = 50 if min(known) >= 55 else 0
    step = (WIDTH - _LEFT - _RIGHT) / len(points)
    parts = [_grid([(f"{low + (100 - low) * k // 4}{unit}", "") for k in range(5)])]
    every = max(1, -(-len(points) // 9))
    run: list[tuple[float, float]] = []
    below: float = HEIGHT  # where the dot before stands
    for number, point in enumerate(points):
        x = _LEFT + step * (number + 0.5)
        if (len(points) - 1 - number) % every == 0:
            parts.append(
                _text(x, _base() + 18, point.label + ("*" if point.partial else ""), "axis")
            )
            parts.append(_text(x, _base() + 36, f"{point.numerator}/{point.denominator}", "axis"))
        if point.percent is None:
            parts.append(_line(run, "line"))
            run = []
            continue
        y = _base() - _PLOT * (point.percent - low) / (100 - low)
        if point.partial and run:
            parts.append(_line([run[-1], (x, y)], "line dashed"))
            parts.append(_line(run, "line"))
            run = []
        run.append((x, y))
        parts.append(_dot(x, y))
        if (len(points) - 1 - number) % every == 0:
            fell = below < y and y + 24 < _base()  # the line then comes from above
            parts.append(_text(x, y + (20 if fell else -9), f"{point.percent:.0f}%", "number"))
        below = y
    parts.append(_line(run, "line"))
    return _chart(title, description, parts)


def ageing_chart(title: str, description: str, stacks: Sequence[Stack]) -> Markup:
    """Lying bars: in time, clock stopped (hatched), late."""
    most = max((s.in_time + s.paused + s.late for s in stacks), default=0)
    if not most:
        return Markup("")
    row = (HEIGHT - 2 * _TOP) / len(stacks)
    left, room = 96, WIDTH - 96 - 60
    parts = [
        '<defs><pattern id="paused" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect class="hatch-ground" width="6" height="6"/>'
        '<rect class="hatch" width="2" height="6"/></pattern></defs>'
    ]
    for number, stack in enumerate(stacks):
        y = _TOP + row * number + row * 0.16
        parts.append(_text(left - 10, y + row * 0.44, stack.label, "axis end"))
        x = float(left)
        for kind, count in (
            ("bar", stack.in_time), ("paused", stack.paused), ("late", stack.late),
        ):  # fmt: skip
            if count:
                width = room * count / most
                parts.append(
                    f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" '
                    f'height="{row * 0.68:.1f}" rx="2"/>'
                )
                x += width
        total = stack.in_time + stack.paused + stack.late
        parts.append(_text(x + 8, y + row * 0.44, str(total), "number start"))
    return _chart(title, description, parts)


def _base() -> float:
    return HEIGHT - _BOTTOM


def _chart(title: str, description: str, parts: Sequence[str]) -> Markup:
    return Markup(  # noqa: S704 - every text in it was escaped
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(title)}"><title>{escape(title)}</title>'
        f"<desc>{escape(description)}</desc>{''.join(parts)}</svg>"
    )


def _grid(ticks: Sequence[tuple[str, str]]) -> str:
    lines = []
    for number, (left, right) in enumerate(ticks):
        y = _base() - _PLOT * number / (len(ticks) - 1)
        lines.append(f'<path class="grid" d="M{_LEFT} {y:.1f}H{WIDTH - _RIGHT}"/>')
        lines.append(_text(_LEFT - 8, y + 4, left, "axis end"))
        if right:
            lines.append(_text(WIDTH - _RIGHT + 8, y + 4, right, "axis start"))
    return "".join(lines)


def _text(x: float, y: float, text: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>'


def _line(points: Sequence[tuple[float, float]], kind: str) -> str:
    if len(points) < 2:
        return ""
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return f'<path class="{kind}" d="M{path}"/>'


def _dot(x: float, y: float) -> str:
    return f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>'


def _short(label: str, room: float) -> str:
    """What fits, by the width of 12 px letters: a Chinese one is twice as wide."""
    width = 0.0
    for number, letter in enumerate(label):
        width += 12 if ord(letter) > 0x2E80 else 6.6
        if width > room - 4 and number < len(label) - 1:
            return label[:number] + "…"
    return label
