"""The public diagrams beside the checkout, as far as they can be walked, and why the others not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from runner.definitions.bpmn import load_diagram
from runner.definitions.model import Process
from runner.definitions.token_game import NotModelled, TokenGame
from runner.engine.spiff.procedure import Procedure, UnsupportedDiagram

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"


def corpus_files() -> list[Path]:
    """Every diagram of the corpus; none where the folder is absent."""
    return sorted(CORPUS.rglob("*.bpmn"))


def processes_of(path: Path) -> Mapping[str, Process]:
    """All processes of a file, as if each were marked executable: nothing else is changed."""
    diagram, _findings = load_diagram(path.read_bytes(), path.name)
    if diagram is None:
        return {}
    return {
        key: replace(process, executable=True)
        for key, process in diagram.processes.items()
        if process.elements
    }


def walkable(processes: Mapping[str, Process]) -> Iterator[tuple[str, str]]:
    """Each process by id with the reason why it cannot be walked, empty where it can.

    A process is tried with those it calls, not with strangers in the same file.
    """
    for key in processes:
        together = _with_called(processes, key)
        process = processes[key]
        try:
            TokenGame(together)
            Procedure.compile(together)
        except (NotModelled, UnsupportedDiagram) as refused:
            yield key, str(refused).partition(": ")[2]
            continue
        starts = [e for e in process.children(key) if e.kind == "startEvent"]
        yield key, "" if starts else "has no start event"


def _with_called(processes: Mapping[str, Process], key: str) -> dict[str, Process]:
    found: dict[str, Process] = {}
    todo = [key]
    while todo:
        name = todo.pop()
        if name in processes and name not in found:
            found[name] = processes[name]
            todo += [e.called_process for e in found[name].elements.values() if e.called_process]
    return found


def together(processes: Mapping[str, Process], key: str) -> dict[str, Process]:
    """The process with those it calls."""
    return _with_called(processes, key)
