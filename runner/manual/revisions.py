"""What the cover and the revision table say: of a release, or of files nobody released yet."""

from __future__ import annotations

from datetime import datetime, tzinfo

from sqlalchemy import Connection

from runner.definitions.release import Definitions
from runner.errors import NotFound
from runner.manual.content import Facts, Revision
from runner.manual.wording import Reader
from runner.reports.presenting import instant
from runner.store.case_lists import ReleaseLine, people_names, release_lines

_STATES = {
    "draft": ("草稿", "draft"), "checked": ("已检查", "checked"),
    "approved": ("已批准", "approved"),
    "effective": ("生效", "in force"), "superseded": ("已被取代", "superseded"),
}  # fmt: skip
_SYSTEM = "system"


def draft_facts(
    definitions: Definitions, *, site: str, now: datetime, zone: tzinfo, language: str
) -> Facts:
    """The facts of a working folder: a draft, marked as such."""
    reader = Reader(language)
    at = instant(now, zone)
    draft = reader.say("草稿，尚未发布", "draft, not released")
    return Facts(
        site=site,
        release=reader.say("草稿", "draft"),
        state=draft,
        digest=definitions.digest,
        made_at=at,
        revisions=(Revision("—", at, draft, "", "", ""),),
    )


def release_facts(
    connection: Connection,
    number: int,
    *,
    site: str,
    now: datetime,
    zone: tzinfo,
    language: str,
) -> Facts:
    """The facts of a release with every release before it. Raises ``NotFound``."""
    reader = Reader(language)
    lines = release_lines(connection)
    line = next((line for line in lines if line.number == number), None)
    if line is None:
        raise NotFound(f"没有第 {number} 号版本。 / There is no release {number}.")
    wanted = {name for one in lines for name in (one.created_by, one.approved_by) if name}
    names = {**people_names(connection, wanted), _SYSTEM: reader.say("系统", "the system")}
    return Facts(
        site=site,
        release=str(number),
        state=_state(line, reader, zone),
        digest=line.digest,
        made_at=instant(now, zone),
        revisions=tuple(
            Revision(
                number=str(one.number),
                made=instant(one.created_at, zone),
                reason=reader.half(one.reason),
                by=names.get(one.created_by, one.created_by),
                approved_by=names.get(one.approved_by or "", one.approved_by or ""),
                effective="" if one.effective_at is None else instant(one.effective_at, zone),
            )
            for one in lines
            if one.number <= number
        ),
    )


def _state(line: ReleaseLine, reader: Reader, zone: tzinfo) -> str:
    words = reader.say(*_STATES.get(line.state, (line.state, line.state)))
    if line.effective_at is None:
        return words
    since = instant(line.effective_at, zone)
    return reader.say(f"{words}，{since} 起", f"{words}, since {since}")
