"""The process that typesets one document: started by ``typesetting``, imports nothing of ours.

It gets a folder and a JSON of settings as arguments, limits itself, and leaves the result in the
folder. What typst says of a mistake is the last line of its standard error, as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

FAILED = 3


def limit(megabytes: int, seconds: int, largest_file: int) -> None:
    """Memory, processor time and size of what is written; nothing where the system cannot."""
    if sys.platform == "win32":
        return
    import resource

    for which, most in (
        (resource.RLIMIT_AS, megabytes * 1_000_000),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, largest_file),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            resource.setrlimit(which, (most, most))
        except (ValueError, OSError):  # macOS refuses limits of address space
            continue


def main(folder: str, settings: str) -> int:
    wanted = json.loads(settings)
    os.environ["RAYON_NUM_THREADS"] = "2"  # each thread costs address space
    limit(wanted["megabytes"], wanted["seconds"], wanted["largest_file"])
    import typst

    root = Path(folder)
    nowhere = root / "no-packages"
    try:
        pages = typst.compile(
            str(root / wanted["main"]),
            root=folder,
            font_paths=wanted["fonts"],
            ignore_system_fonts=True,
            format=wanted["format"],
            sys_inputs={"data": "/data.json"},
            package_path=str(nowhere),
            package_cache_path=str(nowhere),
            timestamp=wanted["timestamp"],
        )
    except typst.TypstError as error:
        told = {"message": error.message, "diagnostic": error.diagnostic, "hints": error.hints}
        sys.stderr.write(json.dumps(told) + "\n")
        return FAILED
    for number, page in enumerate(pages if isinstance(pages, list) else [pages], 1):
        (root / f"out-{number:04}").write_bytes(page)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
