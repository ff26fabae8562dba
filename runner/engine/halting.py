"""What is due but cannot be done by the machine alone becomes an incident, and is not tried again
until a person has resolved it: the timer stays armed, the signal on its way."""

from __future__ import annotations

from runner.engine.case_change import CaseChange
from runner.engine.elements.incidents import raise_incident
from runner.engine.spiff.host import Token
from runner.errors import Failure, Refusal
from runner.store.halted import HALTED


def halt(change: CaseChange, token: Token, why: Exception) -> None:
    """The incident, in a transaction of its own after the one that failed."""
    raise_incident(change, token, Failure(HALTED, token.element.id, said_of(why)))


def said_of(why: Exception) -> str:
    """A refusal's sentence. What is no refusal is our own mistake: its text may hold what people
    wrote, and stays in the log."""
    if isinstance(why, Refusal):
        return why.message
    name = type(why).__name__
    return (
        f"程序内部出错（{name}），什么都没有改变。详情在服务器日志里。 / "
        f"An error inside the program ({name}); nothing was changed. The server's log has more."
    )
