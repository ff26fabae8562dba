"""What must hold of a case whatever happened to it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, Table, select

from runner.encoding import encode
from runner.engine.site import Site
from runner.evidence.verify import Broken, Header, Pack, Replay, read_diagrams
from runner.store.cases import CaseRow, find_case
from runner.store.event_log import GENESIS, Recorded, commitment, leaf_hash, read_chain
from runner.store.signal_tables import signal_subscriptions
from runner.store.tables import (
    candidate_groups,
    cases,
    chains,
    events,
    incidents,
    jobs,
    message_subscriptions,
    process_instances,
    timers,
    user_tasks,
)

OPEN: Mapping[Table, Sequence[str]] = {
    user_tasks: ("created",),
    timers: ("armed",),
    message_subscriptions: ("open",),
    signal_subscriptions: ("open",),
    jobs: ("created", "activated", "failed"),
    incidents: ("open",),
    process_instances: ("active",),
}


def check_case(connection: Connection, site: Site, case_id: str) -> None:
    """Chain, leaves, commitments, revision, open work and the path on the diagrams."""
    case = find_case(connection, case_id)
    assert case is not None
    log = list(read_chain(connection, case_id, site.vault))
    check_chain(connection, case_id, log, case.event_count, case.event_head)
    check_values(log)
    check_revision(case, log)
    check_path(site, connection, case, log)
    check_open_work(connection, case, log)


def check_all(connection: Connection, site: Site) -> int:
    """Every case and every other chain; how many cases there are."""
    found = connection.execute(select(cases.c.id)).scalars().all()
    for case_id in found:
        check_case(connection, site, case_id)
    for row in connection.execute(select(chains)).all():
        log = list(read_chain(connection, row.id, site.vault))
        check_chain(connection, row.id, log, row.event_count, row.event_head)
    return len(found)


def check_chain(
    connection: Connection, chain: str, log: Sequence[Recorded], count: int, head: bytes
) -> None:
    previous = GENESIS
    for number, event in enumerate(log, 1):
        assert event.number == number, f"{chain}: event {event.number} where {number} belongs"
        assert event.header["number"] == str(number)
        assert event.header["chain"] == chain
        assert event.header["previous"] == previous.hex(), f"{chain}: broken at event {number}"
        assert event.header["type"] == event.type
        previous = hashlib.sha256(event.header_bytes).digest()
    assert (count, head) == (len(log), previous), f"{chain}: the stored head is another"
    leaves = connection.execute(
        select(events.c.header, events.c.leaf).where(events.c.chain == chain)
    ).all()
    assert all(row.leaf == leaf_hash(row.header) for row in leaves)


def check_values(log: Sequence[Recorded]) -> None:
    for event in log:
        expected = event.header["commitments"]
        assert isinstance(expected, Mapping)
        assert event.values is not None
        assert set(event.values) == set(expected)
        for name, value in event.values.items():
            made = commitment(bytes.fromhex(event.salts[name]), encode(value))
            assert made == expected[name], f"event {event.number}: {name}"


def check_revision(case: CaseRow, log: Sequence[Recorded]) -> None:
    """One command is one revision: all its events carry the same two times and one actor."""
    commands = {(e.header["at"], e.header["recorded_at"], e.header["actor"]) for e in log}
    assert case.revision == len(commands), f"{case.revision} revisions, {len(commands)} commands"


def check_path(site: Site, connection: Connection, case: CaseRow, log: Sequence[Recorded]) -> None:
    """The verifier's own token game over the recorded events."""
    releases = {}
    for digest in {str(event.header["release"]) for event in log} | {case.release_digest}:
        files = site.definitions(connection, digest).files
        pack = Pack.__new__(Pack)
        pack.files = {f"release/{path}": data for path, data in files.items()}
        releases[digest] = read_diagrams(pack, "release/")
    replay = Replay(releases, str(log[0].header["release"]))
    for event in log:
        header: Header = dict(event.header)
        try:
            replay.step(event.number, header)
        except Broken as broken:
            around = [f"{e.number} {_told(e)}" for e in log[max(0, event.number - 12) :][:16]]
            raise AssertionError(f"{broken}\n" + "\n".join(around)) from broken


def check_open_work(connection: Connection, case: CaseRow, log: Sequence[Recorded]) -> None:
    """Nothing is open in an ended case; a running one has something that will move it."""
    ended = any(event.type in ("case_completed", "case_cancelled") for event in log)
    still = open_work(connection, case.id)
    if ended:
        assert not still, f"the case has ended with {still}"
        open_candidates = connection.execute(
            select(candidate_groups.c.user_task_id)
            .join(user_tasks, user_tasks.c.id == candidate_groups.c.user_task_id)
            .where(user_tasks.c.root_id == case.id, candidate_groups.c.open)
        ).all()
        assert not open_candidates
    else:
        assert set(still) - {"process_instances"}, "the case is stuck: nothing in it can go on"


def open_work(connection: Connection, case_id: str) -> dict[str, list[str]]:
    """Elements with open rows, by table."""
    found: dict[str, list[str]] = {}
    for table, states in OPEN.items():
        place = table.c.process_id if table is process_instances else table.c.element_id
        rows = connection.execute(
            select(place).where(table.c.root_id == case_id, table.c.state.in_(states))
        )
        names = list(rows.scalars())
        if names:
            found[table.name] = names
    return found


def _told(event: Recorded) -> str:
    header = event.header
    return f"{event.type} {header.get('process', '')} {header.get('element', '')} {header['facts']}"
