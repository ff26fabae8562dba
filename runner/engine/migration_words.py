"""Sentences of migrations: why a token has no place on the other release."""

from __future__ import annotations

from collections.abc import Iterable

from runner.definitions.findings import half
from runner.definitions.release import Definitions
from runner.engine.spiff.migrating import Misfit
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
        "“{0}”应变为“{1}”，但它在另一个子流程里；请先移动",
        "'{0}' should become '{1}', which is in another sub-process; move the token instead",
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


def _called(definitions: Definitions, element_id: str, language: str) -> str:
    for process in definitions.processes.values():
        element = process.elements.get(element_id)
        if element is not None and element.name:
            return half(" ".join(element.name.split()), language)
    return element_id
