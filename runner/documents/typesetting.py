"""Typesetting in a process of its own: killable, limited in time and memory, without network.

The layout sees the files it is given and nothing else: no file of the machine, no package, no
environment. Data comes as JSON, so that no text of a case is ever read as markup.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import runner.documents.typeset_child as typeset_child

FONTS = Path(__file__).parent / "fonts"
LARGEST_DOCUMENT = 60_000_000
_CHILD = Path(typeset_child.__file__)
_NAME = re.compile(r"[A-Za-z0-9_][\w.-]*(?:/[\w.-]+)*", re.ASCII)
# typst asks the proxy of its environment for packages: a closed door is the only one it finds.
_CLOSED = "http://127.0.0.1:9"
_PLACE = re.compile(r"┌─ (?P<file>\S+?):(?P<line>\d+):(?P<column>\d+)")


@dataclass(frozen=True)
class Limits:
    """What one document may cost."""

    seconds: int = 30
    megabytes: int = 1_500


class TypesettingFailed(Exception):
    """The layout cannot be typeset. ``file`` and ``line`` tell where, as far as known."""

    def __init__(self, message: str, file: str = "", line: int = 0) -> None:
        super().__init__(message)
        self.message, self.file, self.line = message, file, line


def typeset(
    main: str,
    files: Mapping[str, bytes],
    data: object,
    *,
    at: datetime,
    limits: Limits | None = None,
) -> bytes:
    """The PDF of ``main``, one of ``files``, which reads ``data`` by ``json(sys.inputs.data)``.

    The same input gives the same bytes; ``at`` is the time written into the PDF. Raises
    ``TypesettingFailed``: a mistake in a layout, too slow, too large.
    """
    return _run(main, files, data, at, limits or Limits(), "pdf")[0]


def typeset_pages(
    main: str,
    files: Mapping[str, bytes],
    data: object,
    *,
    at: datetime,
    form: Literal["svg", "png"] = "png",
    limits: Limits | None = None,
) -> Sequence[bytes]:
    """One picture a page. Else as ``typeset``."""
    return _run(main, files, data, at, limits or Limits(), form)


def fonts_there() -> bool:
    """Whether the build brought the fonts in; without them nothing can be typeset."""
    return any(FONTS.glob("*.ttf"))


def _run(
    main: str, files: Mapping[str, bytes], data: object, at: datetime, limits: Limits, form: str
) -> list[bytes]:
    if not fonts_there():
        raise TypesettingFailed(
            "字体没有安装。请重新构建（make）。 / The fonts are not there. Build again (make)."
        )
    with tempfile.TemporaryDirectory(prefix="ombud-document-") as folder:
        root = Path(folder)
        for name, content in {**files, "data.json": json.dumps(data).encode()}.items():
            if _NAME.fullmatch(name) is None or ".." in name:
                raise TypesettingFailed(f"“{name}”不能作文件名。 / '{name}' cannot name a file.")
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        settings = {
            "main": main,
            "format": form,
            "fonts": [str(FONTS)],
            "timestamp": int(at.timestamp()),
            "megabytes": limits.megabytes,
            "seconds": limits.seconds,
            "largest_file": LARGEST_DOCUMENT,
        }
        _wait_for(folder, settings, limits)
        return [path.read_bytes() for path in sorted(root.glob("out-*"))]


def _wait_for(folder: str, settings: Mapping[str, object], limits: Limits) -> None:
    try:
        done = subprocess.run(  # noqa: S603  # our own program, with our own arguments
            [sys.executable, "-I", str(_CHILD), folder, json.dumps(settings)],
            cwd=folder,
            env={
                "HTTPS_PROXY": _CLOSED,
                "HTTP_PROXY": _CLOSED,
                "ALL_PROXY": _CLOSED,
                "HOME": folder,
            }
            | _needed_on_windows(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=limits.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as expired:
        raise TypesettingFailed(
            f"排版在 {limits.seconds} 秒内没有完成。 / "
            f"Typesetting did not end within {limits.seconds} seconds."
        ) from expired
    if done.returncode == 0:
        return
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
    if done.returncode == typeset_child.FAILED and lines:
        raise _mistake(lines[-1], folder)
    raise TypesettingFailed(
        f"排版中断了（{done.returncode}），可能超出了内存 {limits.megabytes} MB。 / "
        f"Typesetting broke off ({done.returncode}), perhaps beyond {limits.megabytes} MB."
    )


def _mistake(line: str, folder: str) -> TypesettingFailed:
    told = json.loads(line)
    place = _PLACE.search(str(told["diagnostic"]))
    name = "" if place is None else Path(place["file"]).name
    number = 0 if place is None else int(place["line"])
    message = str(told["message"]).replace(folder, "").strip()
    hints = "; ".join(str(hint).replace(folder, "") for hint in told["hints"])
    where = f"{name}:{number}: " if name else ""
    return TypesettingFailed(
        f"{where}{message}{f' ({hints})' if hints else ''}", file=name, line=number
    )


def _needed_on_windows() -> dict[str, str]:
    return {"SYSTEMROOT": os.environ["SYSTEMROOT"]} if "SYSTEMROOT" in os.environ else {}
