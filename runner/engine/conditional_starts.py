"""Cases that begin because of a condition: asked on demand, as there are no variables to watch."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from runner.engine.access import Person
from runner.engine.instances import Started, start_complaint
from runner.engine.site import Site
from runner.feel import compile_expression, to_feel


def start_by_condition(
    site: Site,
    *,
    actor: Person,
    variables: Mapping[str, object],
    channel: str,
    idempotency_key: str,
    policy_id: str = "",
) -> list[Started]:
    """Starts a case at every conditional start event of the effective release whose condition is
    true of ``variables`` (FEEL values), with these as its own. A second call with the same key
    gives the same cases. Raises what ``start_complaint`` and FEEL do."""
    values = {name: to_feel(value) for name, value in variables.items()}
    with site.database.read() as connection:
        release = site.effective_release(connection)
        starts = [
            element
            for process in site.definitions(connection, release.digest).processes.values()
            if process.executable
            for element in process.children(process.id)
            if element.kind == "startEvent" and element.event.kind == "conditional"
        ]
    now = site.clock.now()
    return [
        start_complaint(
            site,
            actor=actor,
            variables=variables,
            channel=channel,
            start_element=element.id,
            process_id=element.process_id,
            policy_id=policy_id,
            idempotency_key=sha256(f"{idempotency_key} {element.id}".encode()).hexdigest(),
        )
        for element in starts
        if compile_expression(element.event.condition[1:]).evaluate(values, now=now).value is True
    ]
