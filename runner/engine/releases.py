"""Releases: made from files, checked, approved, effective; the old one is superseded."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from runner.definitions.files import ReleaseFiles, digest
from runner.definitions.findings import Finding
from runner.definitions.release import load_definitions
from runner.engine.access import ADMINISTRATOR, PROCESS_OWNER, Person, require_group
from runner.engine.site import Site
from runner.engine.spiff.procedure import Procedure, UnsupportedDiagram
from runner.engine.start_timers import arm_start_timers
from runner.engine.transaction import ChainChange, change_chain
from runner.errors import InvalidInput, InvalidState, NotFound
from runner.events import ReleaseMade, ReleaseStateChanged
from runner.lifecycle import RELEASE, allowed
from runner.store.releases import (
    ReleaseRow,
    change_release,
    effective_release,
    find_release,
    insert_release,
    next_release_number,
)

Check = Callable[[ReleaseFiles], Sequence[Finding]]


def make_release(
    site: Site,
    *,
    actor: Person,
    files: ReleaseFiles,
    reason: str,
    check: Check | None = None,
) -> ReleaseRow:
    """Keeps a set of files as a release in state ``checked``.

    Files with errors are refused with ``InvalidInput``, whose ``errors`` are by file. Reading and
    compiling always find theirs; ``check`` adds the checker's. The same files give the release that
    is there already.
    """
    require_group(actor, PROCESS_OWNER, ADMINISTRATOR)
    _refuse_errors(files, check)
    found = digest(files)
    with change_chain(site, "releases", actor=actor) as change:
        change.lock()  # numbers follow each other
        known = find_release(change.connection, found)
        if known is not None:
            return known
        row = ReleaseRow(
            digest=found,
            number=next_release_number(change.connection),
            state="draft",
            reason=reason.strip(),
            created_by=actor.id,
            created_at=change.at,
        )
        insert_release(change.connection, row, files)
        change.record(ReleaseMade(release=found, number=str(row.number), state="draft"))
        return _move(change, row, "checked")


def approve_release(site: Site, *, actor: Person, digest: str) -> ReleaseRow:
    """A second look is the organisation's rule to make; who approved is recorded either way."""
    require_group(actor, PROCESS_OWNER, ADMINISTRATOR)
    with change_chain(site, "releases", actor=actor) as change:
        change.lock()
        row = _require(change, digest)
        if row.state in ("approved", "effective"):
            return row
        return _move(change, row, "approved", approved_by=actor.id)


def make_effective(site: Site, *, actor: Person, digest: str) -> ReleaseRow:
    """From now on new cases follow this release; running ones stay on theirs. An older release
    becomes effective again by the same command (roll-back)."""
    require_group(actor, PROCESS_OWNER, ADMINISTRATOR)
    with change_chain(site, "releases", actor=actor) as change:
        change.lock()  # one at a time: at most one release is effective
        row = _require(change, digest)
        if row.state == "effective":
            return row
        before = effective_release(change.connection)
        if not allowed(RELEASE, row.state, "effective"):
            raise _not_now(row, "effective")
        if before is not None:
            _move(change, before, "superseded", superseded_at=change.at)
        arm_start_timers(change, digest)
        return _move(
            change,
            row,
            "effective",
            effective_at=change.at,
            superseded_at=None,
            previous=None if before is None else before.digest,
        )


def _refuse_errors(files: ReleaseFiles, check: Check | None) -> None:
    definitions = load_definitions(files)
    findings = list(definitions.findings)
    if check is not None:
        findings = [*findings, *(f for f in check(files) if f not in findings)]
    wrong = [finding for finding in findings if finding.severity == "error"]
    errors: dict[str, list[str]] = {}
    for finding in wrong:
        errors.setdefault(finding.file, []).append(f"{finding.zh} / {finding.en}")
    if not wrong:
        try:
            Procedure.compile(definitions.processes)
        except UnsupportedDiagram as unsupported:
            file = definitions.processes[unsupported.process_id].file
            text = f"元素 {unsupported.element_id}：{unsupported} / {unsupported}"
            errors[file] = [text]
    if errors:
        count = sum(map(len, errors.values()))
        noun = "error" if count == 1 else "errors"
        raise InvalidInput(
            f"有 {count} 个错误，不能发布。 / {count} {noun}: these files cannot be released.",
            errors,
        )


def _require(change: ChainChange, digest: str) -> ReleaseRow:
    row = find_release(change.connection, digest)
    if row is None:
        raise NotFound("没有这个发布版本。 / There is no such release.")
    return row


def _move(change: ChainChange, row: ReleaseRow, state: str, **values: object) -> ReleaseRow:
    if not allowed(RELEASE, row.state, state):
        raise _not_now(row, state)
    change_release(change.connection, row.digest, row.state, state, **values)
    change.record(
        ReleaseStateChanged(
            release=row.digest, number=str(row.number), before=row.state, after=state
        )
    )
    moved = find_release(change.connection, row.digest)
    assert moved is not None
    return moved


def _not_now(row: ReleaseRow, state: str) -> InvalidState:
    return InvalidState(
        f"第 {row.number} 版现在是 {row.state}，不能变为 {state}。 / "
        f"Release {row.number} is {row.state} and cannot become {state}."
    )
