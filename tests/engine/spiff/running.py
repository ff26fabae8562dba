"""Runs a diagram of ``diagrams`` with a ``FakeHost``; can save and load after every step."""

from __future__ import annotations

from runner.engine.spiff.execution import Execution
from runner.engine.spiff.host import Token
from runner.engine.spiff.procedure import Procedure
from tests.engine.spiff.diagrams import processes
from tests.engine.spiff.fake_host import FakeHost


class Running:
    def __init__(
        self,
        text: str,
        *,
        host: FakeHost | None = None,
        restart: bool = False,
        start: str | None = None,
        **others: str,
    ) -> None:
        self.host = host or FakeHost()
        self.models = processes(main=text, **others)
        self.procedure = Procedure.compile(self.models)
        self.restart = restart
        self.execution = Execution.start(
            self.procedure, "main", self.host, start, instance_id="case"
        )
        self.again()

    def again(self) -> None:
        """Save and load, where the test runs with restarts."""
        if self.restart:
            self.reload()

    def reload(self) -> None:
        state = self.execution.dump()
        # a fresh process would compile its own specs
        self.execution = Execution.load(Procedure.compile(self.models), state, self.host)
        assert self.execution.dump() == state

    @property
    def here(self) -> list[str]:
        """The resting tokens: ``element`` or ``element[loop]``."""
        return [_name(token) for token in self.execution.resting()]

    def at(self, name: str) -> Token:
        return next(token for token in self.execution.resting() if _name(token) == name)

    def do(self, *names: str) -> list[str]:
        for name in names:
            self.execution.complete(self.at(name).id)
            self.again()
        return self.here

    def fire(self, name: str) -> list[str]:
        self.execution.fire(self.at(name).id)
        self.again()
        return self.here

    def retry(self, name: str) -> list[str]:
        self.execution.retry(self.at(name).id)
        self.again()
        return self.here

    def error(self, name: str, code: str) -> bool:
        caught = self.execution.throw_error(self.at(name).id, code)
        self.again()
        return caught

    @property
    def done(self) -> bool:
        return self.execution.completed


def _name(token: Token) -> str:
    return token.element.id if token.loop is None else f"{token.element.id}[{token.loop}]"
