"""What pages read of one case's past: its outline, and the events they show. Reads only, but for
``keep_outline``.

A page costs the same for a case of ten thousand steps and for one of ten: it adds up at most one
block of headers to the stored outline, and opens the values of what it shows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, delete, false, func, insert, or_, select

from runner.store.attachments import COLUMNS, AttachmentRow, opened
from runner.store.case_pages_outline import BLOCK, Header, Outline, Path, by_instance
from runner.store.case_pages_tables import case_outlines
from runner.store.event_log import Recorded, recorded, with_values
from runner.store.keys import Vault
from runner.store.tables import attachments, events, mails, releases, user_tasks

_WHOLE = ""
_FILES = select(*COLUMNS)


@dataclass(frozen=True, slots=True)
class Past:
    """A case's outline as it is now; ``later`` are the headers that were added to the stored one,
    and ``case_id`` is whose it is."""

    case_id: str
    outline: Outline
    later: tuple[Header, ...]


def read_past(connection: Connection, case_id: str) -> Past:
    """The outline of a case, the headers since the last stored one added."""
    stored = _stored(connection, case_id, (_WHOLE,))
    outline = Outline(**stored.get(_WHOLE, {}))
    later = _headers(connection, case_id, outline.number)
    for event in later:
        outline.add(event)
    return Past(case_id, outline, tuple(later))


def read_path(connection: Connection, past: Past, instance_id: str) -> Path:
    """Where one process instance of the case has been."""
    path = Path(**_stored(connection, past.case_id, (instance_id,)).get(instance_id, {}))
    for instance, event in by_instance(past.later):
        if instance == instance_id:
            path.add(event)
    return path


def keep_outline(connection: Connection, case_id: str, before: int, now: int) -> None:
    """Writes the outline of a case that had ``before`` events and has ``now``; does nothing but
    where a new block began. Part of the command's own transaction."""
    if now // BLOCK == before // BLOCK:
        return
    past = read_past(connection, case_id)
    outline, told = past.outline, list(by_instance(past.later))
    known = _stored(connection, case_id, {instance for instance, _ in told})
    paths = {instance: Path(**known.get(instance, {})) for instance, _ in told}
    for instance, event in told:
        paths[instance].add(event)
    rows = [
        {"root_id": case_id, "part": part, "number": outline.number, "data": orjson.dumps(data)}
        for part, data in (
            (_WHOLE, outline.document()),
            *((key, asdict(path)) for key, path in paths.items()),
        )
    ]
    parts = [row["part"] for row in rows]
    connection.execute(
        delete(case_outlines).where(
            case_outlines.c.root_id == case_id, case_outlines.c.part.in_(parts)
        )
    )
    connection.execute(insert(case_outlines), rows)


def stored_messages(
    connection: Connection, case_ids: Sequence[str]
) -> dict[str, tuple[int, list[list[Any]]]]:
    """Of the cases that have a stored outline: its last event, and the messages up to there."""
    query = select(case_outlines).where(
        case_outlines.c.root_id.in_(case_ids), case_outlines.c.part == _WHOLE
    )
    return {
        row.root_id: (row.number, orjson.loads(row.data)["messages"])
        for row in connection.execute(query)
    }


def _stored(
    connection: Connection, case_id: str, parts: Collection[str]
) -> dict[str, dict[str, Any]]:
    query = select(case_outlines.c.part, case_outlines.c.data).where(
        case_outlines.c.root_id == case_id, case_outlines.c.part.in_(sorted(parts))
    )
    return {part: orjson.loads(data) for part, data in connection.execute(query)}


def _headers(
    connection: Connection, case_id: str, after: int, types: Sequence[str] = ()
) -> list[Header]:
    query = (
        select(events.c.number, events.c.type, events.c.header)
        .where(events.c.chain == case_id, events.c.number > after)
        .order_by(events.c.number)
    )
    if types:
        query = query.where(events.c.type.in_(types))
    rows = connection.execute(query)
    return [Header(number, kind, orjson.loads(header)) for number, kind, header in rows]


