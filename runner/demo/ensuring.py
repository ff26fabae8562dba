"""A demonstration folder is filled once; what was left half-way is begun again."""

from __future__ import annotations

import os
import shutil

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from runner.clock import SetClock, SystemClock
from runner.demo.filling import fill, first_moment
from runner.demo.stories import load_stories, pick
from runner.engine.site import open_site
from runner.settings import Settings

MARK = "demo-filled"
BEGUN = "demo-begun"


def ensure_filled(settings: Settings, console: Console, cases: int | None = None) -> bool:
    """Fills ``settings.data_dir`` unless that was done before; whether it did.

    ``cases`` limits how many complaints there will be. A folder that was begun by an earlier,
    interrupted call is emptied first. Raises ``FileExistsError`` for a folder that holds anything
    else: nobody's data is touched.
    """
    folder = settings.data_dir
    if (folder / MARK).exists():
        return False
    if (folder / BEGUN).exists():
        shutil.rmtree(folder)
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} holds other data: choose another --folder")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / BEGUN).touch()
    stories = load_stories()
    if cases is not None:
        stories = pick(stories, cases)
    now = SystemClock().now()
    site = open_site(settings, SetClock(first_moment(now)))
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        TextColumn("{task.fields[moment]}"), TimeElapsedColumn(),
    )  # fmt: skip
    try:
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task("Demo complaints", total=len(stories), moment="")

            def show(done: int, total: int, moment: str) -> None:
                bar.update(task, completed=done, total=total, moment=moment)

            fill(site, settings, now=now, progress=show, stories=stories)
    finally:
        site.database.close()
    os.replace(folder / BEGUN, folder / MARK)
    console.print(f"Demonstration: {len(stories)} complaints of the last 90 days.", markup=False)
    return True
