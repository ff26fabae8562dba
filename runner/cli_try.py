"""``ombud try``: the owner's scenarios, really run. Nothing of the site here is read or written."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click
from rich.markup import escape
from rich.table import Table

from runner.settings import terminal_language
from runner.terminal import console, errors, plainly, procedure_folder, whole

if TYPE_CHECKING:  # read when the command runs: the other commands start without them
    from runner.definitions.release import Definitions
    from runner.trying import Result, Scenario

STORY = 30  # lines of what happened, shown with a failure


@click.command("try")
@click.argument("names", nargs=-1, metavar="[SCENARIO]...")
@click.option("--policy", "profiles", multiple=True, help="Only scenarios of this policy; repeat.")
@click.option("--all", "everything", is_flag=True, help="Every scenario; so it is without names.")
@click.option("--folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--story", is_flag=True, help="Also show what happened where a scenario holds.")
@click.option("--typeset", is_flag=True, help="Typeset documents too, not only fill them in.")
@click.option("--coverage", is_flag=True, help="List the sequence flows that no scenario takes.")
@click.option("--names", "only_names", is_flag=True, help="List the names a scenario may use.")
@click.option("--lang", default="", help="zh or en; otherwise the terminal's language.")
@plainly
def try_command(
    names: tuple[str, ...],
    profiles: tuple[str, ...],
    everything: bool,
    folder: Path | None,
    story: bool,
    typeset: bool,
    coverage: bool,
    only_names: bool,
    lang: str,
) -> None:
    """Run scenarios with the real engine, a database of their own and a clock that moves.

    SCENARIO is an id, or a file. Exit status: 0 every scenario holds, 1 one does not, 2 one cannot
    be used."""
    from runner.definitions.files import read_folder
    from runner.definitions.release import load_definitions
    from runner.trying import UnusableScenario, load_scenarios
    from runner.trying.scenarios import told

    language = lang or terminal_language()
    files = dict(read_folder(whole(folder) if folder else procedure_folder()))
    wanted = [_own(name, files) for name in names]
    definitions = load_definitions(files)
    if only_names:
        _show_names(definitions)
        return
    try:
        found = load_scenarios(files, definitions)
        chosen = _chosen(found, wanted, profiles)
        results = _run(files, chosen, found, language, story, typeset)
    except UnusableScenario as unusable:
        for finding in unusable.findings:
            errors.print(told(finding, language), markup=False)
        sys.exit(2)
    if coverage:
        _show_coverage(definitions, results)
    sys.exit(0 if all(result.held for result in results) else 1)


def _own(name: str, files: dict[str, bytes]) -> str:
    """The id meant by an argument; a file of the person's own joins those of the procedure."""
    path = Path(name)
    if path.suffix not in (".yaml", ".yml") and not path.is_file():
        return name
    inside = f"processes/scenarios/{path.stem}.yaml"
    files[inside] = path.read_bytes()
    return path.stem


def _chosen(
    found: Sequence[Scenario], wanted: Sequence[str], profiles: Sequence[str]
) -> list[Scenario]:
    from runner.feel.spelling import closest

    known = {scenario.id: scenario for scenario in found}
    for name in wanted:
        if name not in known:
            begun = next((one for one in known if one.startswith(name)), None)
            close = closest(name, known) or begun
            hint = f" Did you mean {close}?" if close else ""
            raise click.UsageError(f"没有场景“{name}”。 / There is no scenario '{name}'.{hint}")
    chosen = [known[name] for name in wanted] if wanted else list(found)
    chosen = [one for one in chosen if not profiles or one.profile in profiles]
    if not chosen:
        raise click.UsageError("没有这样的场景。 / There are no such scenarios.")
    return chosen


def _run(
    files: Mapping[str, bytes], chosen: Sequence[Scenario], found: Sequence[Scenario],
    language: str, story: bool, typeset: bool,
) -> list[Result]:  # fmt: skip
    from rich.progress import track

    from runner.definitions.findings import half
    from runner.trying import build_stage, run_scenario

    known = {scenario.id: scenario for scenario in found}
    table = Table(box=None, pad_edge=False, header_style="bold")
    ids, profiles = [one.id for one in chosen], [one.profile for one in chosen]
    used = max(map(len, ids)) + max(map(len, profiles)) + 36
    table.add_column("", no_wrap=True)
    table.add_column("Scenario", no_wrap=True)
    table.add_column("Policy", no_wrap=True)
    room = max(console.width - used, 8)
    table.add_column("Title", no_wrap=True, overflow="ellipsis", max_width=room)
    for column in ("Elements", "Checked", "Seconds"):
        table.add_column(column, justify="right", no_wrap=True)
    results: list[Result] = []
    with TemporaryDirectory(prefix="ombud-try-") as place:
        console.print("Releasing the procedure on a database of its own ...", style="dim")
        stage = build_stage(files, found, Path(place) / "stage", typesets=typeset)
        for scenario in track(chosen, "Scenarios", console=errors, transient=True):
            result = run_scenario(stage, scenario, known, Path(place))
            results.append(result)
            table.add_row(
                "[green]ok[/]" if result.held else "[red]no[/]",
                escape(scenario.id), escape(scenario.profile),
                escape(half(scenario.title, language)),
                str(len(result.trace.passed)), str(result.checked), f"{result.seconds:.2f}",
            )  # fmt: skip
    console.print(table)
    for result in results:
        if not result.held or story:
            console.print(f"\n{result.scenario.id}", style="bold", markup=False)
            lines = result.story if story else result.story[-STORY:]
            for line in lines:
                console.print(f"  {line}", style="dim", markup=False)
            for problem in result.problems:
                console.print(problem, style="red", markup=False)
    held = sum(result.held for result in results)
    seconds = sum(result.seconds for result in results)
    console.print(f"\n{held} of {len(results)} scenarios hold ({seconds:.1f} s).", markup=False)
    return results


def _show_coverage(definitions: Definitions, results: Sequence[Result]) -> None:
    from runner.trying.coverage import all_flows, missing_flows, missing_lines

    missing = missing_flows(definitions, [result.trace for result in results])
    total = len(all_flows(definitions))
    console.print(f"{total - len(missing)} of {total} sequence flows are taken. Not taken:")
    for line in missing_lines(definitions, missing):
        console.print(f"  {line}", markup=False)


def _show_names(definitions: Definitions) -> None:
    from runner.trying.naming import names_page

    click.echo(names_page(definitions), nl=False)
