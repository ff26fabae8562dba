"""Sentences of migrations: why a token has no place on the other release."""

from __future__ import annotations

from collections.abc import Iterable

from runner.definitions.findings import half
from runner.definitions.model import Element
from runner.definitions.release import Definitions
from runner.engine.spiff.fitting import Misfit
from runner.errors import InvalidState

_WORDS = {
    "process": (
        "新版本没有流程“{0}”",
        "the other release has no process '{0}'",
    ),
    "nothing_chosen": (
        "“{0}”在新版本里没有对应的步骤",
        "nothing on the other release was chosen for '{0}'",
    ),
    "missing": (
        "“{0}”应变为“{1}”，但新版本没有它",
        "'{0}' should become '{1}', which the other release does not have",
    ),
    "elsewhere": (
        "“{0}”应变为“{1}”，但它在另一个子流程里；这样的步骤不能移出或移入",
        "'{0}' should become '{1}', which is in another sub-process; such a step stays in its own",
    ),
    "barred": (
        "“{0}”应变为“{1}”，但两者之间隔着多实例、事件子流程或被调用的流程",
        "'{0}' should become '{1}', but a multi-instance activity, an event sub-process or a "
        "called process lies between them",
    ),
    "open_twice": (
        "“{0}”应变为“{1}”，但它所在的子流程同时开着好几个",
        "'{0}' should become '{1}', but the sub-process around that is open several times",
    ),
    "undoable": (
        "“{0}”已完成，仍可补偿；随子流程结束就不能再补偿",
        "'{0}' is completed and could still be undone; with its sub-process that would be lost",
    ),
    "merges": (
        "“{0}”应变为“{1}”，而那里的子流程已开着：原来的子流程结束后，它后面的路就没有进度了",
        "'{0}' should become '{1}' in a sub-process that is open already: the one it leaves would "
        "end, and with it its own way on",
    ),
    "starves": (
        "在“{0}”等待的进度，在新版本里永远等不齐：已没有步骤能走到那里",
        "what waits at '{0}' would wait for ever: on the other release no step can lead there",
    ),
    "kind": (
        "“{0}”和“{1}”不是同一类元素",
        "'{0}' and '{1}' are not of the same kind",
    ),
    "event": (
        "“{0}”和“{1}”等待的不是同一类事件",
        "'{0}' and '{1}' do not wait for the same kind of event",
    ),
    "multi_instance": (
        "“{0}”和“{1}”只有一个是多实例，或一个并行一个依次",
        "'{0}' and '{1}' differ in being multi-instance, or in its order",
    ),
    "called_process": (
        "“{0}”和“{1}”调用的流程不同",
        "'{0}' and '{1}' call different processes",
    ),
    "attached": (
        "“{0}”应变为“{1}”，但它附着在别的步骤上",
        "'{0}' should become '{1}', which is attached to another step",
    ),
    "flow": (
        "在“{0}”等待的进度在新版本里没有对应的来路",
        "what waits at '{0}' came by a flow that the other release does not have",
    ),
    "gateway_events": (
        "“{0}”后面等待的事件与新版本不同",
        "the events that '{0}' waits for differ on the other release",
    ),
}


def misfit_words(misfit: Misfit, source: Definitions, target: Definitions) -> tuple[str, str]:
    """Both halves of the sentence, with the elements' own names, without a stop."""
    zh, en = _WORDS[misfit.reason]
    return (
        zh.format(
            _called(source, misfit.element_id, "zh"), _called(target, misfit.target_id, "zh")
        ),
        en.format(
            _called(source, misfit.element_id, "en"), _called(target, misfit.target_id, "en")
        ),
    )


def not_migratable(
    misfits: Iterable[Misfit], source: Definitions, target: Definitions
) -> InvalidState:
    """The refusal of one case, naming everything that stands in the way."""
    words = [misfit_words(found, source, target) for found in misfits]
    zh, en = "；".join(w[0] for w in words), "; ".join(w[1] for w in words)
    return InvalidState(f"不能迁移：{zh}。 / Cannot be migrated: {en}.")


def data_would_be_lost(element: Element, names: Iterable[str]) -> InvalidState:
    """A sub-process would end with the migration, and what is kept in it alone with it."""
    listed, name = ", ".join(names), " ".join(element.name.split())
    return InvalidState(
        f"不能迁移：子流程“{half(name, 'zh') or element.id}”会随迁移结束，"
        f"只存在其中的数据会丢失：{listed}。 / Cannot be migrated: the sub-process "
        f"'{half(name, 'en') or element.id}' would end, and what is kept only in it would be "
        f"lost: {listed}."
    )


def nothing_could_go_on() -> InvalidState:
    """Every token would wait for others."""
    return InvalidState(
        "不能迁移：迁移后所有进度都在互相等待，谁也走不下去。 / "
        "Cannot be migrated: on the other release everything would wait for something else, "
        "for ever."
    )


def went_on_by_itself() -> InvalidState:
    """The migration itself let a join or a condition go on, which cannot be taken back."""
    return InvalidState(
        "迁移时本案在新版本上已自行前进（汇合或条件已满足），不能撤回。 / "
        "On the other release the case went on by itself (a join or a condition was met), "
        "so it cannot be put back."
    )


def _called(definitions: Definitions, element_id: str, language: str) -> str:
    for process in definitions.processes.values():
        element = process.elements.get(element_id)
        if element is not None and element.name:
            return half(" ".join(element.name.split()), language)
    return element_id
