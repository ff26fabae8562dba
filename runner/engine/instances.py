"""Cases begin and are cancelled."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from runner.definitions.model import Process
from runner.definitions.release import Definitions
from runner.encoding import NotStorable, dumps
from runner.engine.access import Person, require_group
from runner.engine.attachments import Upload, keep_submitted
from runner.engine.case_change import CaseChange
from runner.engine.elements.host import CaseHost, moving
from runner.engine.message_delivery import deliver_kept
from runner.engine.policy_choice import policy_to_follow
from runner.engine.scopes import CASE
from runner.engine.site import Site
from runner.engine.spiff.execution import Execution
from runner.engine.transaction import begin_case, change_case, endless_loops_refused
from runner.engine.variables import READ_ONLY
from runner.errors import AlreadyExists, InvalidInput, InvalidState, NotFound, TooLarge
from runner.events import CaseCancelled, CaseCompleted, CaseStarted
from runner.feel import to_feel
from runner.store.cases import CaseRow, Instance, insert_case, insert_instances
from runner.store.command_keys import CommandKey, find_command, insert_command
from runner.store.complaints import insert_complaint
from runner.store.event_log import GENESIS

MAY_CANCEL = ("complaint_management", "company_leader", "quality_manager", "administrator")
LANGUAGES = ("zh", "en")
MAX_BYTES = 1_000_000
CASE_KIND, COMPLAINT = "case_kind", "complaint"


@dataclass(frozen=True, slots=True)
class Started:
    """A case that began. ``access_token`` opens the customer's private page; only its digest is
    stored. ``complaint_number`` is there when the diagram gave one before the first human step."""

    case_id: str
    complaint_number: str | None
    access_token: str


def start_complaint(
    site: Site,
    *,
    actor: Person,
    variables: Mapping[str, object],
    channel: str,
    start_element: str,
    policy_id: str = "",
    idempotency_key: str,
    attachments: Sequence[Upload] = (),
    language: str = "zh",
    simulated: bool = False,
    process_id: str = "",
    within: Callable[[CaseChange], None] | None = None,
) -> Started:
    """Starts a case of the effective release at ``start_element``, of ``process_id`` where several
    processes have such an element; ``within`` adds to its first transaction, and ends it by
    raising.

    ``variables`` are FEEL values, as a form's validation gives them. ``received_at`` is now where
    they do not say. A second call with the same key and input gives the first result; the same key
    with another input raises ``AlreadyExists``. Without ``policy_id`` the case follows the site's
    policy, or that of the first of its lines that holds.
    """
    content = {
        "variables": to_feel(dict(variables)),
        "start": start_element,
        "channel": channel,
        "policy": policy_id,
        "files": [
            [upload.field, upload.name, hashlib.sha256(upload.data).hexdigest()]
            for upload in attachments
        ],
    }
    try:
        written = dumps(content)
    except NotStorable as error:
        raise InvalidInput(f"无法保存：{error} / Cannot be kept: {error}") from error
    if len(written) > MAX_BYTES:
        raise TooLarge("内容太长。 / The content is too long.")
    digest = hashlib.sha256(written).hexdigest()
    try:
        return _start(
            site, actor, variables, channel, start_element, policy_id, idempotency_key,
            attachments, language, simulated, digest, process_id, within,
        )  # fmt: skip
    except IntegrityError:  # somebody with the same key was faster, in another process
        with site.database.read() as connection:
            known = _known(site, connection, idempotency_key, digest)
        if known is None:
            raise
        return known


def _start(
    site: Site, actor: Person, variables: Mapping[str, object], channel: str, start_element: str,
    policy_id: str, idempotency_key: str, attachments: Sequence[Upload], language: str,
    simulated: bool, digest: str, process_id: str, within: Callable[[CaseChange], None] | None,
) -> Started:  # fmt: skip
    with site.database.write() as connection:
        known = _known(site, connection, idempotency_key, digest)
        if known is not None:
            return known
        release = site.effective_release(connection)
        definitions = site.definitions(connection, release.digest)
        process_id = _process_with(definitions, start_element, process_id)
        policy = policy_to_follow(
            definitions,
            policy_id,
            site.default_policy,
            {"channel": channel, "language": language, **variables},
            site.clock.now(),
        )
        case_id, subject_id = uuid4().hex, uuid4().hex
        row = CaseRow(
            id=case_id,
            release_digest=release.digest,
            policy_id=policy.id,
            policy_digest=policy.digest,
            subject_id=subject_id,
            simulated=simulated,
            revision=0,
            event_count=0,
            event_head=GENESIS,
        )
        change = begin_case(
            site, connection, actor, row, language if language in LANGUAGES else "zh"
        )
        site.vault.create(connection, subject_id, site.clock)
        root = Instance(case_id, case_id, None, process_id, None, change.at)
        insert_instances(connection, [root])
        change.case.instances.load([root])
        insert_case(connection, row)
        token = _access_token(site, case_id)
        _first_projection(change, token, channel, definitions.processes[process_id])
        change.record(
            CaseStarted(
                process=process_id,
                instance=case_id,
                policy_id=policy.id,
                policy_digest=policy.digest,
                release_number=str(release.number),
                start_element=start_element,
                simulated=simulated,
                idempotency_key=hashlib.sha256(idempotency_key.encode()).hexdigest(),
            )
        )
        _first_variables(change, variables, channel, attachments)
        if within is not None:
            within(change)
        with endless_loops_refused():
            change.case.execution = Execution.start(
                site.procedure(connection, release.digest),
                process_id,
                CaseHost(change),
                start_element,
                instance_id=case_id,
            )
        moving(change)
        end_if_completed(change)
        number = _number(change)
        insert_command(
            connection,
            CommandKey(
                idempotency_key,
                "start_complaint",
                digest,
                json.dumps({"case_id": case_id, "complaint_number": number}),
            ),
            change.at,
        )
        with endless_loops_refused():
            change.finish()
    site.live.put(change.case)
    return Started(case_id, number, token)


def cancel_case(site: Site, *, actor: Person, case_id: str, reason: str) -> None:
    """Ends a case before its end; everything open in it is withdrawn. ``reason`` is required."""
    require_reason(reason)
    with change_case(site, actor=actor, case=case_id, command="cancel_case") as change:
        require_group(actor, *MAY_CANCEL)
        execution = change.case.execution
        assert execution is not None
        if execution.completed:
            raise InvalidState(
                "应取消一起进行中的投诉，但它已经结束。 / "
                "Expected to cancel a running case, but it has ended."
            )
        moving(change).cancel()
        change.record(CaseCancelled(instance=case_id, reason={"text": reason.strip()}))
        change.case.instances.end(case_id, "cancelled")


def end_if_completed(change: CaseChange) -> None:
    """Notes the end of a case whose last token ended in this command, after what began to wait in
    it has got the messages kept for it."""
    if change.case.awaiting:
        deliver_kept(change)
    execution = change.case.execution
    if execution is None or not execution.completed:
        return
    if change.case.instances.end(change.case.id, "completed") is not None:
        change.record(CaseCompleted(process=execution.process_id, instance=change.case.id))


def require_reason(reason: str) -> None:
    """Raises ``InvalidInput`` for a reason without a word."""
    if not reason.strip():
        message = "请写明原因。 / Give a reason."
        raise InvalidInput(message, {"reason": [message]})


def _known(site: Site, connection: Connection, key: str, digest: str) -> Started | None:
    found = find_command(connection, key)
    if found is None:
        return None
    if found.command != "start_complaint" or found.input_digest != digest:
        raise AlreadyExists(
            "这个提交编号已用于另一份内容。 / This submission key was used for other content."
        )
    result = json.loads(found.result)
    case_id = result["case_id"]
    return Started(case_id, result["complaint_number"], _access_token(site, case_id))


def _access_token(site: Site, case_id: str) -> str:
    """The customer's secret: computed, never stored, so that a repeated start gives it again."""
    secret = site.derived("access token", case_id)
    return base64.urlsafe_b64encode(secret[:24]).decode()


