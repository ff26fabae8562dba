"""What a database says when it cannot work now, as a sentence people can act on.

Only what passes by itself or by an operator's hand is told here; a mistake of ours stays the
error it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from runner.errors import Unavailable

_SENTENCES = {
    "busy": (
        "数据库正忙，什么都没有改变。请稍后再试。 / "
        "The database is busy; nothing was changed. Try again in a moment."
    ),
    "full": (
        "数据库所在的磁盘已满，什么都没有改变。请通知管理员腾出空间，然后再试。 / "
        "The database's disk is full; nothing was changed. Tell the administrator to make room, "
        "then try again."
    ),
    "gone": (
        "数据库没有回应，什么都没有改变。请稍后再试。 / "
        "The database does not answer; nothing was changed. Try again in a moment."
    ),
    "unsure": (
        "数据库在保存时中断，无法确定是否已保存。请先查看，再决定是否重发。 / "
        "The database broke off while saving, so it is not known whether it was saved. "
        "Look first, then decide whether to send it again."
    ),
}
_SQLITE = (
    ("locked", "busy"),
    ("busy", "busy"),
    ("disk is full", "full"),
    ("disk i/o error", "full"),
    ("unable to open database", "gone"),
)
# What a server says of a limit or a quota that is no full disk to the system: the code is XX000.
_NO_ROOM = ("could not extend", "could not write", "file too large", "quota exceeded")
# https://www.postgresql.org/docs/current/errcodes-appendix.html: whole classes, then single codes
_POSTGRESQL_CLASSES = {"08": "gone", "53": "busy", "57": "gone", "58": "full"}
_POSTGRESQL = {
    "55P03": "busy",  # a lock was not given within lock_timeout
    "40001": "busy",  # two transactions cannot both be right
    "40P01": "busy",  # a deadlock, of which this was chosen to end
    "25P03": "gone",  # this process stood still inside a transaction for too long
    "53100": "full",
    "57014": "busy",  # a statement was cancelled
}


def reason_of(error: BaseException) -> str | None:
    """Why the database cannot work now; None for an error that has another cause."""
    if isinstance(error, PoolTimeout):
        return "busy"
    if not isinstance(error, DBAPIError) or error.orig is None:
        return None
    code = getattr(error.orig, "sqlstate", None)
    if code == "XX000" and any(said in str(error.orig).lower() for said in _NO_ROOM):
        return "full"
    if isinstance(code, str):
        return _POSTGRESQL.get(code) or _POSTGRESQL_CLASSES.get(code[:2])
    if error.connection_invalidated:
        return "gone"
    text = str(error.orig).lower()
    if type(error.orig).__module__.startswith("sqlite3"):
        return next((reason for said, reason in _SQLITE if said in text), None)
    # without a code the server was never reached, or it broke off in the middle
    return "gone" if type(error.orig).__name__ == "OperationalError" else None


@contextmanager
def told(*, committing: bool = False) -> Iterator[None]:
    """Raises ``Unavailable`` in place of what the database says. ``committing``: when it goes away
    now nobody knows what became of the transaction."""
    try:
        yield
    except (DBAPIError, PoolTimeout) as error:
        reason = reason_of(error)
        if reason is None:
            raise
        if committing and reason == "gone":
            reason = "unsure"
        raise Unavailable(_SENTENCES[reason], reason) from error
