"""Running one handler's call in a process of its own: it can be killed, and its memory limited.

The process knows no database: what the handler asks of its ports (mailer, texts) goes through a
pipe and is answered here. It is forked from a small server process, so that it begins with none of
our threads, connections and locks.
"""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from runner.worker.bounded import OddExit, TookTooLong
from service_tasks.contract import Call, Delivery, Impossible, Message, Outcome, Retry

_ASKED, _DONE, _RAISED = "asked", "done", "raised"
_EXPECTED: Mapping[str, type[Exception]] = {"Retry": Retry, "Impossible": Impossible}


class Died(Exception):
    """The process ended without an answer: killed from outside, or out of memory."""


def run_isolated(
    run: Callable[[Call], Outcome], call: Call, *, seconds: float, memory_mb: int
) -> Outcome:
    """What ``run`` gives. Raises ``Retry`` and ``Impossible`` as it does, ``OddExit`` for anything
    else, ``Died``, and ``TookTooLong`` after killing it."""
    context = multiprocessing.get_context("spawn" if sys.platform == "win32" else "forkserver")
    ours, theirs = context.Pipe()
    bare = replace(
        call,
        mailer=None,
        texts=None,
        registers=None,
        connections=None,
        past=None,
        documents=None,
    )
    process = context.Process(  # type: ignore[attr-defined]
        target=_child, args=(theirs, run, bare, memory_mb), name="handler", daemon=True
    )
    process.start()
    theirs.close()
    end = time.monotonic() + seconds
    try:
        while True:
            if not ours.poll(max(0.0, end - time.monotonic())):
                raise TookTooLong
            kind, *rest = ours.recv()
            if kind == _ASKED:
                ours.send(_answer(call, *rest))
            elif kind == _DONE:
                return rest[0]  # type: ignore[no-any-return]
            else:
                name, text = rest
                raise _EXPECTED.get(name, OddExit)(text if name in _EXPECTED else f"{name}: {text}")
    except EOFError as error:
        process.join(5)
        raise Died(f"the process ended with {process.exitcode}") from error
    finally:
        ours.close()
        process.kill()
        process.join(5)


def _answer(call: Call, port: str, method: str, given: Sequence[Any]) -> tuple[str, Any]:
    try:
        return "value", getattr(getattr(call, port), method)(*given)
    except (Retry, Impossible) as error:
        return type(error).__name__, str(error)
    except Exception as error:
        return "Retry", f"{type(error).__name__}: {error}"


class _Ports:
    """Mailer and texts as the process sees them: every call is asked of the parent."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def deliver(self, message: Message) -> Delivery:
        return self._ask("mailer", "deliver", message)  # type: ignore[no-any-return]

    def render(
        self, template: str, language: str, variables: Mapping[str, object]
    ) -> tuple[str, str]:
        return self._ask("texts", "render", template, language, variables)  # type: ignore[no-any-return]

    def addresses(self, groups: Sequence[str]) -> Sequence[str]:
        return self._ask("texts", "addresses", list(groups))  # type: ignore[no-any-return]

    def _ask(self, port: str, method: str, *given: Any) -> Any:
        self._pipe.send((_ASKED, port, method, given))
        kind, answer = self._pipe.recv()
        if kind in _EXPECTED:
            raise _EXPECTED[kind](answer)
        return answer


def _child(pipe: Connection, run: Callable[[Call], Outcome], call: Call, memory_mb: int) -> None:
    ports = _Ports(pipe)
    try:
        _limit_memory(memory_mb)
        message: tuple[object, ...] = (_DONE, run(replace(call, mailer=ports, texts=ports)))
    except BaseException as error:
        message = (_RAISED, type(error).__name__, str(error)[:1_000])
    try:
        pipe.send(message)
    except Exception as error:  # what it gave cannot be sent: told as nonsense
        pipe.send((_RAISED, type(error).__name__, str(error)[:1_000]))


def _limit_memory(megabytes: int) -> None:
    """So much beyond what the process has now. Nothing where the system cannot limit it."""
    if sys.platform == "win32":
        return
    import resource

    limit = megabytes * 1_000_000
    table = Path("/proc/self/statm")
    if table.exists():
        limit += int(table.read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    try:
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    except (ValueError, OSError):  # macOS refuses limits of address space
        return
