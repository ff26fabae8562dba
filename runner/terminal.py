"""What the commands share: printing, refusals as one sentence, the folder of the procedure."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from rich.console import Console

from runner.definitions.xml import UnreadableFile
from runner.errors import Refusal, Unavailable
from runner.settings import BadSetting, terminal_language

P = ParamSpec("P")
R = TypeVar("R")
console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


def plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Refusals and unusable settings as one sentence instead of a traceback."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except Refusal as refusal:
            errors.print(refusal.message, markup=False)
            for place, messages in getattr(refusal, "errors", {}).items():
                for message in messages:
                    errors.print(f"  {place}: {message}", markup=False)
            sys.exit(1)
        except Unavailable as unavailable:
            errors.print(unavailable.message, markup=False)
            sys.exit(1)
        except UnreadableFile as unreadable:
            found = unreadable.finding
            errors.print(f"{found.file}: {found.message(terminal_language())}", markup=False)
            sys.exit(2)
        except (BadSetting, OSError) as problem:
            errors.print(str(problem), markup=False)
            sys.exit(2)

    return run


def procedure_folder() -> Path:
    """The folder here. Never the shipped procedure instead: nobody releases that by mistake."""
    here = whole(Path.cwd())
    if not (here / "processes").is_dir():
        raise FileNotFoundError(
            f"{here} holds no folder processes/. Change into the folder of the procedure, or name "
            "it; ombud init FOLDER writes the shipped one out."
        )
    return here


def whole(path: Path) -> Path:
    """The folder of the whole procedure where ``path`` is its part ``processes`` or ``forms``."""
    is_part = path.is_dir() and path.resolve().name in {"processes", "forms"}
    parent = path.resolve().parent
    return parent if is_part and (parent / "processes").is_dir() else path
