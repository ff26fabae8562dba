"""What the pages of migrations show: choices, the plan's table, both diagrams, results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from runner.definitions.findings import half
from runner.definitions.model import Element, Process
from runner.definitions.release import Definitions
from runner.definitions.svg import render
from runner.definitions.wording import kind_name
from runner.engine.migration_notes import Note, differs
from runner.engine.migration_plan import Place, Plan, candidates
from runner.engine.rehearsal import Rehearsal
from runner.store.running_cases import STATES, RunningCase, Selection
from runner.web.form_nodes import Choice
from runner.web.language import _

_QUIET = frozenset({"startEvent", "exclusiveGateway"})


@dataclass(frozen=True)
class PairRow:
    """One source element with what it could become. ``kind`` is ``same``, ``changed``, ``renamed``
    or ``gone``; ``field`` names its dropdown, empty where its gateway or start needs no choice."""

    field: str
    name: str
    about: str
    kind: str
    word: str
    cases: int
    choices: tuple[Choice, ...]
    renew: str
    renewed: bool


@dataclass(frozen=True)
class ProcessPairs:
    """``rows`` need a look; ``others`` are the same on both sides. ``into`` are the processes it
    could become, empty where it keeps its id."""

    name: str
    field: str
    into: tuple[Choice, ...]
    rows: tuple[PairRow, ...]
    others: tuple[PairRow, ...]


@dataclass(frozen=True)
class ChoosingPage:
    """Selection and plan. ``hidden`` are the selection's fields for the plan's form."""

    sources: tuple[Choice, ...]
    targets: tuple[Choice, ...]
    processes: tuple[Choice, ...]
    elements: tuple[Choice, ...]
    states: tuple[Choice, ...]
    total: int
    cases: tuple[RunningCase, ...]
    plan: tuple[ProcessPairs, ...]
    hidden: tuple[tuple[str, str], ...]
    errors: tuple[str, ...]


@dataclass(frozen=True)
class PlanPage:
    """The preview: what would happen to the selection."""

    digest: str
    source: str
    target: str
    rehearsal: Rehearsal
    notes: tuple[Note, ...]
    diagrams: tuple[Choice, ...]
    before: Markup
    after: Markup
    hidden: tuple[tuple[str, str], ...]
    reason: str
    errors: tuple[str, ...]
    change: str


@dataclass(frozen=True)
class BatchRow:
    id: str
    state: str
    word: str
    reason: str
    who: str
    at: str
    counts: str


@dataclass(frozen=True)
class ItemRow:
    case_id: str
    number: str
    title: str
    state: str
    word: str
    message: str


@dataclass(frozen=True)
class BatchPage:
    """``moving``: workers are at it, the page reloads itself. ``asked``: it waits for a colleague
    of ``mine``; ``people`` are who did what to it, and why."""

    row: BatchRow
    plan: str
    counts: tuple[tuple[str, str, int], ...]
    percent: int
    moving: bool
    rows: tuple[ItemRow, ...]
    shown: str
    next_offset: int
    may_revert: bool
    asked: str
    mine: bool
    people: tuple[tuple[str, str, str], ...]
    typed: str
    errors: tuple[str, ...]


def pairs_of(
    plan: Plan,
    source: Definitions,
    target: Definitions,
    standing: Mapping[Place, int],
    language: str,
) -> tuple[ProcessPairs, ...]:
    """The plan as tables, one for each process both releases have."""
    found = []
    for process_id, pairs in plan.elements.items():
        process = source.processes[process_id]
        other = target.processes[plan.processes[process_id]]
        rows: list[PairRow] = []
        others: list[PairRow] = []
        for element_id, target_id in pairs.items():
            element = process.elements[element_id]
            cases = standing.get((process_id, element_id), 0)
            row = _pair(plan, element, target_id, other, cases, language)
            quiet = row.kind == "same" or (element.kind in _QUIET and not cases)
            (others if quiet and not cases else rows).append(row)
        rows.sort(key=lambda row: (row.kind != "gone", -row.cases))
        into: tuple[Choice, ...] = ()
        if other.id != process.id:
            into = tuple(
                Choice(p.id, half(p.name, language) or p.id, p.id == other.id)
                for p in target.processes.values()
                if p.executable and (p.id == other.id or p.id not in source.processes)
            )
        found.append(
            ProcessPairs(
                half(process.name, language),
                f"into {process_id}",
                into,
                tuple(rows),
                tuple(others),
            )
        )
    return tuple(sorted(found, key=lambda part: not part.rows))


def _pair(
    plan: Plan, element: Element, target_id: str | None, other: Process, cases: int, language: str
) -> PairRow:
    there = other.elements[target_id] if target_id else None
    if there is None:
        kind, word = "gone", _("no counterpart")
    elif differs(element, there):
        kind, word = "changed", _("changed")
    elif there.id != element.id or there.name != element.name:
        kind, word = "renamed", _("renamed")
    else:
        kind, word = "same", _("the same")
    words = kind_name(element.kind)
    about = words.zh if language == "zh" else words.en
    timed = there is not None and bool(there.due_date or there.event.timer or there.follow_up_date)
    return PairRow(
        field=f"to {element.process_id} {element.id}",
        name=named(element, language),
        about=about,
        kind=kind,
        word=word,
        cases=cases,
        choices=tuple(
            Choice(found.id, named(found, language), found.id == target_id)
            for found in candidates(plan, element, other)
        ),
        renew=f"{other.id} {target_id}" if timed else "",
        renewed=(other.id, target_id) in plan.renew,
    )


def named(element: Element, language: str) -> str:
    """The element's label, its id where it has none."""
    return half(" ".join(element.name.split()), language) if element.name else element.id


