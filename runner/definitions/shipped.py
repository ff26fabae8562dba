"""Where the shipped procedure lies: beside the package in a checkout, inside it in a wheel."""

from __future__ import annotations

import shutil
from pathlib import Path

PARTS = ("processes", "forms")


def shipped_folder() -> Path:
    """The folder that holds ``processes`` and ``forms``. Raises ``FileNotFoundError``."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "shipped", package.parent):
        if all((folder / part).is_dir() for part in PARTS):
            return folder
    raise FileNotFoundError("the shipped procedure is missing from this installation")


def write_out(target: Path) -> list[Path]:
    """Copies the shipped procedure to ``target`` for an owner to edit.

    Raises ``FileExistsError`` naming the first folder that is there already: nothing an owner wrote
    is ever overwritten.
    """
    source = shipped_folder()
    for part in PARTS:
        if (target / part).exists():
            raise FileExistsError(str(target / part))
    for part in PARTS:
        shutil.copytree(source / part, target / part)
    return [target / part for part in PARTS]
