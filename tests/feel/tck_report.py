"""Runs every case of the public DMN TCK and tells how it went: `python -m tests.feel.tck_report`.

Ends with status 1 where a case fails that has no reason in `tck_exceptions`, or any of level 2,
and with status 2 where the TCK is not there.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.feel import tck
from tests.feel.tck_exceptions import reason


@dataclass
class Tally:
    """How the cases of a folder or level went."""

    cases: int = 0
    passed: int = 0
    excepted: int = 0
    failures: list[tuple[str, str, str | None]] = field(default_factory=list)

    @property
    def failed(self) -> int:
        return self.cases - self.passed - self.excepted

    def add(self, case: tck.Case, level: int) -> None:
        """Run the case."""
        self.cases += 1
        failure = case.failure()
        if failure is None:
            self.passed += 1
            return
        why = reason(case.id) if level > 2 else None
        self.excepted += why is not None
        self.failures.append((case.id, failure, why))

    def join(self, others: Iterable[Tally]) -> Tally:
        """The sum with the others."""
        for other in others:
            self.cases += other.cases
            self.passed += other.passed
            self.excepted += other.excepted
            self.failures += other.failures
        return self

    def row(self, name: str) -> str:
        """The line of the table."""
        return f"{name:<44}{self.cases:>7}{self.passed:>8}{self.failed:>8}{self.excepted:>10}"


def run_level(level: int) -> dict[str, Tally]:
    """How each folder of the level went."""
    folders: dict[str, Tally] = {}
    for case in tck.cases(level):
        folders.setdefault(case.folder, Tally()).add(case, level)
    return folders


def main() -> int:
    """Writes the report; the status of the command."""
    if not tck.levels():
        say(f"The DMN TCK is not there: no folder compliance-level-* in {tck.TCK}.")
        say("Set DMN_TCK to the folder that has them.")
        return 2
    whole = Tally()
    for level in tck.levels():
        folders = run_level(level)
        say(f"{f'level {level}':<44}{'cases':>7}{'passed':>8}{'failed':>8}{'excepted':>10}")
        for name, tally in folders.items():
            say(tally.row(name))
        total = Tally().join(folders.values())
        say(total.row(f"level {level}, {len(folders)} folders"))
        say("")
        whole.join((total,))
    say(whole.row("all levels"))
    for case_id, failure, why in whole.failures:
        shown = " ".join(failure.split())[:400]
        say(f"\n{case_id}\n  {shown}\n  reason: {why or 'unexplained'}")
    return 1 if whole.failed else 0


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
