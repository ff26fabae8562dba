"""The real ``ombud serve`` as a process of its own, and a small browser without JavaScript."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

from runner.definitions.forms import Form
from runner.settings import Settings

OMBUD = "from runner.cli import main; main()"
AHEAD = (
    "from datetime import timedelta; from runner.clock import SystemClock; "
    "right = SystemClock.now; "
    "SystemClock.now = lambda self: right(self) + timedelta(seconds={}); "
)
ROOT = Path(__file__).parents[1]
START_SECONDS = 180.0  # a machine where many tests run may be slow
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_KEY = re.compile(r'name="key" value="([^"]+)"')
Fields = Sequence[tuple[str, str]]
Files = Sequence[tuple[str, str, bytes]]


class Gone(Exception):
    """The server did not answer: nobody knows whether it did what was asked."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Process:
    """One ``ombud`` command as a process of its own, on a data folder."""

    settings: Settings
    log: Path
    arguments: tuple[str, ...] = ("work",)
    clock_ahead: float = 0.0  # seconds by which this machine's clock is wrong
    proxies: int = 1  # so that every visitor may come from an address of its own
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("OMBUD_")}
        environment |= {
            "OMBUD_DATA_DIR": str(self.settings.data_dir),
            "OMBUD_POLICY": self.settings.policy,
            "OMBUD_SITE_NAME": self.settings.site_name,
            "OMBUD_DATABASE_URL": self.settings.database_url,
            "OMBUD_EXECUTOR": self.settings.executor,
            "OMBUD_TRUSTED_PROXIES": str(self.proxies),
        }
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                [
                    sys.executable,
                    "-X",
                    "faulthandler",
                    "-c",
                    AHEAD.format(self.clock_ahead) + OMBUD,
                    *self.arguments,
                ],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
            )
        return 0.0

    @property
    def pid(self) -> int:
        assert self.running is not None
        return self.running.pid

    def kill(self) -> None:
        """``kill -9``: no handler runs, nothing is finished."""
        assert self.running is not None
        self.running.send_signal(signal.SIGKILL)
        self.running.wait()

    def stop(self) -> None:
        """SIGTERM, and waits until it is over. Harmless when it is."""
        if self.running is not None and self.running.poll() is None:
            self.running.terminate()
            try:
                self.running.wait(40)
            except subprocess.TimeoutExpired:
                self.running.kill()
                self.running.wait()


@dataclass
class Server(Process):
    """One ``ombud serve`` on a data folder. ``start`` returns once the first page is there."""

    arguments: tuple[str, ...] = ("serve",)
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self.arguments = (*self.arguments, "--port", str(self.port))

    def start(self) -> float:
        """Seconds until the first page was there."""
        began = time.monotonic()
        super().start()
        assert self.running is not None
        while time.monotonic() - began < START_SECONDS:
            if self.running.poll() is not None:
                break
            try:
                status = Browser(self.port).get("/").status
            except Gone:
                time.sleep(0.02)
                continue
            assert status == 200, f"the first page answers {status}"
            return time.monotonic() - began
        ended = self.running.poll()
        if ended is None:
            self.running.send_signal(signal.SIGABRT)  # shows where every thread is
            ended = self.running.wait(20)
        raise AssertionError(f"serve did not start ({ended}):\n{self.log.read_text()[-6000:]}")


@dataclass(frozen=True)
class Page:
    status: int
    location: str
    text: str

    @property
    def csrf(self) -> str:
        return self._found(_TOKEN)

    @property
    def key(self) -> str:
        return self._found(_KEY)

    def _found(self, pattern: re.Pattern[str]) -> str:
        match = pattern.search(self.text)
        assert match is not None, f"no {pattern.pattern} on this page ({self.status})"
        return unescape(match.group(1))


class Browser:
    """One visitor: keeps cookies and one connection; follows no redirect. Raises ``Gone``.
    ``address`` is what a proxy in front would tell of it."""

    def __init__(
        self, port: int, cookies: Mapping[str, str] | None = None, address: str = ""
    ) -> None:
        self.cookies = dict(cookies or {})
        self._address = address
        self._port = port
        self._connection: http.client.HTTPConnection | None = None

    def get(self, path: str) -> Page:
        return self._ask("GET", path, None, {})

    def post(self, path: str, fields: Fields, files: Files = ()) -> Page:
        boundary = uuid4().hex
        return self._ask(
            "POST",
            path,
            _multipart(boundary, fields, files),
            {"Content-Type": f"multipart/form-data; boundary={boundary}"},
        )

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Page:
        sent = {**headers, "Accept-Language": "en"}
        if self._address:
            sent["X-Forwarded-For"] = self._address
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            self._connection.request(method, path, body, sent)
            answer = self._connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Gone(str(error)) from error
        for line in answer.headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        place = urlsplit(answer.headers.get("Location", ""))
        location = place.path + (f"?{place.query}" if place.query else "")
        return Page(answer.status, location, text)


def post_fields(form: Form, data: Mapping[str, object]) -> list[tuple[str, str]]:
    """What a browser sends for answers of ``form``: flat names, texts, row counts."""
    lists = [info.key for info in form.fields() if info.type == "dynamiclist"]
    fields: list[tuple[str, str]] = []
    _flatten(data, "", set(lists), fields)
    return fields


def _flatten(
    data: Mapping[str, object], prefix: str, lists: set[str], fields: list[tuple[str, str]]
) -> None:
    for name, value in data.items():
        path = prefix + name
        if isinstance(value, Mapping):
            _flatten(value, f"{path}.", lists, fields)
        elif isinstance(value, list) and _plain(path) in lists:
            fields.append((f"_rows.{path}", str(len(value))))
            for index, row in enumerate(value):
                _flatten(row, f"{path}.{index}.", lists, fields)
        elif isinstance(value, list):
            fields.extend((path, str(item)) for item in value)
        elif isinstance(value, bool):
            if value:
                fields.append((path, "true"))
        elif value is not None:
            fields.append((path, value.isoformat() if hasattr(value, "isoformat") else str(value)))


def _plain(path: str) -> str:
    """A path without row numbers, as forms name their fields."""
    return ".".join(part for part in path.split(".") if not part.isdigit())


def _multipart(boundary: str, fields: Fields, files: Files) -> bytes:
    parts: list[bytes] = []
    for name, value in fields:
        parts.append(_part(boundary, f'name="{name}"') + b"\r\n" + value.encode())
    for name, file, data in files:
        head = _part(boundary, f'name="{name}"; filename="{file}"')
        parts.append(head + b"Content-Type: application/octet-stream\r\n\r\n" + data)
    return b"\r\n".join([*parts, f"--{boundary}--\r\n".encode()])


def _part(boundary: str, disposition: str) -> bytes:
    return f"--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\n".encode()


def task_links(pages: Iterable[Page]) -> list[str]:
    """The ids of the tasks that pages lead to, in their order, each once."""
    found = [match for page in pages for match in re.findall(r'href="/tasks/(\w+)"', page.text)]
    return list(dict.fromkeys(found))
