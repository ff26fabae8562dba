"""Where a process instance has been, where it is, and what each answer leads to, by its events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from runner.clock import from_text
from runner.definitions.findings import half
from runner.definitions.model import Element, Process
from runner.store.case_pages import Past, read_path
from runner.web.language import _


@dataclass
class Progress:
    """What happened in one process instance. ``done`` maps an element to when it last ended,
    ``taken`` elements and flows to how often."""

    done: dict[str, datetime] = field(default_factory=dict)
    active: dict[str, int] = field(default_factory=dict)
    taken: dict[str, int] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)

    @property
    def now(self) -> frozenset[str]:
        """The elements where a token rests."""
        return frozenset(element for element, count in self.active.items() if count > 0)


def read_progress(connection: Connection, past: Past, instance_id: str) -> Progress:
    """Where an instance has been and is; ``people`` are the actor ids who completed an element."""
    path = read_path(connection, past, instance_id)
    return Progress(
        done={element: from_text(at) for element, at in path.done.items()},
        active=past.outline.active.get(instance_id, {}),
        taken=path.taken,
        people=path.people,
    )


@dataclass(frozen=True)
class WhatIf:
    """One answer and what it leads to. ``back``: the case returns to an earlier step."""

    answer: str
    then: str
    back: bool


def what_ifs(
    process: Process, element: Element, done: Iterable[str], language: str
) -> list[WhatIf]:
    """What follows an element: one line for each branch of the gateway after it, or one line."""
    finished = set(done)
    for flow_id in element.outgoing:
        target = process.elements[process.flows[flow_id].target]
        target = _through_merges(process, target)
        if target.kind == "exclusiveGateway" and len(target.outgoing) > 1:
            question = half(target.name, language) if target.name else ""
            found: list[WhatIf] = []
            for branch in target.outgoing:
                flow = process.flows[branch]
                name = half(flow.name, language) if flow.name else _("otherwise")
                then, back = _leads_to(process, flow.target, element, finished, language)
                found.append(WhatIf(f"{question} {name}".strip(), then, back))
            return found
        then, back = _leads_to(process, target.id, element, finished, language)
        return [WhatIf(_("When you submit"), then, back)]
    return []


def _through_merges(process: Process, element: Element) -> Element:
    seen: set[str] = set()
    while (
        element.kind == "exclusiveGateway" and len(element.outgoing) == 1 and element.id not in seen
    ):
        seen.add(element.id)
        element = process.elements[process.flows[element.outgoing[0]].target]
    return element


def _leads_to(
    process: Process, target_id: str, origin: Element, finished: set[str], language: str
) -> tuple[str, bool]:
    target = _through_merges(process, process.elements[target_id])
    if target.id == origin.id:
        return _("this task comes again; what was entered is kept."), True
    name = half(target.name, language) if target.name else ""
    if target.kind == "parallelGateway":
        starts = [process.elements[process.flows[f].target] for f in target.outgoing]
        named = [half(e.name, language) for e in starts if e.name]
        if len(starts) > 1 and named:
            join = "、" if language.startswith("zh") else ", "
            return _("%(steps)s begin side by side.", steps=join.join(_quoted(n) for n in named)), (
                False
            )
        return _("joins the branches running side by side."), False
    if target.kind == "endEvent":
        return (
            _("this part ends: %(name)s.", name=_quoted(name)) if name else _("this part ends.")
        ), False
    if target.kind == "exclusiveGateway":
        return _("the question %(name)s decides.", name=_quoted(name)), False
    back = target.id in finished
    if back:
        return _("back to %(name)s.", name=_quoted(name)), True
    return _("on to %(name)s.", name=_quoted(name)), False


def _quoted(name: str) -> str:
    return f"“{name}”"


@dataclass(frozen=True)
class Step:
    """One line of the text version. ``state`` is ``done``, ``now`` or ``later``."""

    state: str
    text: str


_TOLD = frozenset(
    {"userTask", "serviceTask", "businessRuleTask", "callActivity", "subProcess", "manualTask",
     "sendTask", "receiveTask", "scriptTask", "endEvent", "intermediateCatchEvent"}
)  # fmt: skip


def text_version(
    process: Process, progress: Progress, names: dict[str, str], at: object, language: str
) -> list[Step]:
    """The diagram in words: what was done (by whom, when), where it is, what comes after."""
    assert callable(at)
    colon, stop = ("：", "。") if language.startswith("zh") else (": ", ".")
    comma = "，" if language.startswith("zh") else ", "
    done: list[tuple[datetime, Step]] = []
    now: list[Step] = []
    later: list[Step] = []
    for element in process.elements.values():
        name = half(element.name, language) if element.name else ""
        if not name or element.kind not in _TOLD:
            continue
        if element.id in progress.now:
            now.append(Step("now", f"{name}{colon}{_('now')}{stop}"))
        elif element.id in progress.done:
            moment = progress.done[element.id]
            who = names.get(progress.people.get(element.id, ""), "")
            parts = [_("done"), *([who] if who else []), at(moment)]
            done.append((moment, Step("done", f"{name}{colon}{comma.join(parts)}{stop}")))
        elif element.kind != "endEvent":
            later.append(Step("later", f"{name}{stop}"))
    done.sort(key=lambda pair: pair[0])
    return [pair[1] for pair in done] + now + later


def element_of(processes: Sequence[Process], element_id: str) -> Element | None:
    """The first element with this id among the diagrams of a release."""
    for process in processes:
        found = process.elements.get(element_id)
        if found is not None:
            return found
    return None
