"""A host that answers as told and writes down what it was asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from runner.definitions.model import Flow
from runner.engine.spiff.host import Token

RESTS = frozenset({"userTask", "receiveTask", "intermediateCatchEvent", "boundaryEvent"})


class FakeHost:
    """User tasks and catch events rest; gateways take the flows whose condition is in ``true``."""

    def __init__(self) -> None:
        self.true: set[str] = set()
        self.counts: dict[str, int] = {}
        self.stay: set[tuple[str, str]] = set()  # (callback, element id)
        self.changed: set[str] = set()  # conditions that came true
        self.passes: set[str] = set()  # element ids that are done at once
        self.stop: Callable[[Token], bool] = lambda token: False
        self.calls: list[tuple[Any, ...]] = []
        self.tokens: dict[str, list[Token]] = {}

    def _note(self, what: str, token: Token, *more: object) -> None:
        name = token.element.id if token.loop is None else f"{token.element.id}[{token.loop}]"
        self.calls.append((what, name, *more))
        known = self.tokens.setdefault(token.element.id, [])
        if token not in known:
            known.append(token)

    def enter(self, token: Token) -> bool:
        self._note("enter", token)
        if ("enter", token.element.id) in self.stay:
            return False
        passes = token.element.kind not in RESTS or token.element.event.kind == "compensation"
        return passes or token.element.id in self.passes

    def items(self, token: Token) -> int | None:
        self._note("items", token)
        if ("items", token.element.id) in self.stay:
            return None
        return self.counts.get(token.element.id, 3)

    def enough(self, body: Token) -> bool | None:
        self._note("enough", body)
        if ("enough", body.element.id) in self.stay:
            return None
        return self.stop(body)

    def choose(self, token: Token, flows: Sequence[Flow]) -> Sequence[str] | None:
        self._note("choose", token)
        if ("choose", token.element.id) in self.stay:
            return None
        true = [f.id for f in flows if f.condition is not None and f.condition[1:] in self.true]
        chosen = true or [f.id for f in flows if f.id == token.element.default]
        if not token.element.kind.endswith("Gateway"):
            bare = (f.id for f in flows if f.condition is None)
            return [*chosen, *(flow for flow in bare if flow != token.element.default)]
        return chosen if token.element.kind == "inclusiveGateway" else chosen[:1]

    def leave(self, token: Token) -> bool:
        self._note("leave", token)
        return ("leave", token.element.id) not in self.stay

    def took(self, token: Token, flows: Sequence[str]) -> None:
        self._note("took", token, *flows)

    def cancelled(self, token: Token) -> None:
        self._note("cancelled", token)

    def uncaught(self, token: Token, code: str) -> None:
        self._note("uncaught", token, code)

    def code(self, token: Token) -> str | None:
        self._note("code", token)
        return None if ("code", token.element.id) in self.stay else token.element.event.code[1:]

    def condition(self, token: Token, *, fresh: bool) -> bool:
        """True where its name is in ``true`` when it is new, later where it is in ``changed``."""
        name = token.element.event.condition[1:]
        if fresh:
            return name in self.true
        holds = name in self.changed
        self.changed.discard(name)
        return holds

    def forgotten(self, token: Token) -> None:
        self._note("forgotten", token)

    def said(self, what: str) -> list[str]:
        """The element names of one callback, in order, since the last ``forget``."""
        return [call[1] for call in self.calls if call[0] == what]

    def forget(self) -> None:
        self.calls.clear()