def customer_link(site: Site, case_id: str) -> str:
    """The address of the customer's private page: whoever knows it reads the customer's side of
    the case, so it goes to the customer only."""
    return f"{site.public_url.rstrip('/')}/c/{_access_token(site, case_id)}"


def access_digest(token: str) -> str:
    """What is stored of an access token: SHA-256 (hex)."""
    return hashlib.sha256(token.encode()).hexdigest()


def _process_with(definitions: Definitions, start_element: str, wanted: str) -> str:
    """The modeler gives every new diagram's start the same id: one that is called is not meant."""
    found = [
        process.id
        for process in definitions.processes.values()
        if (element := process.elements.get(start_element)) is not None
        and element.kind == "startEvent"
        and element.parent == process.id
        and wanted in ("", process.id)
    ]
    if len(found) > 1:
        called = {
            element.called_process
            for process in definitions.processes.values()
            for element in process.elements.values()
        }
        found = [process for process in found if process not in called] or found
    if len(found) > 1:
        names = ", ".join(found)
        raise InvalidInput(
            f"开始事件“{start_element}”在几个流程里都有：{names}。请在图里给它们不同的编号。 / "
            f"Several processes have a start event '{start_element}': {names}. Give each an id of "
            "its own in the diagrams.",
            {"start_element": [names]},
        )
    if not found:
        raise NotFound(
            f"没有开始事件“{start_element}”。 / There is no start event '{start_element}'."
        )
    return found[0]


def _first_projection(change: CaseChange, token: str, channel: str, process: Process) -> None:
    kind = process.properties.get(CASE_KIND, COMPLAINT)[:20]
    row = {
        "id": change.case.id,
        "kind": kind,
        "access_digest": access_digest(token),
        "channel": channel,
        "title": "投诉 / Complaint" if kind == COMPLAINT else process.name,
        "language": change.case.language,
        "received_at": change.at,
        "state": "active",
    }
    insert_complaint(change.connection, row)
    change.case.projection.update({name: row[name] for name in ("channel", "title", "received_at")})


def _first_variables(
    change: CaseChange, variables: Mapping[str, object], channel: str, uploads: Sequence[Upload]
) -> None:
    values: dict[str, object] = {"channel": channel, "received_at": change.at, **variables}
    values["language"] = change.case.language
    for name in READ_ONLY & values.keys():
        del values[name]
    scopes = change.case.scopes
    scopes.open(
        change.case.id,
        parent_id=None,
        instance_id=change.case.id,
        element_id=change.case.id,
        kind=CASE,
    )
    keep_submitted(change, uploads, values)
    change.record_written(scopes.declare(change.case.id, values), None)


def _number(change: CaseChange) -> str | None:
    scope = change.case.scopes.get(change.case.id)
    number = None if scope is None else scope.values.get("complaint_number")
    return number if isinstance(number, str) else None