def both_diagrams(
    plan: Plan,
    source: Definitions,
    target: Definitions,
    rehearsal: Rehearsal,
    process_id: str,
    language: str,
) -> tuple[Markup, Markup]:
    """The process on both releases: cases at each element, what changed, what is missing or new."""
    process = source.processes[process_id]
    other = target.processes[plan.processes[process_id]]
    pairs = plan.elements[process_id]
    left: dict[str, str] = {}
    right: dict[str, str] = {}
    for element_id, target_id in pairs.items():
        if target_id is None:
            left[element_id] = "gone"
        elif differs(process.elements[element_id], other.elements[target_id]):
            left[element_id] = right[target_id] = "changed"
    taken = set(pairs.values())
    right.update({e: "fresh" for e in other.elements if e not in taken})
    drawn = (
        render(
            source.files[process.file],
            language=language,
            active=_at(rehearsal.standing, process_id),
            marked=left,
        ),
        render(
            target.files[other.file],
            language=language,
            active=_at(rehearsal.arriving, other.id),
            marked=right,
        ),
    )
    return Markup(drawn[0]), Markup(drawn[1])  # noqa: S704 - drawn by us, all text is escaped


def _at(counts: Mapping[Place, int], process_id: str) -> dict[str, int]:
    return {element: count for (process, element), count in counts.items() if process == process_id}


def state_choices(selection: Selection) -> tuple[Choice, ...]:
    words = {
        "": _("all that run"),
        "going": _("not suspended"),
        "suspended": _("suspended"),
        "incident": _("with an incident"),
    }
    return tuple(Choice(s, words[s], s == selection.state) for s in STATES)


def item_word(state: str) -> str:
    return {
        "pending": _("waiting"),
        "migrated": _("moved"),
        "refused": _("refused"),
        "reverting": _("to be put back"),
        "reverted": _("put back"),
        "kept": _("not put back"),
    }[state]


def batch_word(state: str) -> str:
    return {
        "asked": _("waits for a second person"),
        "declined": _("declined"),
        "revert_asked": _("putting back waits for a second person"),
        "running": _("running"),
        "done": _("done"),
        "reverting": _("being put back"),
        "reverted": _("put back"),
    }[state]
