"""Idempotency keys of starts and messages, with what the first call gave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from runner.encoding import writable
from runner.errors import InvalidInput
from runner.store.tables import command_keys

LONGEST = 64


@dataclass(frozen=True, slots=True)
class CommandKey:
    """``result`` is the text the command wrote, so that a second call gives the same answer."""

    key: str
    command: str
    input_digest: str
    result: str


def find_command(connection: Connection, key: str) -> CommandKey | None:
    """What the key was used for. Raises ``InvalidInput`` for a text that cannot be one."""
    if not 0 < len(key) <= LONGEST or not writable(key):
        raise InvalidInput(
            f"提交编号应有 1 到 {LONGEST} 个字符。 / "
            f"A submission key has 1 to {LONGEST} characters.",
            {"idempotency_key": ["不能用。 / Cannot be used."]},
        )
    row = connection.execute(
        select(
            command_keys.c.key,
            command_keys.c.command,
            command_keys.c.input_digest,
            command_keys.c.result,
        ).where(command_keys.c.key == key)
    ).one_or_none()
    return None if row is None else CommandKey(*row)


def insert_command(connection: Connection, entry: CommandKey, at: datetime) -> None:
    connection.execute(
        insert(command_keys).values(
            key=entry.key,
            command=entry.command,
            input_digest=entry.input_digest,
            result=entry.result,
            created_at=at,
        )
    )