def headers_of_kinds(connection: Connection, case_id: str, *types: str) -> list[Header]:
    """Every event of these kinds, the first one first, without values."""
    return _headers(connection, case_id, 0, types)


def latest_events(
    connection: Connection,
    vault: Vault,
    past: Past,
    kinds: Collection[str] = (),
    *,
    limit: int,
    before: int = 0,
    after: int = 0,
) -> list[Recorded]:
    """The latest ``limit`` events of these kinds (of all, where none is named), the latest first;
    those before event ``before``, or the first ones after event ``after``, where it is given."""
    chosen = tuple(kinds) or tuple(past.outline.kinds)
    ranges = past.outline.ranges(chosen, limit, before=before, after=after)
    within = [events.c.number.between(first, last) for first, last in ranges]
    query = with_values(past.case_id).where(or_(false(), *within)).limit(limit)
    if kinds:
        query = query.where(events.c.type.in_(chosen))
    order = events.c.number.asc() if after else events.c.number.desc()
    found = [recorded(connection, vault, row) for row in connection.execute(query.order_by(order))]
    return found[::-1] if after else found


def events_by_number(
    connection: Connection, vault: Vault, case_id: str, numbers: Iterable[int]
) -> list[Recorded]:
    """These events, the first one first."""
    wanted = sorted(set(numbers))
    if not wanted:
        return []
    query = with_values(case_id).where(events.c.number.in_(wanted)).order_by(events.c.number)
    return [recorded(connection, vault, row) for row in connection.execute(query)]


def ended_tasks(connection: Connection, ids: Iterable[str]) -> frozenset[str]:
    """Those of the tasks that are no longer open."""
    query = select(user_tasks.c.id).where(
        user_tasks.c.id.in_(sorted(set(ids))), user_tasks.c.state != "created"
    )
    return frozenset(connection.execute(query).scalars())


def states_of_mails(connection: Connection, keys: Iterable[str]) -> Mapping[str, str]:
    """State by key."""
    query = select(mails.c.key, mails.c.state).where(mails.c.key.in_(sorted(set(keys))))
    return dict(connection.execute(query).all())


def numbers_of(connection: Connection, digests: Iterable[str]) -> dict[str, int]:
    """Numbers of releases by their digest."""
    query = select(releases.c.digest, releases.c.number).where(
        releases.c.digest.in_(sorted(set(digests)))
    )
    return dict(connection.execute(query).all())


def file_names(
    connection: Connection, vault: Vault, case_id: str, ids: Iterable[str]
) -> dict[str, str]:
    """Names by id of those that are files of the case."""
    return {row.id: row.name for row in files_by_id(connection, vault, case_id, ids)}


def files_by_id(
    connection: Connection, vault: Vault, case_id: str, ids: Iterable[str]
) -> list[AttachmentRow]:
    """Those of the ids that are files of the case."""
    wanted = sorted(set(ids))
    query = _FILES.where(attachments.c.root_id == case_id, attachments.c.id.in_(wanted))
    rows = connection.execute(query).mappings() if wanted else ()
    return [opened(connection, vault, row) for row in rows]


def latest_files(
    connection: Connection, vault: Vault, case_id: str, *, limit: int, offset: int = 0
) -> list[AttachmentRow]:
    """Files of the case, the latest first."""
    query = _FILES.where(attachments.c.root_id == case_id)
    query = query.order_by(attachments.c.added_at.desc(), attachments.c.id)
    rows = connection.execute(query.limit(limit).offset(offset)).mappings()
    return [opened(connection, vault, row) for row in rows]


def counts_of_case(connection: Connection, case_id: str) -> dict[str, int]:
    """How many tasks, files and mails a case has."""
    tables = {"tasks": user_tasks, "files": attachments, "mails": mails}
    query = select(
        *(
            select(func.count())
            .select_from(table)
            .where(table.c.root_id == case_id)
            .scalar_subquery()
            for table in tables.values()
        )
    )
    return dict(zip(tables, connection.execute(query).one(), strict=True))
