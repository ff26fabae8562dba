"""The data of fishbones, chains of why, flows and charts, which layouts draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runner.definitions.documents import DrawingPart
from runner.definitions.release import Definitions
from runner.documents.speaking import Speaker, number

if TYPE_CHECKING:
    from runner.documents.filling import Filler

MOST_POINTS = 60
MOST_BARS = 12


def drawing_data(
    ask: Filler, say: Speaker, part: DrawingPart, definitions: Definitions
) -> dict[str, Any]:
    """What the drawing of ``part.kind`` needs beside its kind and caption."""
    rows = ask.rows(part.rows)
    if part.kind == "fishbone":
        return _fishbone(ask, say, part, rows, definitions)
    if part.kind == "chain":
        return {"steps": _chain(ask, say, part, rows)}
    if part.kind == "flow":
        return {
            "steps": [
                {
                    "label": ask.text(part.parts["label"], row),
                    "text": ask.text(part.parts.get("text"), row),
                    "state": str(ask.value(part.parts["state"], row) or "")
                    if "state" in part.parts
                    else "",
                }
                for row in rows[:MOST_POINTS]
            ]
        }
    if part.kind == "trend":
        rows = rows[-MOST_POINTS:]
        return {
            "labels": [ask.text(part.parts["label"], row) for row in rows],
            "unit": part.unit,
            "series": [
                {
                    "name": say.say(series.label),
                    "values": [number(ask.value(series.value, row)) for row in rows],
                }
                for series in part.series
            ],
        }
    bars = [
        {"label": ask.text(part.parts["label"], row), "value": number(ask.value(
            part.parts["value"], row)) or 0}
        for row in rows
    ]  # fmt: skip
    return {"items": sorted(bars, key=lambda bar: -float(str(bar["value"])))[:MOST_BARS]}


def _fishbone(
    ask: Filler, say: Speaker, part: DrawingPart, rows: list[object], definitions: Definitions
) -> dict[str, Any]:
    """A bone for each category the form offers, also those without a cause: considered."""
    branch = part.parts["branch"]
    bones: dict[str, list[dict[str, Any]]] = {}
    for form in definitions.forms.values():
        for info in form.fields():
            if branch.variable and info.key == f"causes.{branch.variable}":
                bones.update({str(option.value): [] for option in info.options})
    for row in rows[:MOST_POINTS]:
        main = part.parts.get("main")
        bones.setdefault(str(ask.value(branch, row) or "—"), []).append(
            {
                "text": ask.text(part.parts["text"], row),
                "main": main is not None and ask.value(main, row) is True,
            }
        )
    return {
        "effect": ask.text(part.parts["effect"]),
        "branches": [
            {"label": say.shown(category, f"causes.{branch.variable}"), "items": items}
            for category, items in bones.items()
        ],
    }


def _chain(
    ask: Filler, say: Speaker, part: DrawingPart, rows: list[object]
) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = []
    if "start" in part.parts:
        steps.append(_link(say.word("start"), ask.text(part.parts["start"]), "", strong=False))
    for count, row in enumerate(rows[:MOST_POINTS], 1):
        note = ask.text(part.parts.get("note"), row)
        text = ask.text(part.parts["text"], row)
        steps.append(_link(f"{say.word('why')} {count}", text, note, strong=False))
    if "root" in part.parts:
        steps.append(_link(say.word("root"), ask.text(part.parts["root"]), "", strong=True))
    return steps


def _link(label: str, text: str, note: str, *, strong: bool) -> dict[str, Any]:
    return {"label": label, "text": text, "note": note, "strong": strong}
