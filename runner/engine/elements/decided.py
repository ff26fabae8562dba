"""Policy values that were unset and have been decided by their owner, in this case or another."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

from runner.encoding import dumps, loads
from runner.engine.case_change import CaseChange
from runner.engine.spiff.host import Token
from runner.engine.variables import is_unset
from runner.errors import InvalidState
from runner.events import PolicyValueDecided
from runner.store.policy_decisions import (
    PolicyDecision,
    find_policy_decision,
    insert_policy_decision,
)


def decide(change: CaseChange, path: str, value: object) -> None:
    """Keeps the acting owner's answer for this case and for others under the same policy. Raises
    ``InvalidState`` where another owner decides it at the same moment."""
    change.touched = True
    change.case.decide(path, value)
    try:
        insert_policy_decision(
            change.connection,
            PolicyDecision(
                policy_digest=change.case.row.policy_digest,
                path=path,
                data=dumps(value),
                root_id=change.case.id,
                decided_by=change.actor.id,
                decided_at=change.at,
            ),
        )
    except IntegrityError as taken:
        raise InvalidState(
            f"另一位负责人刚刚决定了“{path}”，请重新查看。 / "
            f"Another owner has just decided '{path}'; please look again."
        ) from taken


def take_over(change: CaseChange, token: Token, path: str) -> bool:
    """Uses the answer an owner gave in another case. False where nobody has been asked yet."""
    if not is_unset(change.policy, path):
        return False
    known = find_policy_decision(change.connection, change.case.row.policy_digest, path)
    if known is None:
        return False
    value = loads(known.data)
    change.case.decide(path, value)
    change.record(
        PolicyValueDecided(
            element=token.element.id,
            token=token.id,
            process=token.element.process_id,
            instance=token.instance_id,
            policy_path=path,
            decided_by=known.decided_by,
            decided_in=known.root_id,
            answer={"value": value},
        )
    )
    return True
