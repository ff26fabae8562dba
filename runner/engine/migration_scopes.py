"""What a plan does to the sub-processes around a step: which end, which begin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from runner.definitions.model import Element, Process
from runner.definitions.wording import element_words
from runner.engine.migration_plan import Plan

Level = Literal["refuses", "loses", "changes", "kept"]


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to know. ``refuses``: a case that stands there is not migrated; ``loses``:
    something is withdrawn or no longer used; ``changes``: the next steps differ; ``kept``: what is
    stored stays although the other release would say something else."""

    level: Level
    zh: str
    en: str
    process_id: str = ""
    element_id: str = ""


def ending(element: Element) -> Iterator[Note]:
    """A sub-process without a counterpart, whose steps have one."""
    words = element_words(element)
    names = ", ".join(mapping.target for mapping in element.inputs)
    if names:
        yield Note(
            "loses",
            f"{words.zh}：随迁移结束；只在其中的数据（{names}）有值的投诉不迁移，以免丢失。",
            f"{words.en}: ends with the migration; cases in which {names} has a value in it alone "
            "stay, since that would be lost.",
            element.process_id,
            element.id,
        )
    yield Note(
        "changes",
        f"{words.zh}：随迁移结束，其中的步骤在外面继续。",
        f"{words.en}: ends with the migration; its steps go on outside.",
        element.process_id,
        element.id,
    )


def crossing(
    element: Element, process: Process, there: Element, other: Process, plan: Plan
) -> Iterator[Note]:
    """A step that leaves or enters sub-processes."""
    pairs = plan.elements[process.id]
    was = [pairs.get(around.id) or f"- {around.id}" for around in around_of(process, element)]
    now = [around.id for around in around_of(other, there)]
    if was == now or (element.attached_to or element.triggered_by_event):
        return
    words = element_words(there)
    fresh = [around for around in around_of(other, there) if around.id not in was]
    left = [a for a in around_of(process, element) if pairs.get(a.id) not in now]
    barred = [a for a in (*fresh, *left) if not may_end(a)]
    level: Level = "refuses" if barred else "changes"
    told = [(element_words(a).zh, element_words(a).en) for a in (barred or fresh or left)]
    zh, en = "、".join(t[0] for t in told), ", ".join(t[1] for t in told)
    if barred:
        zh, en = (
            f"不能移过{zh}，停在这里的投诉不迁移。",
            f"cannot move across {en}; cases there stay.",
        )
    elif fresh:
        zh, en = f"移入{zh}；它随之开始，没有开始事件。", f"moves into {en}, which begins with it."
    else:
        zh, en = f"移出{zh}；其中再无步骤时它就结束。", f"moves out of {en}, which ends once empty."
    yield Note(level, f"{words.zh}：{zh}", f"{words.en}: {en}", process.id, element.id)


def may_end(element: Element) -> bool:
    """Whether it is a plain sub-process: others are not entered or left by a migration."""
    plain = element.kind == "subProcess" and not element.triggered_by_event
    return plain and element.multi_instance is None and not element.for_compensation


def around_of(process: Process, element: Element) -> list[Element]:
    """The sub-processes around an element, innermost first."""
    found = []
    while element.parent != process.id:
        element = process.elements[element.parent]
        found.append(element)
    return found
