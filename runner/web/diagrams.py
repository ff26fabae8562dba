"""Diagrams on pages: the release's own drawing with the path taken, and its words below."""

from __future__ import annotations

import re
from dataclasses import dataclass

from markupsafe import Markup

from runner.definitions.findings import half
from runner.definitions.svg import DC, DI, render
from runner.definitions.xml import read_xml
from runner.web.case_progress import Progress, Step, text_version
from runner.web.case_reading import CaseReading
from runner.web.moments import Moments

CROP_WIDTH, CROP_HEIGHT = 1_120, 260
_VIEW = re.compile(
    r'viewBox="(-?[\d.e+]+) (-?[\d.e+]+) ([\d.e+]+) ([\d.e+]+)" width="[^"]*" height="[^"]*"'
)
_SHAPE, _BOUNDS = f"{DI}BPMNShape", f"{DC}Bounds"


@dataclass(frozen=True)
class DiagramChoice:
    """One diagram of the case that can be shown: the overview, or a phase that began."""

    id: str
    label: str
    current: bool


@dataclass(frozen=True)
class DiagramView:
    """``svg`` is safe: drawn by us from the release's file. ``steps`` say the same in words."""

    svg: Markup
    name: str
    steps: tuple[Step, ...]


def draw(
    reading: CaseReading,
    progress: Progress,
    process_id: str,
    moments: Moments,
    language: str,
    *,
    around: str = "",
) -> DiagramView:
    """One process instance's diagram. ``around`` shows only the neighbourhood of an element."""
    process = reading.definitions.processes[process_id]
    names = {actor: reading.who(actor, language) for actor in set(progress.people.values())}
    steps = tuple(text_version(process, progress, names, moments.at, language))
    name = half(process.name, language)
    return DiagramView(_svg(reading, process_id, progress, language, around), name, steps)


def _svg(
    reading: CaseReading, process_id: str, progress: Progress, language: str, around: str
) -> Markup:
    file = reading.definitions.processes[process_id].file
    data = reading.definitions.files[file]
    active = {element: progress.active[element] for element in progress.now}
    svg = render(data, language=language, taken=progress.taken, active=active)
    if around:
        svg = _cropped(svg, data, around)
    return Markup(svg)  # noqa: S704 - drawn by us, every text in it is escaped


def _cropped(svg: str, data: bytes, element_id: str) -> str:
    """The same drawing, its window moved to one element and what lies around it."""
    window = _VIEW.search(svg)
    shape = next(
        (s for s in read_xml(data, "").iter(_SHAPE) if s.get("bpmnElement") == element_id), None
    )
    bounds = shape.find(_BOUNDS) if shape is not None else None
    if window is None or bounds is None:
        return svg
    left, top, width, height = (float(part) for part in window.groups()[:4])
    x, y = float(bounds.get("x", "0")), float(bounds.get("y", "0"))
    wide, tall = min(width, CROP_WIDTH), min(height, CROP_HEIGHT)
    crop_x = min(max(x - wide * 0.36, left), left + width - wide)
    crop_y = min(max(y + 40 - tall / 2, top), top + height - tall)
    return svg.replace(
        window[0],
        f'viewBox="{crop_x:g} {crop_y:g} {wide:g} {tall:g}" width="{wide:g}" height="{tall:g}"',
        1,
    )


def choices(reading: CaseReading, chosen: str, language: str) -> list[DiagramChoice]:
    """The overview and every phase that began, in order; doubles (a redo) carry a number."""
    found: list[DiagramChoice] = []
    seen: dict[str, int] = {}
    for instance in reading.instances:
        process = reading.definitions.processes.get(instance.process_id)
        if process is None:
            continue
        seen[instance.process_id] = seen.get(instance.process_id, 0) + 1
        label = half(process.name, language)
        if seen[instance.process_id] > 1:
            label = f"{label} ({seen[instance.process_id]})"
        found.append(DiagramChoice(instance.id, label, instance.id == chosen))
    return found
