"""One scenario, really run: the engine's commands, the worker's jobs, a database, a moved clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from runner.definitions.findings import half
from runner.definitions.owners_yaml import Path as KeyPath
from runner.definitions.owners_yaml import path_text
from runner.engine.site import Site
from runner.errors import Failure, Refusal
from runner.feel import FeelError, FeelSyntaxError
from runner.settings import Settings
from runner.trying.answering import CannotAnswer
from runner.trying.case_steps import Playing
from runner.trying.comparing import Compared
from runner.trying.expecting import compare
from runner.trying.moving import Differs
from runner.trying.places import REQUIREMENT
from runner.trying.scenarios import Scenario
from runner.trying.spoken import NotATime, read_instant
from runner.trying.stage import Stage
from runner.trying.trace import Trace, read_trace

USUAL_START = "2026-03-02 09:00"  # a Monday


@dataclass
class Result:
    """What came of a scenario: its problems (none: it holds), and what happened."""

    scenario: Scenario
    problems: list[str] = field(default_factory=list)
    trace: Trace = field(default_factory=Trace)
    story: list[str] = field(default_factory=list)
    checked: int = 0
    seconds: float = 0.0

    @property
    def held(self) -> bool:
        return not self.problems


def run_scenario(
    stage: Stage, scenario: Scenario, known: Mapping[str, Scenario], folder: Path | None = None
) -> Result:
    """Runs it on a site of its own. Never raises for what the scenario or the procedure does
    wrong: ``problems`` tell it with file and line. ``known`` are the scenarios by id."""
    began = time.perf_counter()
    result = Result(scenario)
    with TemporaryDirectory(prefix="ombud-try-", dir=folder) as place:
        _Run(stage, known, Path(place)).play(scenario, result)
    result.seconds = time.perf_counter() - began
    return result


class _Run:
    def __init__(self, stage: Stage, known: Mapping[str, Scenario], folder: Path) -> None:
        self.stage = stage
        self.known = known
        self.folder = folder

    def play(self, scenario: Scenario, result: Result) -> None:
        first = self._chain(scenario)[0]
        try:
            start = self._begin(first)
        except NotATime as wrong:
            result.problems.append(f"{_at(first, ('start', 'at'))}: {wrong}")
            return
        site, settings = self.stage.open(self.folder / "site", start)
        try:
            previous: dict[str, object] = {}
            for one in self._chain(scenario)[:-1]:
                before = Result(one)
                self._one(site, settings, one, before, previous)
                result.story += [f"({one.id}) {line}" for line in before.story]
                if before.problems:
                    said = f"{_at(scenario, ('before',))}: the scenario before it failed"
                    result.problems += [said, *before.problems]
                    return
                previous = dict(before.trace.variables)
            self._one(site, settings, scenario, result, previous)
        finally:
            site.database.close()

    def _chain(self, scenario: Scenario) -> list[Scenario]:
        chain = [scenario]
        while (before := chain[0].data.get("before")) and before in self.known:
            if any(one.id == before for one in chain):
                break
            chain.insert(0, self.known[before])
        return chain

    def _begin(self, scenario: Scenario) -> datetime:
        given = str(scenario.data["start"].get("at", USUAL_START))
        text = USUAL_START if given.startswith("=") else given
        return read_instant(text, self.stage.settings.zone)

    def _one(
        self,
        site: Site,
        settings: Settings,
        scenario: Scenario,
        result: Result,
        previous: Mapping[str, object],
    ) -> None:
        playing = Playing(self.stage, site, settings, scenario, previous)
        at: KeyPath = ("start",)
        try:
            self._guarded(result, scenario, at, playing.start)
            for number, step in enumerate(scenario.steps):
                at = ("steps", number)
                self._guarded(result, scenario, at, lambda n=number: playing.step(n))  # type: ignore[misc]
                if step.get("expect"):
                    expected = {"incidents": "any", **step["expect"]}
                    self._compare(playing, result, expected, (*at, "expect"))
            at = ("expect",)
            self._guarded(result, scenario, at, playing.finish)
        except _Stopped:
            pass
        result.story = playing.story
        if playing.case_id:
            with site.database.read() as connection:
                result.trace = read_trace(site, connection, playing.case_id)
            if not result.problems:
                self._compare(playing, result, scenario.data.get("expect", {}), ("expect",))
                self._claims(result)

    def _compare(
        self, playing: Playing, result: Result, expected: Mapping[str, Any], at: KeyPath
    ) -> None:
        scenario = result.scenario
        with playing.site.database.read() as connection:
            trace = read_trace(playing.site, connection, playing.case_id)
        found: list[Compared] = list(
            compare(
                trace,
                expected,
                self.stage.definitions,
                self.stage.reading,
                playing.calendar,
                playing.zone,
            )
        )
        result.checked += len(found)
        for one in found:
            if one.problem:
                result.problems.append(f"{_at(scenario, (*at, *one.key))}: {one.problem}")

    def _claims(self, result: Result) -> None:
        """A scenario shows what it passes, not what it says it shows."""
        shown = self.stage.reading.requirements(result.trace)
        for number, name in enumerate(result.scenario.requirements):
            result.checked += 1
            if REQUIREMENT.fullmatch(name) and name not in shown:
                place = _at(result.scenario, ("requirements", number))
                where = [p.name for p in self.stage.reading.places if p.requirement == name]
                said = f"it stands at {', '.join(where[:6])}" if where else "it stands nowhere"
                result.problems.append(f"{place}: the case met nothing that names {name}; {said}")

    def _guarded(
        self, result: Result, scenario: Scenario, at: KeyPath, do: Callable[[], None]
    ) -> None:
        try:
            do()
        except Differs as differs:
            result.problems.append(f"{_at(scenario, (*at, *differs.key))}: {differs}")
        except (NotATime, FeelSyntaxError, FeelError) as wrong:
            result.problems.append(f"{_at(scenario, at)}: {wrong}")
        except CannotAnswer as wrong:
            for path, texts in wrong.errors.items():
                key = (*at, "answers", path.split(".")[0])
                said = "; ".join(_english(text) for text in texts)
                result.problems.append(f"{_at(scenario, key)}: {wrong.form}.{path}: {said}")
        except Refusal as refused:
            said = "; ".join([
                _english(refused.message),
                *(f"{path}: {_english(text)}"
                  for path, texts in getattr(refused, "errors", {}).items() for text in texts),
            ])  # fmt: skip
            result.problems.append(f"{_at(scenario, at)}: refused: {said}")
        except Failure as failure:
            result.problems.append(f"{_at(scenario, at)}: {_english(failure.message)}")
        else:
            return
        raise _Stopped


class _Stopped(Exception):
    """The story cannot go on."""


def _at(scenario: Scenario, path: KeyPath) -> str:
    return f"{scenario.file}:{scenario.line(*path)}: {path_text(path)}"


def _english(text: str) -> str:
    return half(text, "en")
