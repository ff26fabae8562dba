"""The cases as they lie in the folders: a diagram, what is done with it, what must be seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from tests.conformance.drawing import draw

FOLDER = Path(__file__).parent
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast where it is there


@dataclass(frozen=True)
class Step:
    """``action`` is one word and what it is about; the rest is what is seen after it. An inner
    instance is written ``element.number``. ``refused`` steps must change nothing."""

    action: str
    about: object
    refused: bool
    completed: Sequence[str]
    cancelled: Sequence[str]
    waiting: Sequence[str]
    incidents: Sequence[str]


@dataclass(frozen=True)
class Case:
    name: str  # element/case
    title: str
    diagram: str
    steps: Sequence[Step]
    ends: str  # completed, running or stuck
    variables: Mapping[str, object]
    absent: Sequence[str]

    @property
    def file(self) -> Path:
        return FOLDER / f"{self.name}.bpmn"

    @property
    def element(self) -> str:
        return self.name.partition("/")[0]

    def drawn(self) -> bytes:
        return draw(self.diagram, self.name.replace("/", "_"))


def read_case(path: Path) -> Case:
    data = yaml.load(path.read_text(encoding="utf-8"), _LOADER)
    return Case(
        name=path.relative_to(FOLDER).as_posix().removesuffix(".trace.yaml"),
        title=data["title"],
        diagram=data["diagram"],
        steps=[_step(step) for step in data["steps"]],
        ends=data["ends"],
        variables=data.get("variables", {}),
        absent=data.get("absent", ()),
    )


def _step(data: dict[str, object]) -> Step:
    (action, about), *_ = data.items()
    refused = action == "refused"
    if refused:
        assert isinstance(about, dict)
        ((action, about),) = about.items()
    seen = {
        key: [str(name) for name in value]  # type: ignore[attr-defined]
        for key, value in list(data.items())[1:]
    }
    none: list[str] = []
    return Step(
        action, about, refused, seen.get("completed", none), seen.get("cancelled", none),
        seen.get("waiting", none), seen.get("incidents", none),
    )  # fmt: skip


@cache
def all_cases() -> tuple[Case, ...]:
    return tuple(read_case(path) for path in sorted(FOLDER.glob("*/*.trace.yaml")))


def write_diagrams() -> None:
    """Draws every case's diagram anew."""
    for case in all_cases():
        case.file.write_bytes(case.drawn())


if __name__ == "__main__":
    write_diagrams()
