"""The manual of elements, ``docs/elements``: made from the texts and the cases.

``python -m tests.conformance.pages`` writes it; a test compares.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from runner.definitions.svg import render
from tests.conformance.cases import FOLDER, Case, all_cases
from tests.conformance.element_properties import Text
from tests.conformance.element_texts import TEXTS
from tests.conformance.refused import REFUSED, Refused

PAGES = FOLDER.parents[1] / "docs" / "elements"
NOT_RUN = (
    "## Not run\n\nThese are findings of `ombud check`, and no release holds them. Each page has "
    "the sentence and what to draw instead. Also refused: cancel events, choreographies, several "
    "definitions at one event, and scripts in other languages than FEEL.\n\n"
    "| Element | 元素 | Rule |\n|---|---|---|\n"
)


def manual() -> Iterator[tuple[str, str]]:
    """Every file of the manual: its name and what it holds."""
    cases: dict[str, list[Case]] = {}
    for case in all_cases():
        cases.setdefault(case.element, []).append(case)
    yield "README.md", _index(cases)
    for element, text in TEXTS.items():
        yield f"{element}.md", _page(element, text, cases[element])
        shown = FOLDER / element / f"{text.picture}.bpmn"
        yield f"{element}.svg", _picture(shown.read_bytes())
    for name, refused in REFUSED.items():
        yield f"{name}.md", _refused(name, refused)
        yield f"{name}.svg", _picture(refused.diagram())


def _picture(diagram: bytes) -> str:
    return render(diagram, language="en", standalone=True) + "\n"


def _refused(name: str, refused: Refused) -> str:
    said = refused.finding()
    return (
        f"# {refused.en}\n\n{refused.zh}\n\n![{refused.en}]({name}.svg)\n\n{refused.meaning} It is "
        f"not run. `ombud check` says (rule [{said.rule}](../rules/{said.rule}.md)):\n\n"
        f"> {said.en}\n>\n> {said.zh}\n\n## Instead\n\n{refused.instead}\n"
    )


def _page(element: str, text: Text, cases: list[Case]) -> str:
    parts = [f"# {text.en}\n\n{text.zh}\n\n![{text.en}]({element}.svg)\n\n{text.meaning}\n"]
    if text.properties:
        parts.append("## In the modeler\n\n" + "".join(f"- {line}\n" for line in text.properties))
    if text.limits:
        parts.append("## Limits\n\n" + "".join(f"- {line}\n" for line in text.limits))
    rows = "".join(
        f"| [{case.name.partition('/')[2]}](../../tests/conformance/{case.name}.trace.yaml) | "
        f"{' | '.join(reversed(case.title.split(' / ')))} |\n"
        for case in cases
    )
    parts.append(f"## Tested with\n\n| Case | What it shows | 内容 |\n|---|---|---|\n{rows}")
    return "\n".join(parts)


def _index(cases: dict[str, list[Case]]) -> str:
    rows = "".join(
        f"| [{text.en}]({element}.md) | {text.zh} | {len(cases[element])} |\n"
        for element, text in TEXTS.items()
    )
    refused = "".join(
        f"| [{text.en}]({name}.md) | {text.zh} | [{text.rule}](../rules/{text.rule}.md) |\n"
        for name, text in REFUSED.items()
    )
    return (
        "# Elements\n\nWhat a diagram may hold and what it means when a case runs through it. "
        "These pages are made from `tests/conformance`: each diagram there runs on the engine, "
        "straight through, restarted after every step, and with two people or workers giving every "
        f"command at once.\n\n| Element | 元素 | Cases |\n|---|---|---|\n{rows}\n{NOT_RUN}{refused}"
    )


def write(folder: Path = PAGES) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in manual():
        (folder / name).write_text(content, encoding="utf-8")


if __name__ == "__main__":
    write()
