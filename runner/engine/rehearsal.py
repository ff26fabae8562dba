"""A migration rehearsed: which selected cases stand where, and which would be refused. Nothing is
changed, no case is locked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from runner.engine.migration_plan import Place, Plan
from runner.engine.migration_words import misfit_words
from runner.engine.site import Site
from runner.engine.spiff.execution import Execution
from runner.engine.spiff.migrating import NotMigratable
from runner.store.running_cases import Selection, count_running, executions, running_ids

MOST = 5_000
"""Cases looked at one by one; a larger selection is judged by its longest running ones."""


@dataclass(frozen=True)
class Rehearsal:
    """``standing`` counts cases by place on the source (watching events left out). ``refused`` maps
    each sentence (``中文 / English``) to how many cases it would refuse. ``looked_at`` of
    ``total`` selected cases were read."""

    total: int
    looked_at: int
    standing: Mapping[Place, int]
    arriving: Mapping[Place, int]
    refused: Mapping[str, int]
    refused_cases: int


def rehearse(site: Site, connection: Connection, plan: Plan, selection: Selection) -> Rehearsal:
    """Tries the plan on the tokens of every selected case."""
    source = site.definitions(connection, plan.source)
    target = site.definitions(connection, plan.target)
    here, there = site.procedure(connection, plan.source), site.procedure(connection, plan.target)
    case_ids = running_ids(connection, selection, MOST)
    standing: Counter[Place] = Counter()
    arriving: Counter[Place] = Counter()
    refused: Counter[str] = Counter()
    refused_cases = 0
    for _, state in executions(connection, case_ids):
        execution = Execution.look(here, state)
        places = {(p.process_id, p.element_id) for p in execution.positions() if not p.watching}
        standing.update(places)
        try:
            execution.translated(there, plan)
        except NotMigratable as found:
            refused_cases += 1
            for misfit in found.misfits:
                zh, en = misfit_words(misfit, source, target)
                refused[f"{zh}。 / {en[:1].upper()}{en[1:]}."] += 1
            continue
        for process_id, element_id in places:
            to = plan.elements.get(process_id, {}).get(element_id)
            if to is not None:
                arriving[plan.processes[process_id], to] += 1
    return Rehearsal(
        total=count_running(connection, selection),
        looked_at=len(case_ids),
        standing=dict(standing),
        arriving=dict(arriving),
        refused=dict(refused),
        refused_cases=refused_cases,
    )
