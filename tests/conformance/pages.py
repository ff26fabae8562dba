"""The manual of elements, ``docs/elements``: made from the texts and the cases.

``python -m tests.conformance.pages`` writes it; a test compares.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from runner.definitions.svg import render
from tests.conformance.cases import FOLDER, Case, all_cases
from tests.conformance.element_texts import TEXTS, Text

PAGES = FOLDER.parents[1] / "docs" / "elements"
NOT_RUN = """## Not run

The checker reports these before a release, with a sentence that says what to draw instead: ad-hoc
sub-processes, transactions and cancel events, complex gateways, choreographies, data stores, the
loop marker, and scripts in other languages than FEEL.
"""


def manual() -> Iterator[tuple[str, str]]:
    """Every file of the manual: its name and what it holds."""
    cases: dict[str, list[Case]] = {}
    for case in all_cases():
        cases.setdefault(case.element, []).append(case)
    yield "README.md", _index(cases)
    for element, text in TEXTS.items():
        yield f"{element}.md", _page(element, text, cases[element])
        shown = FOLDER / element / f"{text.picture}.bpmn"
        yield f"{element}.svg", render(shown.read_bytes(), language="en", standalone=True) + "\n"


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
    return (
        "# Elements\n\nWhat a diagram may hold and what it means when a case runs through it. "
        "These pages are made from `tests/conformance`: each diagram there runs on the engine, "
        "straight through, restarted after every step, and with two people or workers giving every "
        f"command at once.\n\n| Element | 元素 | Cases |\n|---|---|---|\n{rows}\n{NOT_RUN}"
    )


def write(folder: Path = PAGES) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in manual():
        (folder / name).write_text(content, encoding="utf-8")


if __name__ == "__main__":
    write()
