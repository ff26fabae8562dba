"""Which policy a new case follows: the site's, or that of the first of its lines that holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from runner.definitions.policies import Policy
from runner.definitions.release import Definitions
from runner.errors import InvalidState, NotFound
from runner.feel import FeelError, compile_expression, to_feel


def policy_to_follow(
    definitions: Definitions,
    policy_id: str,
    default: str,
    known: Mapping[str, object],
    at: datetime,
) -> Policy:
    """The policy named, whatever its lines say; where none is named, what the default's lines say
    for the values ``known`` at the start.

    Conditions are looked at from above; one that is null counts as not met. A policy chosen by a
    line is followed as it stands: its own lines are not looked at. Raises ``NotFound`` for a policy
    that is not there, ``InvalidState`` for a line that cannot be judged.
    """
    policy = _named(definitions, policy_id or default)
    if policy_id or not policy.lines:
        return policy
    calendar = definitions.calendars.get(policy.calendar or "")
    values = {key: to_feel(value) for key, value in known.items()}
    for line in policy.lines:
        try:
            compiled = compile_expression(line.when)
            met = compiled.evaluate(values, now=at, calendar=calendar).value
        except FeelError as error:
            raise InvalidState(
                f"制度“{policy.id}”的“{line.id}”无法判断：{error}。 / "
                f"The line '{line.id}' of the policy '{policy.id}' cannot be judged: {error}."
            ) from error
        if met is True:
            return _named(definitions, line.policy)
    return policy


def _named(definitions: Definitions, policy_id: str) -> Policy:
    policy = definitions.policies.get(policy_id)
    if policy is None:
        names = ", ".join(sorted(definitions.policies))
        raise NotFound(
            f"没有制度“{policy_id}”。现有：{names}。 / "
            f"There is no policy '{policy_id}'. There are: {names}."
        )
    return policy
